"""A query with its answer, step by step."""

from __future__ import annotations

from dataclasses import dataclass

from patternkit.dns.answer import Answer, Walk
from patternkit.dns.health import NOTHING, Ill
from patternkit.dns.model import Source


@dataclass(frozen=True, slots=True)
class Query:
    """A query with its answer, step by step.

    Attributes:
        source: Who asks.
        name: The name.
        type: The record type.
        answer: What is answered.
        walk: The steps.
        ill: The identities of what is ill meanwhile.
    """

    source: Source
    name: str
    type: str
    answer: Answer
    walk: Walk
    ill: Ill = NOTHING

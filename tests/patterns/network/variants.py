"""Variants of a pattern: how it is built with other arguments, what it then promises, and mutants that break that."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import aws_cdk as cdk

from patternkit.routes import Promise
from tests.patterns.network.mutants import Mutant


@dataclass(frozen=True)
class Variant:
    """A pattern with other arguments than its example.

    Attributes:
        name: What is different.
        build: Adds the stacks to an app.
        promises: What it promises, each with a name.
        mutants: Faults of its templates, each of which breaks some of the promises.
        contracts: What its templates cannot say.
        loosens: What is held of every template and not of these, by the rule's name, and why.
    """

    name: str
    build: Callable[[cdk.App], object]
    promises: tuple[Promise, ...]
    mutants: tuple[Mutant, ...]
    contracts: Mapping[str, Any] = field(default_factory=dict)
    loosens: Mapping[str, str] = field(default_factory=dict)

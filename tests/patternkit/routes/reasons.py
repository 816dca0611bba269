"""The form in which reasons say what is not known: the element, what causes it, and the section that lifts it."""

from __future__ import annotations

import re

from patternkit.promise_lists import BadPromise
from patternkit.routes import Network
from patternkit.routes.contracts import SECTIONS
from patternkit.routes.proving import Proof, View

FORM = re.compile(rf"\(contract: (none(; [^()]+)?|({'|'.join(SECTIONS)})(,? [^()]+)*)\)")


def wrong(reason: str, network: Network | View, promise: str = "its promise") -> bool:
    """Whether a reason has not the form."""
    plain = re.sub("[⟨⟩]", "", reason)
    names = [promise, *(stack.name for stack in network.stacks.stacks)]
    paths = [stack.path(logical).partition("/")[0] for stack in network.stacks.stacks for logical in stack.resources]
    named = any(name in plain for name in {*names, *paths})
    # What a text has no word for is written as Python writes it.
    nameless = re.search(r"\bNone\b|\bUnknown\(", plain)
    return not named or bool(nameless) or not ("AWS refuses" in plain or FORM.search(plain))


def badly_told(network: Network, answer: Proof | BadPromise) -> list[str]:
    """The reasons of an answer that have not the form."""
    if isinstance(answer, BadPromise):
        return []
    return [reason for reason in answer.unknown if wrong(reason, network, str(answer.promise))]

"""What elements are called: by construct path, logical id, tag or pattern."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from patternkit.resolving import Resolver, Stack, StackSet
from patternkit.resolving.values import CLOSE, OPEN, Undecided, Unknown, is_opaque, lifted, not_lifted
from patternkit.routes.model import Element, Model, Subnet, Vpc
from patternkit.routes.templates import own_errors

_TAIL = re.compile(r"/(?:Resource|Subnet|Default|VPC)$")


class _Called(NamedTuple):
    """What one element is called: its construct path, whole and trimmed, its identity, and its logical id."""

    path: str
    trimmed: str
    identity: str
    logical_id: str


class Names:
    """What the elements of a set of stacks are called.

    Args:
        stacks: The stacks.
        resolver: What resolves the values of tags; without, an expression is not known.
    """

    def __init__(self, stacks: StackSet, resolver: Resolver | None = None) -> None:
        self.stacks = stacks
        self.resolver = resolver
        # The elements live as long as their model, whose selector has these names.
        self._names: dict[int, _Called] = {}
        self._tags: dict[str, dict[str, str | Unknown]] = {}

    def matching(self, name: str, elements: Iterable[Element]) -> list[Element]:
        """The elements that a name means: the most exact kind of match that finds any.

        In turn: the whole construct path or the identity in its stack, the logical id, the path's end, a
        `Name` tag, a pattern with `*`, and a construct that contains the element.
        """
        listed = [(element, self._called(element)) for element in elements]
        wanted = name.strip("/")
        end = f"/{wanted}"
        tests: list[Callable[[Element, _Called], bool]] = [
            lambda _, called: wanted in (called.path, called.trimmed, called.identity),
            lambda _, called: called.logical_id == wanted,
            lambda _, called: called.trimmed.endswith(end) or called.path.endswith(end),
            lambda element, _: self.tags(element).get("Name") == wanted,
        ]
        if "*" in wanted:
            pattern = re.compile(f"(?:.*/)?{fnmatch.translate(wanted)}", re.DOTALL).match
            tests.append(lambda _, called: bool(pattern(called.trimmed) or pattern(called.identity)))
        else:
            tests.append(lambda _, called: f"{end}/" in f"/{called.path}/")
        for test in tests:
            found = [element for element, called in listed if test(element, called)]
            if found:
                # A VPC's own subnets are named by it as well.
                vpcs = {element.identity for element in found if isinstance(element, Vpc)}
                return [e for e in found if not (isinstance(e, Subnet) and e.vpc.identity in vpcs)]
        return []

    def _called(self, element: Element) -> _Called:
        found = self._names.get(id(element))
        if found is None:
            identity = short(element.identity)
            found = _Called(element.path, trimmed(element.path), identity, identity.rsplit("/", 1)[-1])
            self._names[id(element)] = found
        return found

    def tags(self, element: Element) -> dict[str, str | Unknown]:
        """An element's tags."""
        if element.identity not in self._tags:
            self._tags[element.identity] = self._read_tags(element)
        return self._tags[element.identity]

    def _read_tags(self, element: Element) -> dict[str, str | Unknown]:
        entry = self.stacks.by_id.get(element.identity)
        if entry is None:
            return {}
        stack, logical = entry
        tags = (stack.resources[logical].get("Properties") or {}).get("Tags") or []
        found: dict[str, str | Unknown] = {}
        for tag in tags if isinstance(tags, list) else []:
            if isinstance(tag, dict) and isinstance(tag.get("Key"), str):
                found[tag["Key"]] = self._tag_value(stack, tag.get("Value"))
        return found

    def _tag_value(self, stack: Stack, node: Any) -> str | Unknown:
        if isinstance(node, str) or self.resolver is None:
            return node if isinstance(node, str) else Unknown(f"it is an expression{not_lifted()}")
        try:
            with own_errors():
                value = self.resolver.resolve(stack, node)
        except Undecided as undecided:
            # The worlds are settled by now: what no element of the network hangs on is in none of them.
            return Unknown(f"{undecided.choice.key} is not decided{lifted('parameters')}")
        if isinstance(value, Unknown):
            return value
        text = str(value)
        return Unknown(f"{text.strip(OPEN + CLOSE)} is known only to AWS{not_lifted()}") if is_opaque(text) else text


def aliases(model: Model, stacks: StackSet) -> list[Element]:
    """The instances whose interfaces are called otherwise, which stand for them."""
    return [
        instance
        for identity, instance in model.instances.items()
        if identity in stacks.by_id and instance.interfaces and model.interfaces.get(identity) is None
    ]


def trimmed(path: str) -> str:
    """A construct path without what the CDK names the resource within a construct."""
    return _TAIL.sub("", path)


def short(identity: str) -> str:
    """An identity as a stack and a logical id."""
    return identity.strip(OPEN + CLOSE)

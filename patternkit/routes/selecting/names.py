"""What elements are called: by construct path, logical id, tag or pattern."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Callable, Iterable
from typing import Any

from patternkit.resolving import Resolver, Stack, StackSet
from patternkit.resolving.values import CLOSE, OPEN, Undecided, Unknown, is_opaque, lifted, not_lifted
from patternkit.routes.model import Element, Model, Subnet, Vpc
from patternkit.routes.templates import own_errors

_TAIL = re.compile(r"/(?:Resource|Subnet|Default|VPC)$")


class Names:
    """What the elements of a set of stacks are called.

    Args:
        stacks: The stacks.
        resolver: What resolves the values of tags; without, an expression is not known.
    """

    def __init__(self, stacks: StackSet, resolver: Resolver | None = None) -> None:
        self.stacks = stacks
        self.resolver = resolver

    def matching(self, name: str, elements: Iterable[Element]) -> list[Element]:
        """The elements that a name means: the most exact kind of match that finds any.

        In turn: the whole construct path or the identity in its stack, the logical id, the path's end, a
        `Name` tag, a pattern with `*`, and a construct that contains the element.
        """
        listed = list(elements)
        wanted = name.strip("/")
        tests: list[Callable[[Element], bool]] = [
            lambda e: wanted in (e.path, trimmed(e.path), short(e.identity)),
            lambda e: short(e.identity).rsplit("/", 1)[-1] == wanted,
            lambda e: trimmed(e.path).endswith(f"/{wanted}") or e.path.endswith(f"/{wanted}"),
            lambda e: self.tags(e).get("Name") == wanted,
        ]
        if "*" in wanted:
            tests.append(
                lambda e: any(
                    fnmatch.fnmatchcase(text, pattern)
                    for text in (trimmed(e.path), short(e.identity))
                    for pattern in (wanted, f"*/{wanted}")
                )
            )
        else:
            tests.append(lambda e: f"/{wanted}/" in f"/{e.path}/")
        for test in tests:
            found = [element for element in listed if test(element)]
            if found:
                # A VPC's own subnets are named by it as well.
                vpcs = [element for element in found if isinstance(element, Vpc)]
                return [e for e in found if not (isinstance(e, Subnet) and e.vpc in vpcs)]
        return []

    def tags(self, element: Element) -> dict[str, str | Unknown]:
        """An element's tags."""
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

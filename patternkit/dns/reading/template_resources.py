"""The resources of templates with the values of their properties."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from patternkit import templates
from patternkit.dns.contracts import Contracts
from patternkit.dns.errors import DnsError, TemplateError
from patternkit.dns.model import Model, Unknown
from patternkit.resolving import Resolver, Stack, StackSet, resolver_of
from patternkit.resolving.given import Given
from patternkit.resolving.values import CLOSE, NO_VALUE, OPEN, World, following
from patternkit.templates import StackSource

MOST_WORLDS = 64
_MARK = re.compile(f"{OPEN}([^{OPEN}{CLOSE}]*){CLOSE}")
_ENDINGS = re.compile(r"/(?:Resource|Default)(?:/Default)?$")


class Resource:
    """A resource of the set, in one world."""

    __slots__ = ("_properties", "_resolver", "identity", "kind", "logical", "path", "stack")

    def __init__(self, resolver: Resolver, stack: Stack, logical: str) -> None:
        resource = stack.resources[logical]
        self._resolver = resolver
        self._properties: dict[str, Any] = resource.get("Properties") or {}
        self.stack = stack
        self.logical = logical
        self.kind: str = resource["Type"]
        self.identity: str = stack.ids[logical]
        self.path: str = _ENDINGS.sub("", stack.path(logical))

    @property
    def region(self) -> str:
        """The Region of its stack, "" where it is made for any."""
        return self.stack.region

    def get(self, name: str) -> Any:
        """The value of a property: None where it is not given, `Unknown` where it is not known."""
        node = self._properties.get(name)
        if node is None or (type(node) is str and "{{" not in node):
            return node
        value = self._resolver.value(self.stack, node)
        return None if value is NO_VALUE else value

    def written(self, *keys: str) -> Any:
        """A property as it is written, before its expressions are worked out; None where it is not there."""
        node: Any = self._properties
        for key in keys:
            node = node.get(key) if isinstance(node, dict) else None
        return node

    def text(self, name: str) -> str | Unknown:
        """The value of a property that is a text; "" where it is not given."""
        value = self.get(name)
        return value if isinstance(value, Unknown) else "" if value is None else str(value)

    def many(self, name: str) -> list[Any] | Unknown:
        """The value of a property that is a list; empty where it is not given."""
        value = self.get(name)
        if value is None or isinstance(value, (list, Unknown)):
            return value or [] if not isinstance(value, Unknown) else value
        return [value]

    def listed(self, name: str) -> list[Any]:
        """The items of a property that is a list; none where it is not known."""
        value = self.many(name)
        return [] if isinstance(value, Unknown) else value

    def names(self) -> tuple[str, ...]:
        """What it may be called."""
        return (self.path, f"{self.stack.name}/{self.logical}", self.logical)


class Resources:
    """All resources that exist in one world."""

    def __init__(self, stacks: StackSet, given: Given, world: World) -> None:
        self.world = world
        resolver = resolver_of(stacks, given, world)
        self.leans: set[str] = resolver.leans
        self.all: dict[str, Resource] = {}
        self.by_kind: dict[str, list[Resource]] = {}
        for stack in stacks.stacks:
            for logical, resource in stack.resources.items():
                if ("Condition" not in resource and stack.parent is None) or resolver.exists(stack, resource):
                    one = Resource(resolver, stack, logical)
                    self.all[one.identity] = one
                    self.by_kind.setdefault(one.kind, []).append(one)

    def of(self, *kinds: str) -> Iterator[Resource]:
        """The resources of some types."""
        for kind in kinds:
            yield from self.by_kind.get(kind, ())

    def only_mentioned(self, stack: Stack, node: Any) -> Resource | None:
        """The one resource that an expression mentions, whatever it picks of its attributes."""
        found: dict[str, Resource] = {}
        pending = [node]
        while pending:
            one = pending.pop()
            if isinstance(one, dict):
                logical = one.get("Ref") or one.get("Fn::GetAtt")
                if isinstance(logical, (list, str)):
                    logical = logical[0] if isinstance(logical, list) else logical.partition(".")[0]
                    if isinstance(logical, str) and (there := self.all.get(stack.ids.get(logical, ""))) is not None:
                        found[logical] = there
                pending += one.values()
            elif isinstance(one, list):
                pending += one
        return next(iter(found.values())) if len(found) == 1 else None

    def owner(self, value: Any) -> Resource | None:
        """The resource that a reference in a text names, by itself or by one of its attributes."""
        if not isinstance(value, str) or OPEN not in value:
            return None
        found = self.all.get(value)
        if found is not None:
            return found
        # The partition, account and Region of an ARN name no resource.
        match = next((one for one in _MARK.finditer(value) if not one[1].startswith("AWS::")), None)
        if match is None:
            return None
        head, slash, tail = match[1].rpartition("/")
        return self.all.get(f"{OPEN}{head}{slash}{re.split('[.#]', tail)[0]}{CLOSE}")


def in_every_world(
    sources: Iterable[StackSource], contracts: Contracts, build: Callable[[Resources], Model]
) -> tuple[StackSet, list[Model], bool]:
    """Build a model of every world that undecided conditions and parameters may make of a set of stacks.

    Args:
        sources: The stacks.
        contracts: What is declared.
        build: Makes the model of the resources of one world.

    Returns:
        The stacks, the models, and whether there are more worlds than were built.

    Raises:
        TemplateError: A template contradicts itself.
        ContractError: A contract is malformed.
    """
    try:
        stacks = StackSet(list(sources), contracts.given)
        found: list[Model] = []
        world: World | None = World()
        while world is not None and len(found) < MOST_WORLDS:
            resources = Resources(stacks, contracts.given, world)
            model = build(resources)
            model.unknown += stacks.unknown_everywhere
            model.world = world.describe()
            model.contracts |= dict.fromkeys(sorted({*resources.leans, *stacks.leans}))
            found.append(model)
            world = following(world)
    except DnsError:
        raise
    except RecursionError:
        raise TemplateError("the templates are nested too deeply") from None
    except (AttributeError, TypeError, KeyError, IndexError, ValueError) as error:
        # A value of a shape that CloudFormation refuses; what exactly is its validation's business.
        raise TemplateError(f"a template holds a value of the wrong shape: {error}") from error
    except templates.TemplateError as error:
        raise TemplateError(str(error)) from None
    return stacks, found, world is not None


def only_mark(value: str) -> bool:
    """Whether a text is nothing but one reference."""
    return value.startswith(OPEN) and value.endswith(CLOSE) and value.count(OPEN) == 1

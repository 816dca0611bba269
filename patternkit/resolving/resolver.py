"""The values of expressions in one world."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from typing import Any

from patternkit.resolving.given import Given
from patternkit.resolving.stacks import Node, Stack, StackSet
from patternkit.resolving.values import (
    BY_PROCESSED_TEMPLATE,
    NO_VALUE,
    Choice,
    Undecided,
    Unknown,
    World,
    Zone,
    not_lifted,
)
from patternkit.templates.errors import TemplateError


@dataclass(frozen=True, slots=True)
class Functions:
    """What works out the values of expressions.

    Attributes:
        intrinsic: By name, the intrinsic functions, from their argument.
        dynamic: The value of a text with dynamic references.
        condition: Whether a named condition holds.
    """

    intrinsic: Mapping[str, Callable[[Resolver, Stack, Any], Any]]
    dynamic: Callable[[Resolver, str], Any]
    condition: Callable[[Resolver, Stack, Any], bool]


class Resolver:
    """The values of a set of stacks in one world.

    Args:
        stacks: The set.
        contracts: What the templates cannot say.
        world: The choices that are made.
        functions: What works out the values of expressions.
        ids: By their text, the identities of resources whose ids contracts give.
    """

    def __init__(
        self, stacks: StackSet, contracts: Given, world: World, functions: Functions, ids: Mapping[str, Any]
    ) -> None:
        self.stacks = stacks
        self._intrinsic, self._dynamic, self._condition = functions.intrinsic, functions.dynamic, functions.condition
        self.contracts = contracts
        self.world = world
        self.leans: set[str] = set()
        self.zones: dict[Zone, None] = {}
        # What the set exports and stores is listed when the first expression asks for it.
        self.exports: dict[str, tuple[Stack, Node]] | None = None
        self.ssm: dict[str, tuple[Stack, Node]] | None = None
        self.ids = ids
        self.identified = frozenset(self.ids.values())
        self._tentative: dict[str, int] = {}
        self._memo: dict[Hashable, tuple[Any, frozenset[str]]] = {}
        self._resolving: list[tuple[str, str, str]] = []

    def value(self, stack: Stack, node: Node) -> Any:
        """The value of a property: known, or `Unknown`.

        Where the value depends on a choice but is the same for every option, as when the endpoint of a zone
        is picked out of an unordered list by the zone's name, the choice is not one.
        """
        kind = type(node)
        if kind is str:
            text = self._dynamic(self, node) if "{{resolve:" in node else node
            return self.meant(text) if self.ids else text
        if kind is dict and len(node) == 1 and "Ref" in node:
            name = node["Ref"]
            if type(name) is str and name in stack.ids and name not in stack.named_by_code:
                return stack.ids[name]
        try:
            return self.resolve(stack, node)
        except Undecided as undecided:
            return self._for_every_option(undecided.choice, lambda: self.value(stack, node))
        except RecursionError:
            raise TemplateError(f"{stack.name}: an expression is nested too deeply") from None

    def _for_every_option(self, choice: Choice, evaluate: Callable[[], Any]) -> Any:
        values = []
        for index in range(len(choice.options)):
            self._tentative[choice.key] = index
            try:
                values.append(evaluate())
            finally:
                del self._tentative[choice.key]
        if all(value == values[0] for value in values):
            return values[0]
        self.world.option(choice)
        return evaluate()

    def exists(self, stack: Stack, resource: dict[str, Any]) -> bool:
        """Whether the resource's condition, and those of the stacks around it, hold."""
        name = resource.get("Condition")
        if name is not None and not self._condition_holds(stack, name):
            return False
        while stack.parent is not None:
            outer = stack.parent.resources[stack.parent_id]
            if outer.get("Condition") is not None and not self._condition_holds(stack.parent, outer["Condition"]):
                return False
            stack = stack.parent
        return True

    def _condition_holds(self, stack: Stack, name: Any) -> bool:
        try:
            return self._condition(self, stack, name)
        except Undecided as undecided:
            return bool(self._for_every_option(undecided.choice, lambda: self._condition_holds(stack, name)))

    def resolve(self, stack: Stack, node: Node) -> Any:
        """The value of an expression, which may raise `Undecided`."""
        kind = type(node)
        if kind is str:
            text = self._dynamic(self, node) if "{{resolve:" in node else node
            return self.meant(text) if self.ids else text
        if kind is dict:
            if len(node) == 1:
                ((name, argument),) = node.items()
                function = self._intrinsic.get(name)
                if function is not None:
                    return function(self, stack, argument)
                if isinstance(name, str) and name.startswith("Fn::"):
                    return Unknown(f"{name} in {stack.name} is not a function that the prover knows{not_lifted()}")
            if "Fn::Transform" in node:
                return Unknown(f"a macro computes it in {stack.name}{BY_PROCESSED_TEMPLATE}")
            result = {}
            for key, item in node.items():
                value = self.resolve(stack, item)
                if value is not NO_VALUE:
                    result[key] = value
            return result
        if kind is list:
            return [value for item in node if (value := self.resolve(stack, item)) is not NO_VALUE]
        return node

    def meant(self, value: Any) -> Any:
        """The identity of the resource that a contract says an id to be, or the value as it is."""
        if isinstance(value, list):
            return [self.meant(item) for item in value]
        if isinstance(value, str) and value in self.ids:
            self.leans.add(f"ids {value}")
            return self.ids[value]
        return value

    def choose(self, choice: Choice) -> Any:
        """The option that is taken here; raises `Undecided` where none is taken yet."""
        if choice.key in self._tentative:
            return choice.options[self._tentative[choice.key]]
        if choice.key in self.world.decided:
            return self.world.option(choice)
        raise Undecided(choice)

    def name_zone(self, zone: Zone) -> str:
        """The name that this world gives a zone."""
        self.zones[zone] = None
        return self.world.zones.get(zone, zone.text)

    def once(self, key: tuple[str, str, str], evaluate: Callable[[], Any]) -> Any:
        """The value of what others refer to, worked out once in a world.

        Raises:
            TemplateError: It refers to itself.
        """
        found = self._memo.get(key)
        if found is not None:
            self.leans |= found[1]
            return found[0]
        if key in self._resolving:
            circle = [*self._resolving[self._resolving.index(key) :], key]
            raise TemplateError("cyclic reference: " + " -> ".join(f"{stack}.{name}" for stack, _, name in circle))
        self._resolving.append(key)
        outer, self.leans = self.leans, set()
        try:
            value = evaluate()
            if not self._tentative:
                self._memo[key] = (value, frozenset(self.leans))
        finally:
            self._resolving.pop()
            self.leans |= outer
        return value

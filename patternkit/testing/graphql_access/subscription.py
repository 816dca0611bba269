"""What a subscriber is told of."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from patternkit.testing.graphql_access.errors import GraphqlAccessError


@dataclass(frozen=True, slots=True)
class Subscription:
    """A subscription that was let in.

    Attributes:
        field: The field of Subscription.
        mutations: The mutations that it is told of.
        arguments: Its arguments, which must be equal in what is delivered, unless a filter was set.
        filter: The filter that its resolver set; None if none did.
    """

    field: str
    mutations: tuple[str, ...]
    arguments: Mapping[str, Any]
    filter: Mapping[str, Any] | None = None

    def delivers(self, payload: Mapping[str, Any]) -> bool:
        """Whether a mutation's result is delivered.

        Args:
            payload: The result, with what the mutation's caller selected and nothing more.

        Raises:
            GraphqlAccessError: If the filter has an operator that is not known.
        """
        if self.filter is None:
            # https://docs.aws.amazon.com/appsync/latest/devguide/aws-appsync-real-time-data.html
            return all(value is None or payload.get(name) == value for name, value in self.arguments.items())
        groups: Sequence[Mapping[str, Any]] = self.filter["filterGroup"]
        return any(all(_holds(one, payload) for one in group["filters"]) for group in groups)


def _holds(asked: Mapping[str, Any], payload: Mapping[str, Any]) -> bool:
    name, operator, value = str(asked["fieldName"]), str(asked["operator"]), asked["value"]
    given: Any = payload
    for part in name.split("."):
        given = given.get(part) if isinstance(given, Mapping) else None
    if given is None:
        return operator == "ne" and value is not None
    try:
        return bool(_compared(operator, given, value))
    except TypeError:
        return False


def _compared(operator: str, given: Any, value: Any) -> bool:
    match operator:
        case "eq":
            return bool(given == value)
        case "ne":
            return bool(given != value)
        case "le":
            return bool(given <= value)
        case "lt":
            return bool(given < value)
        case "ge":
            return bool(given >= value)
        case "gt":
            return bool(given > value)
        case "contains":
            return value in given
        case "notContains":
            return value not in given
        case "beginsWith":
            return str(given).startswith(value)
        case "in":
            return given in value
        case "notIn":
            return given not in value
        case "between":
            return bool(value[0] <= given <= value[1])
        case "containsAny":
            return any(one in given for one in value)
    raise GraphqlAccessError(f"a subscription's filter has no operator {operator}")

"""The condition element of a policy statement, in three values: it holds, it does not, or that is not known."""

import operator
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from patternkit.testing.permissions.intrinsics import Unresolved
from patternkit.testing.permissions.wildcards import matches, matches_arn

RequestContext = Mapping[str, tuple[str, ...] | None]
"""Values of condition keys by the key in small letters; None for a key that the request is known not to have. A key
that is not there at all is not modelled."""


def holds(condition: Mapping[str, Any], context: RequestContext) -> bool | str:
    """Evaluate a condition element.

    Args:
        condition: The element, resolved.
        context: What is known of the request.

    Returns:
        Whether it holds, or, in words, what it depends on that is not modelled.

    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
    """
    unknown = ""
    for name, keys in condition.items():
        for key, wanted in keys.items():
            found = _one(name, key, wanted, context)
            if found is False:
                return False
            if isinstance(found, str):
                unknown = found
    return unknown or True


def _one(name: str, key: str, wanted: Any, context: RequestContext) -> bool | str:
    quantifier, _, plain = name.rpartition(":")
    if_exists = plain.endswith("IfExists")
    plain = plain.removesuffix("IfExists")
    if key.lower() not in context:
        return f"condition key {key}"
    given = context[key.lower()]
    values = [str(one) if not isinstance(one, bool) else str(one).lower() for one in _listed(wanted)]
    if any(isinstance(one, Unresolved) for one in _listed(wanted)):
        return f"the value of condition key {key}"
    if any("${" in one for one in values):
        return f"the policy variable in condition key {key}"
    if plain == "Null":
        wanted_absent = {one.lower() for one in values}
        if len(wanted_absent) != 1 or not wanted_absent <= {"true", "false"}:
            return f"the value of Null for condition key {key}"
        return (given is None) == ("true" in wanted_absent)
    if plain not in _OPERATORS:
        return f"condition operator {name}"
    test, negated = _OPERATORS[plain]
    if given is None:
        return if_exists or quantifier == "ForAllValues" or (negated and quantifier != "ForAnyValue")
    if plain.startswith("Numeric") and not all(map(_is_number, (*values, *given))):
        return f"what is no number in condition key {key}"
    # A negated operator holds for a value that matches none of those wanted.
    results = [any(test(one, value) for one in values) != negated for value in given]
    return any(results) if quantifier == "ForAnyValue" else all(results)


def _listed(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list) else [value]


def _is_number(text: str) -> bool:
    return re.fullmatch(r"[+-]?\d+(\.\d*)?", text, re.ASCII) is not None


def _number(compare: Callable[[float, float], bool]) -> Callable[[str, str], bool]:
    return lambda wanted, given: compare(float(given), float(wanted))


def _same(wanted: str, given: str) -> bool:
    return wanted == given


def _same_in_any_case(wanted: str, given: str) -> bool:
    return wanted.lower() == given.lower()


_OPERATORS: dict[str, tuple[Callable[[str, str], bool], bool]] = {
    "StringEquals": (_same, False),
    "StringNotEquals": (_same, True),
    "StringEqualsIgnoreCase": (_same_in_any_case, False),
    "StringNotEqualsIgnoreCase": (_same_in_any_case, True),
    "StringLike": (matches, False),
    "StringNotLike": (matches, True),
    "ArnEquals": (matches_arn, False),
    "ArnNotEquals": (matches_arn, True),
    "ArnLike": (matches_arn, False),
    "ArnNotLike": (matches_arn, True),
    "Bool": (_same_in_any_case, False),
    "NumericEquals": (_number(operator.eq), False),
    "NumericNotEquals": (_number(operator.eq), True),
    "NumericLessThan": (_number(operator.lt), False),
    "NumericLessThanEquals": (_number(operator.le), False),
    "NumericGreaterThan": (_number(operator.gt), False),
    "NumericGreaterThanEquals": (_number(operator.ge), False),
}

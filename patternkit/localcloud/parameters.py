"""Values for the parameters of templates: read, and held against what the templates declare, before anything runs.

What CloudFormation asks of a value:
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from patternkit.localcloud.assembly import AssemblyStack
from patternkit.localcloud.errors import LocalCloudError
from patternkit.localcloud.suggest import nearest


@dataclass(frozen=True, slots=True)
class Given:
    """A value, as it was given.

    Attributes:
        stack: The stack that it is for; empty for each that declares the parameter.
        name: The parameter.
        value: The value.
        text: All of it, as it was written.
    """

    stack: str
    name: str
    value: str
    text: str


def given(texts: Sequence[str]) -> tuple[Given, ...]:
    """Read values that are each `NAME=VALUE` or `STACK:NAME=VALUE`.

    Raises:
        LocalCloudError: One is neither, or a parameter is given twice.
    """
    found: dict[tuple[str, str], Given] = {}
    for text in texts:
        key, equals, value = text.partition("=")
        stack, colon, name = key.rpartition(":")
        if not equals or not name or (colon and not stack):
            raise LocalCloudError(f"parameter must be NAME=VALUE or STACK:NAME=VALUE, got {text}")
        if before := found.get((stack, name)):
            raise LocalCloudError(f"parameter {key} must be given once, got {before.value} and {value}")
        found[stack, name] = Given(stack, name, value, text)
    return tuple(found.values())


def stored(texts: Sequence[str]) -> dict[str, str]:
    """Read values for the Parameter Store, each `NAME=VALUE`.

    Returns:
        The values by their names.

    Raises:
        LocalCloudError: One is not so, or a name is given twice.
    """
    found: dict[str, str] = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals or not name or not value:
            raise LocalCloudError(f"ssm must be NAME=VALUE, got {text}")
        if name in found:
            raise LocalCloudError(f"ssm {name} must be given once, got {found[name]} and {value}")
        found[name] = value
    return found


def assigned(values: Sequence[Given], stacks: Sequence[AssemblyStack]) -> dict[str, dict[str, str]]:
    """Give each stack its values.

    Args:
        values: What was given. One that names its stack goes before one that does not.
        stacks: What is to be deployed.

    Returns:
        Values by the names of parameters, by the ids of stacks.

    Raises:
        LocalCloudError: No stack is named so, none declares the parameter, or it does not allow the value.
    """
    found: dict[str, dict[str, str]] = {stack.artifact_id: {} for stack in stacks}
    for one in sorted(values, key=lambda each: bool(each.stack)):
        for stack in _declaring(one, stacks):
            if reason := _against(stack.template["Parameters"][one.name], one.value):
                raise LocalCloudError(f"parameter {one.name} of {stack.display_name} {reason}, got {one.value!r}")
            found[stack.artifact_id][one.name] = one.value
    return found


def _declaring(one: Given, stacks: Sequence[AssemblyStack]) -> list[AssemblyStack]:
    known = [each for stack in stacks for each in (stack.name, stack.display_name, stack.artifact_id)]
    if one.stack and one.stack not in known:
        raise LocalCloudError(
            f"parameter {one.text}: no stack {one.stack} is deployed, but "
            f"{', '.join(stack.name for stack in stacks)}{nearest(one.stack, known)}"
        )
    having = [
        stack
        for stack in stacks
        if one.name in stack.template.get("Parameters", {})
        and (not one.stack or one.stack in (stack.name, stack.display_name, stack.artifact_id))
    ]
    if not having:
        declared = sorted({each for stack in stacks for each in _own(stack)})
        raise LocalCloudError(
            f"parameter {one.name} is declared by no stack{f' {one.stack}' if one.stack else ''}, "
            f"got {one.text}; declared: {', '.join(declared) or 'none'}{nearest(one.name, declared)}"
        )
    return having


def _own(stack: AssemblyStack) -> list[str]:
    # Those of the CDK's own are filled in by deploying.
    return [name for name in stack.template.get("Parameters", {}) if name != "BootstrapVersion"]


def check_complete(stack: AssemblyStack, values: Mapping[str, str]) -> None:
    """Make sure that each parameter of a stack has a value.

    Raises:
        LocalCloudError: One has neither a value nor a default.
    """
    open_ones = [
        name
        for name, parameter in stack.template.get("Parameters", {}).items()
        if "Default" not in parameter and name not in values and name not in stack.parameters
    ]
    if open_ones:
        needed = " ".join(f"--parameter {name}=VALUE" for name in open_ones)
        raise LocalCloudError(f"{stack.display_name} has parameters without a default: {needed}")


def _against(declared: Any, value: str) -> str | None:
    """What CloudFormation holds against a value, as the end of "parameter NAME ...", or None.

    Of a parameter that names one of Systems Manager the value is only known when the stack is deployed.
    """
    if not isinstance(declared, Mapping) or str(declared.get("Type", "")).startswith("AWS::SSM::Parameter::Value<"):
        return None
    allowed = declared.get("AllowedValues")
    if isinstance(allowed, list) and value not in map(str, allowed):
        return f"must be one of {', '.join(map(str, allowed))}"
    reason = next(_constraints(declared, value), None)
    described = declared.get("ConstraintDescription")
    return f"{reason}: {described}" if reason and described else reason


def _constraints(declared: Mapping[str, Any], value: str) -> Iterator[str]:
    kind = str(declared.get("Type", "String"))
    members = [one.strip() for one in value.split(",")] if kind in ("CommaDelimitedList", "List<Number>") else [value]
    if kind in ("Number", "List<Number>"):
        numbers = [_number(one) for one in members]
        if None in numbers:
            yield "must be a number" if kind == "Number" else "must be numbers, separated by commas"
        for number in numbers:
            if number is not None and (least := _number(declared.get("MinValue"))) is not None and number < least:
                yield f"must be at least {declared['MinValue']}"
            if number is not None and (most := _number(declared.get("MaxValue"))) is not None and number > most:
                yield f"must be at most {declared['MaxValue']}"
        return
    pattern = declared.get("AllowedPattern")
    if isinstance(pattern, str) and not all(_matches(pattern, one) for one in members):
        yield f"must match {pattern}"
    if kind != "CommaDelimitedList":
        if (least := _number(declared.get("MinLength"))) is not None and len(value) < least:
            yield f"must have at least {declared['MinLength']} characters"
        if (most := _number(declared.get("MaxLength"))) is not None and len(value) > most:
            yield f"must have at most {declared['MaxLength']} characters"


def _number(value: Any) -> float | None:
    try:
        return float(value)
    except (TypeError, ValueError):
        return None


def _matches(pattern: str, value: str) -> bool:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            return re.fullmatch(pattern, value) is not None
    except (re.error, FutureWarning, DeprecationWarning):
        return True  # Java reads some expressions otherwise than Python, or alone

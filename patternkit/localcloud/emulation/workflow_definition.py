"""What AWS refuses of a workflow's definition: a start, a transition or a catcher that leads nowhere, a dead end.

https://states-language.net/spec.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

ENDS = ("Succeed", "Fail")
TYPES = ("Task", "Pass", "Choice", "Wait", "Succeed", "Fail", "Parallel", "Map")


def faults(definition: Any, path: str = "") -> Iterator[str]:
    """Yield each fault, in AWS's own words where they are known.

    Args:
        definition: The definition, or the part of one that a Map or a branch of a Parallel holds.
        path: Where that part is.
    """
    if not isinstance(definition, Mapping):
        yield f"SCHEMA_VALIDATION_FAILED: {path or '/'} is not an object"
        return
    states = definition.get("States")
    if not isinstance(states, Mapping) or not states:
        yield f"SCHEMA_VALIDATION_FAILED: {path}/States is required and must not be empty"
        return
    start = definition.get("StartAt")
    if not isinstance(start, str):
        yield f"SCHEMA_VALIDATION_FAILED: {path}/StartAt is required"
    elif start not in states:
        yield f'MISSING_TRANSITION_TARGET: Missing "StartAt" target: {start} at {path}/StartAt'
    reached = {start}
    for name, state in states.items():
        here = f"{path}/States/{name}"
        if not isinstance(state, Mapping):
            yield f"SCHEMA_VALIDATION_FAILED: {here} is not an object"
            continue
        if state.get("Type") not in TYPES:
            yield f"SCHEMA_VALIDATION_FAILED: {here}/Type must be one of {', '.join(TYPES)}, got {state.get('Type')}"
        for where, target in _transitions(state):
            reached.add(target)
            if target not in states:
                yield f'MISSING_TRANSITION_TARGET: Missing "Next" target: {target} at {here}/{where}'
        if state.get("Type") not in (*ENDS, "Choice") and not state.get("End") and "Next" not in state:
            yield f"SCHEMA_VALIDATION_FAILED: {here} needs Next or End"
        for where, inner in _inner(state):
            yield from faults(inner, f"{here}/{where}")
    for name in states:
        if name not in reached:
            yield f'MISSING_TRANSITION_TARGET: State "{name}" is not reachable at {path}/States/{name}'


def _transitions(state: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    if state.get("Type") == "Choice":
        if "Default" in state:
            yield "Default", state["Default"]
        for number, choice in enumerate(_list(state.get("Choices"))):
            if "Next" in choice:
                yield f"Choices[{number}]/Next", choice["Next"]
    elif "Next" in state:
        yield "Next", state["Next"]
    for number, catcher in enumerate(_list(state.get("Catch"))):
        if "Next" in catcher:
            yield f"Catch[{number}]/Next", catcher["Next"]


def _inner(state: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    if state.get("Type") == "Parallel":
        for number, branch in enumerate(_list(state.get("Branches"))):
            yield f"Branches[{number}]", branch
    if state.get("Type") == "Map":
        for name in ("ItemProcessor", "Iterator"):
            if name in state:
                yield name, state[name]


def _list(value: Any) -> list[Mapping[str, Any]]:
    return [each for each in value if isinstance(each, Mapping)] if isinstance(value, list) else []

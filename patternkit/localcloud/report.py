"""What of a deployed template the local cloud did not carry out.

CloudFormation answers CREATE_COMPLETE for properties that ministack never looks at. Which those are is not
kept in a list here, which would be wrong with the next release: the server writes down which properties each
resource handler looked up (see `embedded`), and what was given and not looked up was dropped. That is exact
in one direction only. A dropped property is certainly not exercised; one that was looked up may still be kept
and never acted upon. Where that is known, it is a row of `effects`. What is not listed is not thereby proved.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from patternkit.localcloud.effects import (
    NOT_CHECKED_EITHER,
    PERMISSIONS,
    RECORDED_TYPES,
    UNCHECKED_PERMISSIONS,
    WITHOUT_EFFECT,
)
from patternkit.localcloud.repairs import REPAIRS, Dropped

INTERPRETER = f"python{sys.version_info.major}.{sys.version_info.minor}"
DROPPED = "accepted by the local cloud's CloudFormation, which does not look at it"


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Finding:
    """One property of one resource."""

    logical_id: str
    """`*` for every resource of the type."""
    type: str
    property: str
    """Path within the resource's properties, or `*` for the resource as a whole."""
    why: str

    def __str__(self) -> str:
        return f"{self.logical_id} ({self.type}) {self.property}: {self.why}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What running a stack in the local cloud does not show.

    Attributes:
        repaired: Dropped by CloudFormation there, then set through the service's own API and read back.
        not_exercised: Accepted but without effect there. What is not listed is not thereby proved.
        stood_in: Functions of the CDK's own in whose place others ran, because theirs cannot run there.
    """

    repaired: tuple[Finding, ...] = ()
    not_exercised: tuple[Finding, ...] = ()
    stood_in: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Provisioned:
    """What the server wrote down of one resource."""

    properties: Mapping[str, Any]
    """As the handler got them, every reference resolved."""
    reads: frozenset[str]
    stand_in: str = ""
    """What of the CDK it is the provider of, for a function that was stood in for."""


@dataclass(frozen=True, slots=True)
class Resource:
    """A resource to report on, with what the server wrote down of it."""

    logical_id: str
    physical_id: str
    type: str
    provisioned: Provisioned


def read_notes(path: Path) -> dict[tuple[str, str], Provisioned]:
    """Return what the server wrote down, by resource type and physical id."""
    found: dict[tuple[str, str], Provisioned] = {}
    if not path.exists():
        return found
    for line in path.read_text(encoding="utf-8").splitlines():
        record = json.loads(line)
        if "stand_in" in record:
            made = found[record["type"], record["physical_id"]]
            found[record["type"], record["physical_id"]] = replace(made, stand_in=record["stand_in"])
            continue
        reads = frozenset(record["reads"])
        if "replaces" in record:
            # An update looks at what it changes; the rest was looked at when the resource was created.
            before = found.get((record["type"], record["replaces"]))
            reads |= before.reads if before else frozenset()
        found[record["type"], record["physical_id"]] = Provisioned(record["properties"], reads)
    return found


def examine(resources: Sequence[Resource], client: Callable[[str], Any], *, enforce_iam: bool) -> Report:
    """Repair what can be repaired and say what was not exercised.

    Args:
        resources: What was deployed.
        client: Gives the client for a service, in the stack's account and region.
        enforce_iam: Whether permissions are checked.
    """
    repaired: set[Finding] = set()
    not_exercised: set[Finding] = set()
    replaced: dict[str, str] = {}
    order = list(REPAIRS)
    for resource in sorted(resources, key=lambda each: order.index(each.type) if each.type in REPAIRS else -1):

        def finding(path: str, why: str, resource: Resource = resource) -> Finding:
            return Finding(logical_id=resource.logical_id, type=resource.type, property=path, why=why)

        lost: set[str] = set()
        for path in dropped(resource.provisioned):
            repair = REPAIRS.get(resource.type, {}).get(path)
            if repair is None:
                lost.add(path)
                not_exercised.add(finding(path, DROPPED))
                continue
            to_repair = Dropped(
                physical_id=resource.physical_id,
                properties=resource.provisioned.properties,
                replaced=replaced,
            )
            failure = repair.attempt(client(repair.service), to_repair)
            if failure is None:
                repaired.add(finding(path, f"{DROPPED}; set through {repair.service}, and read back"))
            else:
                lost.add(path)
                not_exercised.add(finding(path, f"{DROPPED}; {failure}"))
        for path, why in _without_effect(resource):
            if path not in lost:
                not_exercised.add(finding(path, why))
    if not enforce_iam and any(resource.type.startswith(PERMISSIONS) for resource in resources):
        not_exercised.add(Finding(logical_id="*", type="AWS::IAM::*", property="*", why=UNCHECKED_PERMISSIONS))
    stood_in = {
        Finding(
            logical_id=each.logical_id,
            type=each.type,
            property="*",
            why=f"the provider of {each.provisioned.stand_in}, in Python here",
        )
        for each in resources
        if each.provisioned.stand_in
    }
    return Report(
        repaired=tuple(sorted(repaired)),
        not_exercised=tuple(sorted(not_exercised)),
        stood_in=tuple(sorted(stood_in)),
    )


def _without_effect(resource: Resource) -> Iterator[tuple[str, str]]:
    for path, why in WITHOUT_EFFECT.get(resource.type, {}).items():
        if path == "*" or _present(resource.provisioned.properties, path.split(".")):
            yield path, why
    for family, why in RECORDED_TYPES.items():
        if resource.type.startswith(family):
            yield "*", why
    if resource.type in NOT_CHECKED_EITHER:
        yield "*", NOT_CHECKED_EITHER[resource.type]
    runtime = resource.provisioned.properties.get("Runtime", "")
    if runtime.startswith("python") and runtime != INTERPRETER:
        yield "Runtime", f"{runtime} was asked for, functions run on this {INTERPRETER}"


def _present(properties: Mapping[str, Any], path: Sequence[str]) -> bool:
    name, rest = path[0], path[1:]
    value = properties.get(name.removesuffix("[]"))
    if value is None:
        return False
    if not rest:
        return True
    parts = value if name.endswith("[]") and isinstance(value, list) else [value]
    return any(isinstance(part, dict) and _present(part, rest) for part in parts)


def dropped(provisioned: Provisioned) -> tuple[str, ...]:
    """Return the paths of the properties that were given and never looked up.

    A value of which no part was looked up by name was taken as a whole, and is not reported.
    """
    return tuple(dict.fromkeys(_dropped(provisioned.properties, "", provisioned.reads)))


def _dropped(properties: Mapping[str, Any], path: str, reads: Collection[str]) -> Iterator[str]:
    for name, value in properties.items():
        here = f"{path}{name}"
        if here not in reads:
            if not _added_by_cloudformation(name, value):
                yield here
        elif isinstance(value, dict) and any(f"{here}.{key}" in reads for key in value):
            yield from _dropped(value, f"{here}.", reads)
        elif isinstance(value, list):
            for item in value:
                if isinstance(item, dict) and any(f"{here}[].{key}" in reads for key in item):
                    yield from _dropped(item, f"{here}[].", reads)


def _added_by_cloudformation(name: str, value: Any) -> bool:
    return (
        name == "Tags"
        and isinstance(value, list)
        and all(isinstance(tag, dict) and str(tag.get("Key", "")).startswith("aws:") for tag in value)
    )

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
    UNLESS_ENFORCED,
    WITHOUT_EFFECT,
)
from patternkit.localcloud.effects_by_value import WHERE, present, values
from patternkit.localcloud.emulation.left_out import LEFT_OUT, PREFIX
from patternkit.localcloud.javascript_sdk import missing
from patternkit.localcloud.preflight import Refusal
from patternkit.localcloud.repair import Dropped
from patternkit.localcloud.repairs import REPAIRS

INTERPRETER = f"python{sys.version_info.major}.{sys.version_info.minor}"
DROPPED = "accepted by the local cloud's CloudFormation, which does not look at it"
NOT_HERE = "loads {}, which AWS brings and which is not here: the function fails, unless it is bundled with its code"
KEPT = "kept by the local cloud's CloudFormation, which does not act upon it"


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
        refused: What AWS would refuse, or what would certainly fail there (with `LocalCloud.start(preflight=True)`).
        unchecked: Why that is not known; empty when it is.
    """

    repaired: tuple[Finding, ...] = ()
    not_exercised: tuple[Finding, ...] = ()
    refused: tuple[Refusal, ...] = ()
    unchecked: str = "the local cloud was started without preflight"
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


def read_notes(path: Path) -> dict[tuple[str, str, str], Provisioned]:
    """Return what the server wrote down, by resource type, logical id and physical id.

    Two stages of one name have one physical id, and so have two groups of two user pools.
    """
    found: dict[tuple[str, str, str], Provisioned] = {}
    if not path.exists():
        return found
    for line in path.read_text(encoding="utf-8").splitlines():
        record = json.loads(line)
        named = record["type"], record["logical_id"]
        if "stand_in" in record:
            made = found[*named, record["physical_id"]]
            found[*named, record["physical_id"]] = replace(made, stand_in=record["stand_in"])
            continue
        reads = frozenset(record["reads"])
        if "replaces" in record:
            # An update looks at what it changes; the rest was looked at when the resource was created.
            before = found.get((*named, record["replaces"]))
            reads |= before.reads if before else frozenset()
        found[*named, record["physical_id"]] = Provisioned(record["properties"], reads)
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

        if resource.type in LEFT_OUT and resource.physical_id.startswith(PREFIX):
            not_exercised.add(finding("*", f"{LEFT_OUT[resource.type]}; a placeholder stands where others refer to it"))
            continue
        lost: set[str] = set()
        rows = REPAIRS.get(resource.type, {})
        gone = dropped(resource.provisioned)
        kept = [path for path, row in rows.items() if row.kept and path not in gone and _has(resource, path)]
        for path in (*gone, *kept):
            why = DROPPED if path in gone else KEPT
            repair = rows.get(path)
            if repair is None:
                lost.add(path)
                not_exercised.add(finding(path, why))
                continue
            to_repair = Dropped(
                physical_id=resource.physical_id,
                properties=resource.provisioned.properties,
                replaced=replaced,
            )
            if not repair.needed(client(repair.service), to_repair):
                continue
            failure = repair.attempt(client(repair.service), to_repair)
            if failure is None:
                repaired.add(finding(path, f"{why}; set through {repair.service}, and read back"))
            else:
                lost.add(path)
                not_exercised.add(finding(path, f"{why}; {failure}"))
        for path, reason in without_effect(resource.type, resource.provisioned.properties, enforce_iam=enforce_iam):
            if path not in lost:
                not_exercised.add(finding(path, reason))
        if resource.type == "AWS::Lambda::Function" and not resource.provisioned.stand_in:
            for package in missing(resource.provisioned.properties, client):
                not_exercised.add(finding("Code", NOT_HERE.format(package)))
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


def without_effect(
    type_: str, properties: Mapping[str, Any], *, enforce_iam: bool = False
) -> Iterator[tuple[str, str]]:
    """Yield what of a resource is kept without effect: the property's path, and what is missing.

    Args:
        type_: The resource's type.
        properties: Its properties. Each may have any shape.
        enforce_iam: Whether permissions are checked.
    """
    tables = [WITHOUT_EFFECT] if enforce_iam else [WITHOUT_EFFECT, UNLESS_ENFORCED]
    for table in tables:
        for path, why in table.get(type_, {}).items():
            if path == "*" or present(properties, path):
                yield path, why
    for row in WHERE.get(type_, ()):
        if any(row.applies(value) for value in values(properties, row.path)):
            yield row.path, row.why
    for family, why in RECORDED_TYPES.items():
        if type_.startswith(family):
            yield "*", why
    if type_ in NOT_CHECKED_EITHER:
        yield "*", NOT_CHECKED_EITHER[type_]
    runtime = properties.get("Runtime")
    if isinstance(runtime, str) and runtime.startswith("python") and runtime != INTERPRETER:
        yield "Runtime", f"{runtime} was asked for, functions run on this {INTERPRETER}"


def _has(resource: Resource, path: str) -> bool:
    return present(resource.provisioned.properties, path)


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

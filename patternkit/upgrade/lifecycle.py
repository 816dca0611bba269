"""What an upgrade replaces, deletes, or stops retaining."""

import json
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from patternkit.templates.properties import schema_of
from patternkit.testing.permissions.intrinsics import described
from patternkit.upgrade.changes import Change, Kind, Template, properties_of, resources
from patternkit.upgrade.known_outside import LOST, MADE_ANEW
from patternkit.upgrade.names import own_name
from patternkit.upgrade.record_types import record_type_changes
from patternkit.upgrade.settings import ABSENT, is_function, possible
from patternkit.upgrade.spelling import canonical
from patternkit.upgrade.stateful_types import is_stateful
from patternkit.upgrade.table_indexes import index_changes

_NOTHING = object()
_NO_VALUE = {"Ref": "AWS::NoValue"}
_KEPT = ("Snapshot", "RetainExceptOnCreate", "Retain")


def lifecycle_changes(old: Template, new: Template) -> Iterator[Change]:
    """Find the resources that are replaced, and the stateful ones that are deleted or not retained any more.

    A replacement is dangerous where data goes, or what others know of the resource outside of its template.

    Args:
        old: The template that is deployed.
        new: The template that is about to be.

    Yields:
        The changes.
    """
    before, after = resources(old), resources(new)
    replaced = _replaced(before, after)
    for logical_id, reason in replaced.items():
        was, now = before[logical_id], after[logical_id]
        if was["Type"] != now["Type"] and (is_stateful(was["Type"]) or is_stateful(now["Type"])):
            yield Change(Kind.REPLACEMENT, logical_id, reason)
        elif is_stateful(now["Type"]):
            yield Change(Kind.REPLACEMENT, logical_id, f"{reason}; {_fate(was, now, replaced)}")
        elif now["Type"] == _FUNCTION:
            yield Change(Kind.REPLACEMENT, logical_id, f"{reason}; {_CALLERS}")
        elif _still_associated(was, now, replaced) and not _frees(now, after):
            yield Change(Kind.REPLACEMENT, logical_id, f"{reason}; {_ASSOCIATED}")
        else:
            yield _made_anew(logical_id, after[logical_id]["Type"], reason)
    for logical_id in before.keys() - after.keys():
        yield from _gone(logical_id, before, after)
        yield from _renamed(logical_id, before, after)
        yield from _named_alike(logical_id, before, after, replaced)
    for logical_id in before.keys() & after.keys():
        if logical_id not in replaced:
            yield from index_changes(logical_id, before[logical_id], after[logical_id])
            yield from record_type_changes(logical_id, before[logical_id], after[logical_id])
        if is_stateful(after[logical_id]["Type"]):
            yield from _made_conditional(logical_id, before[logical_id], after[logical_id])
            yield from _loosened(logical_id, before[logical_id], after[logical_id])


def _fate(was: Mapping[str, Any], now: Mapping[str, Any], replaced: Mapping[str, str]) -> str:
    """What becomes of the old resource."""
    name = own_name(now)
    if name and name == own_name(was) and not _referred(name) & replaced.keys():
        return f"CloudFormation refuses that while {_listed(name)} stays as it is"
    fate = {
        "Retain": "stays in the account, empty of use",
        "RetainExceptOnCreate": "stays in the account, empty of use",
        "Snapshot": "is deleted, a snapshot stays",
    }.get(_worst(now, "UpdateReplacePolicy"), "is deleted with all it holds")
    return f"the old one {fate} (UpdateReplacePolicy {described(now.get('UpdateReplacePolicy', 'Delete'))})"


def _still_associated(was: Mapping[str, Any], now: Mapping[str, Any], replaced: Mapping[str, str]) -> bool:
    """Whether an attachment of a transit gateway stays while its association with a route table is made anew."""
    attachment = own_name(now)
    return was["Type"] == now["Type"] == _ASSOCIATION and (
        attachment == own_name(was) and not _referred(attachment) & replaced.keys()
    )


def _frees(resource: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    """Whether a resource comes after a custom resource, which may take the attachment out of its table."""
    given = resource.get("DependsOn", ())
    names = [given] if isinstance(given, str) else given
    kinds = [after[one]["Type"] for one in names if one in after]
    return any(one.startswith("Custom::") or one == "AWS::CloudFormation::CustomResource" for one in kinds)


def _named_alike(
    logical_id: str, before: Mapping[str, Any], after: Mapping[str, Any], replaced: Mapping[str, str]
) -> Iterator[Change]:
    """A new resource is made before an old one is deleted, and in most types two cannot have one name."""
    name, kind = own_name(before[logical_id]), before[logical_id]["Type"]
    if not name or _referred(name) & (replaced.keys() | (before.keys() - after.keys())):
        return
    for other in sorted(after.keys() - before.keys()):
        if after[other]["Type"] == kind and own_name(after[other]) == name:
            reason = f"{other} has {_listed(name)}, too, and is made before it goes: AWS refuses that of most types"
            yield Change(Kind.REPLACEMENT, logical_id, reason, dangerous=False)


def _listed(name: Mapping[str, Any]) -> str:
    return " and ".join(f"{key} {_short(value)}" for key, value in name.items())


def _gone(logical_id: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
    resource = before[logical_id]
    kind = resource["Type"]
    if not is_stateful(kind):
        return
    # What is deployed decides what becomes of a resource that the new template does not have.
    policy = described(resource.get("DeletionPolicy", _default_policy(resource)))
    worst = _worst(resource, "DeletionPolicy")
    fate = {
        "Delete": "it is deleted with all it holds",
        "Snapshot": "it is deleted, a snapshot stays",
    }.get(worst, "it stays in the account and leaves the stack")
    successors = [one for one, new in after.items() if new["Type"] == kind and one not in before]
    what = f"the {kind} is not in the new template (DeletionPolicy {policy})"
    if successors:
        named = ", ".join(sorted(successors))
        yield Change(Kind.REPLACEMENT, logical_id, f"{what}: {fate}, and {named} starts empty: was it renamed?")
    else:
        yield Change(Kind.DELETION, logical_id, f"{what}: {fate}", dangerous=worst in ("Delete", "Snapshot"))


def _renamed(logical_id: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
    """What holds nothing may be known to others, by a name, an ARN or an address that goes with it."""
    kind = before[logical_id]["Type"]
    if kind != _FUNCTION:
        if not is_stateful(kind) and (named := _same_under_another_id(logical_id, before, after)):
            yield _made_anew(logical_id, kind, f"it is not in the new template, and {named} begins: was it renamed?")
        return
    successors = [
        one
        for one, resource in after.items()
        if one not in before and resource["Type"] == _FUNCTION and _runs(resource) == _runs(before[logical_id])
    ]
    if successors:
        named = ", ".join(sorted(successors))
        reason = f"the function is not in the new template, and {named} runs the same: was it renamed? {_CALLERS}"
        yield Change(Kind.REPLACEMENT, logical_id, reason)


def _same_under_another_id(logical_id: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    """Name what takes a resource's place: of what others know any of its type, of the rest only its equal."""
    resource = before[logical_id]
    kind = resource["Type"]
    if kind in MADE_ANEW:
        return ""
    successors = [
        one
        for one, other in after.items()
        if one not in before
        and other["Type"] == kind
        # Roles and users come and go; of them too only the equal one.
        and ((kind in LOST and not kind.startswith("AWS::IAM::")) or properties_of(other) == properties_of(resource))
    ]
    return ", ".join(sorted(successors))


def _made_anew(logical_id: str, kind: str, reason: str) -> Change:
    if lost := LOST.get(kind):
        return Change(Kind.REPLACEMENT, logical_id, f"{reason}; {lost}")
    whose = "what names it outside of its template must be told"
    return Change(Kind.REPLACEMENT, logical_id, f"{reason}; its id changes: {whose}", dangerous=False)


def _runs(function: Mapping[str, Any]) -> tuple[Any, ...]:
    properties = properties_of(function)
    return tuple(properties.get(name) for name in ("Handler", "Runtime", "PackageType", "Layers"))


# https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-transitgatewayroutetableassociation.html
_ASSOCIATION = "AWS::EC2::TransitGatewayRouteTableAssociation"
_ASSOCIATED = (
    "AWS refuses a second table while its attachment has the old one, which goes last: take the association out in one "
    "update, and make it in the next"
)
_FUNCTION = "AWS::Lambda::Function"
_CALLERS = "who calls it by the name or ARN that it had fails"


def _default_policy(resource: Mapping[str, Any]) -> str:
    # https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html
    if resource["Type"] == "AWS::RDS::DBCluster":
        return "Snapshot"
    if resource["Type"] == "AWS::RDS::DBInstance" and "DBClusterIdentifier" not in properties_of(resource):
        return "Snapshot"
    return "Delete"


def _made_conditional(logical_id: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
    # A resource whose condition does not hold is as if it were not in the template.
    condition = after.get("Condition")
    if condition is not None and condition != before.get("Condition"):
        policy = described(before.get("DeletionPolicy", _default_policy(before)))
        reason = f"it is there only if the condition {condition} holds now, and else goes (DeletionPolicy {policy})"
        dangerous = _worst(before, "DeletionPolicy") in ("Delete", "Snapshot")
        yield Change(Kind.DELETION, logical_id, reason, dangerous=dangerous)


def _policies(resource: Mapping[str, Any], attribute: str) -> list[Any]:
    """What a policy for data may turn out to be.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/transform-aws-languageextensions.html
    """
    default = _default_policy(resource) if attribute == "DeletionPolicy" else "Delete"
    return [default if one is ABSENT else one for one in possible(resource.get(attribute, ABSENT))]


def _worst(resource: Mapping[str, Any], attribute: str) -> str:
    """What a policy for data may come to at worst; what is not known before deployment may be "Delete"."""
    found = ["Delete" if is_function(one) else str(one) for one in _policies(resource, attribute)]
    return min(found, key=lambda one: _KEPT.index(one) if one in _KEPT else -1)


def _loosened(logical_id: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
    for attribute in ("DeletionPolicy", "UpdateReplacePolicy"):
        was, now = (_policies(one, attribute) for one in (before, after))
        lost = [one for one in now if one not in _KEPT]
        if any(one in _KEPT for one in was) and lost and before.get(attribute) != after.get(attribute):
            when = "its stack" if attribute == "DeletionPolicy" else "its replacement"
            values = [described(one.get(attribute, _policies(one, attribute)[0])) for one in (before, after)]
            reason = f"{attribute} was {values[0]} and is {values[1]}: the data goes with {when}"
            yield Change(Kind.RETENTION, logical_id, reason)


def _replaced(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, str]:
    found: dict[str, str] = {}
    common = before.keys() & after.keys()
    for logical_id in sorted(common):
        if reason := _replacement(before[logical_id], after[logical_id]):
            found[logical_id] = reason
    # A create-only property that refers to something replaced changes with it, and so on.
    pending = set(found)
    while pending:
        caused = {
            logical_id: f"{path} refers to {cause}, which is replaced"
            for logical_id in sorted(common - found.keys())
            for path, _ in _create_only(after[logical_id]["Type"])
            for cause in pending & _referred(canonical(_at(after[logical_id], path)))
        }
        found |= caused
        pending = set(caused)
    return found


def _replacement(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    if before["Type"] != after["Type"]:
        return f"the type changes from {before['Type']} to {after['Type']}, which CloudFormation refuses"
    for path, certain in _create_only(after["Type"]):
        was, now = _at(before, path), _at(after, path)
        if canonical(was) != canonical(now):
            must = "can only be set when it is created" if certain else "may need a replacement"
            return f"{path} changes from {_short(was)} to {_short(now)} and {must}"
    return ""


@cache
def _create_only(resource_type: str) -> tuple[tuple[str, bool], ...]:
    """The properties that cannot be changed, and those that sometimes cannot, as CloudFormation's schemas say."""
    schema = schema_of(resource_type) or {}
    named = [(path, True) for path in schema.get("createOnlyProperties") or ()]
    named += [(path, False) for path in schema.get("conditionalCreateOnlyProperties") or ()]
    named += [(path, False) for path in _ALSO_CREATE_ONLY.get(resource_type, ())]
    paths = [(path.removeprefix("/properties/").replace("/", "."), certain) for path, certain in named]
    return tuple((path, certain) for path, certain in paths if path not in _UPDATED.get(resource_type, ()))


# Local secondary indexes are made with their table and never after it.
_ALSO_CREATE_ONLY = {"AWS::DynamoDB::Table": ("LocalSecondaryIndexes",)}

# An instance is stopped and started again for these, and only replaced if its root volume is no EBS volume.
# https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-instance.html
_UPDATED = {
    "AWS::EC2::Instance": (
        "AdditionalInfo",
        "Affinity",
        "EbsOptimized",
        "InstanceType",
        "KernelId",
        "PrivateDnsNameOptions",
        "RamdiskId",
        "SecurityGroupIds",
        "UserData",
    )
}


def _at(resource: Mapping[str, Any], path: str) -> Any:
    return _walk(properties_of(resource), path.split("."))


def _walk(value: Any, parts: list[str]) -> Any:
    if not parts:
        return value
    if isinstance(value, list):
        rest = parts[1:] if parts[0] == "*" else parts
        return [_walk(one, rest) for one in value]
    if isinstance(value, Mapping) and value.get(parts[0], _NO_VALUE) != _NO_VALUE:
        return _walk(value[parts[0]], parts[1:])
    return _NOTHING


def _referred(value: Any) -> set[str]:
    """The resources that a value refers to, spelled in one way."""
    match value:
        case {"Ref": str(target)}:
            return {target}
        case {"Fn::GetAtt": [str(target), *_]}:
            return {target}
        case Mapping():
            return set().union(*(_referred(one) for one in value.values()))
        case list():
            return set().union(*(_referred(one) for one in value))
    return set()


def _short(value: Any) -> str:
    text = "nothing" if value is _NOTHING else described(value) if not isinstance(value, str) else json.dumps(value)
    return text if len(text) <= 80 else f"{text[:77]}..."

"""What stands between clients and what they ask for, and goes or lets more through."""

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from patternkit.testing.permissions.intrinsics import described
from patternkit.upgrade.changes import Change, Kind, Template, pairs, properties_of, resources
from patternkit.upgrade.settings import ABSENT, UNKNOWN, Path, is_function, lowered, mappings, named, shown

_FALSE_FIRST, _TRUE_FIRST = ("false", "true"), ("true", "false")
_LEVELS: dict[str, dict[str, tuple[str, ...]]] = {
    "AWS::AppSync::GraphQLApi": {"Visibility": ("GLOBAL", "PRIVATE")},
    "AWS::Cognito::UserPool": {
        "AllowAdminCreateUserOnly": _FALSE_FIRST,
        "MfaConfiguration": ("OFF", "OPTIONAL", "ON"),
    },
    "AWS::EC2::TransitGateway": {"AutoAcceptSharedAttachments": ("enable", "disable")},
    "AWS::EC2::VPCBlockPublicAccessOptions": {
        "InternetGatewayBlockMode": ("off", "block-ingress", "block-bidirectional")
    },
    "AWS::EC2::VPCEncryptionControl": {"Mode": ("monitor", "enforce")},
    "AWS::EC2::VPCEndpointService": {"AcceptanceRequired": _FALSE_FIRST},
    "AWS::ElasticLoadBalancingV2::Listener": {"Mode": ("off", "passthrough", "verify")},
    "AWS::NetworkFirewall::FirewallPolicy": {"StreamExceptionPolicy": ("CONTINUE", "DROP")},
    "AWS::RAM::ResourceShare": {"AllowExternalPrincipals": _TRUE_FIRST},
    "AWS::Transfer::Server": {"EndpointType": ("PUBLIC", "VPC")},
    "AWS::VpcLattice::Service": {"AuthType": ("NONE", "AWS_IAM")},
    "AWS::VpcLattice::ServiceNetwork": {"AuthType": ("NONE", "AWS_IAM")},
}
"""Settings by type, and their values from the weakest on."""

_DEFAULTS = {"AutoAcceptSharedAttachments": "disable", "StreamExceptionPolicy": "DROP"}
"""What is taken where a setting is not there, if that is not the weakest."""

_GUARDS = {
    "AWS::EC2::SubnetNetworkAclAssociation": "its subnet falls back to the VPC's default network ACL",
    "AWS::EC2::VPCBlockPublicAccessOptions": "nothing blocks the ways between VPCs and the internet any more",
    "AWS::EC2::VPCEncryptionControl": "nothing asks for encryption in the VPC any more",
    "AWS::Route53Resolver::FirewallRuleGroupAssociation": "its rules are not asked about names any more",
    "AWS::WAFv2::WebACLAssociation": "no web ACL is asked about requests any more",
}
"""Resources that guard others by being there."""


def guard_changes(old: Template, new: Template) -> Iterator[Change]:
    """Find guards that go or let more through: settings, web ACLs, firewalls, prefix lists.

    Args:
        old: The template that is deployed.
        new: The template that is about to be.

    Yields:
        The changes.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-wafv2-webacl-defaultaction.html
    """
    before, after = resources(old), resources(new)
    for logical_id, resource in before.items():
        kind = resource["Type"]
        if kind in _GUARDS and not _guards_the_same(resource, after) and _guarded(resource, after):
            yield Change(Kind.EXPOSURE, logical_id, f"the {kind} goes: {_GUARDS[kind]}")
    for logical_id, resource in after.items():
        if resource["Type"] == "AWS::EC2::VPCBlockPublicAccessExclusion" and logical_id not in before:
            yield from _excluded(logical_id, properties_of(resource), before, after)
    for logical_id, one, other in pairs(old, new):
        was, now, kind = properties_of(one), properties_of(other), other["Type"]
        for path, value, after_it in lowered(was, now, partial(_level, kind)):
            reason = f"{named(path)} was {shown(value)} and is {shown(after_it)}"
            yield Change(Kind.EXPOSURE, logical_id, reason)
        if kind == "AWS::WAFv2::WebACL":
            yield from _web_acl(logical_id, was, now)


def _subject(resource: Mapping[str, Any]) -> tuple[str, ...]:
    properties = properties_of(resource)
    names = ("SubnetId", "VpcId", "ResourceArn")
    return (resource["Type"], *(described(properties[name]) for name in names if name in properties))


def _guards_the_same(resource: Mapping[str, Any], after: Mapping[str, Mapping[str, Any]]) -> bool:
    return any(one["Type"] == resource["Type"] and _subject(one) == _subject(resource) for one in after.values())


def _guarded(resource: Mapping[str, Any], after: Mapping[str, Mapping[str, Any]]) -> bool:
    """Whether what it guards stays: what another template has does."""
    for name in ("SubnetId", "VpcId", "ResourceArn"):
        match properties_of(resource).get(name):
            case {"Ref": str(logical_id)} | {"Fn::GetAtt": [str(logical_id), *_]}:
                return logical_id in after
    return True


def _excluded(
    logical_id: str,
    properties: Mapping[str, Any],
    before: Mapping[str, Any],
    after: Mapping[str, Any],
) -> Iterator[Change]:
    where = properties.get("VpcId", properties.get("SubnetId"))
    name = where.get("Ref") if isinstance(where, Mapping) else None
    if name not in after or name in before:
        mode = described(properties.get("InternetGatewayExclusionMode"))
        yield Change(Kind.EXPOSURE, logical_id, f"{described(where)} is excluded from block public access with {mode}")


def _level(kind: str, path: Path, value: Any) -> float | None:
    if kind == "AWS::NetworkFirewall::FirewallPolicy" and path[-1] in _ACTIONS:
        return _actions(path[-1], value)
    if kind == "AWS::CloudFront::Distribution" and path[-1] in ("WebACLId", "TrustedKeyGroups", "TrustedSigners"):
        return 0 if value is ABSENT or value in ("", []) else 1
    order = _LEVELS.get(kind, {}).get(path[-1])
    if order is None:
        return None
    if value is ABSENT:
        value = _DEFAULTS.get(path[-1], order[0])
    if is_function(value):
        return UNKNOWN
    text = str(value).lower() if order in (_FALSE_FIRST, _TRUE_FIRST) else str(value)
    return order.index(text) if text in order else len(order) - 1


_ACTIONS = ("StatelessDefaultActions", "StatelessFragmentDefaultActions", "StatefulDefaultActions")


def _actions(name: str, value: Any) -> float:
    if is_function(value):
        return UNKNOWN
    found = [one for one in value if isinstance(one, str)] if isinstance(value, list) else []
    if name == "StatefulDefaultActions":
        return 1 if any(one.startswith("aws:drop") for one in found) else 0
    return 0 if "aws:pass" in found else 1


def _web_acl(logical_id: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
    defaults = [next(iter(mappings(one.get("DefaultAction"))), {}) for one in (before, after)]
    if "Block" in defaults[0] and "Block" not in defaults[1]:
        yield Change(Kind.EXPOSURE, logical_id, "DefaultAction was Block and is not: requests of no rule pass")
    rules = {described(one.get("Name")): one for one in mappings(after.get("Rules"))}
    for rule in mappings(before.get("Rules")):
        name = described(rule.get("Name"))
        if _blocks(rule) and not _blocks(rules.get(name, {})):
            how = "only counts or allows" if name in rules else "is gone"
            yield Change(Kind.EXPOSURE, logical_id, f"the rule {name} stopped requests, and {how}")


def _blocks(rule: Mapping[str, Any]) -> bool:
    """Whether a rule may stop requests: by its own action, or by those of its group."""
    action = next(iter(mappings(rule.get("Action"))), {})
    override = next(iter(mappings(rule.get("OverrideAction"))), {})
    return bool(action.keys() & {"Block", "Captcha", "Challenge"}) or "None" in override

"""What gives somebody something without being a policy: access entries, keys, assignments, another role."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from patternkit.templates import TemplateError
from patternkit.templates.documents import parse_json
from patternkit.testing.permissions.intrinsics import described
from patternkit.upgrade.changes import Change, Kind, Template, pairs, properties_of, resources
from patternkit.upgrade.grants import Grant, Holder, PolicySet
from patternkit.upgrade.renamed_policies import beyond
from patternkit.upgrade.settings import ABSENT, is_function, items, possible, shown, words

_GIVES: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "AWS::Cognito::IdentityPoolRoleAttachment": ("IdentityPoolId", ("Roles", "RoleMappings")),
    "AWS::EC2::ClientVpnAuthorizationRule": (
        "ClientVpnEndpointId",
        ("TargetNetworkCidr", "AccessGroupId", "AuthorizeAllGroups"),
    ),
    "AWS::EKS::AccessEntry": ("ClusterName", ("PrincipalArn", "AccessPolicies", "KubernetesGroups")),
    "AWS::EKS::PodIdentityAssociation": ("ClusterName", ("RoleArn", "TargetRoleArn", "Namespace", "ServiceAccount")),
    "AWS::IAM::AccessKey": ("UserName", ("UserName",)),
    "AWS::IAM::InstanceProfile": ("", ("Roles",)),
    "AWS::IAM::User": ("", ("LoginProfile",)),
    "AWS::LakeFormation::DataLakeSettings": (
        "",
        ("Admins", "CreateDatabaseDefaultPermissions", "CreateTableDefaultPermissions"),
    ),
    "AWS::LakeFormation::Permissions": ("Resource", ("DataLakePrincipal", "Permissions", "Resource")),
    "AWS::LakeFormation::PrincipalPermissions": (
        "Resource",
        ("Principal", "Permissions", "PermissionsWithGrantOption", "Resource"),
    ),
    "AWS::Lambda::LayerVersionPermission": ("LayerVersionArn", ("Principal", "OrganizationId")),
    "AWS::OpenSearchServerless::AccessPolicy": ("", ("Policy",)),
    "AWS::Redshift::EndpointAuthorization": ("ClusterIdentifier", ("Account", "VpcIds")),
    "AWS::RolesAnywhere::Profile": ("", ("RoleArns",)),
    "AWS::S3::AccessGrant": (
        "AccessGrantsLocationId",
        ("Grantee", "Permission", "AccessGrantsLocationConfiguration"),
    ),
    "AWS::SSO::Assignment": ("PermissionSetArn", ("PermissionSetArn", "PrincipalId", "TargetId")),
    "AWS::Transfer::User": ("ServerId", ("Role", "HomeDirectory", "HomeDirectoryMappings", "Policy")),
}
"""Types, what each is about, and the properties that say what it gives to whom."""

_NARROWS = frozenset({"AccessGrantsLocationConfiguration", "HomeDirectoryMappings", "OrganizationId", "VpcIds"})
"""Without one of these, everything is given, or everybody has it."""

_ALWAYS_NEW = ("AWS::IAM::InstanceProfile", "AWS::IAM::User", "AWS::RolesAnywhere::Profile")
"""What gives nothing by being new: its role's policies are told by themselves."""

_OPEN_WITHOUT: Mapping[tuple[str, str], str] = {
    ("AWS::ApiGateway::RestApi", "Policy"): "what it asked of callers is not asked any more",
    ("AWS::EC2::VPCEndpoint", "PolicyDocument"): "the endpoint lets everything through",
    ("AWS::EFS::FileSystem", "FileSystemPolicy"): "whoever reaches it may mount it and write",
}
"""Policies without which everybody may, and what that means."""


def other_grant_changes(old: Template, new: Template) -> Iterator[Change]:
    """Find what is given by other resources than policies, and policies without which everybody may.

    Args:
        old: The template that is deployed.
        new: The template that is about to be.

    Yields:
        The changes.

    Source: https://docs.aws.amazon.com/eks/latest/userguide/access-entries.html
    """
    before, after = resources(old), resources(new)
    for logical_id, resource in after.items():
        kind, properties = resource["Type"], properties_of(resource)
        if kind not in _GIVES or logical_id in before or kind in _ALWAYS_NEW:
            continue
        about, names = _GIVES[kind]
        given = [f"{name} {shown(properties[name])}" for name in names if name in properties]
        same = any(one["Type"] == kind and properties_of(one) == properties for one in before.values())
        if not same and not _is_new(properties.get(about), before, after):
            yield Change(Kind.PERMISSIONS, logical_id, f"the {kind} is new: it gives {', '.join(given)}")
    for logical_id, one, other in pairs(old, new):
        was, now, kind = properties_of(one), properties_of(other), other["Type"]
        for name in _GIVES.get(kind, ("", ()))[1]:
            known, gives = _said(was.get(name)), _said(now.get(name))
            gone = name in _NARROWS and known and not gives
            more = gives - known and not (name in _NARROWS and not known) and '"*"' not in known
            if gone or more:
                # A password is never shown.
                values = (was.get(name, ABSENT), now.get(name, ABSENT)) if name != "LoginProfile" else ()
                reason = " and is ".join(shown(one) for one in values)
                yield Change(
                    Kind.PERMISSIONS,
                    logical_id,
                    f"{name} was {reason}: it gives what it did not" if reason else f"{name} lets somebody sign in",
                )
        for (of_kind, name), means in _OPEN_WITHOUT.items():
            if kind != of_kind or any(each is ABSENT for each in possible(was.get(name, ABSENT))):
                continue
            left = [each is ABSENT for each in possible(now.get(name, ABSENT))]
            if any(left):
                how = "is not set any more" if all(left) else "is now set only if a condition of the template holds"
                yield Change(Kind.PERMISSIONS, logical_id, f"{name} {how}: {means}")


def role_changes(old: PolicySet, new: PolicySet) -> Iterator[Change]:
    """Find what acts by another role than it did, which may do more.

    Args:
        old: The policies that are deployed.
        new: The policies that are about to be.

    Yields:
        The changes.
    """
    for name, template in new.templates.items():
        for logical_id, one, other in pairs(old.templates.get(name, {}), template):
            was_all, now_all = properties_of(one), properties_of(other)
            for role in was_all.keys() & now_all.keys():
                was, now = was_all[role], now_all[role]
                if not _is_role(role) or other["Type"].startswith("AWS::IAM::") or other["Type"] in _GIVES:
                    continue
                if described(was) == described(now):
                    continue
                before, after = _grants(name, was, old), _grants(name, now, new)
                reason = f"{role} was {shown(was)} and is {shown(now)}"
                if before is None or after is None:
                    yield Change(Kind.PERMISSIONS, logical_id, f"{reason}: what it may do is not known", template=name)
                elif beyond(after, before, {}):
                    end = "which may do what that may not"
                    yield Change(Kind.PERMISSIONS, logical_id, f"{reason}, {end}", template=name)


def _is_role(name: str) -> bool:
    return name == "IamInstanceProfile" or tuple(words(name)[-2:]) == ("role", "arn") or words(name)[-1] == "role"


def _grants(template: str, role: Any, policies: PolicySet) -> list[Grant] | None:
    """What a role may; None where the set does not make it."""
    holder = policies.owner(template, role)
    resource = policies.resource(holder)
    if resource.get("Type") == "AWS::IAM::InstanceProfile":
        roles = items(properties_of(resource).get("Roles"))
        return _grants(holder.template or "", roles[0], policies) if len(roles) == 1 else None
    if resource.get("Type") != "AWS::IAM::Role":
        return None
    # What a policy or a boundary from elsewhere changes is told of each role by itself.
    return [one for one in policies.grants.get(Holder(*holder), []) if not one.principal]


def _is_new(value: Any, before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    """Whether what is given was not there before."""
    name = described(value).split(".")[0]
    return name in after and name not in before


def _said(value: Any) -> set[str]:
    found: set[str] = set()
    for one in items(value):
        read: Any = one
        if isinstance(one, str) and one.lstrip().startswith(("{", "[")):
            try:
                read = parse_json(one, "a policy")
            except TemplateError:
                read = one
        if isinstance(read, Mapping) and not is_function(read):
            found |= {f"{key} {described(inner)}" for key, inner in read.items()}
        else:
            found |= {
                json.dumps(each, sort_keys=True, default=str) for each in (read if isinstance(read, list) else [read])
            }
    return found

"""What an upgrade permits that was not permitted, and which denials it drops."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from patternkit.testing.permissions.actions import exists, takes_resources
from patternkit.testing.permissions.intrinsics import described
from patternkit.testing.permissions.wildcards import matches
from patternkit.upgrade.changes import Change, Kind, Template, resources


@dataclass(frozen=True, slots=True)
class Grant:
    """One action on one resource that a policy allows or denies to one principal.

    Attributes:
        holder: Whose policy it is: a role, or the resource that a policy is attached to.
        allow: Whether it allows.
        action: The action, maybe with wildcards; "not ..." for all but one.
        resource: The resource as the template has it, maybe with wildcards.
        principal: Who may; "" in a policy of a role.
        condition: The condition element, as JSON pairs of operator, key and value.
    """

    holder: str
    allow: bool
    action: str
    resource: str
    principal: str
    condition: frozenset[str]

    def covers(self, other: "Grant") -> bool:
        """Say whether this allows, or denies, at least what another does."""
        return (
            self.holder == other.holder
            and self.allow == other.allow
            and matches(self.action.lower(), other.action.lower())
            and matches(self.resource, other.resource)
            and self.principal in ("*", other.principal)
            and self.condition <= other.condition
        )


def permission_changes(old: Template, new: Template) -> Iterator[Change]:
    """Find what is permitted anew, and denials that are gone.

    Args:
        old: The template that is deployed.
        new: The template that is about to be.

    Yields:
        The changes: one a holder, resource and principal.
    """
    before, after = list(grants(old)), list(grants(new))
    added = [one for one in after if one.allow and not any(other.covers(one) for other in before)]
    for (holder, resource, principal, condition), actions in _grouped(added).items():
        similar = [one for one in before if one.allow and one.holder == holder]
        is_new = holder in resources(new) and holder not in resources(old)
        yield Change(
            Kind.EXPOSURE if principal == "*" and not condition else Kind.PERMISSIONS,
            holder,
            f"{_who(principal)} {', '.join(actions)} on {resource}{_when(condition)}"
            f"{_how(similar, actions, resource, principal, condition)}",
            dangerous=not (is_new and _is_among_new(actions, resource, principal, old, new)),
        )
    kept = [one for one in after if not one.allow]
    standing = resources(new).keys()
    dropped = [
        one
        for one in before
        if not one.allow and one.holder in standing and not any(other.covers(one) for other in kept)
    ]
    for (holder, resource, principal, condition), actions in _grouped(dropped).items():
        denied = f"{', '.join(actions)} on {resource} was denied{f' to {principal}' if principal else ''}"
        yield Change(Kind.PERMISSIONS, holder, f"{denied}{_when(condition)}, and is not any more")


def boundary_changes(old: Template, new: Template) -> Iterator[Change]:
    """Find roles and users whose permissions boundary is gone or another.

    Args:
        old: The template that is deployed.
        new: The template that is about to be.

    Yields:
        The changes.
    """
    name = "PermissionsBoundary"
    for logical_id, resource in resources(new).items():
        was = resources(old).get(logical_id, {}).get("Properties", {}).get(name)
        now = resource.get("Properties", {}).get(name)
        if was is not None and was != now:
            then = "there is none any more" if now is None else f"is {described(now)}"
            yield Change(Kind.PERMISSIONS, logical_id, f"{name} was {described(was)}, and {then}")


_Group = tuple[str, str, str, frozenset[str]]


def _grouped(found: Iterable[Grant]) -> dict[_Group, list[str]]:
    groups: dict[_Group, list[str]] = {}
    for one in found:
        groups.setdefault((one.holder, one.resource, one.principal, one.condition), []).append(one.action)
    return {group: sorted(set(actions)) for group, actions in groups.items()}


def _is_among_new(actions: list[str], resource: str, principal: str, old: Template, new: Template) -> bool:
    """Say whether what a new resource permits, or is permitted, reaches nothing that was there before."""
    if principal:
        # Its own policy: a service that works for it, or this account, which its roles' policies decide for.
        return principal.endswith(".amazonaws.com") or "AWS::AccountId" in principal
    if resource == "*":
        return all(exists(action) and not takes_resources(action) for action in actions)
    made = re.split(r"[./:}]", resource.removeprefix("${"))[0]
    return made in resources(new) and made not in resources(old)


def _who(principal: str) -> str:
    return (
        f"{principal} may now" if principal and principal != "*" else "anybody may now" if principal else "it may now"
    )


def _when(condition: frozenset[str]) -> str:
    return f" if {' and '.join(sorted(condition))}" if condition else ""


def _how(similar: list[Grant], actions: list[str], resource: str, principal: str, condition: frozenset[str]) -> str:
    of_action = [one for one in similar if any(matches(one.action.lower(), action.lower()) for action in actions)]
    if similar and any("*" in action and not action.startswith("anything") for action in actions) and not of_action:
        return ": the action has a wildcard"
    if of_action and all(one.principal != principal for one in of_action):
        return ": the principal is new"
    if any(one.resource == resource and one.condition - condition for one in of_action):
        return ": a condition is dropped"
    if resource == "*" and of_action:
        return ": any resource, where it was named"
    return ""


def grants(template: Template) -> Iterator[Grant]:
    """Read everything that the policies of a template allow and deny.

    Args:
        template: The template.

    Yields:
        One grant an action, resource and principal.
    """
    for logical_id, resource in resources(template).items():
        properties = resource.get("Properties", {})
        if resource["Type"] == "AWS::Lambda::Permission":
            yield _invocation(properties)
            continue
        for holder, what in _by_membership(logical_id, resource):
            yield Grant(
                holder=holder,
                allow=True,
                action=f"everything of {what}",
                resource="*",
                principal="",
                condition=frozenset(),
            )
        for path, document in _documents(properties, ()):
            for holder in _holders(logical_id, resource, path):
                yield from _of_document(holder, document)


def _by_membership(logical_id: str, resource: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Who may do everything that something else allows, and what that is."""
    properties = resource.get("Properties", {})
    if resource["Type"] == "AWS::IAM::UserToGroupAddition":
        for user in _listed(properties.get("Users")):
            yield described(user), f"group {described(properties.get('GroupName'))}"
    elif resource["Type"].startswith("AWS::IAM::"):
        for arn in _listed(properties.get("ManagedPolicyArns")):
            yield logical_id, f"policy {described(arn)}"
        for group in _listed(properties.get("Groups")) if resource["Type"] == "AWS::IAM::User" else ():
            yield logical_id, f"group {described(group)}"


def _invocation(properties: Mapping[str, Any]) -> Grant:
    conditions = {
        f"{name} is {described(properties[name])}"
        for name in ("EventSourceToken", "FunctionUrlAuthType", "PrincipalOrgID", "SourceAccount", "SourceArn")
        if name in properties and properties[name] != "NONE"
    }
    return Grant(
        holder=described(properties.get("FunctionName")).removesuffix(".Arn"),
        allow=True,
        action=described(properties.get("Action")),
        resource="the function",
        principal=described(properties.get("Principal")),
        condition=frozenset(conditions),
    )


def _documents(value: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Mapping[str, Any]]]:
    if isinstance(value, Mapping):
        statements = _listed(value.get("Statement"))
        if statements and all(isinstance(one, Mapping) and "Effect" in one for one in statements):
            yield path, value
            return
        for key, inner in value.items():
            yield from _documents(inner, (*path, str(key)))
    elif isinstance(value, list):
        for inner in value:
            yield from _documents(inner, path)
    elif isinstance(value, str) and value.lstrip().startswith("{"):
        # AWS::Logs::ResourcePolicy and some others take their document as text.
        try:
            read = json.loads(value)
        except json.JSONDecodeError:
            return
        if isinstance(read, Mapping):
            yield from _documents(read, path)


_ATTACHED_BY = ("Bucket", "Queues", "Topics", "SecretId", "ResourceArn", "EventBusName", "FileSystemId", "VaultName")


def _holders(logical_id: str, resource: Mapping[str, Any], path: tuple[str, ...]) -> list[str]:
    """Whose a policy is, so that a policy that is only moved to another resource changes nothing."""
    properties = resource.get("Properties", {})
    names: list[Any] = []
    if resource["Type"] in ("AWS::IAM::Policy", "AWS::IAM::ManagedPolicy"):
        for kind in ("Roles", "Users", "Groups"):
            names += _listed(properties.get(kind, []))
    elif resource["Type"].startswith("AWS::IAM::") and resource["Type"].endswith("Policy"):
        names = [properties[name] for name in ("RoleName", "UserName", "GroupName") if name in properties]
    elif path[-1:] in (("PolicyDocument",), ("ResourcePolicy",), ("Policy",)):
        for name in _ATTACHED_BY:
            names += _listed(properties.get(name, []))
    found = [described(one).removesuffix(".Arn").removesuffix(".TopicArn") for one in names]
    return found or [logical_id]


def _of_document(holder: str, document: Mapping[str, Any]) -> Iterator[Grant]:
    for statement in _listed(document["Statement"]):
        negated = "NotAction" in statement
        actions = [described(one) for one in _listed(statement.get("NotAction", statement.get("Action", [])))]
        without = "NotResource" in statement
        targets = [described(one) for one in _listed(statement.get("NotResource", statement.get("Resource", "*")))]
        condition = frozenset(
            f"{operator} {key} {described(value)}"
            for operator, pairs in statement.get("Condition", {}).items()
            for key, value in pairs.items()
        )
        # All but some: one grant of its own kind, that only the same one covers.
        if negated:
            actions = [f"anything but {', '.join(sorted(actions))}"]
        if without:
            targets = [f"anything but {', '.join(sorted(targets))}"]
        for action in actions:
            for target in targets:
                for principal in _principals(statement):
                    yield Grant(holder, statement["Effect"] == "Allow", action, target, principal, condition)


def _principals(statement: Mapping[str, Any]) -> list[str]:
    if "NotPrincipal" in statement:
        return [f"anybody but {json.dumps(statement['NotPrincipal'], sort_keys=True)}"]
    principal = statement.get("Principal")
    if principal is None:
        return [""]
    if isinstance(principal, str):
        return [principal]
    return [described(one) for named in principal.values() for one in _listed(named)]


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]

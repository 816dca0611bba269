"""The role of a function, as its templates make it."""

import json
import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from patternkit.testing.permissions.account import Account, Key
from patternkit.testing.permissions.errors import ProofError
from patternkit.testing.permissions.evaluation import Role
from patternkit.testing.permissions.intrinsics import ABSENT, Unresolved
from patternkit.testing.permissions.statements import Statement, listed, read_policy


def find_function(account: Account, function: str | None) -> Key:
    """Find a function of the templates.

    Args:
        account: The account.
        function: Its logical id, or its construct's path, with or without the stack; None for the only one.

    Returns:
        The place of its template, and its logical id.

    Raises:
        ProofError: If there is none, or more than one.
    """
    functions = [
        (index, logical_id)
        for index, logical_id, resource in account.resources()
        if resource["Type"] == "AWS::Lambda::Function"
    ]
    found = [one for one in functions if function is None or function == one[1] or _made_of_path(one[1], function)]
    if len(found) != 1:
        which = "a single function" if function is None else function
        there = ", ".join(logical_id for _, logical_id in functions) or "none"
        raise ProofError(f"function must name one function of the template, got {which}; there are: {there}")
    return found[0]


def _made_of_path(logical_id: str, path: str) -> bool:
    # As the CDK makes logical ids of paths; templates hold paths only where the CDK CLI asks for them.
    parts = [re.sub("[^A-Za-z0-9]", "", part) for part in path.split("/") if part not in ("Resource", "Default")]
    human = [part for number, part in enumerate(parts) if number == 0 or part != parts[number - 1]]
    return any(re.fullmatch(f"{''.join(one)}[0-9A-F]{{8}}", logical_id) for one in (human, human[1:]) if one)


def role_of(account: Account, key: Key) -> Role:
    """Read what the role of a function may do.

    Args:
        account: The account.
        key: The function.

    Returns:
        The role.

    Raises:
        ProofError: If the templates do not make the role.
    """
    index, logical_id = key
    function = account.templates[index]["Resources"][logical_id]
    arn = account.resolve(index, function.get("Properties", {}).get("Role"))
    role_key = next(
        (
            (at, name)
            for at, name, resource in account.resources()
            if resource["Type"] == "AWS::IAM::Role" and account.resolve(at, {"Fn::GetAtt": [name, "Arn"]}) == arn
        ),
        None,
    )
    if role_key is None:
        raise ProofError(f"{logical_id}: its role is not made by the template: pass the template that makes it too")
    at, name = role_key
    properties: Mapping[str, Any] = account.templates[at]["Resources"][name].get("Properties", {})
    statements: list[Statement] = []
    unknown: list[str] = []
    given = _there(account.resolve(at, properties.get("Policies")))
    written = listed(properties.get("Policies"))
    for number, (inline, text) in enumerate(zip(given, written if len(written) == len(given) else given, strict=True)):
        if isinstance(inline, Unresolved):
            unknown.append(inline.text)
            continue
        policy = f"{name}.Policies[{number}]"
        document = _document(policy, inline)
        own = text.get("PolicyDocument") if isinstance(text, Mapping) else None
        statements += read_policy(policy, document, own if isinstance(own, Mapping) else document)
    for other, policy, resource in account.resources():
        if resource["Type"] not in _POLICIES:
            continue
        attached = _is_attached(account, other, resource, (at, name))
        document = _document(policy, resource.get("Properties"))
        if attached:
            statements += read_policy(policy, account.resolve(other, document), document)
        elif attached is None and any(_denies(one) for one in listed(document.get("Statement"))):
            unknown.append(policy)
    for managed in _there(account.resolve(at, properties.get("ManagedPolicyArns"))):
        found = _managed(account, managed)
        if found is None:
            unknown.append(managed.text if isinstance(managed, Unresolved) else str(managed))
        statements += found or ()
    boundary = None
    for named in _there(account.resolve(at, properties.get("PermissionsBoundary"))):
        boundary = _managed(account, named)
        if boundary is None:
            raise ProofError(f"{name}: its permissions boundary is not made by the template")
    return Role(arn=str(arn), account=account.id, statements=statements, boundary=boundary, unknown=unknown)


def _document(policy: str, holder: Any) -> Mapping[str, Any]:
    document = holder.get("PolicyDocument") if isinstance(holder, Mapping) else None
    if not isinstance(document, Mapping):
        raise ProofError(f"{policy}: it has no PolicyDocument with statements")
    return document


def _there(value: Any) -> list[Any]:
    """What a property lists, resolved; nothing where it is not there or a condition leaves it out."""
    return [] if value is None or value is ABSENT else listed(value)


def _denies(statement: Any) -> bool:
    # What is only known at deployment may deny.
    return not isinstance(statement, Mapping) or statement.get("Effect") != "Allow"


_POLICIES = {"AWS::IAM::Policy", "AWS::IAM::ManagedPolicy", "AWS::IAM::RolePolicy"}


def _is_attached(account: Account, index: int, policy: Mapping[str, Any], role: Key) -> bool | None:
    """Whether a policy is attached to a role; None if its role is not known before deployment."""
    properties = policy.get("Properties", {})
    found = [one for name in ("Roles", "RoleName") for one in _there(account.resolve(index, properties.get(name)))]
    wanted = account.resolve(role[0], {"Ref": role[1]})
    return True if wanted in found else None if any(isinstance(one, Unresolved) for one in found) else False


def _managed(account: Account, arn: Any) -> list[Statement] | None:
    # Policies of the template are found by what they are attached to, or here by what refers to them.
    for index, logical_id, resource in account.resources():
        if resource["Type"] != "AWS::IAM::ManagedPolicy":
            continue
        properties = resource.get("Properties", {})
        if _is_named(account, index, logical_id, properties, arn):
            document = _document(logical_id, properties)
            return list(read_policy(logical_id, account.resolve(index, document), document))
    if not isinstance(arn, str) or not re.fullmatch(r"arn:aws[a-z-]*:iam::aws:policy/.*", arn):
        return None
    name = arn.rpartition("/")[2]
    document = _aws_managed().get(name, {}).get("Document")
    return None if document is None else list(read_policy(name, document, document, of_aws=True))


def _is_named(account: Account, index: int, logical_id: str, properties: Mapping[str, Any], arn: Any) -> bool:
    """Whether an ARN, or a reference, is that of a managed policy of a template."""
    if isinstance(arn, Unresolved):
        return arn.text in (logical_id, f"{logical_id}.PolicyArn")
    path, name = (account.resolve(index, properties.get(one)) for one in ("Path", "ManagedPolicyName"))
    return isinstance(name, str) and arn == account.arn("iam", f"policy{path or '/'}{name}", regional=False)


@cache
def _aws_managed() -> dict[str, Any]:
    from moto.iam.aws_managed_policies import aws_managed_policies_data

    loaded: dict[str, Any] = json.loads(aws_managed_policies_data)
    return loaded

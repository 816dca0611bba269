"""What AWS would answer to a request, as far as a template tells."""

import enum
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from patternkit.testing.permissions.intrinsics import Unresolved
from patternkit.testing.permissions.statements import Request, Statement
from patternkit.testing.permissions.wildcards import matches


class AccessDecision(enum.StrEnum):
    """The answer; "not evaluated" is never an allowance."""

    ALLOWED = "allowed"
    DENIED = "denied"
    NOT_EVALUATED = "not evaluated"


@dataclass(frozen=True, slots=True)
class Evaluation:
    """A request, the answer, and why.

    Attributes:
        request: What was asked for.
        decision: The answer.
        why: In words.
        used: The statements of the role that allow it.
    """

    request: Request
    decision: AccessDecision
    why: str
    used: tuple[Statement, ...] = field(default=(), compare=False)

    def __str__(self) -> str:
        return f"{self.decision}: {self.request}: {self.why}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """An execution role and what it may do.

    Attributes:
        arn: Its ARN.
        account: Its account.
        statements: Those of its own policies.
        boundary: Those of its permissions boundary; None without one.
        unknown: Policies that the template only names.
    """

    arn: str
    account: str
    statements: Sequence[Statement]
    boundary: Sequence[Statement] | None = None
    unknown: Sequence[str] = ()


def evaluate(request: Request, role: Role, resource_policy: Callable[[str], Sequence[Statement] | None]) -> Evaluation:
    """Answer a request that a role makes.

    An explicit denial wins. Then the role's policies or the resource's must allow it, and both where the resource's ARN
    names another account; for a KMS key the key's policy must, by naming the role or by leaving it to the account's
    policies. The role's permissions boundary must allow it,
    too, also what a resource grants to the role itself.

    Args:
        request: The request.
        role: Who makes it.
        resource_policy: Gives a resource's policy by its ARN, empty without one; None if it is not known.

    Returns:
        The answer.

    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html and
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic-cross-account.html
    """

    def answer(decision: AccessDecision, why: str, used: Sequence[Statement] = ()) -> Evaluation:
        return Evaluation(request, decision, why, tuple(used))

    of_resource = resource_policy(request.resource) if request.resource != "*" else ()
    allows: list[Statement] = []
    granted_by_resource: list[Statement] = []
    unknown: list[str] = []
    unknown_of_resource: list[str] = []
    # A policy that the template only names may deny as well as allow.
    unknown_denial = f"policy {role.unknown[0]}" if role.unknown else ""
    left_to_account = False
    for statement in (*role.statements, *(of_resource or ())):
        addressed = True if statement.principals is None else _addresses(statement, role)
        if addressed is False and not (statement.allow and _names_account(statement, role)):
            continue
        applies = statement.applies(request)
        if applies is False:
            continue
        uncertain = next((found for found in (addressed, applies) if isinstance(found, str)), "")
        if not statement.allow:
            if not uncertain:
                return answer(AccessDecision.DENIED, f"{statement} denies it")
            unknown_denial = uncertain
        elif uncertain:
            unknown.append(uncertain)
            if statement.principals is not None:
                unknown_of_resource.append(uncertain)
        elif statement.principals is None:
            allows.append(statement)
        elif addressed:
            granted_by_resource.append(statement)
        else:
            left_to_account = True
    if unknown_denial:
        return answer(AccessDecision.NOT_EVALUATED, f"it may be denied: {unknown_denial} is not modelled")
    if of_resource is None:
        return answer(AccessDecision.NOT_EVALUATED, "the resource is not in the template, and its policy is not known")
    is_key = request.action.startswith("kms:") and request.resource != "*"
    is_elsewhere = _account_of(request.resource) not in ("", "*", role.account)
    if (is_key or is_elsewhere) and not granted_by_resource and not left_to_account:
        if unknown_of_resource:
            return answer(AccessDecision.NOT_EVALUATED, f"{unknown_of_resource[0]} is not modelled")
        what = "key's policy" if is_key else "resource is of another account, and its policy"
        return answer(
            AccessDecision.DENIED, f"the {what} neither names the role nor leaves it to the account's policies"
        )
    if is_elsewhere and not allows:
        if unknown := [one for one in unknown if one not in unknown_of_resource]:
            return answer(AccessDecision.NOT_EVALUATED, f"{unknown[0]} is not modelled")
        return answer(AccessDecision.DENIED, "the resource is of another account, and no policy of the role allows it")
    if role.boundary is not None and (allows or granted_by_resource):
        bounded = [statement.applies(request) for statement in role.boundary if statement.allow]
        denials = [statement.applies(request) for statement in role.boundary if not statement.allow]
        beyond = "the permissions boundary does not allow it"
        if True in denials:
            return answer(AccessDecision.DENIED, beyond)
        if not any(bounded) and any("*" in (one.principals or {}).get("AWS", ()) for one in granted_by_resource):
            beyond += ", and whether it bounds a grant to everybody is not documented"
            return answer(AccessDecision.NOT_EVALUATED, beyond)
        if not any(bounded):
            return answer(AccessDecision.DENIED, beyond)
        if True not in bounded or any(denials):
            return answer(AccessDecision.NOT_EVALUATED, "the permissions boundary depends on what is not modelled")
    if allows:
        return answer(AccessDecision.ALLOWED, f"by {allows[0]}", allows)
    if granted_by_resource:
        return answer(AccessDecision.ALLOWED, f"by {granted_by_resource[0]}")
    if unknown:
        return answer(AccessDecision.NOT_EVALUATED, f"{unknown[0]} is not modelled")
    return answer(AccessDecision.DENIED, "no statement allows it")


def _account_of(arn: str) -> str:
    """The account that an ARN names; "" where it names none."""
    parts = arn.split(":", 5)
    return parts[4] if len(parts) == 6 else ""


def _addresses(statement: Statement, role: Role) -> bool | str:
    named = (statement.principals or {}).get("AWS", ())
    found: bool | str = any(one == "*" or one == role.arn for one in named if isinstance(one, str))
    # A denial that names the account is for everybody in it.
    found = found or (not statement.allow and _names_account(statement, role))
    if not found and (unresolved := [one for one in named if isinstance(one, Unresolved)]):
        found = f"principal {unresolved[0].text} in {statement}"
    if not found and any(":assumed-role/" in one for one in named if isinstance(one, str)):
        found = f"the role's session in {statement}"
    if statement.all_but_principals:
        return f"NotPrincipal in {statement}"
    return found


def _names_account(statement: Statement, role: Role) -> bool:
    # Naming the account in a policy leaves it to the account's own policies; it allows nothing by itself.
    named: Sequence[Any] = (statement.principals or {}).get("AWS", ())
    return any(
        one == role.account or matches(f"arn:aws*:iam::{role.account}:root", one)
        for one in named
        if isinstance(one, str)
    )

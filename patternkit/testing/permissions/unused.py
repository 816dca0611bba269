"""What a role may do and nothing used."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from patternkit.testing.permissions.actions import expand
from patternkit.testing.permissions.evaluation import AccessDecision, Evaluation, Role
from patternkit.testing.permissions.statements import Request, Statement
from patternkit.testing.permissions.wildcards import matches


def unused_grants(
    role: Role, evaluations: Iterable[Evaluation], arns: Collection[str] = frozenset()
) -> tuple[str, ...]:
    """Find the actions and the resources of a role's statements that no request used.

    Args:
        role: The role.
        evaluations: What was asked for, and answered.
        arns: The ARNs of what the templates make. Default: none.

    Returns:
        One text each: "kms:Encrypt on Key.Arn if kms:ViaService", "resource Bucket.Arn of s3:GetObject", and, for an
        action with a wildcard that stands for more than was used, "s3:Get* on Bucket.Arn, for s3:GetObject only". For
        what is allowed on any resource and was used on those alone that requests named: "kms:Decrypt on *, for named
        resources only". For a name with a wildcard right behind it: "resource ${Bucket.Arn}* of s3:GetObject, also for
        others whose names begin so".
    """
    used: dict[int, list[Request]] = {}
    for evaluation in evaluations:
        if evaluation.decision is AccessDecision.ALLOWED:
            for statement in evaluation.used:
                used.setdefault(id(statement), []).append(evaluation.request)
    found: list[str] = []
    for statement in role.statements:
        if statement.allow:
            found += _unused_of(statement, used.get(id(statement), []), arns)
    return tuple(dict.fromkeys(found))


def _unused_of(statement: Statement, requests: Sequence[Request], arns: Collection[str]) -> list[str]:
    on = _on(statement)
    if statement.all_but_actions:
        return [f"all actions but {', '.join(statement.actions)} on {on}"]
    found = []
    for pattern in statement.actions:
        taken = sorted({one.action for one in requests if matches(pattern.lower(), one.action.lower())})
        if not taken:
            found.append(f"{pattern} on {on}")
        elif any(wild in pattern for wild in "*?") and {one.lower() for one in taken} != set(expand(pattern)):
            found.append(f"{pattern} on {on}, for {', '.join(taken)} only")
        elif _is_of_any_resource(statement) and all(one.resource != "*" for one in requests if one.action in taken):
            found.append(f"{pattern} on {on}, for named resources only")
    if requests and not statement.all_but_resources:
        for written, pattern in zip(statement.as_written, statement.resources, strict=True):
            alone = replace(statement, resources=(pattern,))
            if not any(alone.resource_matches(one.resource) is True for one in requests):
                found.append(f"resource {written} of {', '.join(statement.actions)}")
            elif _reaches_others(pattern, arns):
                found.append(
                    f"resource {written} of {', '.join(statement.actions)}, also for others whose names begin so"
                )
    return found


def _reaches_others(pattern: object, arns: Collection[str]) -> bool:
    """Whether a wildcard stands right behind a whole name of the templates: "bucket*" is "bucket-2", too."""
    return isinstance(pattern, str) and any(pattern.startswith(f"{arn}*") for arn in arns if not arn.endswith("*"))


def _is_of_any_resource(statement: Statement) -> bool:
    """Whether it is for any resource, or any but some, under no condition; AWS's own policies cannot be narrowed."""
    any_of_all = statement.all_but_resources or "*" in statement.resources
    return any_of_all and not statement.condition and not statement.of_aws


def redundant_grants(role: Role, evaluations: Iterable[Evaluation]) -> tuple[str, ...]:
    """Find the actions that a statement allows and that others allow as well, for all that was asked for.

    Args:
        role: The role.
        evaluations: What was asked for, and answered.

    Returns:
        One text each: "kms:Decrypt on Key.Arn, by statement 4 of RolePolicy".
    """
    allowed = [one for one in evaluations if one.decision is AccessDecision.ALLOWED]
    found = []
    for statement in role.statements:
        for pattern in statement.actions if statement.allow and not statement.all_but_actions else ():
            of_it = [
                one.used
                for one in allowed
                if statement in one.used and matches(pattern.lower(), one.request.action.lower())
            ]
            if of_it and all(len(used) > 1 for used in of_it):
                found.append(f"{pattern} on {_on(statement)}, by {statement}")
    return tuple(found)


def _on(statement: Statement) -> str:
    keys = [key for pairs in statement.condition.values() for key in pairs]
    return ", ".join(statement.as_written) + (f" if {', '.join(keys)}" if keys else "")


def unexplained(unused: Iterable[str], reasons: Mapping[str, str]) -> list[str]:
    """Compare unused permissions with their explanations.

    Args:
        unused: What was not used.
        reasons: Why it is granted all the same, by its text.

    Returns:
        What has no reason, and the reasons for what was used.
    """
    unused = list(unused)
    return [f"unused: {one}" for one in unused if not reasons.get(one)] + [
        f"explained, but not unused: {one}" for one in reasons if one not in unused
    ]

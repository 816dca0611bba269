"""Policies of endpoints: packets arrive whatever they say, and what asks for something is answered with a refusal."""

from __future__ import annotations

import fnmatch
from collections.abc import Iterator
from typing import Any

from patternkit.resolving import Stack
from patternkit.resolving.values import Unknown, lifted
from patternkit.routes.building.draft import Draft, Properties


def refuses(draft: Draft, stack: Stack, logical: str, properties: Properties, service: str) -> str | Unknown:
    """Why an endpoint of S3 or DynamoDB lets no request through at all; "" where it lets some.

    Which requests it lets through is no question about packets. Without a policy of its own an endpoint lets every one
    through: https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html
    """
    policy, path = draft.get(stack, properties, "PolicyDocument"), stack.path(logical)
    if policy is None:
        return ""
    given = policy.get("Statement") if isinstance(policy, dict) else policy
    listed = [given] if isinstance(given, dict) else given
    if not isinstance(listed, list) or not all(isinstance(one, dict) for one in listed):
        why = given.reason if isinstance(given, Unknown) else "it is no policy document"
        return Unknown(
            f"whether the policy of {path} lets any request through is not known: {why}{lifted('parameters')}"
        )
    if any(_denies_everything(one, service) for one in listed):
        return f"the policy of {path} denies every request"
    if not any(one.get("Effect") == "Allow" and _may_be_about(one, service) for one in listed):
        return f"the policy of {path} allows no request to {service}"
    return ""


def _denies_everything(statement: dict[str, Any], service: str) -> bool:
    principal = statement.get("Principal")
    anyone = "*" in _texts(principal.get("AWS") if isinstance(principal, dict) else principal)
    everything = {"*", "*:*", f"{service}:*"} & {one.lower() for one in _texts(statement.get("Action"))}
    always = statement.get("Effect") == "Deny" and not statement.get("Condition")
    return always and anyone and bool(everything) and "*" in _texts(statement.get("Resource"))


def _may_be_about(statement: dict[str, Any], service: str) -> bool:
    """Whether a statement may be about an action of a service."""
    if "Action" not in statement:
        return True
    actions = list(_texts(statement["Action"]))
    prefixes = [one.partition(":")[0].lower() for one in actions]
    return not actions or any(fnmatch.fnmatchcase(service, one) for one in prefixes)


def _texts(value: Any) -> Iterator[str]:
    for one in value if isinstance(value, list) else [value]:
        if isinstance(one, str):
            yield one

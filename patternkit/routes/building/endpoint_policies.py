"""Policies of endpoints: packets arrive whatever they say, and what asks for something is answered with a refusal."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Iterator
from typing import Any

from patternkit.resolving import Stack, custom_names
from patternkit.resolving.given import matching
from patternkit.resolving.values import Unknown, lifted
from patternkit.routes.addresses import SERVICES
from patternkit.routes.building.draft import Draft, Properties
from patternkit.routes.model import Interface, Service


def note_policy(
    draft: Draft, stack: Stack, logical: str, properties: Properties, service: str, *elements: Service | Interface
) -> None:
    """Note on what an endpoint of a service of AWS leads to why its policy may refuse what is asked there."""
    declared = matching(draft.contracts.policies, custom_names(stack, logical, ""))
    refused: str | Unknown
    if declared is None:
        refused = _refused(draft, stack, logical, properties, service)
    elif draft.contracts.policies[declared] == "drops":
        refused = f"the policy of {stack.path(logical)} denies what is asked, says a contract"
    else:
        refused = ""
    for element in elements:
        element.refuses = refused
        if declared is not None:
            element.contracts |= {f"policies {declared}"}


def _refused(draft: Draft, stack: Stack, logical: str, properties: Properties, service: str) -> str | Unknown:
    """Why an endpoint lets no request through, or may not let all of them through; "" where it lets every one.

    Without a policy of its own an endpoint lets every request through, and so does an endpoint of a service that is not
    AWS's: https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html
    """
    policy, path = draft.get(stack, properties, "PolicyDocument"), stack.path(logical)
    if policy is None:
        return ""
    given = policy.get("Statement") if isinstance(policy, dict) else policy
    listed = [given] if isinstance(given, dict) else given
    if not isinstance(listed, list) or not all(isinstance(one, dict) for one in listed):
        why = given.reason if isinstance(given, Unknown) else f"it is no policy document{lifted(f'policies, {path}')}"
        return Unknown(f"whether the policy of {path} lets requests through is not known: {why}")
    about = [one for one in listed if _may_be_about(one, service)]
    denying = [one for one in about if one.get("Effect") == "Deny"]
    allowing = [one for one in about if one.get("Effect") == "Allow"]
    own = draft.value(stack, {"Ref": "AWS::AccountId"})
    if any(_is_whole(one, service) and not one.get("Condition") for one in denying):
        return f"the policy of {path} denies every request"
    if not allowing:
        return f"the policy of {path} allows no request to {service}"
    if not denying and any(_is_whole(one, service) and _is_for(one.get("Condition"), own) for one in allowing):
        return ""
    return Unknown(f"the policy of {path} lets only some requests to {service} through{lifted(f'policies, {path}')}")


def _is_whole(statement: dict[str, Any], service: str) -> bool:
    """Whether a statement is about every action on every resource by anyone, its condition aside."""
    principal = statement.get("Principal")
    anyone = "*" in _texts(principal.get("AWS") if isinstance(principal, dict) else principal)
    everything = {"*", "*:*", f"{service}:*"} & {one.lower() for one in _texts(statement.get("Action"))}
    every = any(one == "*" or re.fullmatch(r"arn:[^:]*:s3:::\*", one) for one in _texts(statement.get("Resource")))
    return anyone and bool(everything) and every


def _is_for(condition: Any, account: Any) -> bool:
    """Whether a condition holds for whoever asks from an account, as the hosts of its VPCs do."""
    if not condition:
        return True
    if not isinstance(condition, dict) or set(condition) - {"StringEquals", "StringEqualsIfExists"}:
        return False
    keys = [
        (key.lower(), value) for keys in condition.values() if isinstance(keys, dict) for key, value in keys.items()
    ]
    return bool(keys) and all(key == "aws:principalaccount" and account in _texts(value) for key, value in keys)


def _may_be_about(statement: dict[str, Any], service: str) -> bool:
    """Whether a statement may be about an action of a service."""
    if "Action" not in statement or service not in SERVICES:
        # What actions of other services are called is not what their endpoints are called.
        return True
    actions = list(_texts(statement["Action"]))
    prefixes = [one.partition(":")[0].lower() for one in actions]
    return not actions or any(fnmatch.fnmatchcase(service, one) for one in prefixes)


def _texts(value: Any) -> Iterator[str]:
    for one in value if isinstance(value, list) else [value]:
        if isinstance(one, str):
            yield one

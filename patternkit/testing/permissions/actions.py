"""The actions of AWS's Service Authorization Reference, as cfn-lint packages it."""

import difflib
from collections.abc import Iterator
from functools import cache
from typing import Any

from patternkit.testing.permissions.wildcards import matches


@cache
def _services() -> dict[str, Any]:
    import cfnlint.data.AdditionalSpecs
    from cfnlint.helpers import load_resource

    loaded: dict[str, Any] = load_resource(cfnlint.data.AdditionalSpecs, "Policies.json")
    return loaded


def exists(action: str) -> bool:
    """Whether AWS has an action.

    Args:
        action: As a policy names it: "s3:GetObject".

    Returns:
        Whether it is in the reference.
    """
    service, _, name = action.partition(":")
    return name.lower() in _services().get(service.lower(), {}).get("Actions", {})


def takes_resources(action: str) -> bool:
    """Whether a policy can name the resources of an action; without, it is allowed on `*` or not at all.

    Args:
        action: The action; it must exist.

    Returns:
        Whether the reference gives it resource types.
    """
    service, _, name = action.partition(":")
    return bool(_services()[service.lower()]["Actions"][name.lower()].get("Resources"))


def expand(pattern: str) -> Iterator[str]:
    """List the actions that a pattern stands for, in small letters.

    Args:
        pattern: As a policy has it: "s3:Get*", "*".

    Yields:
        Actions as "s3:getobject".
    """
    service_pattern, _, pattern_name = pattern.lower().partition(":")
    for service, described in _services().items():
        if matches(service_pattern, service):
            for name in described.get("Actions", {}):
                if matches(pattern_name or "*", name):
                    yield f"{service}:{name}"


def suggestion(action: str) -> str:
    """Name the action that was probably meant.

    Args:
        action: An action that does not exist.

    Returns:
        "; did you mean s3:getobject?", or nothing.
    """
    service, _, name = action.lower().partition(":")
    close = difflib.get_close_matches(name, _services().get(service, {}).get("Actions", {}), 1)
    return f"; did you mean {service}:{close[0]}?" if close else ""

"""What the arguments of an ApiToService say together."""

import re
from collections.abc import Mapping, Sequence

from aws_cdk import Token

from patterns.api.service_api.requests import is_json

# EventBridge takes any text; these are what its own documentation uses, and none of them means anything to Velocity.
_EVENT_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._/:@-]{0,127}")


def check_target(state_machine: object | None, topic: object | None, event_bus: object | None) -> None:
    """Refuse more than one target.

    Raises:
        ValueError: If more than one is given.
    """
    targets = {"state_machine": state_machine, "topic": topic, "event_bus": event_bus}
    given = [name for name, target in targets.items() if target is not None]
    if len(given) > 1:
        raise ValueError(f"only one of state_machine, topic and event_bus must be given, got {' and '.join(given)}")


def check_owners(target: str, owners: Mapping[str, tuple[bool, str]]) -> None:
    """Refuse an argument that belongs to another service than the one that is called.

    Args:
        target: The service that is called: "state_machine", "topic" or "event_bus".
        owners: By argument, whether it is given and which service it belongs to.

    Raises:
        ValueError: If one does.
    """
    for argument, (given, owner) in owners.items():
        if given and owner != target:
            raise ValueError(f"{argument} needs {owner}, got {target}")


def check_content_types(target: str, content_types: Sequence[str]) -> None:
    """Refuse media types that the service does not take: all but topics take JSON only.

    Raises:
        ValueError: If there is one.
    """
    for content_type in content_types:
        if target != "topic" and not is_json(content_type):
            raise ValueError(f"content_types must be JSON without topic, got {content_type!r}")


def check_event_name(argument: str, name: str | None) -> None:
    """Refuse the name of an event's source or detail type that EventBridge would not take.

    Raises:
        ValueError: If it would not.
    """
    if name is None or Token.is_unresolved(name):
        return
    if not _EVENT_NAME.fullmatch(name):
        raise ValueError(f"{argument} must be up to 128 letters, digits, blanks and ._/:@-, got {name!r}")
    if argument == "event_source" and name.lower().startswith("aws."):
        raise ValueError(f"{argument} must not begin with aws., which is AWS's own, got {name!r}")

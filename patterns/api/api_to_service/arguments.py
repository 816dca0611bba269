"""What the arguments of an ApiToService say together."""

from collections.abc import Mapping, Sequence
from typing import Annotated

from patterns.api.service_api.requests import is_json
from patterns.building_blocks.bounds import Matches

# EventBridge takes any text; these are what its own documentation uses, and none of them means anything to Velocity.
_NAME = r"[A-Za-z0-9][A-Za-z0-9 ._/:@-]{0,127}"
_SAYS = "up to 128 letters, digits, blanks and ._/:@-"

DetailType = Annotated[str, Matches(_NAME, _SAYS)]
"""The detail type of an event."""

EventSource = Annotated[
    str, Matches(f"(?!(?i:aws\\.)){_NAME}", f"{_SAYS}, and not begin with aws., which is AWS's own")
]
"""The source of an event."""


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

"""What resources are called by what refers to them."""

from __future__ import annotations

import re

from patternkit.resolving.stacks import Stack
from patternkit.resolving.values import CLOSE, OPEN


def custom_names(stack: Stack, logical: str, kind: str) -> tuple[str, ...]:
    """The names by which a contract may call a resource."""
    path = stack.path(logical)
    trimmed = re.sub(r"/(?:Resource|Default)(?:/Default)?$", "", path)
    return tuple(dict.fromkeys(name for name in (path, trimmed, f"{stack.name}/{logical}", logical, kind) if name))


def endpoint_id(stack: Stack, logical: str, index: int) -> str:
    """The identity of a firewall's endpoint."""
    return f"{OPEN}{stack.name}/{logical}#{index}{CLOSE}"


def vpn_attachment_id(connection: str) -> str:
    """The identity of the attachment that a VPN connection makes on its transit gateway."""
    return f"{OPEN}{connection.strip(OPEN + CLOSE)}.attachment{CLOSE}"

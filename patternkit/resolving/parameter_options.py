"""Parameter values as command lines take them: `STACK.NAME=VALUE`, or a resource of the set."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from patternkit.templates.errors import TemplateError


def parameters_of(given: Sequence[str]) -> dict[str, dict[str, Any]]:
    """The values by stack and name.

    Args:
        given: Texts as `Hub.Cidr=10.0.0.0/8` or `Spoke.GatewayId={resource: Hub/Tgw}`.

    Raises:
        TemplateError: One is neither.
    """
    found: dict[str, dict[str, Any]] = {}
    for text in given:
        key, separator, value = text.partition("=")
        stack, dot, name = key.rpartition(".")
        if not separator or not dot:
            raise TemplateError(f"--parameter must be STACK.NAME=VALUE, got {text!r}")
        match = re.fullmatch(r"\{\s*resource:\s*([^{}]+?)\s*\}", value.strip())
        found.setdefault(stack, {})[name] = {"resource": match[1]} if match else value
    return found

"""Find the places that a question names: by construct path, logical id, tag, CIDR or group."""

from __future__ import annotations

from patternkit.routes.selecting.inspectors import inspectors
from patternkit.routes.selecting.selector import Selected, Selector
from patternkit.routes.selecting.spokes import hub_paths

__all__ = ["Selected", "Selector", "hub_paths", "inspectors"]

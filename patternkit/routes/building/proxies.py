"""Hosts that end connections and open their own, where a contract declares them."""

from __future__ import annotations

from collections.abc import Iterable

from patternkit.resolving.given import matching
from patternkit.routes.building.draft import Draft
from patternkit.routes.declarations import PROXIES
from patternkit.routes.model import Interface, Proxy


def add_proxy(draft: Draft, hosts: Iterable[Interface], names: Iterable[str]) -> bool:
    """Add a proxy for each host of a resource that a contract declares one.

    Args:
        draft: The network.
        hosts: The hosts.
        names: The names by which a contract may call the resource.

    Returns:
        Whether it is one.
    """
    declared = matching(draft.contracts.appliances, names)
    if declared is None or draft.contracts.appliances[declared].does != PROXIES:
        return False
    given = draft.contracts.appliances[declared]
    draft.model.proxies += [Proxy(host, given.to, given.ports, f"appliances {declared}") for host in hosts]
    return True

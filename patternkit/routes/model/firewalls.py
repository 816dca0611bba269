"""Network firewalls and their policies."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from patternkit.routes.model.elements import Element
from patternkit.routes.model.filters import AclRule
from patternkit.routes.values import Unknown

if TYPE_CHECKING:
    from patternkit.routes.model.transit import Attachment
    from patternkit.routes.model.vpcs import Endpoint


@dataclass(slots=True, eq=False, repr=False)
class Firewall(Element):
    """A network firewall with what its policy does to packets before they reach the rules."""

    endpoints: list[Endpoint] = field(default_factory=list)
    policy: FirewallPolicy | Unknown = None  # type: ignore[assignment]
    attachment: Attachment | None = None


@dataclass(slots=True, eq=False, repr=False)
class FirewallPolicy(Element):
    """What a firewall policy does.

    Attributes:
        stateless: The stateless default actions.
        fragments: What it does to fragments of UDP that no stateless rule takes.
        stateless_passes: The stateless rules: those that allow let packets past the stateful engine.
        filters: Whether the stateful engine has rules or drops by default.
    """

    stateless: tuple[str, ...] | Unknown = ()
    fragments: tuple[str, ...] | Unknown = ()
    stateless_passes: list[AclRule] | Unknown = field(default_factory=list)
    filters: bool | Unknown = True

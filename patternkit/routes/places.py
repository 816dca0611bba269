"""Where flows start and end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from patternkit.routes.addresses import Spans
from patternkit.routes.model import Element, Interface, Subnet

PlaceKind: TypeAlias = Literal["subnet", "interface", "internet", "site", "service", "addresses"]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a flow starts or ends.

    Attributes:
        kind: What it is.
        name: The place as people call it.
        element: The subnet, site or interface.
        ipv4: The place's IPv4 addresses.
        ipv6: The place's IPv6 addresses.
        doubt: Why its addresses are not all known.
    """

    kind: PlaceKind
    name: str
    element: Element | None = None
    ipv4: Spans = ()
    ipv6: Spans = ()
    doubt: str = ""

    def spans(self, family: int) -> Spans:
        """The place's addresses of a family."""
        return self.ipv4 if family == 4 else self.ipv6

    @property
    def subnet(self) -> Subnet | None:
        """The subnet of a host, where that is known."""
        if isinstance(self.element, Subnet):
            return self.element
        if isinstance(self.element, Interface) and isinstance(self.element.subnet, Subnet):
            return self.element.subnet
        return None

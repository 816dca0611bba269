"""A site by Direct Connect, with a VPN behind it that is used only when the circuits are gone."""

from patterns.network.direct_connect.circuit import Circuit
from patterns.network.direct_connect.construct import DirectConnect
from patterns.network.direct_connect.inspected_circuits import InspectedCircuits
from patterns.network.hub.customer_site import CustomerSite

__all__ = ["Circuit", "CustomerSite", "DirectConnect", "InspectedCircuits"]

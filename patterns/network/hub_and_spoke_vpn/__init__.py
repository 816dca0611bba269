"""Many VPCs and one or more customer sites on one transit gateway."""

from patterns.network.hub.customer_site import CustomerSite
from patterns.network.hub.spoke import JoiningSpoke
from patterns.network.hub_and_spoke_vpn.construct import HubAndSpokeVpn

__all__ = ["CustomerSite", "HubAndSpokeVpn", "JoiningSpoke"]

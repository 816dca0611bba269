"""VPCs that each have a VPN of their own to one customer site."""

from patterns.network.hub.customer_site import CustomerSite
from patterns.network.vpn_per_vpc.construct import VpnPerVpc

__all__ = ["CustomerSite", "VpnPerVpc"]

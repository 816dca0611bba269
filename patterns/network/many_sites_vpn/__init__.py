"""Many customer sites to one VPC."""

from patterns.network.hub.customer_site import CustomerSite
from patterns.network.many_sites_vpn.construct import ManySitesVpn

__all__ = ["CustomerSite", "ManySitesVpn"]

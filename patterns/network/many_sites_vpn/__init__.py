"""Many customer sites to one VPC."""

from patterns.network.hub.site_to_site_vpn import CustomerSite
from patterns.network.many_sites_vpn.construct import ManySitesVpn

__all__ = ["CustomerSite", "ManySitesVpn"]

"""All traffic between VPCs, customer sites and the internet through one firewall."""

from patterns.network.hub.customer_site import CustomerSite
from patterns.network.hub.spoke import JoiningSpoke
from patterns.network.inspection_vpc.construct import InspectionVpc
from patterns.network.inspection_vpc.spoke_stacks import SpokeStacks

__all__ = ["CustomerSite", "InspectionVpc", "JoiningSpoke", "SpokeStacks"]

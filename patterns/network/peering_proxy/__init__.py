"""A forward proxy around peering's lack of transit, to listed destinations and for listed VPCs."""

from patterns.network.peering_proxy.configuration import ProxyDestination
from patterns.network.peering_proxy.construct import PeeringProxy

__all__ = ["PeeringProxy", "ProxyDestination"]

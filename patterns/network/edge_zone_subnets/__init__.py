"""Subnets of a VPC in Local Zones, Wavelength Zones and on Outposts."""

from patterns.network.edge_zone_subnets.construct import EdgeZoneSubnets
from patterns.network.edge_zone_subnets.zones import LocalZone, OutpostSubnet, WavelengthZone

__all__ = ["EdgeZoneSubnets", "LocalZone", "OutpostSubnet", "WavelengthZone"]

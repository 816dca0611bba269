"""Appliances behind a Gateway Load Balancer, and the networks that they inspect."""

from patterns.network.appliance_fleet.central import CentralInspection
from patterns.network.appliance_fleet.construct import ApplianceFleet
from patterns.network.appliance_fleet.distributed import InspectedVpc
from patterns.network.appliance_fleet.endpoints import ApplianceEndpoints

__all__ = ["ApplianceEndpoints", "ApplianceFleet", "CentralInspection", "InspectedVpc"]

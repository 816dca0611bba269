"""Shared services of one VPC, that the VPCs around it reach by a transit gateway."""

from patterns.network.shared_services_vpc.construct import SharedServicesVpc
from patterns.network.shared_services_vpc.inspected_services import InspectedServices
from patterns.network.shared_services_vpc.joining_vpc import JoiningVpc
from patterns.network.shared_services_vpc.shared_endpoints import SharedEndpoints

__all__ = ["InspectedServices", "JoiningVpc", "SharedEndpoints", "SharedServicesVpc"]

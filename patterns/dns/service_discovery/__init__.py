"""Call services on AWS Fargate by name: within the mesh by Service Connect, from outside of it by DNS."""

from patterns.dns.service_discovery.construct import ServiceDiscovery
from patterns.dns.service_discovery.service import Service

__all__ = ["Service", "ServiceDiscovery"]

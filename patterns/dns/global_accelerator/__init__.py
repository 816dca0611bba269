"""Serve several Regions at two fixed addresses: each client by the nearest Region that is well."""

from patterns.dns.global_accelerator.construct import GlobalAccelerator
from patterns.dns.global_accelerator.regional_endpoints import Endpoint, RegionalEndpoints

__all__ = ["Endpoint", "GlobalAccelerator", "RegionalEndpoints"]

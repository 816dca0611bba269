"""Serve from instances that register themselves in Amazon Route 53 as they come and go."""

from patterns.web.dns_balanced_instances.construct import DnsBalancedInstances

__all__ = ["DnsBalancedInstances"]

"""A VPC whose hosts go out by IPv6, and by IPv4 where they must."""

from patterns.network.dual_stack_egress.construct import DualStackEgress

__all__ = ["DualStackEgress"]

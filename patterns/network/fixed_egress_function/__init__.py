"""A function whose calls to the internet come from fixed addresses."""

from patterns.network.fixed_egress_function.construct import FixedEgressFunction

__all__ = ["FixedEgressFunction"]

"""A hub VPC with peered spokes."""

from patterns.network.peered_hub.construct import PeeredHub

__all__ = ["PeeredHub"]

"""A hub VPC with peered spokes."""

from patterns.network.peered_hub.construct import PeeredHub
from patterns.network.peered_hub.joining_peer import JoiningPeer

__all__ = ["JoiningPeer", "PeeredHub"]

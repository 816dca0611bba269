"""Answer a name by any of Route 53's routing policies, nested, so that nobody is left without an answer."""

from patterns.dns.routed_records.construct import RoutedRecords
from patterns.dns.routed_records.policies import (
    Endpoint,
    Failover,
    Geolocation,
    Geoproximity,
    IpBased,
    Latency,
    Multivalue,
    Network,
    Place,
    Share,
    Weighted,
)

__all__ = [
    "Endpoint",
    "Failover",
    "Geolocation",
    "Geoproximity",
    "IpBased",
    "Latency",
    "Multivalue",
    "Network",
    "Place",
    "RoutedRecords",
    "Share",
    "Weighted",
]

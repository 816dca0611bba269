"""Serve from one fixed address that a standby takes over by itself."""

from patterns.web.elastic_ip_failover.construct import ElasticIpFailover

__all__ = ["ElasticIpFailover"]

"""Serve a web application from containers on instances behind a load balancer."""

from patterns.web.load_balanced_containers.construct import LoadBalancedContainers

__all__ = ["LoadBalancedContainers"]

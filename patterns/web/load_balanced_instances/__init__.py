"""Serve a web application from instances that come and go behind a load balancer."""

from patterns.web.load_balanced_instances.construct import LoadBalancedInstances
from patterns.web.load_balanced_instances.scaling import ScalingStep, ScheduledCapacity

__all__ = ["LoadBalancedInstances", "ScalingStep", "ScheduledCapacity"]

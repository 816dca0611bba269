"""Serve a web application from instances that come and go behind a load balancer."""

from patterns.web.load_balanced_instances.construct import LoadBalancedInstances
from patterns.web.load_balanced_instances.load_scaling import ScalingStep
from patterns.web.load_balanced_instances.scheduled_capacity import ScheduledCapacity

__all__ = ["LoadBalancedInstances", "ScalingStep", "ScheduledCapacity"]

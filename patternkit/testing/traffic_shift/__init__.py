"""Walks through the traffic shifts of AWS Lambda aliases, as a template says that AWS CodeDeploy makes them."""

from patternkit.testing.traffic_shift.deployment_settings import AlarmSettings, Hook, Rollback
from patternkit.testing.traffic_shift.picture import drawn
from patternkit.testing.traffic_shift.reading import traffic_shift
from patternkit.testing.traffic_shift.schedule import Schedule, TrafficShiftError, predefined
from patternkit.testing.traffic_shift.walk import Step, TrafficShift, Walk

__all__ = [
    "AlarmSettings",
    "Hook",
    "Rollback",
    "Schedule",
    "Step",
    "TrafficShift",
    "TrafficShiftError",
    "Walk",
    "drawn",
    "predefined",
    "traffic_shift",
]

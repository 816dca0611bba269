"""Shift traffic from one version of an application to the next by weight, and back as soon as an alarm goes off."""

from patterns.web.weighted_release.construct import WeightedRelease
from patterns.web.weighted_release.weighted_records import WeightedRecords

__all__ = ["WeightedRecords", "WeightedRelease"]

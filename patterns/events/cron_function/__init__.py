"""Run a function on a schedule, once at a time, and be told when it fails or does not run."""

from patterns.events.cron_function.construct import CronFunction, Trigger

__all__ = ["CronFunction", "Trigger"]

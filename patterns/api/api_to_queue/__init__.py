"""An API whose requests go straight to a queue."""

from patterns.api.api_to_queue.construct import ApiToQueue

__all__ = ["ApiToQueue"]

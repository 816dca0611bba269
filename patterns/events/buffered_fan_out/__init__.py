"""Objects that arrive in a bucket, announced by a topic, waiting in a queue for each consumer."""

from patterns.events.buffered_fan_out.construct import BufferedFanOut
from patterns.events.buffered_fan_out.consumer import Consumer

__all__ = ["BufferedFanOut", "Consumer"]

"""Objects that arrive in a bucket, announced by a topic to any number of functions."""

from patterns.events.topic_fan_out.construct import TopicFanOut
from patterns.events.topic_fan_out.subscriber import Subscriber

__all__ = ["Subscriber", "TopicFanOut"]

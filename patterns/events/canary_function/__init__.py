"""A function whose new versions take over bit by bit, and go back when they fail."""

from patterns.events.canary_function.construct import CanaryFunction

__all__ = ["CanaryFunction"]

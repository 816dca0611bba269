"""A function whose callers do not wait, and whose results and failures go where they are needed."""

from patterns.events.asynchronous_function.construct import AsynchronousFunction

__all__ = ["AsynchronousFunction"]

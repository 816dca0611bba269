"""A table whose changes several functions work on, each with its own filter, retries and failures."""

from patterns.events.table_stream.construct import TableStream
from patterns.events.table_stream.consumer import Consumer

__all__ = ["Consumer", "TableStream"]

"""Compare two templates before one is deployed over the other, and say what would be lost or opened."""

from patternkit.upgrade.changes import Change, Kind
from patternkit.upgrade.comparison import compare, compare_sources
from patternkit.upgrade.sources import SourceError, read_source

__all__ = ["Change", "Kind", "SourceError", "compare", "compare_sources", "read_source"]

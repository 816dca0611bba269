"""Make thumbnails of each image that arrives in a bucket, and keep a record of it in a table."""

from patterns.events.thumbnailer.arguments import Format
from patterns.events.thumbnailer.construct import Thumbnailer

__all__ = ["Format", "Thumbnailer"]

"""Bounds of TCP ports."""

from typing import Annotated

from annotated_types import Interval

PublicPort = Annotated[int, Interval(ge=1, le=65535)]
"""A port that clients connect to."""

ApplicationPort = Annotated[int, Interval(ge=1024, le=65535)]
"""A port that an application without privileges listens on."""

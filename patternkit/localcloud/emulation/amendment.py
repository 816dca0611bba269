"""What an amendment of ministack raises when ministack is not as it was."""

from __future__ import annotations


class AmendmentError(RuntimeError):
    """A part of ministack that is added to is missing or has changed. The release is pinned, so this is a defect."""

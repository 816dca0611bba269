"""What is said of a promise, of packets or of names: that it holds, that it fails, or that it is not known."""

from enum import Enum


class Verdict(Enum):
    """What a proof says."""

    HOLDS = "HOLDS"
    FAILS = "FAILS"
    UNKNOWN = "UNKNOWN"

    @property
    def status(self) -> int:
        """The exit status."""
        return {"HOLDS": 0, "FAILS": 1, "UNKNOWN": 2}[self.value]

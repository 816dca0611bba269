"""What a user can cause to go wrong where an accelerator's flows are computed."""

from patternkit.errors import PatternkitError


class AcceleratorError(PatternkitError):
    """A template has no such accelerator, does not say what it is, or AWS refuses it; the message is one line."""

"""What cannot be proved at all, in one line."""

from patternkit.errors import PatternkitError


class ProofError(PatternkitError):
    """A proof could not be made: the template, a policy, the handler or an event is not usable."""


class NotModelled(Exception):  # noqa: N818 - it is named for what it is
    """Something that this package does not model; the message says what, for a decision "not evaluated"."""

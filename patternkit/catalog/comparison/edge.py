"""Whether Amazon CloudFront stands before a pattern."""

from typing import Literal

from patternkit.catalog.comparison.facts import Facts
from patternkit.catalog.discovery import Pattern

DISTRIBUTION = "AWS::CloudFront::Distribution"

Edge = Literal["always", "where edge= is given", "no"]
"""Always, where an argument asks for it, or not by any argument."""


def edge(pattern: Pattern, facts: Facts) -> Edge:
    """Whether clients come by Amazon CloudFront, and by nothing else.

    Args:
        pattern: A pattern that serves requests.
        facts: The facts of its example, which takes no option.

    Returns:
        Whether, and what decides it.
    """
    # It brings what reads the source of constructs: only where the edge is asked for.
    from patternkit.catalog.arguments import arguments

    if DISTRIBUTION in facts.resources:
        return "always"
    return "where edge= is given" if any(one.name == "edge" for one in arguments(pattern)) else "no"

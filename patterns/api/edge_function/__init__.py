"""A/B tests at the edge: a function of Amazon CloudFront gives each visitor a variant and keeps them at it."""

from patterns.api.edge_function.arguments import Variant
from patterns.api.edge_function.construct import EdgeFunction

__all__ = ["EdgeFunction", "Variant"]

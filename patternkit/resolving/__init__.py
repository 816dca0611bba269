"""What each expression of a template is worth: parameters, conditions, intrinsics, cross-stack references.

The provers stand on it. Only what a model asks for is resolved. A reference to a resource gives its identity, a text
that no other resource has; what only AWS knows is opaque text or `Unknown`.
"""

from __future__ import annotations

from patternkit.resolving.address_blocks import declared_blocks, ipv6_blocks
from patternkit.resolving.custom_resources import sdk_call
from patternkit.resolving.functions import resolver_of
from patternkit.resolving.identities import custom_names, endpoint_id, vpn_attachment_id
from patternkit.resolving.resolver import Resolver
from patternkit.resolving.stacks import Stack, StackSet, is_custom
from patternkit.resolving.zones import declared_zone, zone_name

__all__ = [
    "Resolver",
    "Stack",
    "StackSet",
    "custom_names",
    "declared_blocks",
    "declared_zone",
    "endpoint_id",
    "ipv6_blocks",
    "is_custom",
    "resolver_of",
    "sdk_call",
    "vpn_attachment_id",
    "zone_name",
]

"""Work out what each expression is worth: parameters, conditions, intrinsics, cross-stack references.

Only what the network model asks for is resolved. A reference to a resource gives its identity, a text that no
other resource has; what only AWS knows is opaque text or `Unknown`.
"""

from __future__ import annotations

from patternkit.routes.resolving.custom_resources import sdk_call
from patternkit.routes.resolving.functions import resolver_of
from patternkit.routes.resolving.identities import custom_names, endpoint_id, vpn_attachment_id
from patternkit.routes.resolving.ipv6 import ipv6_blocks
from patternkit.routes.resolving.resolver import Resolver
from patternkit.routes.resolving.stacks import Stack, StackSet, is_custom
from patternkit.routes.resolving.zones import zone_name

__all__ = [
    "Resolver",
    "Stack",
    "StackSet",
    "custom_names",
    "endpoint_id",
    "ipv6_blocks",
    "is_custom",
    "resolver_of",
    "sdk_call",
    "vpn_attachment_id",
    "zone_name",
]

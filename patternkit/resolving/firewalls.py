"""The endpoints of firewalls, which CloudFormation lists in no particular order."""

from __future__ import annotations

from itertools import permutations
from typing import Any

from patternkit.resolving.identities import endpoint_id
from patternkit.resolving.resolver import Resolver
from patternkit.resolving.stacks import Stack
from patternkit.resolving.values import CLOSE, OPEN, Choice, Unknown, lifted, not_lifted, opaque
from patternkit.resolving.zones import subnet_zone, zone_name

# No region has more availability zones, and a firewall has one endpoint in each.
_MOST_ENDPOINTS = 6


def endpoints_of(resolver: Resolver, stack: Stack, logical: str) -> list[tuple[Any, str]]:
    """The endpoints of a firewall: the zone and the identity of each, in the template's order."""
    properties = stack.resources[logical].get("Properties") or {}
    mappings = resolver.resolve(stack, properties.get("SubnetMappings") or [])
    found: list[tuple[Any, str]] = []
    if not isinstance(mappings, list):
        return found
    for index, mapping in enumerate(mappings):
        subnet = mapping.get("SubnetId") if isinstance(mapping, dict) else mapping
        zone: Any = Unknown(f"the subnet of {stack.path(logical)} is not in the set{lifted('ids')}")
        if isinstance(subnet, str) and subnet in resolver.stacks.by_id:
            owner, subnet_logical = resolver.stacks.by_id[subnet]
            zone = subnet_zone(resolver, owner, subnet_logical)
        found.append((zone, endpoint_id(stack, logical, index)))
    return found


def firewall_attribute(
    resolver: Resolver, stack: Stack, logical: str, properties: dict[str, Any], attribute: str
) -> Any:
    """An attribute of a firewall: its endpoints come in any order."""
    if attribute != "EndpointIds":
        return opaque(f"{stack.name}/{logical}.{attribute}")
    endpoints = endpoints_of(resolver, stack, logical)
    mappings = resolver.resolve(stack, properties.get("SubnetMappings") or [])
    if isinstance(mappings, Unknown):
        return Unknown(f"the subnets of {stack.path(logical)}: {mappings.reason}")
    listed = []
    for zone, endpoint in endpoints:
        if isinstance(zone, Unknown):
            zone = opaque(f"zone of {endpoint.strip(OPEN + CLOSE)}")
        listed.append(f"{zone}:{endpoint}")
    if len(listed) < 2:
        return listed
    if len(listed) > _MOST_ENDPOINTS:
        return Unknown(f"{stack.path(logical)} has {len(listed)} endpoints, in any order{not_lifted()}")
    # https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-networkfirewall-firewall.html:
    # "EndpointIds are not in any particular order".
    text = f"EndpointIds of {stack.path(logical)} come in the order {{option}}"
    order = resolver.choose(Choice(f"endpoints {stack.ids[logical]}", tuple(permutations(listed)), text))
    return list(order)


def endpoint_in(resolver: Resolver, firewall: str, zone: Any) -> Any:
    """The endpoint of a firewall in a zone."""
    stack, logical = resolver.stacks.by_id[firewall]
    name = zone_name(resolver, zone)
    found = [endpoint for other, endpoint in endpoints_of(resolver, stack, logical) if other == name]
    if len(found) == 1:
        return found[0]
    return Unknown(f"{stack.path(logical)} has no endpoint that is surely in {zone}{not_lifted()}")

"""What custom resources return, as far as it is known."""

from __future__ import annotations

import json
import re
from typing import Any

from patternkit.resolving.firewalls import endpoint_in
from patternkit.resolving.given import matching
from patternkit.resolving.identities import custom_names, vpn_attachment_id
from patternkit.resolving.naming import resource_named
from patternkit.resolving.resolver import Resolver
from patternkit.resolving.stacks import Stack
from patternkit.resolving.values import Unknown, lifted

# What makes an attachment on a transit gateway without being one.
_ATTACHING = ("AWS::EC2::VPNConnection", "AWS::DirectConnect::DirectConnectGatewayAssociation")


def custom_attribute(
    resolver: Resolver, stack: Stack, logical: str, kind: str, properties: dict[str, Any], attribute: str
) -> Any:
    """What a custom resource returns: as a contract declares, or as the API call that it makes answers."""
    path = stack.path(logical)
    declared = matching(resolver.contracts.returns, custom_names(stack, logical, kind))
    if declared is not None and attribute in resolver.contracts.returns[declared]:
        resolver.leans.add(f"returns {declared}")
        return _declared_value(resolver, stack, properties, resolver.contracts.returns[declared][attribute], path)
    call = sdk_call(resolver, stack, properties)
    if call is not None:
        found = _described(resolver, call, attribute)
        if found is not None:
            return found
    return Unknown(f"what the custom resource {path} returns as {attribute} is not declared{lifted('returns')}")


def sdk_call(resolver: Resolver, stack: Stack, properties: dict[str, Any]) -> dict[str, Any] | None:
    """The API call of CDK's `AwsCustomResource`, or None when it makes none or several different ones."""
    calls = []
    for name in ("Create", "Update", "Delete"):
        if name in properties:
            text = resolver.resolve(stack, properties[name])
            if not isinstance(text, str):
                return None
            try:
                call = json.loads(text)
            except ValueError:
                return None
            if not isinstance(call, dict):
                return None
            calls.append(call)
    if not calls:
        return None
    first = calls[0]
    if any((call.get("service"), call.get("action")) != (first.get("service"), first.get("action")) for call in calls):
        return None
    return first


def _described(resolver: Resolver, call: dict[str, Any], attribute: str) -> Any:
    parameters = call.get("parameters")
    if not isinstance(parameters, dict):
        return None
    if call.get("action") in ("describeFirewall", "DescribeFirewallCommand"):
        match = re.fullmatch(r"FirewallStatus\.SyncStates\.([^.]+)\.Attachment\.EndpointId", attribute)
        firewall = parameters.get("FirewallArn")
        if match and isinstance(firewall, str) and firewall in resolver.stacks.by_id:
            return endpoint_in(resolver, firewall, match[1])
    if call.get("action") in (
        "describeTransitGatewayAttachments",
        "DescribeTransitGatewayAttachmentsCommand",
    ):
        filters = {
            item.get("Name"): item.get("Values") for item in parameters.get("Filters") or () if isinstance(item, dict)
        }
        connection = (filters.get("resource-id") or [None])[0]
        if isinstance(connection, str) and connection in resolver.stacks.by_id:
            connection = _associated(resolver, connection, (filters.get("transit-gateway-id") or [None])[0])
        if (
            attribute == "TransitGatewayAttachments.0.TransitGatewayAttachmentId"
            and isinstance(connection, str)
            and connection in resolver.stacks.by_id
        ):
            return vpn_attachment_id(connection)
    return None


def _associated(resolver: Resolver, identity: str, gateway: Any) -> str | None:
    """What makes the attachment of a resource: of a Direct Connect gateway that is its association."""
    stack, logical = resolver.stacks.by_id[identity]
    if stack.resources[logical]["Type"] != "AWS::DirectConnect::DirectConnectGateway":
        return identity
    found = []
    for other in resolver.stacks.stacks:
        for name, resource in other.resources.items():
            if resource["Type"] == "AWS::DirectConnect::DirectConnectGatewayAssociation":
                properties = resource.get("Properties") or {}
                associated = resolver.resolve(other, properties.get("AssociatedGatewayId"))
                if resolver.resolve(other, properties.get("DirectConnectGatewayId")) == identity and (
                    gateway is None or associated == gateway
                ):
                    found.append(other.ids[name])
    return found[0] if len(found) == 1 else None


def _declared_value(resolver: Resolver, stack: Stack, properties: dict[str, Any], value: Any, path: str) -> Any:
    if not isinstance(value, dict):
        return value
    if "endpoint-of" in value:
        firewall = resource_named(resolver.stacks, str(value["endpoint-of"]), "AWS::NetworkFirewall::Firewall")
        zone = value.get("zone")
        if isinstance(zone, dict) and "property" in zone:
            zone = resolver.resolve(stack, properties.get(str(zone["property"])))
        if isinstance(zone, Unknown) or not isinstance(zone, str):
            return Unknown(f"the zone that {path} is given is not known{lifted('returns')}")
        return endpoint_in(resolver, firewall, zone)
    if "attachment-of" in value:
        return vpn_attachment_id(resource_named(resolver.stacks, str(value["attachment-of"]), *_ATTACHING))
    if "resource" in value:
        return resource_named(resolver.stacks, str(value["resource"]))
    if "property" in value:
        return resolver.resolve(stack, properties.get(str(value["property"])))
    return Unknown(f"the contract for {path} says {value!r}, which the prover does not know{lifted('returns')}")

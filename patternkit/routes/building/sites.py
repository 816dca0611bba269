"""What lies behind VPN, Connect and Direct Connect."""

from __future__ import annotations

from typing import Any

from patternkit.resolving import (
    Stack,
    custom_names,
    vpn_attachment_id,
)
from patternkit.resolving.given import matching
from patternkit.resolving.values import Unknown, is_opaque, lifted, not_lifted, opaque
from patternkit.routes.addresses import (
    Prefix,
)
from patternkit.routes.building.draft import Draft, Properties, whole_number
from patternkit.routes.building.transit_gateways import attach
from patternkit.routes.model import (
    Attachment,
    Element,
    Origin,
    Site,
    SiteMedium,
    TransitGateway,
    VpnGateway,
)


def add_customer_gateway(draft: Draft, stack: Stack, logical: str, properties: Properties) -> None:
    """Add an `AWS::EC2::CustomerGateway`."""
    element = draft.make(Element, stack, logical)
    # https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateCustomerGateway.html: 65000 by default.
    asn = draft.get(stack, properties, "BgpAsnExtended") or draft.get(stack, properties, "BgpAsn") or 65000
    known = isinstance(asn, (int, float)) or (isinstance(asn, str) and not is_opaque(asn))
    reason = f"the BGP number of {element.path} is not known{lifted('sites, asn')}"
    draft.asns[element.identity] = whole_number(asn, element.path) if known else Unknown(reason)


def add_vpn(draft: Draft, stack: Stack, logical: str, properties: Properties) -> None:
    """Add an `AWS::EC2::VPNConnection`."""
    customer = draft.get(stack, properties, "CustomerGatewayId")
    site: Site = draft.make(
        Site,
        stack,
        logical,
        static_only=draft.flag(draft.get(stack, properties, "StaticRoutesOnly"), default=False) is True,
        customer_gateway="" if isinstance(customer, Unknown) else str(customer or ""),
    )
    reason = f"the BGP number of {site.path} is not known: its customer gateway is not in the set{lifted('sites, asn')}"
    site.asn = draft.asns.get(site.customer_gateway, Unknown(reason))
    transport = draft.get(stack, properties, "TransportTransitGatewayAttachmentId")
    site.transport = transport if isinstance(transport, str) else ""
    _learnt(draft, site, custom_names(stack, logical, ""))
    _selectors(draft, site, stack, properties)
    draft.model.sites[site.identity] = site
    if "VpnGatewayId" in properties:
        # https://docs.aws.amazon.com/vpn/latest/s2svpn/ipv4-ipv6.html: IPv6 "is not supported for virtual private
        # gateways".
        site.families = frozenset({4})
        gateway = draft.ours(draft.targets, draft.get(stack, properties, "VpnGatewayId"), "virtual private gateway")
        if isinstance(gateway, VpnGateway):
            site.gateway = gateway
            gateway.sites.append(site)
        elif isinstance(gateway, Unknown):
            draft.doubt(stack, logical, "connects a site to a gateway", gateway, "virtual private gateway")
    elif "TransitGatewayId" in properties:
        site.families = _inside(site, draft.get(stack, properties, "TunnelInsideIpVersion"))
        _site_attachment(
            draft,
            site,
            vpn_attachment_id(site.identity),
            draft.get(stack, properties, "TransitGatewayId"),
            "vpn",
        )


def _inside(site: Site, version: Any) -> frozenset[int] | Unknown:
    """The families that tunnels on a transit gateway carry: "either IPv4 traffic or IPv6 traffic"."""
    if version is None:
        return frozenset({4})
    if str(version).lower() in ("ipv4", "ipv6"):
        return frozenset({int(str(version)[-1])})
    why = version.reason if isinstance(version, Unknown) else f"{version!r} is not known{not_lifted()}"
    return Unknown(f"the TunnelInsideIpVersion of {site.path}: {why}")


def _selectors(draft: Draft, site: Site, stack: Stack, properties: Properties) -> None:
    # https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_VpnConnectionOptionsSpecification.html: "local" is
    # the customer's side, "remote" that of AWS.
    for family in (4, 6):
        for side, ends in (("Local", site.near), ("Remote", site.far)):
            text = draft.get(stack, properties, f"{side}Ipv{family}NetworkCidr")
            if text is not None:
                ends[family] = draft.block(text, site.path)


def _site_attachment(draft: Draft, site: Site, identity: str, gateway_id: Any, medium: SiteMedium) -> None:
    gateway = draft.find(draft.model.transit_gateways, gateway_id, "transit gateway")
    site.attachment = attach(
        draft, Attachment(identity, f"{site.path} attachment", site.kind, medium=medium, gateway=gateway, site=site)
    )
    draft.targets[identity] = site.attachment


def _learnt(draft: Draft, site: Site, names: tuple[str, ...]) -> None:
    declared = matching(draft.contracts.prefixes, names)
    origin: Origin = site.medium
    if declared is not None:
        site.prefixes += [(block, origin) for block in draft.contracts.prefixes[declared]]
        site.contracts = site.contracts | {f"prefixes {declared}"}
    elif not site.static_only:
        reason = f"the prefixes that {site.path} learns over BGP are not declared (contract: prefixes)"
        site.unknown_prefixes = Unknown(reason)
    apply_declared_site(draft, site, names)


def apply_declared_site(draft: Draft, site: Site, names: tuple[str, ...]) -> None:
    """Apply what the contract section `sites` says of a site."""
    name = matching(draft.contracts.sites, names)
    if name is None:
        return
    declared = draft.contracts.sites[name]
    site.at, site.passes_on, site.sends = declared.at, declared.passes_on, declared.sends
    site.accepts_own_asn, site.preference = declared.accepts_own_asn, declared.preference
    if declared.asn is not None and not isinstance(site.asn, int):
        site.asn = declared.asn
    site.contracts = site.contracts | {f"sites {name}"}


def add_concentrator(draft: Draft, stack: Stack, logical: str, properties: Properties) -> None:
    """Add an `AWS::EC2::VPNConcentrator`."""
    site: Site = draft.make(Site, stack, logical)
    _learnt(draft, site, custom_names(stack, logical, ""))
    draft.model.sites[site.identity] = site
    _site_attachment(
        draft,
        site,
        opaque(f"{stack.name}/{logical}.TransitGatewayAttachmentId"),
        draft.get(stack, properties, "TransitGatewayId"),
        "vpn",
    )


def add_vpn_route(draft: Draft, stack: Stack, logical: str, properties: Properties) -> None:
    """Add an `AWS::EC2::VPNConnectionRoute`."""
    site = draft.ours(draft.model.sites, draft.get(stack, properties, "VpnConnectionId"), "VPN connection")
    block = draft.block(draft.get(stack, properties, "DestinationCidrBlock"), stack.path(logical))
    if isinstance(site, Unknown):
        draft.doubt(stack, logical, "is a route of a VPN connection", site, "site")
    if not isinstance(site, Site):
        return
    if not site.static_only:
        draft.refuse(f"{stack.path(logical)}: {site.path} takes no static routes [InvalidVpnConnection.InvalidType]")
    if isinstance(block, Unknown):
        site.unknown_prefixes = block
    else:
        site.prefixes.append((block, "vpn static"))


def add_connect(draft: Draft, stack: Stack, logical: str, properties: Properties) -> None:
    """Add an `AWS::EC2::TransitGatewayConnect`."""
    transport = draft.model.attachments.get(draft.get(stack, properties, "TransportTransitGatewayAttachmentId"))
    site: Site = draft.make(Site, stack, logical, medium="connect")
    _learnt(draft, site, custom_names(stack, logical, ""))
    draft.model.sites[site.identity] = site
    gateway = (
        transport.gateway
        if transport
        else Unknown(f"the transport attachment of {site.path} is not in the set" + lifted("ids"))
    )
    identity = site.identity
    site.attachment = attach(
        draft, Attachment(identity, f"{site.path} attachment", site.kind, medium="connect", gateway=gateway, site=site)
    )
    draft.targets[identity] = site.attachment


def add_direct_connect(draft: Draft, stack: Stack, logical: str, properties: Properties) -> None:
    """Add an `AWS::DirectConnect::DirectConnectGatewayAssociation`."""
    site: Site = draft.make(Site, stack, logical, medium="direct-connect")
    _learnt(draft, site, custom_names(stack, logical, ""))
    draft.model.sites[site.identity] = site
    associated = draft.get(stack, properties, "AssociatedGatewayId")
    gateway = draft.ours(draft.targets, associated, "gateway")
    allowed = draft.listed(stack, properties, "AllowedPrefixesToDirectConnectGateway")
    if isinstance(allowed, Unknown):
        site.allowed = allowed
    elif allowed:
        blocks = [draft.block(text, stack.path(logical)) for text in allowed]
        doubts = [block for block in blocks if isinstance(block, Unknown)]
        site.allowed = doubts[0] if doubts else tuple(block for block in blocks if isinstance(block, Prefix))
    if isinstance(gateway, Unknown):
        draft.doubt(stack, logical, "connects a site to a gateway", gateway, "virtual private gateway")
    if isinstance(gateway, VpnGateway):
        site.gateway = gateway
        gateway.sites.append(site)
        return
    # https://docs.aws.amazon.com/directconnect/latest/UserGuide/allowed-to-prefixes.html: on a transit gateway the
    # allowed prefixes are what is advertised, and required.
    site.advertised = site.allowed
    if site.allowed is None and isinstance(gateway, TransitGateway):
        reason = f"AWS refuses {site.path}: on a transit gateway it needs AllowedPrefixesToDirectConnectGateway"
        site.advertised = Unknown(reason)
    if isinstance(gateway, TransitGateway):
        _check_numbers(draft, site, draft.get(stack, properties, "DirectConnectGatewayId"), gateway)
    _site_attachment(draft, site, vpn_attachment_id(site.identity), associated, "direct-connect")


def _check_numbers(draft: Draft, site: Site, circuit_gateway: Any, gateway: TransitGateway) -> None:
    # https://docs.aws.amazon.com/directconnect/latest/UserGuide/direct-connect-transit-gateways.html: both have 64512
    # unless told otherwise, and "the association request fails".
    numbers = [_amazon_number(draft, identity) for identity in (circuit_gateway, gateway.identity)]
    if numbers[0] is not None and numbers[0] == numbers[1]:
        draft.refuse(f"{site.path}: {gateway.path} and its Direct Connect gateway have one BGP number, {numbers[0]}")


def _amazon_number(draft: Draft, identity: Any) -> int | None:
    """The BGP number of AWS's side of a gateway, where its template tells it."""
    entry = draft.resolver.stacks.by_id.get(identity) if isinstance(identity, str) else None
    if entry is None:
        return None
    stack, logical = entry
    given = draft.get(stack, stack.resources[logical].get("Properties") or {}, "AmazonSideAsn")
    return 64512 if given is None else int(given) if str(given).isdigit() else None

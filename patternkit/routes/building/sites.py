"""What lies behind VPN, Connect and Direct Connect."""

from __future__ import annotations

from typing import Any

from patternkit.routes.addresses import (
    Prefix,
)
from patternkit.routes.building.reading import Properties, whole_number
from patternkit.routes.building.transit import _Transit
from patternkit.routes.contracts import matching
from patternkit.routes.model import (
    Attachment,
    Element,
    Site,
    TransitGateway,
    VpnGateway,
)
from patternkit.routes.resolving import (
    Stack,
    custom_names,
    vpn_attachment_id,
)
from patternkit.routes.values import Unknown, is_opaque, opaque


class _Sites(_Transit):
    """Makes sites."""

    def customer_gateway(self, stack: Stack, logical: str, properties: Properties) -> None:
        element = self._named(Element, stack, logical)
        # https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateCustomerGateway.html: 65000 by default.
        asn = self._get(stack, properties, "BgpAsnExtended") or self._get(stack, properties, "BgpAsn") or 65000
        known = isinstance(asn, (int, float)) or (isinstance(asn, str) and not is_opaque(asn))
        reason = f"the BGP number of {element.path} is not known"
        self.asns[element.identity] = whole_number(asn, element.path) if known else Unknown(reason)

    def vpn(self, stack: Stack, logical: str, properties: Properties) -> None:
        customer = self._get(stack, properties, "CustomerGatewayId")
        site: Site = self._named(
            Site,
            stack,
            logical,
            static_only=self._flag(self._get(stack, properties, "StaticRoutesOnly"), default=False) is True,
            customer_gateway="" if isinstance(customer, Unknown) else str(customer or ""),
        )
        reason = f"the BGP number of {site.path} is not known: its customer gateway is not in the set"
        site.asn = self.asns.get(site.customer_gateway, Unknown(reason))
        self._learnt(site, custom_names(stack, logical, ""))
        self._selectors(site, stack, properties)
        self.model.sites[site.identity] = site
        if "VpnGatewayId" in properties:
            # https://docs.aws.amazon.com/vpn/latest/s2svpn/ipv4-ipv6.html: IPv6 "is not supported for virtual private
            # gateways".
            site.families = frozenset({4})
            gateway = self._ours(self.targets, self._get(stack, properties, "VpnGatewayId"), "virtual private gateway")
            if isinstance(gateway, VpnGateway):
                site.gateway = gateway
                gateway.sites.append(site)
            elif isinstance(gateway, Unknown):
                self._doubt(stack, logical, "connects a site to a gateway", gateway, "virtual private gateway")
        elif "TransitGatewayId" in properties:
            site.families = self._inside(site, self._get(stack, properties, "TunnelInsideIpVersion"))
            self._site_attachment(
                site,
                vpn_attachment_id(site.identity),
                self._get(stack, properties, "TransitGatewayId"),
                "vpn",
            )

    @staticmethod
    def _inside(site: Site, version: Any) -> frozenset[int] | Unknown:
        """The families that tunnels on a transit gateway carry: "either IPv4 traffic or IPv6 traffic"."""
        if version is None:
            return frozenset({4})
        if str(version).lower() in ("ipv4", "ipv6"):
            return frozenset({int(str(version)[-1])})
        why = version.reason if isinstance(version, Unknown) else f"{version!r} is not known"
        return Unknown(f"the TunnelInsideIpVersion of {site.path}: {why}")

    def _selectors(self, site: Site, stack: Stack, properties: Properties) -> None:
        # https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_VpnConnectionOptionsSpecification.html: "local" is
        # the customer's side, "remote" that of AWS.
        for family in (4, 6):
            for side, ends in (("Local", site.near), ("Remote", site.far)):
                text = self._get(stack, properties, f"{side}Ipv{family}NetworkCidr")
                if text is not None:
                    ends[family] = self._block(text, site.path)

    def _site_attachment(self, site: Site, identity: str, gateway_id: Any, medium: str) -> None:
        gateway = self._find(self.model.transit_gateways, gateway_id, "transit gateway")
        site.attachment = self._attach(
            Attachment(identity, f"{site.path} attachment", site.kind, medium=medium, gateway=gateway, site=site)
        )
        self.targets[identity] = site.attachment

    def _learnt(self, site: Site, names: tuple[str, ...]) -> None:
        declared = matching(self.contracts.prefixes, names)
        origin = site.medium
        if declared is not None:
            site.prefixes += [(block, origin) for block in self.contracts.prefixes[declared]]
            site.contracts = site.contracts | {f"prefixes {declared}"}
        elif not site.static_only:
            reason = f"the prefixes that {site.path} learns over BGP are not declared (contract: prefixes)"
            site.unknown_prefixes = Unknown(reason)
        self._site_declared(site, names)

    def _site_declared(self, site: Site, names: tuple[str, ...]) -> None:
        name = matching(self.contracts.sites, names)
        if name is None:
            return
        declared = self.contracts.sites[name]
        site.at, site.passes_on, site.sends = declared.at, declared.passes_on, declared.sends
        site.accepts_own_asn = declared.accepts_own_asn
        if declared.asn is not None and not isinstance(site.asn, int):
            site.asn = declared.asn
        site.contracts = site.contracts | {f"sites {name}"}

    def concentrator(self, stack: Stack, logical: str, properties: Properties) -> None:
        site: Site = self._named(Site, stack, logical)
        self._learnt(site, custom_names(stack, logical, ""))
        self.model.sites[site.identity] = site
        self._site_attachment(
            site,
            opaque(f"{stack.name}/{logical}.TransitGatewayAttachmentId"),
            self._get(stack, properties, "TransitGatewayId"),
            "vpn",
        )

    def vpn_route(self, stack: Stack, logical: str, properties: Properties) -> None:
        site = self._ours(self.model.sites, self._get(stack, properties, "VpnConnectionId"), "VPN connection")
        block = self._block(self._get(stack, properties, "DestinationCidrBlock"), stack.path(logical))
        if isinstance(site, Unknown):
            self._doubt(stack, logical, "is a route of a VPN connection", site, "site")
        if not isinstance(site, Site):
            return
        if not site.static_only:
            self.refuse(f"{stack.path(logical)}: {site.path} takes no static routes [InvalidVpnConnection.InvalidType]")
        if isinstance(block, Unknown):
            site.unknown_prefixes = block
        else:
            site.prefixes.append((block, "vpn static"))

    def connect(self, stack: Stack, logical: str, properties: Properties) -> None:
        transport = self.model.attachments.get(self._get(stack, properties, "TransportTransitGatewayAttachmentId"))
        site: Site = self._named(Site, stack, logical, medium="connect")
        self._learnt(site, custom_names(stack, logical, ""))
        self.model.sites[site.identity] = site
        gateway = (
            transport.gateway if transport else Unknown(f"the transport attachment of {site.path} is not in the set")
        )
        identity = site.identity
        site.attachment = self._attach(
            Attachment(identity, f"{site.path} attachment", site.kind, medium="connect", gateway=gateway, site=site)
        )
        self.targets[identity] = site.attachment

    def direct_connect(self, stack: Stack, logical: str, properties: Properties) -> None:
        site: Site = self._named(Site, stack, logical, medium="direct-connect")
        self._learnt(site, custom_names(stack, logical, ""))
        self.model.sites[site.identity] = site
        associated = self._get(stack, properties, "AssociatedGatewayId")
        gateway = self._ours(self.targets, associated, "gateway")
        allowed = self._list(stack, properties, "AllowedPrefixesToDirectConnectGateway")
        if isinstance(allowed, Unknown):
            site.allowed = allowed
        elif allowed:
            blocks = [self._block(text, stack.path(logical)) for text in allowed]
            doubts = [block for block in blocks if isinstance(block, Unknown)]
            site.allowed = doubts[0] if doubts else tuple(block for block in blocks if isinstance(block, Prefix))
        if isinstance(gateway, Unknown):
            self._doubt(stack, logical, "connects a site to a gateway", gateway, "virtual private gateway")
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
        self._site_attachment(site, vpn_attachment_id(site.identity), associated, "direct-connect")

"""What lies behind VPN, Connect and Direct Connect."""

from __future__ import annotations

from typing import Any

from patternkit.routes.addresses import (
    Prefix,
)
from patternkit.routes.building.reading import Properties
from patternkit.routes.building.transit import _Transit
from patternkit.routes.contracts import matching
from patternkit.routes.model import (
    Attachment,
    Element,
    Site,
    VpnGateway,
)
from patternkit.routes.resolving import (
    Stack,
    custom_names,
    vpn_attachment_id,
)
from patternkit.routes.values import Unknown, opaque


class _Sites(_Transit):
    """Makes sites."""

    def customer_gateway(self, stack: Stack, logical: str, _properties: Properties) -> None:
        self._named(Element, stack, logical)

    def vpn(self, stack: Stack, logical: str, properties: Properties) -> None:
        site: Site = self._named(
            Site,
            stack,
            logical,
            static_only=self._flag(self._get(stack, properties, "StaticRoutesOnly"), default=False) is True,
            customer_gateway=str(self._get(stack, properties, "CustomerGatewayId")),
        )
        self._learnt(site, custom_names(stack, logical, ""))
        self.model.sites[site.identity] = site
        if "VpnGatewayId" in properties:
            gateway = self._ours(self.targets, self._get(stack, properties, "VpnGatewayId"), "virtual private gateway")
            if isinstance(gateway, VpnGateway):
                site.gateway = gateway
                gateway.sites.append(site)
            elif isinstance(gateway, Unknown):
                self._doubt(stack, logical, "connects a site to a gateway", gateway)
        elif "TransitGatewayId" in properties:
            self._site_attachment(
                site,
                vpn_attachment_id(site.identity),
                self._get(stack, properties, "TransitGatewayId"),
                "vpn",
            )

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
            site.unknown_prefixes = Unknown(f"the prefixes that {site.path} learns over BGP are not declared")

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
            self._doubt(stack, logical, "is a route of a VPN connection", site)
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
        advertised = self._list(stack, properties, "AllowedPrefixesToDirectConnectGateway")
        if isinstance(advertised, Unknown):
            site.advertised = advertised
        elif advertised:
            blocks = [self._block(text, stack.path(logical)) for text in advertised]
            doubts = [block for block in blocks if isinstance(block, Unknown)]
            site.advertised = doubts[0] if doubts else tuple(block for block in blocks if isinstance(block, Prefix))
        if isinstance(gateway, Unknown):
            self._doubt(stack, logical, "connects a site to a gateway", gateway)
        if isinstance(gateway, VpnGateway):
            site.gateway = gateway
            gateway.sites.append(site)
        else:
            self._site_attachment(site, vpn_attachment_id(site.identity), associated, "direct-connect")

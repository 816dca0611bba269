"""Which attachment reaches which through the firewall: the hub's routing domains."""

from collections.abc import Sequence
from typing import Literal

from patterns.network.hub.inspected_hub import SpokeRole
from patterns.network.hub.ipv6_range import Ipv6Range
from patterns.network.hub.transit_gateway import Attachment, RoutingDomain, TransitGateway

Inspect = Literal["all", "east-west", "north-south"]
EVERYWHERE, EVERYWHERE_BY_IPV6 = "0.0.0.0/0", "::/0"


class InspectionRouting:
    """The hub's routing domains, and what each of them knows.

    What arrives from a customer site goes through the firewall whatever `inspect` says.

    Args:
        gateway: The transit gateway.
        inspect: What goes through the firewall: "all"; "east-west", between spokes; "north-south", to and from the
            internet.
        networks: The organization's ranges.
        ipv6: Whether the firewall sees what spokes and sites with IPv6 send each other by it, too.

    Attributes:
        gateway (TransitGateway): The gateway.
        spokes (RoutingDomain): Looked up by spokes.
        inspection (RoutingDomain): Looked up by what the firewall has passed.
        egress (RoutingDomain): Looked up by what comes back from the internet.
        ingress (RoutingDomain): Looked up by the load balancers of the ingress VPC.
        sites (RoutingDomain): Looked up by customer sites, by VPN or Direct Connect.
        peers (RoutingDomain): Looked up by what comes from hubs of other Regions.
        shared (RoutingDomain): Looked up by spokes whose services those that are kept apart may use.
        apart (RoutingDomain): Looked up by spokes that are kept apart.
        joining (RoutingDomain): Looked up by spokes that other accounts attach.
    """

    def __init__(self, gateway: TransitGateway, inspect: Inspect, networks: Sequence[str], *, ipv6: bool) -> None:
        self.gateway = gateway
        self._inspect = inspect
        self._networks = networks
        self._ipv6 = ipv6
        self._spokes: list[Attachment] = []
        self._apart: list[tuple[Attachment, str, Ipv6Range | None]] = []
        self._everyone: list[RoutingDomain] = []
        self.inspection = gateway.domain("Inspection")
        self.spokes = gateway.domain("Spokes")

    @property
    def egress(self) -> RoutingDomain:
        """Looked up by what comes back from the internet."""
        return self.gateway.domain("Egress")

    @property
    def ingress(self) -> RoutingDomain:
        """Looked up by the load balancers of the ingress VPC."""
        return self.gateway.domain("Ingress")

    @property
    def sites(self) -> RoutingDomain:
        """Looked up by customer sites, by VPN or Direct Connect."""
        return self.gateway.domain("Sites")

    @property
    def peers(self) -> RoutingDomain:
        """Looked up by what comes from hubs of other Regions."""
        return self.gateway.domain("Peers")

    @property
    def shared(self) -> RoutingDomain:
        """Looked up by spokes whose services those that are kept apart may use."""
        return self.gateway.domain("Shared")

    @property
    def apart(self) -> RoutingDomain:
        """Looked up by spokes that are kept apart."""
        return self.gateway.domain("Apart")

    @property
    def joining(self) -> RoutingDomain:
        """Looked up by spokes that other accounts attach."""
        return self.gateway.domain("Joining")

    def connect(self, firewall: Attachment, egress: Attachment | None, *, drop_unused: bool) -> None:
        """Write the routes of the firewall and of the internet.

        Args:
            firewall: The inspection VPC, or the firewall's own attachment.
            egress: The egress VPC. None: the internet is reached in the inspection VPC, or not at all.
            drop_unused: Whether what nobody has of the organization's ranges is dropped.
        """
        self.firewall = firewall
        if self._inspect == "east-west":
            for network in self._networks:
                self.spokes.route(network, firewall)
            if egress is not None:
                self.spokes.route(EVERYWHERE, egress)
        else:
            self.spokes.route(EVERYWHERE, firewall)
        self._ipv6_to_firewall(self.spokes)
        self._everyone.append(self.spokes)
        if self.gateway.shared:
            self._to_firewall(self.joining)
        if egress is None:
            return
        self.inspection.route(EVERYWHERE, egress)
        # Else the egress VPC would send them back: its routes lead replies there.
        for network in self._networks if drop_unused else ():
            self.inspection.blackhole(network)
        if self._inspect == "east-west":
            # Replies to spokes return as they came, past the firewall; those to sites came through it.
            for network in self._networks:
                self.egress.route(network, firewall)
        else:
            self.egress.route(EVERYWHERE, firewall)

    def add_spoke(self, spoke: Attachment) -> None:
        """Let everyone find a spoke: through the firewall, but where `inspect` lets it be found directly.

        Args:
            spoke: Its attachment.
        """
        self._spokes.append(spoke)
        self.inspection.propagate(spoke)
        if self._inspect == "north-south":
            self.spokes.propagate(spoke)
        if self._inspect == "east-west":
            for name in ("Egress", "Ingress"):
                if name in self.gateway.domains:
                    self.gateway.domains[name].propagate(spoke)

    def domain_of(self, role: SpokeRole) -> RoutingDomain:
        """The domain that what a spoke sends is looked up in.

        Args:
            role: What the spoke reaches.

        Returns:
            The domain.
        """
        if role == "open":
            return self.spokes
        domain = self.shared if role == "shared" else self.apart
        if EVERYWHERE not in domain.destinations:
            domain.route(EVERYWHERE, self.firewall)
            if role == "shared":
                self._ipv6_to_firewall(domain)
            else:
                # Of IPv6 they know shared spokes alone.
                for network in self._networks:
                    domain.blackhole(network)
        return domain

    def add_shared(self, spoke: Attachment, network: str, ipv6: Ipv6Range | None) -> None:
        """Let spokes that are kept apart reach a spoke, through the firewall.

        Args:
            spoke: The attachment of the spoke.
            network: Its range.
            ipv6: Its range of IPv6, where it is carried.
        """
        self.add_spoke(spoke)
        apart = self.domain_of("apart")
        apart.route(network, self.firewall, scope=spoke)
        if ipv6 is not None:
            apart.route_range("ByIpv6", ipv6, self.firewall, scope=spoke)

    def add_apart(self, spoke: Attachment, network: str, ipv6: Ipv6Range | None) -> None:
        """Let shared spokes alone find a spoke, through the firewall.

        Args:
            spoke: The attachment of the spoke.
            network: Its range.
            ipv6: Its range of IPv6, where it is carried.
        """
        self.add_spoke(spoke)
        self._apart.append((spoke, network, ipv6))
        for domain in self._everyone:
            _drop(domain, spoke, network, ipv6)

    def _to_firewall(self, domain: RoutingDomain) -> None:
        """Send all that a domain's attachments send to the firewall, and nothing to spokes that are kept apart."""
        domain.route(EVERYWHERE, self.firewall)
        self._ipv6_to_firewall(domain)
        self._everyone.append(domain)
        for spoke, network, ipv6 in self._apart:
            _drop(domain, spoke, network, ipv6)

    def _ipv6_to_firewall(self, domain: RoutingDomain) -> None:
        """Send it all of IPv6: what the firewall has passed is looked up in `inspection`, which knows no internet."""
        if self._ipv6:
            domain.route(EVERYWHERE_BY_IPV6, self.firewall)

    def add_peer(self, peer: Attachment, networks: Sequence[str]) -> None:
        """Let everyone find what another Region's hub has, through the firewall.

        Args:
            peer: The attachment of the peering.
            networks: What is reached there: a peering learns nothing.
        """
        if EVERYWHERE not in self.peers.destinations:
            self._to_firewall(self.peers)
        for network in networks:
            self.inspection.route(network, peer, scope=peer)

    def add_site(self, site: Attachment, prefixes: Sequence[str], *, static: bool) -> None:
        """Let everyone find a customer site, through the firewall.

        Args:
            site: The attachment of its VPN or Direct Connect gateway.
            prefixes: What is reached there.
            static: Whether the prefixes are routed here. Otherwise BGP announces them.
        """
        if EVERYWHERE not in self.sites.destinations:
            self._to_firewall(self.sites)
        if static:
            for prefix in prefixes:
                self.inspection.route(prefix, site)
        else:
            self.inspection.propagate(site)

    def add_ingress(self, ingress: Attachment) -> None:
        """Let the load balancers reach the spokes, and the replies come back the same way.

        Args:
            ingress: The attachment of the ingress VPC.
        """
        if self._inspect == "east-west":
            self.spokes.propagate(ingress)
            for spoke in self._spokes:
                self.ingress.propagate(spoke)
        else:
            self.ingress.route(EVERYWHERE, self.firewall)
        self.inspection.propagate(ingress)

    def place_joining(self, *, after: Attachment | None = None) -> None:
        """Place spokes that other accounts attach like one's own, with nothing changed here when they do.

        Args:
            after: An attachment that the defaults must not touch. Default: none.
        """
        if self.gateway.shared:
            defaults = self.gateway.place_joining(self.joining, propagated_into=self.inspection)
            if after is not None:
                defaults.node.add_dependency(after)


def _drop(domain: RoutingDomain, spoke: Attachment, network: str, ipv6: Ipv6Range | None) -> None:
    """Drop what is sent to a spoke that is kept apart."""
    domain.blackhole(network, scope=spoke)
    if ipv6 is not None:
        domain.route_range("ByIpv6", ipv6, None, scope=spoke)

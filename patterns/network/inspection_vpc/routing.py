"""Which attachment reaches which through the firewall: the hub's routing domains."""

from collections.abc import Sequence
from typing import Literal

from patterns.network.hub.transit_gateway import Attachment, RoutingDomain, TransitGateway

Inspect = Literal["all", "east-west", "north-south"]
EVERYWHERE = "0.0.0.0/0"


class InspectionRouting:
    """The hub's routing domains, and what each of them knows.

    What arrives from a customer site goes through the firewall whatever `inspect` says.

    Args:
        gateway: The transit gateway.
        inspect: What goes through the firewall: "all"; "east-west", between spokes; "north-south", to and from the
            internet.
        networks: The organization's ranges.

    Attributes:
        gateway (TransitGateway): The gateway.
        spokes (RoutingDomain): Looked up by spokes.
        inspection (RoutingDomain): Looked up by what the firewall has passed.
        egress (RoutingDomain): Looked up by what comes back from the internet.
        ingress (RoutingDomain): Looked up by the load balancers of the ingress VPC.
        sites (RoutingDomain): Looked up by customer sites, by VPN or Direct Connect.
        joining (RoutingDomain): Looked up by spokes that other accounts attach.
    """

    def __init__(self, gateway: TransitGateway, inspect: Inspect, networks: Sequence[str]) -> None:
        self.gateway = gateway
        self._inspect = inspect
        self._networks = networks
        self._spokes: list[Attachment] = []
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
    def joining(self) -> RoutingDomain:
        """Looked up by spokes that other accounts attach."""
        return self.gateway.domain("Joining")

    def connect(self, firewall: Attachment, egress: Attachment | None) -> None:
        """Write the routes of the firewall and of the internet.

        Args:
            firewall: The inspection VPC, or the firewall's own attachment.
            egress: The egress VPC. None: the internet is reached in the inspection VPC, or not at all.
        """
        self.firewall = firewall
        if self._inspect == "east-west":
            for network in self._networks:
                self.spokes.route(network, firewall)
            if egress is not None:
                self.spokes.route(EVERYWHERE, egress)
        else:
            self.spokes.route(EVERYWHERE, firewall)
        if self.gateway.shared:
            self.joining.route(EVERYWHERE, firewall)
        if egress is None:
            return
        self.inspection.route(EVERYWHERE, egress)
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

    def add_site(self, site: Attachment, prefixes: Sequence[str], *, static: bool) -> None:
        """Let everyone find a customer site, through the firewall.

        Args:
            site: The attachment of its VPN or Direct Connect gateway.
            prefixes: What is reached there.
            static: Whether the prefixes are routed here. Otherwise BGP announces them.
        """
        if EVERYWHERE not in self.sites.destinations:
            self.sites.route(EVERYWHERE, self.firewall)
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

"""VPCs, their zones and subnets, and the ways that their route tables know."""

from collections.abc import Iterator
from functools import cached_property

from patternkit.catalog.diagrams.flows import wholes
from patternkit.catalog.diagrams.names import title, unnumbered
from patternkit.catalog.diagrams.resources import Resource, Resources
from patternkit.drawing.graph import Edge, Group

_ATTACHMENTS = ("AWS::EC2::TransitGatewayAttachment", "AWS::EC2::TransitGatewayVpcAttachment")
_BALANCER = "AWS::ElasticLoadBalancingV2::LoadBalancer"
_OF_A_VPC = (
    "AWS::EC2::CarrierGateway",
    "AWS::EC2::EgressOnlyInternetGateway",
    "AWS::EC2::NatGateway",  # a regional one, which stands in no subnet
    "AWS::EC2::VPCEndpoint",
    "AWS::NetworkFirewall::Firewall",
)
_ROUTE_TARGETS = (
    "NatGatewayId",
    "GatewayId",
    "EgressOnlyInternetGatewayId",
    "CarrierGatewayId",
    "TransitGatewayId",
    "VpcEndpointId",
    "VpcPeeringConnectionId",
)


class Networks:
    """The networks of an app. Subnets that differ by zone only are one tier, drawn once."""

    def __init__(self, resources: Resources) -> None:
        """Read the networks.

        Args:
            resources: The app's resources.
        """
        self._resources = resources
        self._vpcs = resources.of("AWS::EC2::VPC")
        # A subnet that L2 makes is `Workload1/Subnet`, a plain one `Public1`.
        self._tier = {one.id: self._tier_of(one) for one in resources.of("AWS::EC2::Subnet") if one.to("VpcId")}
        self._tables: dict[str, list[str]] = {}
        for one in resources.of("AWS::EC2::SubnetRouteTableAssociation"):
            for table in one.to("RouteTableId"):
                self._tables.setdefault(table, []).extend(one.to("SubnetId"))

    def _tier_of(self, subnet: Resource) -> str:
        parts = [part for part in subnet.path if part not in {"Subnet", "Resource"}]
        return f"{subnet.to('VpcId')[0]}/{unnumbered(parts[-1])}"

    def groups(self) -> Iterator[Group]:
        """Make the groups: VPCs, their zones drawn as one, and tiers of subnets."""
        alone = len(self._vpcs) == 1
        for vpc in self._vpcs:
            tiers = [tier for tier in self.tiers() if tier.startswith(f"{vpc.id}/")]
            zones = max((list(self._tier.values()).count(tier) for tier in tiers), default=0)
            name = title(vpc.path)
            if name == "Network":
                name = "" if alone else title(vpc.path[:1])
            text = f"{name.removesuffix('VPC').rstrip()} VPC".lstrip()
            yield Group(id=vpc.id, title=text if alone or zones < 2 else f"{text}, {zones} zones", kind="vpc")
            within = vpc.id
            # In zones at the edge stand subnets that have no like in another.
            each = all(list(self._tier.values()).count(tier) == zones for tier in tiers)
            if alone and zones > 1 and each:
                within = f"{vpc.id}/"
                yield Group(id=within, title=f"In each of {zones} Availability Zones", kind="zones", group=vpc.id)
            public = {tier for tier in tiers if self._is_public(tier)}
            for tier in tiers:
                # CDK's own names say public or private already.
                called = tier.rpartition("/")[2].removesuffix("Subnet")
                text = f"{title((called,))} subnet{'' if alone else 's'}"
                yield Group(id=tier, title=text, kind="public" if tier in public else "private", group=within)

    def _is_public(self, tier: str) -> bool:
        ends = [end for route in self.routes_of(tier) for end in route.to(*_ROUTE_TARGETS)]
        return any(self._resources[end].type == "AWS::EC2::InternetGateway" for end in ends)

    def tiers(self) -> list[str]:
        """List the tiers, in the order of their subnets."""
        return list(dict.fromkeys(self._tier.values()))

    def routes_of(self, tier: str) -> list[Resource]:
        """Find the routes of the tables that a tier's subnets have."""
        tables = {
            table for table, ends in self._tables.items() if any(self._tier.get(subnet) == tier for subnet in ends)
        }
        return [one for one in self._resources.of("AWS::EC2::Route") if tables & set(one.to("RouteTableId"))]

    def place(self, one: Resource) -> str | None:
        """Find the group that a drawn resource belongs to.

        Args:
            one: The resource.

        Returns:
            The tier, the VPC where it stands in several tiers, or nothing.
        """
        tiers = list(dict.fromkeys(self._tiers_of(one, frozenset())))
        vpcs = list(dict.fromkeys(tier.rpartition("/")[0] for tier in tiers))
        if len(tiers) == 1:
            return tiers[0]
        if len(vpcs) == 1:
            return vpcs[0]
        if one.type in ("AWS::EC2::InternetGateway", "AWS::EC2::VPNGateway"):
            joins = self._resources.of("AWS::EC2::VPCGatewayAttachment")
            ways = ("InternetGatewayId", "VpnGatewayId")
            return next((vpc for join in joins if one.id in join.to(*ways) for vpc in join.to("VpcId")), None)
        if one.type in _OF_A_VPC:
            return next(iter(one.to("VpcId")), None)
        return None

    def _tiers_of(self, one: Resource, seen: frozenset[str]) -> Iterator[str]:
        for way, end in one.leads:
            # Who knows of subnets by its environment starts something there, and stands elsewhere.
            if way[:1] == ("Environment",):
                continue
            if end in self._tier:
                yield self._tier[end]
            elif end not in seen and _stands_for(one.type, self._resources[end].type):
                yield from self._tiers_of(self._resources[end], seen | {one.id})

    def edges(self, placed: dict[str, str | None]) -> Iterator[Edge]:
        """Find the ways that packets go.

        Args:
            placed: The group of each drawn resource.

        Yields:
            Edges between drawn resources, or from a tier that nothing stands in.
        """
        attachments = self._resources.of(*_ATTACHMENTS)
        # What a static route leads to lies behind the gateway; what only joins lies before it.
        behind = {
            end
            for one in self._resources.of("AWS::EC2::TransitGatewayRoute")
            for end in one.to("TransitGatewayAttachmentId")
        }
        for one in attachments:
            for gateway in one.to("TransitGatewayId"):
                source, target = (gateway, one.id) if one.id in behind else (one.id, gateway)
                yield Edge(source=source, target=target, flow="route", both=True)
        for one in self._resources.of("AWS::NetworkFirewall::Firewall"):
            for gateway in one.to("TransitGatewayId"):
                yield Edge(source=gateway, target=one.id, flow="route", both=True)
        yield from self._from_the_internet()
        yield from self._propagated(placed)
        for tier in self.tiers():
            for end in dict.fromkeys(end for route in self.routes_of(tier) for end in route.to(*_ROUTE_TARGETS)):
                target = self._entered(end, tier, attachments)
                for source in self._senders(tier, target, placed):
                    yield self._route(tier, source, target)

    def _propagated(self, placed: dict[str, str | None]) -> Iterator[Edge]:
        # What comes in by a transit gateway does not go on by a VPN: AWS routes nothing from edge to edge.
        passing = {placed.get(one.id) for one in self._resources.of(*_ATTACHMENTS)}
        for one in self._resources.of("AWS::EC2::VPNGatewayRoutePropagation"):
            subnets = {subnet for table in one.to("RouteTableIds") for subnet in self._tables.get(table, [])}
            for tier in dict.fromkeys(tier for subnet, tier in self._tier.items() if subnet in subnets):
                if tier in passing:
                    continue
                for gateway in one.to("VpnGatewayId"):
                    for source in self._senders(tier, gateway, placed):
                        yield Edge(source=source, target=gateway, flow="route", both=True)

    def _route(self, tier: str, source: str, target: str) -> Edge:
        vpc, way = tier.rpartition("/")[0], self._resources[target]
        if way.type == "AWS::EC2::VPCPeeringConnection":
            # From who asked for the peering to who accepted it.
            if vpc in way.to("PeerVpcId"):
                return Edge(source=target, target=source, flow="route", both=True)
            return Edge(source=source, target=target, flow="route", both=True)
        return Edge(source=source, target=target, flow="route", back=vpc in self._entered_from_the_internet)

    @cached_property
    def _entered_from_the_internet(self) -> set[str]:
        return {
            tier.rpartition("/")[0]
            for one in self._resources.of(_BALANCER)
            if one.properties.get("Scheme") == "internet-facing"
            for tier in self._tiers_of(one, frozenset())
        }

    def _entered(self, end: str, tier: str, attachments: list[Resource]) -> str:
        vpc = tier.rpartition("/")[0]
        for one in attachments:
            if end in one.to("TransitGatewayId") and vpc in one.to("VpcId"):
                return one.id
        return end

    def _senders(self, tier: str, target: str, placed: dict[str, str | None]) -> list[str]:
        standing = [name for name, group in placed.items() if group == tier]
        if not standing:
            return [tier]
        if target in standing:
            return []
        # Load balancers answer; they do not call out. Nor do endpoints of services, where others stand beside them.
        callers = [name for name in standing if self._resources[name].type != _BALANCER]
        return [name for name in callers if not self._is_of_a_service(name)] or callers

    def _is_of_a_service(self, name: str) -> bool:
        found = self._resources[name]
        return found.type == "AWS::EC2::VPCEndpoint" and found.properties.get("VpcEndpointType") == "Interface"

    def _from_the_internet(self) -> Iterator[Edge]:
        for one in self._resources.of(_BALANCER):
            if one.properties.get("Scheme") != "internet-facing":
                continue
            vpcs = {tier.rpartition("/")[0] for tier in self._tiers_of(one, frozenset())}
            for join in self._resources.of("AWS::EC2::VPCGatewayAttachment"):
                if vpcs & set(join.to("VpcId")):
                    for gateway in join.to("InternetGatewayId"):
                        yield Edge(source=gateway, target=one.id)


def sites(resources: Resources) -> dict[str, Group]:
    """Make the group of each customer gateway: the site that it stands in."""
    found = {}
    for one in resources.of("AWS::EC2::CustomerGateway"):
        name = "/".join(one.path[:-1]) or one.path[-1]
        found[one.id] = Group(id=f"site {name}", title=title(one.path), kind="site")
    return found


def callers(resources: Resources, edges: list[Edge]) -> Iterator[tuple[str, str]]:
    """Find what people and programs outside call.

    Args:
        resources: The app's resources.
        edges: What flows, as far as it is known.

    Yields:
        What is called, and by whom.
    """
    reached = {edge.target for edge in edges if edge.flow == "event" and edge.label != "allowed requests"}
    for one in resources.of(
        "AWS::ApiGateway::RestApi",
        "AWS::ApiGatewayV2::Api",
        "AWS::AppSync::GraphQLApi",
    ):
        # What pushes to the clients of a WebSocket API is not the only one that reaches it.
        if one.id not in reached or one.properties.get("ProtocolType") == "WEBSOCKET":
            yield one.id, "Clients"
    # Whoever changes a distribution sends it no requests.
    for one in resources.of("AWS::CloudFront::Distribution"):
        yield one.id, "Clients"
    # A private API is called by its endpoints.
    handing_on = {edge.source for edge in edges if edge.label == "requests"}
    for one in resources.of("AWS::EC2::VPCEndpoint"):
        if one.id in handing_on:
            yield one.id, "Clients"
    for one in resources.of(_BALANCER):
        if one.properties.get("Type") == "gateway":
            continue  # Packets come by endpoints alone.
        gateways = [
            e.source for e in edges if e.target == one.id and resources[e.source].type == "AWS::EC2::InternetGateway"
        ]
        if gateways:
            yield gateways[0], "Clients"
        elif one.id not in reached:
            yield one.id, "Clients"
    # A function URL has no resource that clients could be drawn to but the function.
    for url in resources.of("AWS::Lambda::Url"):
        for function in wholes(resources, url.id):
            if function not in reached:
                yield function, "Clients"


def _stands_for(user: str, used: str) -> bool:
    """Whether a used resource determines the subnets of its user: a subnet group, or the instances that it runs on."""
    if user == "AWS::ECS::CapacityProvider":
        return used == "AWS::AutoScaling::AutoScalingGroup"
    return used.endswith("SubnetGroup") or used == "AWS::ECS::CapacityProvider"

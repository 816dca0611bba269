"""What a VPC's routes point to: prefix lists, NAT gateways, interfaces, endpoints, peering."""

from __future__ import annotations

from typing import Any

from patternkit.routes.addresses import (
    SERVICES,
    Prefix,
    prefix,
)
from patternkit.routes.building.instances import _Instances
from patternkit.routes.building.reading import Properties, shown
from patternkit.routes.model import (
    Endpoint,
    NatGateway,
    Peering,
    Route,
    RouteTable,
    Service,
    Vpc,
)
from patternkit.routes.resolving import (
    Stack,
    zone_name,
)
from patternkit.routes.values import Unknown, opaque


class _Targets(_Instances):
    """Makes what routes point to."""

    def prefix_list(self, stack: Stack, logical: str, properties: Properties) -> None:
        entries = self._list(stack, properties, "Entries")
        identity = stack.ids[logical]
        if isinstance(entries, Unknown):
            self.model.prefix_lists[identity] = entries
            return
        blocks: list[Prefix] = []
        for entry in entries:
            block = self._block(entry.get("Cidr") if isinstance(entry, dict) else entry, stack.path(logical))
            if isinstance(block, Unknown):
                self.model.prefix_lists[identity] = block
                return
            blocks.append(block)
        self.model.prefix_lists[identity] = blocks

    def nat(self, stack: Stack, logical: str, properties: Properties) -> None:
        subnet = self.model.subnets.get(self._get(stack, properties, "SubnetId"))
        kind = self._get(stack, properties, "ConnectivityType")
        public: bool | Unknown = kind if isinstance(kind, Unknown) else kind != "private"
        mode = self._get(stack, properties, "AvailabilityMode")
        vpc = self.model.vpcs.get(self._get(stack, properties, "VpcId"))
        nat: NatGateway = self._named(
            NatGateway,
            stack,
            logical,
            subnet=subnet,
            public=public,
            regional=mode if isinstance(mode, Unknown) else mode == "regional",
            vpc=subnet.vpc if subnet else vpc,
        )
        if nat.regional is True:
            self._regional(nat, stack, logical, properties)

    def _regional(self, nat: NatGateway, stack: Stack, logical: str, properties: Properties) -> None:
        """A NAT gateway of a whole VPC: AWS makes its route table, with a route to the internet gateway."""
        vpc = nat.vpc
        if nat.public is False:
            # https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateways-regional.html: public only.
            self.refuse(f"{nat.path}: a NAT gateway with regional availability is public")
        table = RouteTable(
            opaque(f"{stack.name}/{logical}.RouteTableId"), f"{nat.path} route table", "AWS::EC2::RouteTable", vpc=vpc
        )
        nat.table = self.model.tables[table.identity] = table
        if vpc is not None:
            vpc.tables.append(table)
            if vpc.internet_gateway is not None:
                everything = prefix("0.0.0.0/0")
                table.routes.append(Route(everything, vpc.internet_gateway, "static", nat.path))
        addresses = self._list(stack, properties, "AvailabilityZoneAddresses")
        if isinstance(addresses, Unknown):
            nat.zones = addresses
        elif addresses:
            named = [one.get("AvailabilityZone") if isinstance(one, dict) else None for one in addresses]
            zones = [zone_name(self.resolver, zone) for zone in named if isinstance(zone, str)]
            nat.zones = (
                frozenset(zones)
                if len(zones) == len(named)
                else Unknown(f"the availability zones of {nat.path} are not known")
            )

    def endpoint(self, stack: Stack, logical: str, properties: Properties) -> None:
        kind = self._get(stack, properties, "VpcEndpointType") or "Gateway"
        name = self._get(stack, properties, "ServiceName")
        if isinstance(kind, Unknown):
            self._doubt(stack, logical, "is an endpoint of a type that is not known", kind)
        elif kind == "Gateway":
            service = str(name).rsplit(".", 1)[-1]
            tables = self._list(stack, properties, "RouteTableIds")
            target: Any = self._named(Service, stack, logical, service=service)
            if isinstance(tables, Unknown):
                self.model.unknown.append(f"{stack.path(logical)}: {tables.reason}")
                return
            if service not in SERVICES:
                target = Unknown(f"the gateway endpoint {stack.path(logical)} is for an unknown service, {shown(name)}")
            for table in tables:
                found = self._ours(self.model.tables, table, "route table")
                if isinstance(found, Unknown):
                    self._doubt(stack, logical, "adds a route to a table", found, "route table")
                if not isinstance(found, RouteTable):
                    continue
                if isinstance(target, Unknown):
                    found.unknown.append(target.reason)
                    continue
                target.vpc = found.vpc
                stand_in = SERVICES[service]
                block = Prefix(4, stand_in, stand_in, 33)
                found.routes.append(Route(block, target, "prefix list", target.path, prefix_list=f"aws {service}"))
        elif kind == "GatewayLoadBalancer":
            subnets = self._list(stack, properties, "SubnetIds")
            subnet: Any = subnets if isinstance(subnets, Unknown) else Unknown(f"{stack.path(logical)} has no subnet")
            if isinstance(subnets, list) and subnets:
                subnet = self._find(self.model.subnets, subnets[0], "subnet")
            families = families_of(self._get(stack, properties, "IpAddressType"))
            self._named(Endpoint, stack, logical, subnet=subnet, families=families)

    def peering(self, stack: Stack, logical: str, properties: Properties) -> None:
        requester = self._find(self.model.vpcs, self._get(stack, properties, "VpcId"), "VPC")
        accepter = self._find(self.model.vpcs, self._get(stack, properties, "PeerVpcId"), "VPC")
        peering = self._named(Peering, stack, logical, requester=requester, accepter=accepter)
        self.model.peerings[peering.identity] = peering
        if isinstance(requester, Vpc) and isinstance(accepter, Vpc):
            for one in requester.blocks:
                for other in accepter.blocks:
                    if one.overlaps(other) and not peering.tainted:
                        reason = f"the peering {peering.path}: {one} and {other} overlap"
                        peering.tainted = f"AWS refuses {reason}"
                        # https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-basics.html
                        self.refuse(reason)


def families_of(kind: Any) -> frozenset[int]:
    """The families that an endpoint takes; what it is not surely made for is left open."""
    return {"ipv6": frozenset({6}), "dualstack": frozenset({4, 6})}.get(str(kind).lower(), frozenset({4}))

"""What a VPC's routes point to: prefix lists, NAT gateways, interfaces, endpoints, peering."""

from __future__ import annotations

from typing import Any

from patternkit.routes.addresses import (
    SERVICES,
    Prefix,
    parse_prefix,
)
from patternkit.routes.building.filters import DEFAULT_GROUP, _Filters
from patternkit.routes.building.reading import Properties, shown
from patternkit.routes.model import (
    Endpoint,
    Interface,
    NatGateway,
    Peering,
    Route,
    RouteTable,
    SecurityGroup,
    Service,
    Subnet,
    Vpc,
)
from patternkit.routes.resolving import (
    Stack,
)
from patternkit.routes.values import Unknown


class _Targets(_Filters):
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
        regional = self._get(stack, properties, "AvailabilityMode") == "regional"
        vpc = self.model.vpcs.get(self._get(stack, properties, "VpcId"))
        self._named(
            NatGateway,
            stack,
            logical,
            subnet=subnet,
            public=public,
            regional=regional,
            vpc=subnet.vpc if subnet else vpc,
        )

    def interface(self, stack: Stack, logical: str, properties: Properties) -> None:
        names = properties
        inner = properties.get("NetworkInterfaces")
        if isinstance(inner, list) and inner and isinstance(inner[0], dict):
            if len(inner) > 1:
                self.targets[stack.ids[logical]] = Unknown(f"{stack.path(logical)} has several network interfaces")
                return
            if "NetworkInterfaceId" in inner[0]:
                interface = self.targets.get(self._get(stack, inner[0], "NetworkInterfaceId"))
                self.targets[stack.ids[logical]] = interface or Unknown(f"the interface of {stack.path(logical)}")
                return
            names = {**properties, **inner[0]}
        subnet_id = self._get(stack, names, "SubnetId")
        subnet = self._find(self.model.subnets, subnet_id, "subnet")
        found = self._groups_of(stack, logical, names, subnet)
        address = self._get(stack, names, "PrivateIpAddress")
        interface = self._named(
            Interface,
            stack,
            logical,
            subnet=subnet,
            security_groups=found,
            checks=self._flag(self._get(stack, names, "SourceDestCheck"), default=True),
            public=self._public(stack, logical, names, subnet),
            address=parse_prefix(address) if isinstance(address, str) else None,
        )
        self.model.interfaces[interface.identity] = interface

    def _groups_of(
        self, stack: Stack, logical: str, names: Properties, subnet: Subnet | Unknown
    ) -> list[SecurityGroup | Unknown] | Unknown:
        groups = self._list(stack, names, "GroupSet" if "GroupSet" in names else "SecurityGroupIds")
        if isinstance(groups, Unknown):
            return groups
        if groups:
            for group in groups:
                if isinstance(group, str) and group.endswith(DEFAULT_GROUP):
                    self._default_group(group)
            return [self._find(self.model.security_groups, group, "security group") for group in groups]
        for name in ("SecurityGroups", "LaunchTemplate"):
            if name in names:
                return Unknown(f"{stack.path(logical)} gets them by {name}")
        if isinstance(subnet, Unknown):
            return subnet
        return [self._default_group(f"{subnet.vpc.identity[:-1]}{DEFAULT_GROUP}")]

    def _public(self, stack: Stack, logical: str, names: Properties, subnet: Subnet | Unknown) -> bool | Unknown:
        if stack.resources[logical]["Type"] == "AWS::EC2::NetworkInterface":
            # The subnet's setting is for what is launched; an interface has none until an address is associated.
            # https://docs.aws.amazon.com/vpc/latest/userguide/vpc-ip-addressing.html#vpc-public-ipv4-addresses
            return False
        given = self._get(stack, names, "AssociatePublicIpAddress")
        if given is not None:
            return self._flag(given, default=False)
        if "LaunchTemplate" in names:
            return Unknown(f"the launch template of {stack.path(logical)} may give it a public address")
        return subnet.public_addresses if isinstance(subnet, Subnet) else subnet

    def elastic_address(self, stack: Stack, logical: str, properties: Properties) -> None:
        for name in ("NetworkInterfaceId", "InstanceId"):
            if name not in properties:
                continue
            interface = self._ours(self.targets, self._get(stack, properties, name), "interface")
            if isinstance(interface, Interface):
                interface.public = True
                home = interface.subnet.vpc if isinstance(interface.subnet, Subnet) else None
                if home is not None and home.internet_gateway is None:
                    self.refuse(f"{stack.path(logical)}: {home.path} has no internet gateway [Gateway.NotAttached]")
            elif isinstance(interface, Unknown) and self._get(stack, properties, name) is not None:
                self._doubt(stack, logical, "gives a public address to an interface", interface)

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
                    self._doubt(stack, logical, "adds a route to a table", found)
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

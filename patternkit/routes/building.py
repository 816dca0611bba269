"""Make the network model out of resources.

Each resource type has one method. They run in the order in which the elements need each other, not in the
template's.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from patternkit.routes.addresses import (
    EVERY_PORT,
    EVERY_PROTOCOL,
    EVERYTHING,
    IPV4_END,
    IPV4_EXTENDED_END,
    PUBLIC_IPV4,
    SERVICES,
    Prefix,
    Spans,
    intersect,
    normal,
    parse_prefix,
    span_of,
)
from patternkit.routes.contracts import Contracts, matching
from patternkit.routes.errors import ContractError, TemplateError, nearest
from patternkit.routes.model import (
    AclRule,
    Attachment,
    Blackhole,
    EgressOnlyGateway,
    Element,
    Endpoint,
    Firewall,
    FirewallPolicy,
    Interface,
    InternetGateway,
    Local,
    Model,
    NatGateway,
    NetworkAcl,
    Peering,
    Route,
    RouteTable,
    SecurityGroup,
    Service,
    Site,
    Subnet,
    TransitGateway,
    TransitTable,
    Vpc,
    VpnGateway,
)
from patternkit.routes.resolving import (
    Resolver,
    Stack,
    custom_names,
    endpoint_id,
    is_custom,
    vpn_attachment_id,
)
from patternkit.routes.values import CLOSE, NO_VALUE, OPEN, Choice, Unknown, is_opaque, opaque

Properties = dict[str, Any]
_NOTHING: frozenset[str] = frozenset()
_LOCAL = Local()

# Actions of CDK's AwsCustomResource that only read.
_READING = ("describe", "get", "list", "search", "Describe", "Get", "List", "Search")


def build(resolver: Resolver, contracts: Contracts) -> Model:
    """Make the model of a set of stacks in the resolver's world.

    Raises:
        TemplateError: A template contradicts itself.
        ContractError: A contract names what is not there.
    """
    return _Builder(resolver, contracts).build()


class _Builder:
    def __init__(self, resolver: Resolver, contracts: Contracts) -> None:
        self.resolver = resolver
        self.value = resolver.value
        self.contracts = contracts
        self.model = Model()
        self.targets = self.model.targets
        self.default_acls: dict[str, NetworkAcl] = {}
        self.depends: dict[str, tuple[str, ...]] = {}
        self.unknown_associations: list[str] = []
        self.peering_sides: dict[str, list[Attachment]] = {}
        self.policy_rules: dict[str, tuple[list[AclRule] | Unknown, int]] = {}
        self.unknown_groups: list[str] = []
        self.changed_lists: dict[str, str] = {}

    def build(self) -> Model:
        buckets: dict[str, list[tuple[Stack, str, Any]]] = {kind: [] for kind in _METHODS}
        custom: list[tuple[Stack, str, Any]] = []
        unmodelled: list[tuple[Stack, str, Any]] = []
        for stack in self.resolver.stacks.stacks:
            # A stack without conditions needs no look at each resource's.
            for logical, resource in stack.resources.items():
                kind = resource["Type"]
                bucket = buckets.get(kind)
                if bucket is None:
                    if is_custom(kind):
                        bucket = custom
                    elif not kind.startswith("AWS::") or kind in _REROUTING:
                        bucket = unmodelled
                    else:
                        continue
                if ("Condition" in resource or stack.parent is not None) and not self.resolver.exists(stack, resource):
                    continue
                bucket.append((stack, logical, resource.get("Properties") or {}))
        self.model.contracts = self._leans() | self.resolver.stacks.leans
        self.model.unknown = list(self.resolver.stacks.unknown_everywhere)
        for kind, method in _METHODS.items():
            for stack, logical, properties in buckets[kind]:
                method(self, stack, logical, properties)
            if kind == "AWS::EC2::TransitGatewayRouteTablePropagation":
                self._default_propagation()
        self._check_contracts()
        self._declared()
        for stack, logical, properties in custom:
            self._custom(stack, logical, properties)
        for stack, logical, properties in unmodelled:
            self._unmodelled(stack, logical, properties)
        self._finish()
        return self.model

    # Reading properties

    def _get(self, stack: Stack, properties: Properties, name: str) -> Any:
        node = properties.get(name)
        if node is None:
            return None
        value = self.value(stack, node)
        return None if value is NO_VALUE else value

    def _leans(self) -> frozenset[str]:
        if not self.resolver.leans:
            return _NOTHING
        leans = frozenset(self.resolver.leans)
        self.resolver.leans.clear()
        return leans

    def _named(self, make: type[Any], stack: Stack, logical: str, **fields: Any) -> Any:
        element = make(stack.ids[logical], stack.path(logical), stack.resources[logical]["Type"], **fields)
        self.targets[element.identity] = element
        return element

    def _list(self, stack: Stack, properties: Properties, name: str) -> list[Any] | Unknown:
        value = self._get(stack, properties, name)
        if value is None:
            return []
        if isinstance(value, Unknown):
            return value
        return value if isinstance(value, list) else [value]

    @staticmethod
    def _block(text: Any, where: str) -> Prefix | Unknown:
        if isinstance(text, Unknown):
            return text
        if isinstance(text, str):
            block = parse_prefix(text)
            if block is not None:
                return block
            if is_opaque(text):
                return Unknown(f"the CIDR of {where} is known only to AWS")
        raise TemplateError(f"{where}: {text!r} is not a CIDR")

    @staticmethod
    def _flag(value: Any, *, default: bool) -> bool | Unknown:
        if value is None:
            return default
        if isinstance(value, Unknown):
            return value
        return value is True or str(value).lower() in ("true", "enable")

    def _find(self, group: dict[str, Any], identity: Any, what: str) -> Any:
        if isinstance(identity, Unknown):
            return identity
        found = group.get(identity) if isinstance(identity, str) else None
        return found if found is not None else Unknown(f"{what} {_shown(identity)} is not in the set")

    def _ours(self, group: dict[str, Any], identity: Any, what: str) -> Any:
        """The element of the set that an identity means.

        Returns:
            The element, None where it surely is none of the set, or `Unknown` where it may be any of them.
        """
        if isinstance(identity, Unknown):
            return identity
        found = group.get(identity) if isinstance(identity, str) else None
        if found is not None:
            return found
        if identity is None:
            return Unknown(f"{what} is not given")
        if not isinstance(identity, str) or not is_opaque(identity):
            return None
        entry = self.resolver.stacks.by_id.get(identity)
        if entry is not None and entry[0].resources[entry[1]]["Type"].startswith("AWS::"):
            return None
        return Unknown(f"{what} {_shown(identity)} is known only to AWS")

    def _doubt(self, stack: Stack, logical: str, does: str, reason: Unknown) -> None:
        self.model.unknown.append(f"{stack.path(logical)} {does}: {reason.reason}")

    # VPCs and subnets

    def vpc(self, stack: Stack, logical: str, properties: Properties) -> None:
        vpc: Vpc = self._named(Vpc, stack, logical)
        text = self._get(stack, properties, "CidrBlock")
        block = self._block(text, vpc.path) if text is not None else Unknown(f"IPAM decides the CIDR of {vpc.path}")
        if isinstance(block, Unknown):
            vpc.unknown_blocks[4] = block
        else:
            vpc.blocks.append(block)
        vpc.main_table = RouteTable(
            f"{vpc.identity}.main", f"{vpc.path} main route table", "AWS::EC2::RouteTable", vpc=vpc
        )
        vpc.contracts = self._leans()
        self.model.vpcs[vpc.identity] = vpc

    def vpc_cidr(self, stack: Stack, logical: str, properties: Properties) -> None:
        vpc = self._ours(self.model.vpcs, self._get(stack, properties, "VpcId"), "VPC")
        if isinstance(vpc, Unknown):
            self._doubt(stack, logical, "adds a block to a VPC", vpc)
        if not isinstance(vpc, Vpc):
            return
        if "CidrBlock" in properties or "Ipv4IpamPoolId" in properties:
            text = self._get(stack, properties, "CidrBlock")
            block = self._block(text, stack.path(logical)) if text else Unknown(f"IPAM decides a CIDR of {vpc.path}")
            if isinstance(block, Unknown):
                vpc.unknown_blocks[4] = block
            else:
                vpc.blocks.append(block)
            return
        owner, vpc_logical = self.resolver.stacks.by_id[vpc.identity]
        for text in self.resolver.ipv6_blocks(owner, vpc_logical):
            block = self._block(text, vpc.path)
            if isinstance(block, Unknown):
                vpc.unknown_blocks[6] = block
            elif block not in vpc.blocks:
                vpc.blocks.append(block)

    def subnet(self, stack: Stack, logical: str, properties: Properties) -> None:
        vpc = self._ours(self.model.vpcs, self._get(stack, properties, "VpcId"), "VPC")
        if isinstance(vpc, Unknown):
            self._doubt(stack, logical, "is a subnet of a VPC", vpc)
            return
        if vpc is None:
            self.model.notes.append(f"{stack.path(logical)} is in a VPC that is not in the set, and is left out")
            return
        zone = None
        for name in ("AvailabilityZone", "AvailabilityZoneId"):
            zone = self._get(stack, properties, name)
            if zone is not None:
                break
        if zone is None:
            zone = Unknown(f"AWS picks the availability zone of {stack.path(logical)}")
        elif isinstance(zone, str):
            zone = self.resolver.zone_name(zone)
            if is_opaque(zone):
                zone = Unknown(f"the availability zone of {stack.path(logical)} is known only to AWS")
        subnet: Subnet = self._named(Subnet, stack, logical, vpc=vpc, zone=zone)
        for name in ("CidrBlock", "Ipv6CidrBlock"):
            text = self._get(stack, properties, name)
            if text is None:
                continue
            block = self._block(text, subnet.path)
            if isinstance(block, Unknown):
                subnet.unknown_blocks = block
            else:
                subnet.blocks.append(block)
        if not subnet.blocks and subnet.unknown_blocks is None:
            subnet.unknown_blocks = Unknown(f"IPAM decides the CIDR of {subnet.path}")
        public = properties.get("MapPublicIpOnLaunch")
        subnet.public_addresses = self._flag(self.value(stack, public), default=False) if public is not None else False
        subnet.contracts = self._leans()
        vpc.subnets.append(subnet)
        self.model.subnets[subnet.identity] = subnet

    def subnet_cidr(self, stack: Stack, logical: str, properties: Properties) -> None:
        subnet = self._ours(self.model.subnets, self._get(stack, properties, "SubnetId"), "subnet")
        if isinstance(subnet, Unknown):
            self._doubt(stack, logical, "adds a block to a subnet", subnet)
        if not isinstance(subnet, Subnet):
            return
        text = self._get(stack, properties, "Ipv6CidrBlock")
        reason = Unknown(f"IPAM decides a block of {subnet.path}")
        block = self._block(text, stack.path(logical)) if text is not None else reason
        if isinstance(block, Unknown):
            subnet.unknown_blocks = block
        else:
            subnet.blocks.append(block)

    def table(self, stack: Stack, logical: str, properties: Properties) -> None:
        vpc = self._ours(self.model.vpcs, self._get(stack, properties, "VpcId"), "VPC")
        table: RouteTable = self._named(RouteTable, stack, logical)
        if isinstance(vpc, Vpc):
            table.vpc = vpc
            vpc.tables.append(table)
        elif isinstance(vpc, Unknown):
            table.unknown.append(vpc.reason)
        self.model.tables[table.identity] = table

    def table_association(self, stack: Stack, logical: str, properties: Properties) -> None:
        subnet = self._ours(self.model.subnets, self._get(stack, properties, "SubnetId"), "subnet")
        table = self._find(self.model.tables, self._get(stack, properties, "RouteTableId"), "route table")
        if isinstance(subnet, Unknown):
            if isinstance(table, RouteTable) and table.vpc is not None:
                table.vpc.unassociated = subnet
            else:
                self._doubt(stack, logical, "associates a subnet", subnet)
        if not isinstance(subnet, Subnet):
            return
        if isinstance(table, RouteTable) and table.vpc is not subnet.vpc and not table.unknown:
            self.model.invalid.append(f"{subnet.path} is associated with {table.path} of another VPC")
            table = Unknown(f"AWS refuses {table.path} for {subnet.path}: it is of another VPC")
        if subnet.table is not None:
            self.model.invalid.append(f"{subnet.path} is associated with two route tables")
            table = Unknown(f"AWS refuses a second route table for {subnet.path}")
        subnet.table = table

    def internet_gateway(self, stack: Stack, logical: str, _properties: Properties) -> None:
        self._named(InternetGateway, stack, logical)

    def vpn_gateway(self, stack: Stack, logical: str, _properties: Properties) -> None:
        self._named(VpnGateway, stack, logical)

    def gateway_attachment(self, stack: Stack, logical: str, properties: Properties) -> None:
        vpc = self._ours(self.model.vpcs, self._get(stack, properties, "VpcId"), "VPC")
        if isinstance(vpc, Unknown):
            self._doubt(stack, logical, "attaches a gateway to a VPC", vpc)
        if not isinstance(vpc, Vpc):
            return
        gateway = self.targets.get(self._get(stack, properties, "InternetGatewayId"))
        if isinstance(gateway, InternetGateway):
            gateway.vpc, vpc.internet_gateway = vpc, gateway
        elif "InternetGatewayId" in properties:
            # An internet gateway from outside the set still attaches.
            identity = str(self._get(stack, properties, "InternetGatewayId"))
            vpc.internet_gateway = InternetGateway(identity, f"{vpc.path} internet gateway", vpc=vpc)
            self.targets[identity] = vpc.internet_gateway
        if "VpnGatewayId" not in properties:
            return
        vgw = self._ours(self.targets, self._get(stack, properties, "VpnGatewayId"), "virtual private gateway")
        if isinstance(vgw, VpnGateway):
            vgw.vpc, vpc.vpn_gateway = vpc, vgw
        elif isinstance(vgw, Unknown):
            self._doubt(stack, logical, "attaches a gateway", vgw)

    def egress_only(self, stack: Stack, logical: str, properties: Properties) -> None:
        vpc = self._ours(self.model.vpcs, self._get(stack, properties, "VpcId"), "VPC")
        gateway = self._named(EgressOnlyGateway, stack, logical)
        if isinstance(vpc, Unknown):
            self._doubt(stack, logical, "is a gateway of a VPC", vpc)
        elif vpc is not None:
            gateway.vpc = vpc
            vpc.egress_only.append(gateway)

    def gateway_table(self, stack: Stack, logical: str, properties: Properties) -> None:
        gateway = self.targets.get(self._get(stack, properties, "GatewayId"))
        table = self._find(self.model.tables, self._get(stack, properties, "RouteTableId"), "route table")
        if isinstance(gateway, (InternetGateway, VpnGateway)) and gateway.vpc is not None:
            gateway.vpc.edge_tables[gateway.identity] = table
        else:
            self.model.unknown.append(f"{stack.path(logical)} gives an edge route table to an unknown gateway")

    # Filters

    def acl(self, stack: Stack, logical: str, _properties: Properties) -> None:
        acl = self._named(NetworkAcl, stack, logical)
        self.model.network_acls[acl.identity] = acl

    def acl_entry(self, stack: Stack, logical: str, properties: Properties) -> None:
        identity = self._get(stack, properties, "NetworkAclId")
        acl = self._acl_by_id(identity)
        if acl is None:
            found = self._ours(self.model.network_acls, identity, "network ACL")
            if isinstance(found, Unknown):
                self._doubt(stack, logical, "adds a rule to a network ACL", found)
            return
        path = stack.path(logical)
        rule = self._acl_rule(stack, properties, path)
        outbound = self._flag(self._get(stack, properties, "Egress"), default=False)
        if isinstance(rule, Unknown) or isinstance(outbound, Unknown):
            acl.unknown.append(rule.reason if isinstance(rule, Unknown) else f"the direction of {path}")
        else:
            (acl.outbound if outbound else acl.inbound).extend([rule, *_maybe_services(rule)])

    def _acl_by_id(self, identity: Any) -> NetworkAcl | None:
        if isinstance(identity, str) and identity.endswith(f".DefaultNetworkAcl{CLOSE}"):
            if identity not in self.default_acls:
                allow = [
                    AclRule(
                        family,
                        EVERY_PROTOCOL,
                        EVERYTHING[family],
                        EVERY_PORT,
                        number=100,
                        text="the default rule",
                    )
                    for family in (4, 6)
                ]
                self.default_acls[identity] = NetworkAcl(
                    identity, _shown(identity), "AWS::EC2::NetworkAcl", inbound=[*allow], outbound=[*allow]
                )
            return self.default_acls[identity]
        return self.model.network_acls.get(identity) if isinstance(identity, str) else None

    def _acl_rule(self, stack: Stack, properties: Properties, path: str) -> AclRule | Unknown:
        number = self._get(stack, properties, "RuleNumber")
        protocol = self._get(stack, properties, "Protocol")
        text = self._get(stack, properties, "CidrBlock") or self._get(stack, properties, "Ipv6CidrBlock")
        ports = self._get(stack, properties, "PortRange")
        action = self._get(stack, properties, "RuleAction")
        for value in (number, protocol, text, ports, action):
            if isinstance(value, Unknown):
                return value
        block = self._block(text, path)
        if isinstance(block, Unknown):
            return block
        protocols = _protocols(protocol, path)
        span = EVERY_PORT
        if isinstance(ports, dict) and protocols in (((6, 6),), ((17, 17),)):
            span = _ports(ports.get("From"), ports.get("To"), path)
        if protocols in (((1, 1),), ((58, 58),)):
            icmp = self._get(stack, properties, "Icmp")
            if isinstance(icmp, dict) and str(icmp.get("Type", -1)) != "-1":
                return AclRule(
                    block.family, protocols, span_of(block), span, number=_number(number, path), doubt=_one_type(path)
                )
        return AclRule(
            block.family,
            protocols,
            span_of(block),
            span,
            allows=str(action).lower() == "allow",
            number=_number(number, path),
            text=path,
        )

    def acl_association(self, stack: Stack, logical: str, properties: Properties) -> None:
        subnet = self._ours(self.model.subnets, self._get(stack, properties, "SubnetId"), "subnet")
        acl_id = self._get(stack, properties, "NetworkAclId")
        if isinstance(subnet, Subnet):
            subnet.acl = self._acl_by_id(acl_id) or Unknown(f"network ACL {_shown(acl_id)} is not in the set")
        elif isinstance(subnet, Unknown):
            self._doubt(stack, logical, "gives a network ACL to a subnet", subnet)

    def security_group(self, stack: Stack, logical: str, properties: Properties) -> None:
        group: SecurityGroup = self._named(SecurityGroup, stack, logical)
        self.model.security_groups[group.identity] = group
        for name, rules in (("SecurityGroupIngress", group.inbound), ("SecurityGroupEgress", group.outbound)):
            entries = self._list(stack, properties, name)
            if isinstance(entries, Unknown):
                group.unknown.append(entries.reason)
                continue
            for entry in entries:
                self._group_rules(entry, rules, group)
        if "SecurityGroupEgress" not in properties or self._get(stack, properties, "SecurityGroupEgress") in (None, []):
            # EC2 adds it to a group that is made without egress rules; separate rules add to it.
            group.outbound += [AclRule(family, EVERY_PROTOCOL, EVERYTHING[family], EVERY_PORT) for family in (4, 6)]

    def group_rule(self, stack: Stack, logical: str, properties: Properties) -> None:
        identity = self._get(stack, properties, "GroupId")
        if isinstance(identity, str) and identity.endswith(_DEFAULT_GROUP):
            self._default_group(identity)
        group = self._ours(self.model.security_groups, identity, "security group")
        if isinstance(group, Unknown):
            reason = f"{stack.path(logical)} adds a rule to a security group: {group.reason}"
            for other in self.model.security_groups.values():
                other.unknown.append(reason)
            self.unknown_groups.append(reason)
        elif group is not None:
            inward = stack.resources[logical]["Type"].endswith("Ingress")
            self._group_rules(self.value(stack, dict(properties)), group.inbound if inward else group.outbound, group)

    def _default_group(self, identity: str) -> SecurityGroup:
        """A VPC's default security group: https://docs.aws.amazon.com/vpc/latest/userguide/default-security-group.html."""
        group = self.model.security_groups.get(identity)
        if group is None:
            group = SecurityGroup(identity, _shown(identity), "AWS::EC2::SecurityGroup")
            for family in (4, 6):
                every = AclRule(family, EVERY_PROTOCOL, EVERYTHING[family], EVERY_PORT)
                group.outbound.append(every)
                group.inbound.append(replace(every, group=identity))
            group.unknown += self.unknown_groups
            self.model.security_groups[identity] = self.targets[identity] = group
        return group

    def _group_rules(self, entry: Any, rules: list[AclRule], group: SecurityGroup) -> None:
        if not isinstance(entry, dict):
            group.unknown.append(f"a rule of {group.path} is not known")
            return
        for value in entry.values():
            if isinstance(value, Unknown):
                group.unknown.append(value.reason)
                return
        protocols = _protocols(entry.get("IpProtocol", "-1"), group.path)
        ports = EVERY_PORT
        if protocols in (((6, 6),), ((17, 17),)) and entry.get("FromPort") not in (None, -1, "-1"):
            ports = _ports(entry.get("FromPort"), entry.get("ToPort"), group.path)
        doubt = ""
        if protocols in (((1, 1),), ((58, 58),)) and entry.get("FromPort") not in (None, -1, "-1"):
            doubt = _one_type(group.path)
        if entry.get("CidrIp") or entry.get("CidrIpv6"):
            block = self._block(entry.get("CidrIp") or entry["CidrIpv6"], group.path)
            if isinstance(block, Unknown):
                group.unknown.append(block.reason)
            else:
                rule = AclRule(block.family, protocols, span_of(block), ports, text=group.path, doubt=doubt)
                rules += [rule, *_maybe_services(rule)]
            return
        for name in ("SourceSecurityGroupId", "DestinationSecurityGroupId"):
            if entry.get(name):
                rules += [
                    AclRule(f, protocols, EVERYTHING[f], ports, group=str(entry[name]), text=group.path, doubt=doubt)
                    for f in (4, 6)
                ]
                return
        for name in ("SourcePrefixListId", "DestinationPrefixListId"):
            if entry.get(name):
                blocks = self._find(self.model.prefix_lists, entry[name], "prefix list")
                if isinstance(blocks, Unknown):
                    group.unknown.append(blocks.reason)
                else:
                    for b in blocks:
                        rule = AclRule(b.family, protocols, span_of(b), ports, text=group.path, doubt=doubt)
                        rules += [rule, *_maybe_services(rule)]
                return
        group.unknown.append(f"a rule of {group.path} names no peer")

    # What routes point to

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
                if isinstance(group, str) and group.endswith(_DEFAULT_GROUP):
                    self._default_group(group)
            return [self._find(self.model.security_groups, group, "security group") for group in groups]
        for name in ("SecurityGroups", "LaunchTemplate"):
            if name in names:
                return Unknown(f"{stack.path(logical)} gets them by {name}")
        if isinstance(subnet, Unknown):
            return subnet
        return [self._default_group(f"{subnet.vpc.identity[:-1]}{_DEFAULT_GROUP}")]

    def _public(self, stack: Stack, logical: str, names: Properties, subnet: Subnet | Unknown) -> bool | Unknown:
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
                target = Unknown(
                    f"the gateway endpoint {stack.path(logical)} is for an unknown service, {_shown(name)}"
                )
            for table in tables:
                found = self._ours(self.model.tables, table, "route table")
                if isinstance(found, Unknown):
                    self._doubt(stack, logical, "adds a route to a table", found)
                if not isinstance(found, RouteTable):
                    continue
                if isinstance(target, Unknown):
                    found.unknown.append(target.reason)
                    continue
                stand_in = SERVICES[service]
                block = Prefix(4, stand_in, stand_in, 33)
                found.routes.append(Route(block, target, "prefix list", target.path, prefix_list=f"aws {service}"))
        elif kind == "GatewayLoadBalancer":
            subnets = self._list(stack, properties, "SubnetIds")
            subnet: Any = subnets if isinstance(subnets, Unknown) else Unknown(f"{stack.path(logical)} has no subnet")
            if isinstance(subnets, list) and subnets:
                subnet = self._find(self.model.subnets, subnets[0], "subnet")
            families = _families(self._get(stack, properties, "IpAddressType"))
            self._named(Endpoint, stack, logical, subnet=subnet, owner=str(name), families=families)

    def policy(self, stack: Stack, logical: str, properties: Properties) -> None:
        policy: FirewallPolicy = self._named(FirewallPolicy, stack, logical)
        body = self._get(stack, properties, "FirewallPolicy")
        if not isinstance(body, dict):
            policy.stateless = Unknown(f"the policy {policy.path} is not known")
            return
        policy.stateless = _actions(body.get("StatelessDefaultActions", []), policy.path)
        policy.fragments = _actions(body.get("StatelessFragmentDefaultActions", []), policy.path)
        references = body.get("StatelessRuleGroupReferences") or []
        found: list[tuple[int, list[AclRule]]] = []
        if not isinstance(references, list):
            policy.stateless_passes = Unknown(f"the stateless rule groups of {policy.path} are not known")
            references = []
        for reference in references:
            arn = reference.get("ResourceArn") if isinstance(reference, dict) else reference
            rules, _ = self.policy_rules.get(
                str(arn), (Unknown(f"the rule group {_shown(arn)} of {policy.path} is not in the set"), 0)
            )
            if isinstance(rules, Unknown):
                policy.stateless_passes = rules
                break
            found.append((_number(reference.get("Priority", 0), policy.path), rules))
        else:
            if not isinstance(policy.stateless_passes, Unknown):
                ordered = sorted(found, key=lambda item: item[0])
                policy.stateless_passes = [rule for _, rules in ordered for rule in rules]
        stateful = body.get("StatefulRuleGroupReferences") or []
        defaults = body.get("StatefulDefaultActions") or []
        policy.filters = bool(stateful) or any("drop" in str(action) for action in defaults)

    def rule_group(self, stack: Stack, logical: str, properties: Properties) -> None:
        identity, path = stack.ids[logical], stack.path(logical)
        if self._get(stack, properties, "Type") == "STATEFUL":
            self.policy_rules[identity] = ([], 0)
            return
        body = self._get(stack, properties, "RuleGroup")
        try:
            listed = body["RulesSource"]["StatelessRulesAndCustomActions"]["StatelessRules"]
            ordered = sorted(listed, key=lambda rule: int(rule["Priority"]))
            rules = [rule for item in ordered for rule in self._stateless(item["RuleDefinition"], path)]
        except (AttributeError, KeyError, TypeError, ValueError):
            self.policy_rules[identity] = (Unknown(f"the rules of {path} are not known"), 0)
            return
        self.policy_rules[identity] = (rules, 0)

    def _stateless(self, definition: Any, path: str) -> list[AclRule]:
        match = definition.get("MatchAttributes") or {}
        actions = _actions(definition.get("Actions") or [], path)
        if isinstance(actions, Unknown):
            raise ValueError(actions.reason)
        passes = "aws:pass" in actions
        if match.get("TCPFlags") and not passes:
            # It takes only some packets of what it names: the rules after it see the others.
            return []

        def blocks(name: str) -> dict[int, Spans]:
            listed = [item["AddressDefinition"] for item in match.get(name) or ()]
            if not listed:
                return EVERYTHING
            found: dict[int, list[tuple[int, int]]] = {}
            for text in listed:
                block = parse_prefix(text)
                if block is None:
                    raise ValueError(text)
                found.setdefault(block.family, []).extend(span_of(block))
            return {family: normal(spans) for family, spans in found.items()}

        def ports(name: str) -> Spans:
            listed = [(int(item["FromPort"]), int(item["ToPort"])) for item in match.get(name) or ()]
            return normal(listed) if listed else EVERY_PORT

        numbers = [(int(number), int(number)) for number in match.get("Protocols") or ()]
        sources, destinations = blocks("Sources"), blocks("Destinations")
        return [
            AclRule(
                family,
                normal(numbers) if numbers else EVERY_PROTOCOL,
                sources[family],
                ports("DestinationPorts"),
                allows=passes,
                drops="aws:drop" in actions,
                local=destinations[family],
                local_ports=ports("SourcePorts"),
                text=path,
            )
            for family in (4, 6)
            if family in sources and family in destinations
        ]

    def firewall(self, stack: Stack, logical: str, properties: Properties) -> None:
        firewall: Firewall = self._named(Firewall, stack, logical)
        self.model.firewalls[firewall.identity] = firewall
        policy_arn = self._get(stack, properties, "FirewallPolicyArn")
        firewall.policy = self._find(self.targets, policy_arn, "firewall policy")
        declared = matching(self.contracts.policies, custom_names(stack, logical, ""))
        if isinstance(firewall.policy, Unknown) and declared is not None:
            action = {"inspects": "aws:forward_to_sfe", "passes": "aws:pass", "drops": "aws:drop"}
            firewall.policy = FirewallPolicy(
                str(policy_arn),
                f"policy of {firewall.path}",
                contracts=frozenset({f"policies {declared}"}),
                stateless=(action[self.contracts.policies[declared]],),
            )
        mappings = self._list(stack, properties, "SubnetMappings")
        zones: list[str] = []
        for index, mapping in enumerate(mappings if isinstance(mappings, list) else []):
            subnet_id = mapping.get("SubnetId") if isinstance(mapping, dict) else mapping
            subnet = self._find(self.model.subnets, subnet_id, "subnet")
            identity = endpoint_id(stack, logical, index)
            zone = subnet.zone if isinstance(subnet, Subnet) else subnet
            endpoint = Endpoint(
                identity,
                f"{firewall.path} endpoint in {zone if isinstance(zone, str) else 'an unknown zone'}",
                "AWS::NetworkFirewall::Firewall",
                subnet=subnet,
                firewall=firewall,
                owner=firewall.identity,
                families=_families(mapping.get("IPAddressType") if isinstance(mapping, dict) else None),
            )
            firewall.endpoints.append(endpoint)
            self.targets[identity] = endpoint
            if isinstance(zone, str):
                zones.append(zone)
        if len(set(zones)) != len(zones):
            self.model.refused.append(f"{firewall.path} has two subnets in the same availability zone")
        if "TransitGatewayId" in properties:
            gateway = self._find(
                self.model.transit_gateways,
                self._get(stack, properties, "TransitGatewayId"),
                "transit gateway",
            )
            identity = opaque(f"{stack.name}/{logical}.TransitGatewayAttachmentId")
            firewall.attachment = self._attach(
                Attachment(
                    identity,
                    f"{firewall.path} attachment",
                    "AWS::NetworkFirewall::Firewall",
                    medium="firewall",
                    gateway=gateway,
                    firewall=firewall,
                    appliance=True,
                )
            )

    def endpoint_association(self, stack: Stack, logical: str, properties: Properties) -> None:
        firewall = self.targets.get(self._get(stack, properties, "FirewallArn"))
        mapping = self._get(stack, properties, "SubnetMapping")
        subnet = self._find(
            self.model.subnets, mapping.get("SubnetId") if isinstance(mapping, dict) else mapping, "subnet"
        )
        endpoint = Endpoint(
            endpoint_id(stack, logical, 0),
            stack.path(logical),
            "AWS::NetworkFirewall::VpcEndpointAssociation",
            subnet=subnet,
            firewall=firewall if isinstance(firewall, Firewall) else None,
            owner=firewall.identity if isinstance(firewall, Firewall) else "",
            families=_families(mapping.get("IPAddressType") if isinstance(mapping, dict) else None),
        )
        if isinstance(firewall, Firewall):
            firewall.endpoints.append(endpoint)
        self.targets[endpoint.identity] = endpoint

    def peering(self, stack: Stack, logical: str, properties: Properties) -> None:
        requester = self._find(self.model.vpcs, self._get(stack, properties, "VpcId"), "VPC")
        accepter = self._find(self.model.vpcs, self._get(stack, properties, "PeerVpcId"), "VPC")
        peering = self._named(Peering, stack, logical, requester=requester, accepter=accepter)
        self.model.peerings[peering.identity] = peering
        if isinstance(requester, Vpc) and isinstance(accepter, Vpc):
            for one in requester.blocks:
                for other in accepter.blocks:
                    if one.overlaps(other) and not peering.tainted:
                        peering.tainted = f"AWS refuses the peering {peering.path}: {one} and {other} overlap"
                        self.model.invalid.append(peering.tainted)

    # Transit gateways

    def transit_gateway(self, stack: Stack, logical: str, properties: Properties) -> None:
        gateway: TransitGateway = self._named(
            TransitGateway,
            stack,
            logical,
            associates=self._flag(self._get(stack, properties, "DefaultRouteTableAssociation"), default=True),
            propagates=self._flag(self._get(stack, properties, "DefaultRouteTablePropagation"), default=True),
            ecmp=self._flag(self._get(stack, properties, "VpnEcmpSupport"), default=True) is True,
            references_groups=self._flag(self._get(stack, properties, "SecurityGroupReferencingSupport"), default=False)
            is True,
        )
        for name in ("AssociationDefaultRouteTableId", "PropagationDefaultRouteTableId"):
            if name in properties and (given := self._get(stack, properties, name)) is not None:
                reason = Unknown(f"{gateway.path} names another default route table, {_shown(given)}")
                if name.startswith("Association"):
                    gateway.associates = reason
                else:
                    gateway.propagates = reason
        self.model.transit_gateways[gateway.identity] = gateway
        table = TransitTable(
            f"{gateway.identity}.default",
            f"{gateway.path} default route table",
            "AWS::EC2::TransitGatewayRouteTable",
            gateway=gateway,
        )
        gateway.default_table = table
        gateway.tables.append(table)
        self.model.transit_tables[table.identity] = table

    def transit_table(self, stack: Stack, logical: str, properties: Properties) -> None:
        gateway = self._find(
            self.model.transit_gateways, self._get(stack, properties, "TransitGatewayId"), "transit gateway"
        )
        table = self._named(TransitTable, stack, logical, gateway=gateway)
        if isinstance(gateway, TransitGateway):
            gateway.tables.append(table)
        self.model.transit_tables[table.identity] = table

    def _attach(self, attachment: Attachment) -> Attachment:
        self.model.attachments[attachment.identity] = attachment
        if isinstance(attachment.gateway, TransitGateway):
            attachment.gateway.attachments.append(attachment)
        if attachment.vpc is not None:
            attachment.vpc.attachments.append(attachment)
        return attachment

    def vpc_attachment(self, stack: Stack, logical: str, properties: Properties) -> None:
        gateway = self._find(
            self.model.transit_gateways, self._get(stack, properties, "TransitGatewayId"), "transit gateway"
        )
        vpc = self._ours(self.model.vpcs, self._get(stack, properties, "VpcId"), "VPC")
        if isinstance(vpc, Unknown):
            self._doubt(stack, logical, "attaches a VPC", vpc)
            vpc = None
        attachment: Attachment = self._named(Attachment, stack, logical, gateway=gateway, vpc=vpc)
        subnets = self._list(stack, properties, "SubnetIds")
        for name in ("AddSubnetIds", "RemoveSubnetIds"):
            changed = self._list(stack, properties, name)
            if isinstance(changed, Unknown) or isinstance(subnets, Unknown):
                subnets = changed if isinstance(changed, Unknown) else subnets
            elif name == "AddSubnetIds":
                subnets = list(dict.fromkeys([*subnets, *changed]))
            else:
                subnets = [subnet for subnet in subnets if subnet not in changed]
        if isinstance(subnets, Unknown):
            attachment.unknown_zones = subnets
        else:
            for identity in subnets:
                subnet = self._find(self.model.subnets, identity, "subnet")
                if isinstance(subnet, Unknown):
                    attachment.unknown_zones = subnet
                elif isinstance(subnet.zone, Unknown):
                    attachment.unknown_zones = subnet.zone
                elif subnet.zone in attachment.zones:
                    # https://docs.aws.amazon.com/vpc/latest/tgw/tgw-vpc-attachments.html: one subnet a zone.
                    self.model.refused.append(
                        f"{attachment.path} has two subnets in the availability zone {subnet.zone}"
                    )
                else:
                    attachment.zones[subnet.zone] = subnet
        options = properties.get("Options")
        if options is not None:
            options = self._get(stack, properties, "Options")
            if isinstance(options, Unknown):
                attachment.appliance = attachment.ipv6 = options
            elif isinstance(options, dict):
                attachment.appliance = self._flag(options.get("ApplianceModeSupport"), default=False)
                attachment.ipv6 = self._flag(options.get("Ipv6Support"), default=False)
                attachment.references_groups = (
                    self._flag(options.get("SecurityGroupReferencingSupport"), default=True) is True
                )
        attachment.contracts = self._leans()
        if self.contracts.appliance_mode:
            declared = matching(self.contracts.appliance_mode, custom_names(stack, logical, ""))
            if declared is not None:
                attachment.appliance = self.contracts.appliance_mode[declared]
                attachment.appliance_contracts = frozenset({f"appliance-mode {declared}"})
        self._attach(attachment)

    def transit_peering(self, stack: Stack, logical: str, properties: Properties) -> None:
        sides = []
        for name in ("TransitGatewayId", "PeerTransitGatewayId"):
            gateway = self._find(self.model.transit_gateways, self._get(stack, properties, name), "transit gateway")
            sides.append(
                Attachment(
                    stack.ids[logical],
                    stack.path(logical),
                    "AWS::EC2::TransitGatewayPeeringAttachment",
                    medium="peering",
                    gateway=gateway,
                )
            )
        sides[0].peer, sides[1].peer = sides[1], sides[0]
        for side in sides:
            if isinstance(side.gateway, TransitGateway):
                side.gateway.attachments.append(side)
        # Both sides have the same id in a template; the table's gateway says which is meant.
        self.model.attachments[stack.ids[logical]] = sides[0]
        self.targets[stack.ids[logical]] = sides[0]
        self.peering_sides[stack.ids[logical]] = sides

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

    def association(self, stack: Stack, logical: str, properties: Properties) -> None:
        table_id = self._get(stack, properties, "TransitGatewayRouteTableId")
        table = self._find(self.model.transit_tables, table_id, "transit gateway route table")
        attachment = self._attachment_at(self._get(stack, properties, "TransitGatewayAttachmentId"), table)
        if isinstance(attachment, Unknown):
            identity = self._get(stack, properties, "TransitGatewayAttachmentId")
            if self._ours(self.model.attachments, identity, "attachment") is not None:
                self.unknown_associations.append(f"{stack.path(logical)} associates an attachment: {attachment.reason}")
            return
        if attachment.associated:
            attachment.association = Unknown(f"AWS refuses a second association of {attachment.path}")
            self.model.invalid.append(f"{attachment.path} is associated with two route tables")
            return
        attachment.association, attachment.associated = table, True

    def policy_association(self, stack: Stack, logical: str, properties: Properties) -> None:
        attachment = self.model.attachments.get(self._get(stack, properties, "TransitGatewayAttachmentId"))
        reason = f"{stack.path(logical)}: transit gateway policy tables are not modelled"
        if attachment is None:
            self.unknown_associations.append(reason)
        else:
            attachment.association, attachment.associated = Unknown(reason), True

    def _attachment_at(self, identity: Any, table: Any) -> Any:
        if isinstance(identity, str) and identity in self.peering_sides and isinstance(table, TransitTable):
            for side in self.peering_sides[identity]:
                if side.gateway is table.gateway:
                    return side
        found = self._find(self.model.attachments, identity, "attachment")
        if (
            isinstance(found, Attachment)
            and isinstance(table, TransitTable)
            and isinstance(found.gateway, TransitGateway)
            and isinstance(table.gateway, TransitGateway)
            and found.gateway is not table.gateway
        ):
            raise TemplateError(f"{found.path} and {table.path} belong to different transit gateways")
        return found

    def propagation(self, stack: Stack, logical: str, properties: Properties) -> None:
        table_id = self._get(stack, properties, "TransitGatewayRouteTableId")
        table = self._find(self.model.transit_tables, table_id, "transit gateway route table")
        attachment_id = self._get(stack, properties, "TransitGatewayAttachmentId")
        attachment = self._attachment_at(attachment_id, table)
        if isinstance(table, Unknown):
            found = self._ours(self.model.transit_tables, table_id, "transit gateway route table")
            if isinstance(found, Unknown):
                self._doubt(stack, logical, "propagates into a table", found)
            return
        if isinstance(attachment, Unknown):
            table.unknown.append(f"{stack.path(logical)} propagates an attachment: {attachment.reason}")
            return
        if attachment.medium == "peering":
            # https://docs.aws.amazon.com/vpc/latest/tgw/tgw-peering.html: static routes only.
            self.model.invalid.append(f"{attachment.path} is a peering attachment, and cannot propagate")
            return
        attachment.propagated_to.append(table)
        leans = self._leans()
        if leans:
            table.contracts = table.contracts | leans

    def transit_route(self, stack: Stack, logical: str, properties: Properties) -> None:
        table_id = self._get(stack, properties, "TransitGatewayRouteTableId")
        table = self._find(self.model.transit_tables, table_id, "transit gateway route table")
        path = stack.path(logical)
        if isinstance(table, Unknown):
            found = self._ours(self.model.transit_tables, table_id, "transit gateway route table")
            if isinstance(found, Unknown):
                self._doubt(stack, logical, "is a route in a table that is not known", found)
            return
        block = self._block(self._get(stack, properties, "DestinationCidrBlock"), path)
        if isinstance(block, Unknown):
            table.unknown.append(f"{path}: {block.reason}")
            return
        blackhole = self._flag(self._get(stack, properties, "Blackhole"), default=False)
        target: Any
        if blackhole is True:
            target = Blackhole(f"{path} is a blackhole")
        elif isinstance(blackhole, Unknown):
            target = blackhole
        else:
            identity = self._get(stack, properties, "TransitGatewayAttachmentId")
            if identity is None:
                raise TemplateError(f"{path}: a transit gateway route needs an attachment or Blackhole")
            target = self._attachment_at(identity, table)
            if isinstance(target, Attachment) and target.site is not None and target.medium == "vpn":
                target.site.prefixes.append((block, "vpn static"))
        table.routes.append(Route(block, target, "static", path, self._leans()))

    # Routes of a VPC

    def route(self, stack: Stack, logical: str, properties: Properties) -> None:
        table_id = self._get(stack, properties, "RouteTableId")
        table = self._ours(self.model.tables, table_id, "route table")
        path = stack.path(logical)
        if isinstance(table, Unknown):
            self._doubt(stack, logical, "is a route in a table that is not known", table)
        if not isinstance(table, RouteTable):
            return
        target = self._route_target(stack, properties, path)
        leans = self._leans()
        identity = self._get(stack, properties, "DestinationPrefixListId")
        if identity is not None:
            blocks = self._find(self.model.prefix_lists, identity, "prefix list")
            if isinstance(blocks, Unknown):
                table.unknown.append(f"{path}: {blocks.reason}")
                return
            table.routes += [Route(block, target, "prefix list", path, leans, str(identity)) for block in blocks]
            return
        text = self._get(stack, properties, "DestinationCidrBlock")
        if text is None:
            text = self._get(stack, properties, "DestinationIpv6CidrBlock")
        if text is None:
            raise TemplateError(f"{path}: the route has no destination")
        block = self._block(text, path)
        if isinstance(block, Unknown):
            table.unknown.append(f"{path}: {block.reason}")
        else:
            table.routes.append(Route(block, target, "static", path, leans))

    def _route_target(self, stack: Stack, properties: Properties, path: str) -> Any:
        for name in _TARGETS:
            if name in properties:
                identity = self._get(stack, properties, name)
                if identity is None:
                    continue
                if isinstance(identity, Unknown):
                    return identity
                if identity == "local":
                    return _LOCAL
                found = self.targets.get(identity) if isinstance(identity, str) else None
                if found is None:
                    return Unknown(f"{path} points to {_shown(identity)}, which is not in the set or not modelled")
                return found
        for name in ("CarrierGatewayId", "LocalGatewayId", "CoreNetworkArn", "OdbNetworkArn"):
            if name in properties:
                return Unknown(f"{path} points to a {name}, which is not modelled")
        raise TemplateError(f"{path}: the route has no target")

    def vgw_propagation(self, stack: Stack, logical: str, properties: Properties) -> None:
        gateway = self.targets.get(self._get(stack, properties, "VpnGatewayId"))
        tables = self._list(stack, properties, "RouteTableIds")
        path = stack.path(logical)
        if isinstance(tables, Unknown):
            self.model.unknown.append(f"{path}: {tables.reason}")
            return
        for identity in tables:
            table = self._ours(self.model.tables, identity, "route table")
            if isinstance(table, Unknown):
                self._doubt(stack, logical, "propagates routes into a table", table)
            if not isinstance(table, RouteTable):
                continue
            if not isinstance(gateway, VpnGateway):
                table.unknown.append(f"{path} propagates a gateway that is not in the set")
                continue
            for site in gateway.sites:
                table.contracts = table.contracts | site.contracts
                if site.unknown_prefixes is not None:
                    table.unknown.append(site.unknown_prefixes.reason)
            blocks = dict.fromkeys(block for site in gateway.sites for block, _ in site.prefixes)
            table.routes += [Route(block, gateway, "propagated", path) for block in blocks]

    # What stands in no resource

    def _check_contracts(self) -> None:
        """A contract that names nothing is a mistake: what it was meant for goes on as if it were not there."""
        contracts = self.contracts
        stacks = {stack.name: stack for stack in self.resolver.stacks.stacks}
        for name, values in contracts.parameters.items():
            if name not in stacks:
                raise ContractError(f"contracts: parameters of {name!r}, which is not a stack{nearest(name, stacks)}")
            for parameter in values:
                if parameter not in stacks[name].parameters:
                    known = nearest(parameter, stacks[name].parameters)
                    raise ContractError(f"contracts: {name} has no parameter {parameter!r}{known}")
        wanted = {
            pattern: section
            for section, patterns in (
                ("harmless", contracts.harmless),
                ("returns", contracts.returns),
                ("prefixes", contracts.prefixes),
                ("appliance-mode", contracts.appliance_mode),
                ("policies", contracts.policies),
            )
            for pattern in patterns
            if "*" not in pattern
        }
        if not wanted:
            return
        known_names: set[str] = set()
        for stack in stacks.values():
            for logical, resource in stack.resources.items():
                names = custom_names(stack, logical, resource["Type"])
                known_names.update(names)
                while (pattern := matching(wanted, names)) is not None:
                    del wanted[pattern]
            if not wanted:
                return
        for pattern, section in wanted.items():
            raise ContractError(
                f"contracts: {section} of {pattern!r}, which is no resource{nearest(pattern, known_names)}"
            )

    def _declared(self) -> None:
        for declared in self.contracts.attachments:
            gateway = self._by_name(self.model.transit_gateways, declared.transit_gateway, "transit gateway")
            identity = opaque(f"contract/{declared.name}")
            contract = frozenset({f"attachments {declared.name}"})
            site = Site(
                identity,
                declared.name,
                "contract",
                contract,
                medium=declared.kind,
                prefixes=[(block, declared.kind) for block in declared.prefixes],
            )
            self.model.sites[identity] = site
            site.attachment = self._attach(
                Attachment(
                    f"{identity}.attachment",
                    declared.name,
                    "contract",
                    contract,
                    medium=declared.kind,
                    gateway=gateway,
                    site=site,
                )
            )
            if declared.table:
                table = self._by_name(self.model.transit_tables, declared.table, "transit gateway route table")
                site.attachment.association, site.attachment.associated = table, True
            site.attachment.propagated_to += [
                self._by_name(self.model.transit_tables, name, "transit gateway route table")
                for name in declared.propagates_to
            ]
            self._propagate_by_default(site.attachment)
        for route in self.contracts.routes:
            table = self._by_name(self.model.transit_tables, route.table, "transit gateway route table")
            attachment = self._by_name(self.model.attachments, route.attachment, "attachment")
            if isinstance(attachment, Attachment) and attachment.peer is not None:
                attachment = self._attachment_at(attachment.identity, table)
            contract = frozenset({f"routes {route.table}"})
            table.routes += [
                Route(
                    block,
                    attachment,
                    route.origin,
                    f"contract for {route.table}",
                    contract,
                    route.attachment if route.origin == "prefix list" else "",
                )
                for block in route.prefixes
            ]

    def _by_name(self, group: dict[str, Any], name: str, what: str) -> Any:
        found = [element for element in group.values() if element.path == name or element.path.endswith(f"/{name}")]
        for stack in self.resolver.stacks.stacks:
            if name in stack.ids and stack.ids[name] in group and group[stack.ids[name]] not in found:
                found.append(group[stack.ids[name]])
        if len(found) != 1:
            raise ContractError(
                f"contracts: {'several are' if found else f'no {what} is'} named {name!r}"
                f"{'' if found else nearest(name, [element.path for element in group.values()])}"
            )
        return found[0]

    def _default_propagation(self) -> None:
        for attachment in [*self.model.attachments.values()]:
            self._propagate_by_default(attachment)

    def _propagate_by_default(self, attachment: Attachment) -> None:
        gateway = attachment.gateway
        if not isinstance(gateway, TransitGateway) or gateway.default_table is None:
            return
        for side in self.peering_sides.get(attachment.identity, [attachment]):
            gateway = side.gateway
            if isinstance(gateway, TransitGateway) and not side.associated and gateway.associates is not False:
                side.association = (
                    gateway.associates if isinstance(gateway.associates, Unknown) else gateway.default_table
                )
        gateway = attachment.gateway
        if attachment.medium in ("peering", "firewall") or not isinstance(gateway, TransitGateway):
            return
        if isinstance(gateway.propagates, Unknown) and gateway.default_table is not None:
            gateway.default_table.unknown.append(gateway.propagates.reason)
        elif gateway.propagates and gateway.default_table is not None:
            attachment.propagated_to.append(gateway.default_table)

    def _custom(self, stack: Stack, logical: str, properties: Properties) -> None:
        names = custom_names(stack, logical, stack.resources[logical]["Type"])
        given = self.value(stack, {key: node for key, node in properties.items() if key != "ServiceToken"})
        if self._harmless(given, names):
            return
        call = self.resolver.sdk_call(stack, properties)
        if call is not None and str(call.get("action", "")).startswith(_READING):
            return
        self._taint(given, f"the custom resource {stack.path(logical)} is given it, and may change it")

    def _harmless(self, given: Any, names: tuple[str, ...]) -> bool:
        """Whether a contract says that a resource changes nothing; what it is given leans on that."""
        for section, declared in (("harmless", self.contracts.harmless), ("returns", self.contracts.returns)):
            pattern = matching(declared, names)
            if pattern is not None:
                for identity in _identities(given):
                    element = self.targets.get(identity) or self.model.attachments.get(identity)
                    if isinstance(element, _CHANGEABLE):
                        element.contracts = element.contracts | {f"{section} {pattern}"}
                return True
        return False

    def _taint(self, given: Any, reason: str) -> None:
        for identity in _identities(given):
            if identity.endswith(_DEFAULT_GROUP):
                self._default_group(identity)
            element = self.targets.get(identity) or self.model.attachments.get(identity)
            if isinstance(element, _CHANGEABLE):
                element.tainted = reason
            elif identity in self.model.prefix_lists:
                self.changed_lists[identity] = reason

    def _unmodelled(self, stack: Stack, logical: str, properties: Properties) -> None:
        kind = stack.resources[logical]["Type"]
        given = self.value(stack, properties)
        if self._harmless(given, custom_names(stack, logical, kind)):
            return
        path = stack.path(logical)
        if kind == "AWS::EC2::VPCBlockPublicAccessOptions":
            mode = self._get(stack, properties, "InternetGatewayBlockMode")
            if mode != "off":
                self.model.blocked_public = f"{path} blocks public access ({_shown(mode)}), which is not modelled"
            return
        self._taint(given, f"{path} ({kind}) is given it, and may change it: it is not modelled")

    def _finish(self) -> None:
        for table in (*self.model.tables.values(), *self.model.transit_tables.values()):
            for route in table.routes:
                if route.prefix_list in self.changed_lists:
                    table.unknown.append(self.changed_lists[route.prefix_list])
        for reason in self.unknown_associations:
            for attachment in self.model.attachments.values():
                for side in self.peering_sides.get(attachment.identity, [attachment]):
                    if not side.associated:
                        side.association = Unknown(reason)
        for vpc in self.model.vpcs.values():
            main = vpc.unassociated if vpc.unassociated is not None else vpc.main_table
            for subnet in vpc.subnets:
                if subnet.table is None:
                    subnet.table = main
                if subnet.acl is None and self.default_acls:
                    subnet.acl = self.default_acls.get(f"{vpc.identity[:-1]}.DefaultNetworkAcl{CLOSE}")
            for table in (*vpc.tables, *([vpc.main_table] if vpc.main_table else [])):
                table.routes += [Route(block, _LOCAL, "local", contracts=vpc.contracts) for block in vpc.blocks]
        for acl in (*self.model.network_acls.values(), *self.default_acls.values()):
            acl.inbound.sort(key=lambda rule: rule.number)
            acl.outbound.sort(key=lambda rule: rule.number)
        for attachment in self.model.attachments.values():
            if attachment.appliance_contracts:
                attachment.tainted = ""
            self._fill(attachment)
        for table in self.model.transit_tables.values():
            self._settle_identical_blocks(table)
        self._number_vpn_gateways()
        names = {zone.text for zone in self.resolver.zones} | {
            subnet.zone for subnet in self.model.subnets.values() if isinstance(subnet.zone, str)
        }
        if any(name.startswith("dummy1") for name in names):
            self.model.notes.append("the availability zones dummy1a, ... are CDK's stand-ins until its lookup has run")

    def _fill(self, attachment: Attachment) -> None:
        for table in dict.fromkeys(attachment.propagated_to):
            if attachment.vpc is not None:
                vpc = attachment.vpc
                # "When disabled, [...] IPv6 routes do not propagate. The setting does not filter IPv6 traffic.":
                # https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateTransitGatewayVpcAttachmentRequestOptions.html
                for family, reason in vpc.unknown_blocks.items():
                    if family == 4 or attachment.ipv6:
                        table.unknown.append(reason.reason)
                if isinstance(attachment.ipv6, Unknown) and vpc.covers(6):
                    table.unknown.append(attachment.ipv6.reason)
                blocks = vpc.blocks if attachment.ipv6 else vpc.covers(4)
                table.routes += [Route(block, attachment, "vpc", contracts=vpc.contracts) for block in blocks]
            elif attachment.site is not None:
                site = attachment.site
                table.contracts = table.contracts | site.contracts
                if site.unknown_prefixes is not None:
                    table.unknown.append(site.unknown_prefixes.reason)
                # https://docs.aws.amazon.com/vpn/latest/s2svpn/VPNRoutingTypes.html: a static connection on a
                # transit gateway gets its routes in the gateway's table, it does not propagate.
                learnt = [block for block, origin in site.prefixes if origin != "vpn static"]
                table.routes += [
                    Route(block, attachment, attachment.medium, contracts=site.contracts) for block in learnt
                ]
            elif attachment.medium == "vpc":
                table.unknown.append(f"the VPC of {attachment.path} is not in the set")

    def _settle_identical_blocks(self, table: TransitTable) -> None:
        # https://docs.aws.amazon.com/vpc/latest/tgw/tgw-route-tables.html: of VPCs with identical blocks the
        # route of the one that is attached first stays.
        first: dict[Prefix, Route] = {}
        losers: list[Route] = []
        for route in table.routes:
            if route.origin != "vpc":
                continue
            other = first.setdefault(route.prefix, route)
            if other is route or other.target is route.target:
                continue
            winner = self._attached_first(other, route)
            losers.append(route if winner is other else other)
            first[route.prefix] = winner
        if losers:
            table.routes = [route for route in table.routes if route not in losers]

    def _attached_first(self, one: Route, other: Route) -> Route:
        assert isinstance(one.target, Attachment)
        assert isinstance(other.target, Attachment)
        if self._depends_on(other.target.identity, one.target.identity):
            return one
        if self._depends_on(one.target.identity, other.target.identity):
            return other
        paths = sorted([one.target.path, other.target.path])
        choice = Choice(
            "attached first " + " ".join(paths),
            tuple(paths),
            "of two VPCs with identical blocks {option} is attached first",
        )
        return one if self.resolver.world.option(choice) == one.target.path else other

    def _depends_on(self, later: str, earlier: str) -> bool:
        stack, logical = self.resolver.stacks.by_id[later]
        other, earlier_logical = self.resolver.stacks.by_id[earlier]
        if stack is not other:
            return False
        seen: set[str] = set()
        waiting = [logical]
        while waiting:
            name = waiting.pop()
            if name in seen or name not in stack.resources:
                continue
            seen.add(name)
            depends = stack.resources[name].get("DependsOn") or []
            waiting += depends if isinstance(depends, list) else [depends]
        return earlier_logical in seen

    def _number_vpn_gateways(self) -> None:
        for gateway in [item for item in self.targets.values() if isinstance(item, VpnGateway)]:
            table = RouteTable(f"{gateway.identity}.routes", f"{gateway.path} routes", "AWS::EC2::VPNGateway")
            for site in gateway.sites:
                table.contracts = table.contracts | site.contracts
                if site.unknown_prefixes is not None:
                    table.unknown.append(site.unknown_prefixes.reason)
                table.routes += [
                    Route(block, site, origin, contracts=site.contracts) for block, origin in site.prefixes
                ]
            gateway.table = table
            blocks = [(site, block) for site in gateway.sites for block in dict.fromkeys(b for b, _ in site.prefixes)]
            for index, (site, block) in enumerate(blocks):
                for other, other_block in blocks[index + 1 :]:
                    if (
                        other is not site
                        and site.customer_gateway != other.customer_gateway
                        and site.medium == other.medium == "vpn"
                        and block.overlaps(other_block)
                    ):
                        # https://docs.aws.amazon.com/vpn/latest/s2svpn/VPN_CloudHub.html
                        self.model.invalid.append(
                            f"the sites {site.path} and {other.path} on {gateway.path} have "
                            f"overlapping ranges: {block} and {other_block}"
                        )


_TARGETS = (
    "GatewayId",
    "NatGatewayId",
    "TransitGatewayId",
    "VpcPeeringConnectionId",
    "VpcEndpointId",
    "NetworkInterfaceId",
    "InstanceId",
    "EgressOnlyInternetGatewayId",
)
# Types of AWS that change how packets go without being modelled, whatever they are given.
_REROUTING = {
    "AWS::CloudFormation::StackSet",
    "AWS::EC2::IPAMPrefixListResolverTarget",
    "AWS::EC2::IpPoolRouteTableAssociation",
    "AWS::EC2::RouteServerPropagation",
    "AWS::EC2::TransitGatewayPolicyTable",
    "AWS::EC2::VPCBlockPublicAccessOptions",
    "AWS::NetworkManager::TransitGatewayPeering",
    "AWS::NetworkManager::TransitGatewayRouteTableAttachment",
    "AWS::ServiceCatalog::CloudFormationProvisionedProduct",
}
_DEFAULT_GROUP = f".DefaultSecurityGroup{CLOSE}"
_CHANGEABLE = (RouteTable, TransitGateway, Attachment, Site, SecurityGroup, NetworkAcl, Peering)

_METHODS: dict[str, Callable[[_Builder, Stack, str, Properties], None]] = {
    "AWS::EC2::VPC": _Builder.vpc,
    "AWS::EC2::VPCCidrBlock": _Builder.vpc_cidr,
    "AWS::EC2::InternetGateway": _Builder.internet_gateway,
    "AWS::EC2::VPNGateway": _Builder.vpn_gateway,
    "AWS::EC2::VPCGatewayAttachment": _Builder.gateway_attachment,
    "AWS::EC2::EgressOnlyInternetGateway": _Builder.egress_only,
    "AWS::EC2::Subnet": _Builder.subnet,
    "AWS::EC2::SubnetCidrBlock": _Builder.subnet_cidr,
    "AWS::EC2::RouteTable": _Builder.table,
    "AWS::EC2::SubnetRouteTableAssociation": _Builder.table_association,
    "AWS::EC2::GatewayRouteTableAssociation": _Builder.gateway_table,
    "AWS::EC2::PrefixList": _Builder.prefix_list,
    "AWS::EC2::NetworkAcl": _Builder.acl,
    "AWS::EC2::NetworkAclEntry": _Builder.acl_entry,
    "AWS::EC2::SubnetNetworkAclAssociation": _Builder.acl_association,
    "AWS::EC2::SecurityGroup": _Builder.security_group,
    "AWS::EC2::SecurityGroupIngress": _Builder.group_rule,
    "AWS::EC2::SecurityGroupEgress": _Builder.group_rule,
    "AWS::EC2::NatGateway": _Builder.nat,
    "AWS::EC2::NetworkInterface": _Builder.interface,
    "AWS::EC2::Instance": _Builder.interface,
    "AWS::EC2::EIP": _Builder.elastic_address,
    "AWS::EC2::EIPAssociation": _Builder.elastic_address,
    "AWS::EC2::VPCEndpoint": _Builder.endpoint,
    "AWS::EC2::VPCPeeringConnection": _Builder.peering,
    "AWS::EC2::TransitGateway": _Builder.transit_gateway,
    "AWS::EC2::TransitGatewayRouteTable": _Builder.transit_table,
    "AWS::NetworkFirewall::RuleGroup": _Builder.rule_group,
    "AWS::NetworkFirewall::FirewallPolicy": _Builder.policy,
    "AWS::NetworkFirewall::Firewall": _Builder.firewall,
    "AWS::NetworkFirewall::VpcEndpointAssociation": _Builder.endpoint_association,
    "AWS::EC2::TransitGatewayAttachment": _Builder.vpc_attachment,
    "AWS::EC2::TransitGatewayVpcAttachment": _Builder.vpc_attachment,
    "AWS::EC2::TransitGatewayPeeringAttachment": _Builder.transit_peering,
    "AWS::EC2::CustomerGateway": _Builder.customer_gateway,
    "AWS::EC2::VPNConcentrator": _Builder.concentrator,
    "AWS::EC2::VPNConnection": _Builder.vpn,
    "AWS::EC2::VPNConnectionRoute": _Builder.vpn_route,
    "AWS::EC2::TransitGatewayConnect": _Builder.connect,
    "AWS::DirectConnect::DirectConnectGatewayAssociation": _Builder.direct_connect,
    "AWS::EC2::TransitGatewayPolicyTableAssociation": _Builder.policy_association,
    "AWS::EC2::TransitGatewayRouteTableAssociation": _Builder.association,
    "AWS::EC2::TransitGatewayRouteTablePropagation": _Builder.propagation,
    "AWS::EC2::TransitGatewayRoute": _Builder.transit_route,
    "AWS::EC2::VPNGatewayRoutePropagation": _Builder.vgw_propagation,
    "AWS::EC2::Route": _Builder.route,
}


def _shown(identity: Any) -> str:
    return str(identity).replace(OPEN, "").replace(CLOSE, "")


def _one_type(path: str) -> str:
    return f"{path} matches one type of ICMP, which is not modelled"


def _maybe_services(rule: AclRule) -> list[AclRule]:
    """What a rule about public addresses may say of a gateway endpoint's service, whose addresses are AWS's."""
    if rule.family != 4 or rule.remote[-1][1] > IPV4_END or not intersect(rule.remote, PUBLIC_IPV4):
        return []
    services = ((IPV4_END + 1, IPV4_EXTENDED_END),)
    return [replace(rule, remote=services, doubt=f"whether {rule.text} covers the service is not in the template")]


def _families(kind: Any) -> frozenset[int]:
    """The families that an endpoint takes; what it is not surely made for is left open."""
    return {"ipv6": frozenset({6}), "dualstack": frozenset({4, 6})}.get(str(kind).lower(), frozenset({4}))


def _actions(listed: Any, path: str) -> tuple[str, ...] | Unknown:
    if not isinstance(listed, list) or any(isinstance(action, Unknown) for action in listed):
        return Unknown(f"the actions of {path} are not known")
    return tuple(map(str, listed))


def _number(value: Any, path: str) -> int:
    try:
        return int(value)
    except (TypeError, ValueError):
        raise TemplateError(f"{path}: {value!r} is not a number") from None


def _protocols(value: Any, path: str) -> Spans:
    names = {"tcp": 6, "udp": 17, "icmp": 1, "icmpv6": 58, "all": -1}
    text = str(value).lower()
    number = names[text] if text in names else _number(value, path)
    return EVERY_PROTOCOL if number == -1 else ((number, number),)


def _ports(first: Any, last: Any, path: str) -> Spans:
    low, high = _number(first, path), _number(last if last is not None else first, path)
    return EVERY_PORT if low == -1 else ((low, high),)


def _identities(value: Any) -> set[str]:
    if isinstance(value, str):
        # A reference may stand within a longer text, such as the parameters of an API call.
        parts = value.split(OPEN)[1:]
        return {f"{OPEN}{part.split(CLOSE)[0]}{CLOSE}" for part in parts}
    if isinstance(value, dict):
        return {identity for item in value.values() for identity in _identities(item)}
    if isinstance(value, list):
        return {identity for item in value for identity in _identities(item)}
    return set()

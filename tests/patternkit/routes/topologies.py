"""Small templates of networks, said in few words."""

from __future__ import annotations

from typing import Any

from patternkit.routes import Network

Ref = dict[str, str]


def zone(letter: str) -> str:
    return f"eu-west-1{letter}"


class Topology:
    """A template that grows by one method a thing. A subnet's logical id is its VPC's name with its own."""

    def __init__(self) -> None:
        self.resources: dict[str, Any] = {}
        self.extra: dict[str, Any] = {}

    def template(self) -> dict[str, Any]:
        return {"Resources": self.resources, **self.extra}

    def network(self, **options: Any) -> Network:
        return Network.from_templates({"Net": self.template()}, **options)

    def add(self, name: str, kind: str, /, **properties: Any) -> Ref:
        assert name not in self.resources, name
        self.resources[name] = {"Type": f"AWS::{kind}", "Properties": properties}
        return {"Ref": name}

    # VPCs

    def vpc(self, name: str, cidr: str, **subnets: str) -> Ref:
        """A VPC with subnets: `a1="10.0.1.0/24"` is in zone a, by the name's first letter."""
        vpc = self.add(name, "EC2::VPC", CidrBlock=cidr)
        for subnet, block in subnets.items():
            self.subnet(name, subnet, block)
        return vpc

    def subnet(self, vpc: str, name: str, block: str, *, public: bool = False, az: Any = None) -> Ref:
        return self.add(
            vpc + name,
            "EC2::Subnet",
            VpcId={"Ref": vpc},
            CidrBlock=block,
            AvailabilityZone=az or zone(name[0]),
            MapPublicIpOnLaunch=public,
        )

    def table(self, vpc: str, name: str, *subnets: str, routes: dict[str, Ref | None] | None = None) -> Ref:
        """A route table of a VPC for some of its subnets."""
        table = self.add(name, "EC2::RouteTable", VpcId={"Ref": vpc})
        for subnet in subnets:
            self.add(
                f"{name}Of{subnet}",
                "EC2::SubnetRouteTableAssociation",
                RouteTableId=table,
                SubnetId={"Ref": vpc + subnet},
            )
        for destination, target in (routes or {}).items():
            self.route(name, destination, target)
        return table

    def route(self, table: str, destination: str, target: Any) -> None:
        number = sum(name.startswith(f"{table}Route") for name in self.resources)
        key = "DestinationIpv6CidrBlock" if ":" in destination else "DestinationCidrBlock"
        if destination.startswith("pl:"):
            key, destination = "DestinationPrefixListId", {"Ref": destination[3:]}  # type: ignore[assignment]
        self.add(
            f"{table}Route{number}",
            "EC2::Route",
            RouteTableId={"Ref": table},
            **{key: destination, self._target_key(target): target},
        )

    def _target_key(self, target: Any) -> str:
        if target == "local":
            return "GatewayId"
        if isinstance(target, dict) and "Ref" in target:
            kind = self.resources[target["Ref"]]["Type"].removeprefix("AWS::EC2::")
            return {
                "InternetGateway": "GatewayId",
                "VPNGateway": "GatewayId",
                "NatGateway": "NatGatewayId",
                "TransitGateway": "TransitGatewayId",
                "VPCPeeringConnection": "VpcPeeringConnectionId",
                "VPCEndpoint": "VpcEndpointId",
                "NetworkInterface": "NetworkInterfaceId",
                "Instance": "InstanceId",
                "EgressOnlyInternetGateway": "EgressOnlyInternetGatewayId",
            }[kind]
        return "VpcEndpointId"

    def internet_gateway(self, vpc: str) -> Ref:
        gateway = self.add(f"{vpc}Igw", "EC2::InternetGateway")
        self.add(f"{vpc}IgwAt", "EC2::VPCGatewayAttachment", VpcId={"Ref": vpc}, InternetGatewayId=gateway)
        return gateway

    def vpn_gateway(self, vpc: str) -> Ref:
        gateway = self.add(f"{vpc}Vgw", "EC2::VPNGateway", Type="ipsec.1")
        self.add(f"{vpc}VgwAt", "EC2::VPCGatewayAttachment", VpcId={"Ref": vpc}, VpnGatewayId=gateway)
        return gateway

    def nat(self, name: str, subnet: str, *, private: bool = False) -> Ref:
        kind = {"ConnectivityType": "private"} if private else {"AllocationId": "eipalloc-1"}
        return self.add(name, "EC2::NatGateway", SubnetId={"Ref": subnet}, **kind)

    def appliance(self, name: str, subnet: str, *, checks: bool = False) -> Ref:
        if "AnyGroup" not in self.resources:
            self.add(
                "AnyGroup",
                "EC2::SecurityGroup",
                GroupDescription="any",
                SecurityGroupIngress=[{"IpProtocol": "-1", "CidrIp": "0.0.0.0/0"}],
            )
        interface = self.add(
            name,
            "EC2::NetworkInterface",
            SubnetId={"Ref": subnet},
            SourceDestCheck=checks,
            GroupSet=[{"Ref": "AnyGroup"}],
        )
        self.add(
            f"{name}Instance",
            "EC2::Instance",
            NetworkInterfaces=[{"DeviceIndex": "0", "NetworkInterfaceId": interface}],
        )
        return interface

    def host(self, name: str, subnet: str, *, public: bool = False) -> Ref:
        self.appliance(name, subnet, checks=True)
        if public:
            self.add(
                f"{name}Address",
                "EC2::EIPAssociation",
                NetworkInterfaceId={"Ref": name},
                AllocationId="eipalloc-2",
            )
        return {"Ref": name}

    def peering(self, name: str, one: str, other: str) -> Ref:
        return self.add(name, "EC2::VPCPeeringConnection", VpcId={"Ref": one}, PeerVpcId={"Ref": other})

    def acl(self, name: str, *subnets: str, inbound: list[str], outbound: list[str]) -> None:
        """A network ACL. A rule reads "allow tcp 443 10.0.0.0/8" or "deny all * 0.0.0.0/0"."""
        self.add(name, "EC2::NetworkAcl", VpcId={"Ref": "A"})
        for subnet in subnets:
            self.add(
                f"{name}Of{subnet}",
                "EC2::SubnetNetworkAclAssociation",
                NetworkAclId={"Ref": name},
                SubnetId={"Ref": subnet},
            )
        for egress, rules in ((False, inbound), (True, outbound)):
            for number, text in enumerate(rules, 1):
                action, protocol, ports, block = text.split()
                low, _, high = ports.partition("-")
                span = {} if ports == "*" else {"PortRange": {"From": int(low), "To": int(high or low)}}
                self.add(
                    f"{name}{'Out' if egress else 'In'}{number}",
                    "EC2::NetworkAclEntry",
                    NetworkAclId={"Ref": name},
                    RuleNumber=number * 100,
                    Protocol={"all": -1, "tcp": 6, "udp": 17}[protocol],
                    RuleAction=action,
                    Egress=egress,
                    CidrBlock=block,
                    **span,
                )

    # Transit gateways

    def transit_gateway(self, name: str = "Tgw", *, defaults: bool = False) -> Ref:
        flag = "enable" if defaults else "disable"
        return self.add(
            name, "EC2::TransitGateway", DefaultRouteTableAssociation=flag, DefaultRouteTablePropagation=flag
        )

    def attach(self, vpc: str, *subnets: str, tgw: str = "Tgw", appliance: bool = False, name: str = "") -> Ref:
        options = {"Options": {"ApplianceModeSupport": "enable"}} if appliance else {}
        return self.add(
            name or f"{vpc}At",
            "EC2::TransitGatewayAttachment",
            VpcId={"Ref": vpc},
            TransitGatewayId={"Ref": tgw},
            SubnetIds=[{"Ref": vpc + subnet} for subnet in subnets],
            **options,
        )

    def transit_table(
        self,
        name: str,
        *,
        of: tuple[Any, ...] = (),
        propagated: tuple[Any, ...] = (),
        routes: dict[str, Any] | None = None,
        tgw: str = "Tgw",
    ) -> Ref:
        """A transit gateway route table; a route to None is a blackhole."""
        table = self.add(name, "EC2::TransitGatewayRouteTable", TransitGatewayId={"Ref": tgw})
        for number, attachment in enumerate(of):
            self.add(
                f"{name}Associates{number}",
                "EC2::TransitGatewayRouteTableAssociation",
                TransitGatewayRouteTableId=table,
                TransitGatewayAttachmentId=_attachment(attachment),
            )
        for number, attachment in enumerate(propagated):
            self.add(
                f"{name}Propagates{number}",
                "EC2::TransitGatewayRouteTablePropagation",
                TransitGatewayRouteTableId=table,
                TransitGatewayAttachmentId=_attachment(attachment),
            )
        for destination, attachment in (routes or {}).items():
            self.transit_route(name, destination, attachment)
        return table

    def transit_route(self, table: str, destination: str, attachment: Any) -> None:
        number = next(number for number in range(99) if f"{table}Static{number}" not in self.resources)
        target = {"Blackhole": True} if attachment is None else {"TransitGatewayAttachmentId": _attachment(attachment)}
        self.add(
            f"{table}Static{number}",
            "EC2::TransitGatewayRoute",
            TransitGatewayRouteTableId={"Ref": table},
            DestinationCidrBlock=destination,
            **target,
        )

    def vpn(
        self,
        name: str,
        *,
        tgw: str = "",
        vgw: Ref | None = None,
        static: bool = False,
        customer: str = "",
        asn: int = 0,
        **options: Any,
    ) -> Ref:
        """A VPN connection, with a customer gateway of its own unless one is named."""
        customer = customer or f"{name}Customer"
        if customer not in self.resources:
            asn = asn or 65001 + sum(one["Type"].endswith("CustomerGateway") for one in self.resources.values())
            self.add(customer, "EC2::CustomerGateway", BgpAsn=asn, IpAddress="198.51.100.1", Type="ipsec.1")
        gateway = {"TransitGatewayId": {"Ref": tgw}} if tgw else {"VpnGatewayId": vgw}
        self.add(
            name,
            "EC2::VPNConnection",
            CustomerGatewayId={"Ref": customer},
            StaticRoutesOnly=static,
            Type="ipsec.1",
            **gateway,
            **options,
        )
        return {"Ref": name}

    def vpn_attachment(self, name: str) -> Any:
        """CDK's own lookup of the attachment that a VPN connection makes."""
        call = (
            '{"service":"EC2","action":"describeTransitGatewayAttachments","parameters":'
            '{"Filters":[{"Name":"resource-id","Values":["'
        )
        lookup = f"{name}Lookup"
        if lookup not in self.resources:
            body = {"Fn::Join": ["", [call, {"Ref": name}, '"]}]}}']]}
            self.resources[lookup] = {
                "Type": "Custom::AWS",
                "Properties": {"ServiceToken": "arn", "Create": body, "Update": body},
            }
        return {"Fn::GetAtt": [lookup, "TransitGatewayAttachments.0.TransitGatewayAttachmentId"]}

    # Firewalls

    def policy(self, name: str = "Policy", *, action: str = "aws:forward_to_sfe", **body: Any) -> Ref:
        return self.add(
            name,
            "NetworkFirewall::FirewallPolicy",
            FirewallPolicyName=name,
            FirewallPolicy={
                "StatelessDefaultActions": [action],
                "StatelessFragmentDefaultActions": [action],
                "StatefulDefaultActions": ["aws:drop_established"],
                **body,
            },
        )

    def firewall(self, name: str, vpc: str, *subnets: str, policy: str = "Policy") -> Ref:
        if policy not in self.resources:
            self.policy(policy)
        return self.add(
            name,
            "NetworkFirewall::Firewall",
            FirewallName=name,
            FirewallPolicyArn={"Ref": policy},
            VpcId={"Ref": vpc},
            SubnetMappings=[{"SubnetId": {"Ref": vpc + subnet}} for subnet in subnets],
        )

    @staticmethod
    def endpoint_by_index(firewall: str, index: int) -> Any:
        return {
            "Fn::Select": [
                1,
                {"Fn::Split": [":", {"Fn::Select": [index, {"Fn::GetAtt": [firewall, "EndpointIds"]}]}]},
            ]
        }

    @staticmethod
    def endpoint_by_zone(firewall: str, letter: str) -> Any:
        joined = {"Fn::Join": [",", {"Fn::GetAtt": [firewall, "EndpointIds"]}]}
        rest = {"Fn::Select": [1, {"Fn::Split": [f"{zone(letter)}:", joined]}]}
        return {"Fn::Select": [0, {"Fn::Split": [",", rest]}]}


def _attachment(name: Any) -> Any:
    return {"Ref": name} if isinstance(name, str) else name


def inspection(*, spokes: int = 2, letters: str = "ab") -> Topology:
    """An inspection network: spokes, a transit gateway, a firewall and NAT gateways in the VPC between.

    Spokes are S0, S1, ... with the subnets a, b (hosts) and at, bt (attachments); the middle is VPC M.
    """
    net = Topology()
    net.transit_gateway()
    net.vpc("M", "100.64.0.0/16")
    igw = net.internet_gateway("M")
    for index, letter in enumerate(letters):
        net.subnet("M", f"{letter}t", f"100.64.{index}.0/28")
        net.subnet("M", f"{letter}f", f"100.64.{index}.16/28")
        net.subnet("M", f"{letter}p", f"100.64.{index}.32/28", public=True)
    net.firewall("Fw", "M", *(f"{letter}f" for letter in letters))
    net.attach("M", *(f"{letter}t" for letter in letters), appliance=True)
    for letter in letters:
        nat = net.nat(f"Nat{letter}", f"M{letter}p")
        endpoint = net.endpoint_by_zone("Fw", letter)
        net.table("M", f"Mt{letter}", f"{letter}t", routes={"0.0.0.0/0": endpoint})
        net.table("M", f"Mf{letter}", f"{letter}f", routes={"0.0.0.0/0": nat, "10.0.0.0/8": {"Ref": "Tgw"}})
        net.table("M", f"Mp{letter}", f"{letter}p", routes={"0.0.0.0/0": igw, "10.0.0.0/8": endpoint})
    for number in range(spokes):
        spoke(net, number, letters)
    names = tuple(f"S{number}At" for number in range(spokes))
    net.transit_table("SpokeTable", of=names, routes={"0.0.0.0/0": "MAt"})
    net.transit_table("HubTable", of=("MAt",), propagated=names)
    return net


def translated_between(*, crossed: bool) -> Topology:
    """An inspection network whose spokes reach one another by a NAT gateway, crossing the firewall after it, or not.

    After it the firewall sees the packets come from the gateway; their replies it would see once they are translated.
    """
    net = inspection(letters="a")
    net.route("Mta", "10.0.0.0/8", {"Ref": "Nata"})
    if not crossed:
        del net.resources["MpaRoute1"]
        net.route("Mpa", "10.0.0.0/8", {"Ref": "Tgw"})
    return net


def spoke(net: Topology, number: int, letters: str = "ab") -> None:
    name = f"S{number}"
    base = f"10.{number // 64}.{number % 64 * 4}"
    net.vpc(name, f"{base}.0/22")
    third = number % 64 * 4
    for index, letter in enumerate(letters):
        net.subnet(name, letter, f"10.{number // 64}.{third + index}.0/24")
        net.subnet(name, f"{letter}t", f"10.{number // 64}.{third + 3}.{index * 16}/28")
        net.table(name, f"{name}{letter}Table", letter, routes={"0.0.0.0/0": {"Ref": "Tgw"}})
        net.table(name, f"{name}{letter}tTable", f"{letter}t")
    net.attach(name, *(f"{letter}t" for letter in letters))

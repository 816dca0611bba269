from tests.patterns.network.mutants import Mutant, Templates

NO_WAY = ("no packet of a client's is routed to a destination",)


def _routed_through_an_interface(made: Templates) -> None:
    """What people write instead of an explicit proxy: AWS drops what it leads to, and clients reach nothing."""
    subnet = {"Ref": made.id_of("EC2::Subnet", "ProxyNetworkFleet1")}
    made.add("Detour", "EC2::NetworkInterface", SubnetId=subnet, SourceDestCheck=False)
    for one in made.of("EC2::Route", "OrdersVpcPeeredWithFront"):
        if "OrdersWorkload" in str(one["Properties"]["RouteTableId"]):
            del one["Properties"]["VpcPeeringConnectionId"]
            one["Properties"]["NetworkInterfaceId"] = {"Ref": "Detour"}


def _no_route_back(made: Templates) -> None:
    made.remove("EC2::Route", "OrdersVpcPeeredWithFrontProxy1")


def _no_route_from_destinations(made: Templates) -> None:
    made.remove("EC2::Route", "BillingVpcPeeredWithFleetWorkload")


def _everybody_let_in(made: Templates) -> None:
    everybody = {"CidrIp": "0.0.0.0/0", "IpProtocol": "-1"}
    made.change("EC2::SecurityGroup", "ProxyFrontSecurityGroup", SecurityGroupIngress=[everybody])
    made.change("EC2::SecurityGroup", "ProxySecurityGroup", SecurityGroupIngress=[everybody])
    table = {"Ref": made.id_of("EC2::RouteTable", "BillingWorkload1")}
    peering = {"Ref": made.id_of("EC2::VPCPeeringConnection", "Billing")}
    way = {"DestinationCidrBlock": "10.255.0.0/24", "VpcPeeringConnectionId": peering}
    made.add("ToFront", "EC2::Route", RouteTableId=table, **way)


def _peered_past_the_proxy(made: Templates) -> None:
    one, other = made.id_of("EC2::VPC", "Orders"), made.id_of("EC2::VPC", "Billing")
    made.add("Leak", "EC2::VPCPeeringConnection", VpcId={"Ref": one}, PeerVpcId={"Ref": other})
    for name, source, destination in (("There", "Orders", "10.2.0.0/24"), ("Back", "Billing", "10.1.0.0/24")):
        table = {"Ref": made.id_of("EC2::RouteTable", f"{source}Workload1")}
        way = {"DestinationCidrBlock": destination, "VpcPeeringConnectionId": {"Ref": "Leak"}}
        made.add(name, "EC2::Route", RouteTableId=table, **way)


def _ranges_overlap(made: Templates) -> None:
    made.change("EC2::VPC", "ProxyNetwork", CidrBlock="10.2.0.0/24")
    for number, subnet in enumerate(made.of("EC2::Subnet", "ProxyNetwork")):
        subnet["Properties"]["CidrBlock"] = f"10.2.0.{number * 32}/27"


def _closed_to_clients(made: Templates) -> None:
    made.change("EC2::SecurityGroup", "ProxyFrontSecurityGroup", SecurityGroupIngress=[])


TO_PROXY, FROM_PROXY = ("clients reach the proxy",), ("the proxies reach destinations",)

MUTANTS = [
    Mutant("a route to an interface instead of a proxy", _routed_through_an_interface, TO_PROXY, refused=True),
    Mutant("clients' peering routed on their side only", _no_route_back, TO_PROXY),
    Mutant("destinations' peering routed on the proxy's side only", _no_route_from_destinations, FROM_PROXY),
    Mutant("the proxy open to destinations", _everybody_let_in, ("destinations never reach the load balancer",)),
    Mutant("clients peered with destinations", _peered_past_the_proxy, NO_WAY),
    Mutant("the proxy's range is a destination's", _ranges_overlap, FROM_PROXY, refused=True),
    Mutant("a load balancer that lets no client in", _closed_to_clients, TO_PROXY),
]

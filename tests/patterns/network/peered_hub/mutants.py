from tests.patterns.network.mutants import Mutant, Templates


def _no_route_back(made: Templates) -> None:
    made.remove("EC2::Route", "OrdersVpcPeeredWithHubHub")


def _spokes_peered(made: Templates) -> None:
    one, other = made.id_of("EC2::VPC", "Orders"), made.id_of("EC2::VPC", "Billing")
    made.add("Leak", "EC2::VPCPeeringConnection", VpcId={"Ref": one}, PeerVpcId={"Ref": other})
    table = {"Ref": made.id_of("EC2::RouteTable", "OrdersWorkload")}
    route = {"DestinationCidrBlock": "10.2.0.0/24", "VpcPeeringConnectionId": {"Ref": "Leak"}}
    made.add("LeakRoute", "EC2::Route", RouteTableId=table, **route)


MUTANTS = [
    Mutant("routes on the spoke's side only", _no_route_back, ("spokes reach the hub", "the hub reaches the spokes")),
    Mutant("two spokes peered with each other", _spokes_peered, ("Orders never reaches Billing",)),
]

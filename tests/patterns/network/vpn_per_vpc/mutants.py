from tests.patterns.network.mutants import Mutant, Templates

PRODUCTION = ("Production reaches the site", "the site reaches Production")


def _propagated_into_one_table(made: Templates) -> None:
    for one in made.of("EC2::VPNGatewayRoutePropagation", "ProductionVpn"):
        del one["Properties"]["RouteTableIds"][1:]


def _ranges_overlap(made: Templates) -> None:
    made.change("EC2::VPC", "Production", CidrBlock="192.168.0.0/20")
    for number, one in enumerate(made.of("EC2::Subnet", "Production")):
        one["Properties"]["CidrBlock"] = f"192.168.{number}.0/24"


def _peered(made: Templates) -> None:
    one, other = made.id_of("EC2::VPC", "Production"), made.id_of("EC2::VPC", "Development")
    made.add("Leak", "EC2::VPCPeeringConnection", VpcId={"Ref": one}, PeerVpcId={"Ref": other})
    table = {"Ref": made.id_of("EC2::RouteTable", "ProductionWorkload")}
    route = {"DestinationCidrBlock": "10.1.0.0/20", "VpcPeeringConnectionId": {"Ref": "Leak"}}
    made.add("LeakRoute", "EC2::Route", RouteTableId=table, **route)


def _without_gateway(made: Templates) -> None:
    made.remove("EC2::VPCGatewayAttachment", "ProductionVpn")


MUTANTS = [
    Mutant("routes propagated into one table only", _propagated_into_one_table, PRODUCTION),
    Mutant("a VPC whose range is the site's", _ranges_overlap, PRODUCTION),
    Mutant("the VPCs peered", _peered, ("Production never reaches Development",)),
    Mutant("a gateway that is not attached", _without_gateway, PRODUCTION[:1]),
]

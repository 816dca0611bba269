from tests.patterns.network.mutants import Mutant, Templates


def _no_answers_to_private(made: Templates) -> None:
    made.remove("EC2::NetworkAclEntry", "PrivateAclIn4")


def _no_answers_from_data(made: Templates) -> None:
    made.remove("EC2::NetworkAclEntry", "DataAclOut1")


def _one_nat(made: Templates) -> None:
    first = {"Fn::GetAtt": [made.id_of("EC2::NatGateway", "Nat1"), "NatGatewayId"]}
    made.change("EC2::Route", "Private2RouteTableToInternet", NatGatewayId=first)


def _data_by_a_nat_gateway(made: Templates) -> None:
    gateway = {"Fn::GetAtt": [made.id_of("EC2::NatGateway"), "NatGatewayId"]}
    table = {"Ref": made.id_of("EC2::RouteTable", "Data1")}
    made.add("Leak", "EC2::Route", RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", NatGatewayId=gateway)
    made.remove("EC2::NetworkAclEntry", "PublicAclIn1")
    made.change("EC2::NetworkAclEntry", "DataAclOut", CidrBlock="0.0.0.0/0", Protocol=-1, PortRange=None)


def _ssh(made: Templates) -> None:
    made.change("EC2::NetworkAclEntry", "PublicAclIn2", PortRange={"From": 22, "To": 443})


def _public_to_data(made: Templates) -> None:
    made.remove("EC2::NetworkAclEntry", "PublicAclOut1")
    made.change("EC2::NetworkAclEntry", "DataAclIn1", CidrBlock="10.0.0.0/16")


def _no_endpoint(made: Templates) -> None:
    made.remove("EC2::VPCEndpoint", "S3")
    made.remove("EC2::Route", "ToInternet")


MUTANTS = [
    Mutant(
        "the private tier's ACL without return ports",
        _no_answers_to_private,
        ("the private tier reaches the internet",),
    ),
    Mutant(
        "the data tier's ACL without return ports",
        _no_answers_from_data,
        ("the private tier reaches the data tier at its port",),
    ),
    Mutant("one NAT gateway for all zones", _one_nat, ("its way to the internet stays in its zone",)),
    Mutant(
        "the data tier routed to a NAT gateway",
        _data_by_a_nat_gateway,
        ("the data tier has no way to the internet",),
    ),
    Mutant("SSH let in", _ssh, ("the internet never reaches the public tier by SSH",)),
    Mutant("the data tier open to the whole VPC", _public_to_data, ("the public tier never reaches the data tier",)),
    Mutant("no gateway endpoint and no NAT gateway", _no_endpoint, ("the private tier reaches Amazon S3",)),
]

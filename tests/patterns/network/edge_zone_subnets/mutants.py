from typing import Any

from tests.patterns.network.mutants import Mutant, Templates

CARRIER, DATA_CENTER = "the Wavelength Zone reaches the internet by its carrier", "the Outpost reaches its data center"
LOCAL_OUT, LOCAL_IN = "the Local Zone reaches the internet", "the internet reaches the Local Zone"
EVERY_ZONE = "the Region and every zone reach each other"
NO_INTERNET = "a Local Zone without a route has no way to the internet"


def _wavelength_by_the_internet_gateway(made: Templates) -> None:
    [route] = made.of("EC2::Route", "ToCarrier")
    del route["Properties"]["CarrierGatewayId"]
    route["Properties"]["GatewayId"] = {"Ref": made.id_of("EC2::InternetGateway")}


def _local_zone_by_the_carrier(made: Templates) -> None:
    [route] = made.of("EC2::Route", "ToInternet")
    del route["Properties"]["GatewayId"]
    route["Properties"]["CarrierGatewayId"] = {"Ref": made.id_of("EC2::CarrierGateway")}


def _no_carrier_gateway(made: Templates) -> None:
    """Deleted, it leaves a route behind that leads nowhere: the prover finds no such gateway."""
    made.remove("EC2::Route", "ToCarrier")


def _no_internet_gateway(made: Templates) -> None:
    made.remove("EC2::Route", "ToInternet")


def _not_associated(made: Templates) -> None:
    made.remove("EC2::LocalGatewayRouteTableVPCAssociation")


def _data_center_by_the_internet(made: Templates) -> None:
    for one in made.of("EC2::Route", "EdgePlant"):
        del one["Properties"]["LocalGatewayId"]
        one["Properties"]["GatewayId"] = {"Ref": made.id_of("EC2::InternetGateway")}


def _by_a_nat_gateway(made: Templates, table: str) -> None:
    subnet = {"Ref": made.id_of("EC2::Subnet", "EdgeLosAngelesSubnet")}
    made.add("Nat", "EC2::NatGateway", SubnetId=subnet, AllocationId="eipalloc-1")
    _route(made, table, NatGatewayId={"Ref": "Nat"})


def _data_to_the_internet(made: Templates) -> None:
    _by_a_nat_gateway(made, "EdgeLosAngelesData")


def _region_to_the_internet(made: Templates) -> None:
    _by_a_nat_gateway(made, "EdgeNetworkRegion1")


def _region_to_the_data_center(made: Templates) -> None:
    """Not from the Region: the local gateway serves its Outpost alone, so another subnet must not be on it."""
    made.of("EC2::Subnet", "EdgeNetworkRegion1")[0]["Properties"]["OutpostArn"] = "arn:aws:outposts:::outpost/op-1"
    table = {"Ref": made.id_of("EC2::RouteTable", "EdgeNetworkRegion1")}
    way = {"DestinationCidrBlock": "192.168.0.0/16", "LocalGatewayId": "lgw-0123456789abcdef0"}
    made.add("Leak", "EC2::Route", RouteTableId=table, **way)


def _route(made: Templates, table: str, **target: Any) -> None:
    table_id = {"Ref": made.id_of("EC2::RouteTable", table)}
    made.add("Leak", "EC2::Route", RouteTableId=table_id, DestinationCidrBlock="0.0.0.0/0", **target)


def _no_local_route(made: Templates) -> None:
    """A subnet of the edge in another VPC reaches the Region by nothing."""
    made.add("Closed", "EC2::NetworkAcl", VpcId={"Ref": made.id_of("EC2::VPC")})
    for name in ("Carrier", "LosAngelesSubnet"):
        subnet = {"Ref": made.id_of("EC2::Subnet", f"Edge{name}")}
        made.add(f"Closed{name}", "EC2::SubnetNetworkAclAssociation", NetworkAclId={"Ref": "Closed"}, SubnetId=subnet)


MUTANTS = [
    Mutant("a Wavelength Zone by the internet gateway", _wavelength_by_the_internet_gateway, (CARRIER,)),
    Mutant("a Local Zone by the carrier gateway", _local_zone_by_the_carrier, (LOCAL_OUT, LOCAL_IN)),
    Mutant("no route to the carrier gateway", _no_carrier_gateway, (CARRIER,)),
    Mutant("no route to the internet gateway", _no_internet_gateway, (LOCAL_OUT, LOCAL_IN)),
    Mutant("a VPC that the local gateway does not know", _not_associated, (DATA_CENTER,)),
    Mutant("the data center by the internet gateway", _data_center_by_the_internet, (DATA_CENTER,)),
    Mutant("a Local Zone for data with a route out", _data_to_the_internet, (NO_INTERNET,)),
    Mutant(
        "the Region by a NAT gateway in a Local Zone",
        _region_to_the_internet,
        ("the Region's subnets have no way to the internet",),
    ),
    Mutant(
        "another subnet on the Outpost, with its route",
        _region_to_the_data_center,
        ("no other zone reaches the data center",),
    ),
    Mutant(
        "zones whose ACL denies everything", _no_local_route, ("the Region and every zone reach each other", LOCAL_OUT)
    ),
]

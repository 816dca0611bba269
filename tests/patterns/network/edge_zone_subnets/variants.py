"""A Local Zone with IPv6, beside zones that have none."""

import aws_cdk as cdk

from patternkit.routes import reaches
from patterns.network.edge_zone_subnets import EdgeZoneSubnets, LocalZone, WavelengthZone
from tests.patterns.network.ipv6_mutants import without_ipv6_routes
from tests.patterns.network.mutants import Mutant, Templates
from tests.patterns.network.variants import Variant

CITY, OTHER, CARRIER, REGION = "Edge/City/Subnet", "Edge/Other/Subnet", "Edge/Carrier/Subnet", "Edge/Network/Region*"
ADDRESSES = {"public-addresses": {f"*/{CITY}": True, f"*/{OTHER}": True, f"*/{CARRIER}": True, f"*/{REGION}": False}}


def dual_stack(app: cdk.App) -> EdgeZoneSubnets:
    return EdgeZoneSubnets(
        cdk.Stack(app, "Net"),
        "Edge",
        local_zones=[
            LocalZone(name="City", zone="us-west-2-lax-1a", cidr="10.0.16.0/24", ipv6=True),
            LocalZone(name="Other", zone="us-west-2-lax-1b", cidr="10.0.17.0/24"),
        ],
        wavelength_zones=[WavelengthZone(name="Carrier", zone="us-west-2-wl1-las-wlz-1", cidr="10.0.32.0/24")],
    )


def _by_the_carrier(made: Templates) -> None:
    [route] = made.of("EC2::Route", "City", DestinationIpv6CidrBlock="::/0")
    del route["Properties"]["GatewayId"]
    route["Properties"]["CarrierGatewayId"] = {"Ref": made.id_of("EC2::CarrierGateway")}


def _out_alone(made: Templates) -> None:
    made.add("Out", "EC2::EgressOnlyInternetGateway", VpcId={"Ref": made.id_of("EC2::VPC")})
    [route] = made.of("EC2::Route", "City", DestinationIpv6CidrBlock="::/0")
    del route["Properties"]["GatewayId"]
    route["Properties"]["EgressOnlyInternetGatewayId"] = {"Ref": "Out"}


OUT, IN = "the Local Zone reaches the internet by IPv6", "the internet reaches the Local Zone by IPv6"

VARIANTS = [
    Variant(
        "IPv6",
        dual_stack,
        (
            reaches(CITY, "internet", port=443, family=6, name=OUT),
            reaches("internet", CITY, port=443, family=6, name=IN),
            reaches([CITY, OTHER, CARRIER], "internet", port=443, family=4, name="each goes out by IPv4"),
            reaches(REGION, [CITY, OTHER], same_vpc=True, family=4, name="the Region reaches both by IPv4"),
        ),
        (
            without_ipv6_routes("City", OUT, IN),
            Mutant("a Local Zone by the carrier gateway", _by_the_carrier, (OUT, IN)),
            Mutant("a gateway that only lets out", _out_alone, (IN,)),
        ),
        ADDRESSES,
    )
]

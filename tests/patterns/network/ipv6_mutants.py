"""Faults of IPv6 alone that networks on a transit gateway or a peering share."""

from tests.patterns.network.mutants import Mutant, Templates


def attachment_without_ipv6(name: str, *breaks: str) -> Mutant:
    """An attachment that does not carry IPv6: its routes are not propagated."""

    def change(made: Templates) -> None:
        for attachment in made.of("EC2::TransitGatewayAttachment", name):
            attachment["Properties"]["Options"]["Ipv6Support"] = "disable"

    return Mutant("an attachment without IPv6", change, breaks)


def without_ipv6_routes(name: str, *breaks: str) -> Mutant:
    """IPv6 routes that are taken away; those of IPv4 stay."""

    def change(made: Templates) -> None:
        for template in made.templates.values():
            resources = template["Resources"]
            found = [
                logical_id
                for logical_id, one in resources.items()
                if name in logical_id and "DestinationIpv6CidrBlock" in one.get("Properties", {})
            ]
            for logical_id in found:
                del resources[logical_id]

    return Mutant(f"IPv6 routes of {name} taken away", change, breaks)


def ipv6_by_an_internet_gateway(vpc: str, table: str, *breaks: str) -> Mutant:
    """An internet gateway of a spoke's own for IPv6, whose addresses are public."""

    def change(made: Templates) -> None:
        made.add("Leak", "EC2::InternetGateway")
        owner = {"Ref": made.id_of("EC2::VPC", vpc)}
        made.add("LeakIn", "EC2::VPCGatewayAttachment", VpcId=owner, InternetGatewayId={"Ref": "Leak"})
        way = {"DestinationIpv6CidrBlock": "::/0", "GatewayId": {"Ref": "Leak"}}
        made.add("Out", "EC2::Route", RouteTableId={"Ref": made.id_of("EC2::RouteTable", table)}, **way)

    return Mutant("an internet gateway for IPv6", change, breaks)

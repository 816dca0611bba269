from typing import Any

from tests.patterns.network.mutants import Mutant, Templates

REACH, BACK = "spokes reach the shared services", "the shared services reach the spokes"
ENDPOINTS = "spokes reach the central endpoints"
ONLY_HTTPS = "the central endpoints let nothing in but HTTPS"
APART = ("Orders never reaches Billing", "Billing never reaches Orders")


def wide(made: Templates) -> None:
    """Spokes send everything of the organization to the gateway: its domains alone keep them apart then."""
    for one in made.of("EC2::Route", "SpokeOfHub"):
        one["Properties"]["DestinationCidrBlock"] = "10.0.0.0/8"


def _defaults_left_on(made: Templates) -> None:
    wide(made)
    made.change("EC2::TransitGateway", DefaultRouteTableAssociation="enable", DefaultRouteTablePropagation="enable")
    for kind in ("Association", "Propagation"):
        made.remove(f"EC2::TransitGatewayRouteTable{kind}")


def _table(made: Templates, domain: str) -> dict[str, Any]:
    return {"Fn::GetAtt": [made.id_of("EC2::TransitGatewayRouteTable", domain), "TransitGatewayRouteTableId"]}


def _in_one_domain(made: Templates) -> None:
    wide(made)
    for one in made.of("EC2::TransitGatewayRouteTablePropagation", "SpokeOfHub"):
        one["Properties"]["TransitGatewayRouteTableId"] = _table(made, "SpokesDomain")


def _no_return_route(made: Templates) -> None:
    made.remove("EC2::Route", "HubServices")


def _no_way_there(made: Templates) -> None:
    made.remove("EC2::TransitGatewayRouteTablePropagation", "HubAttachment")


def _shared_does_not_learn(made: Templates) -> None:
    made.remove("EC2::TransitGatewayRouteTablePropagation", "SpokeOfHub")


def _zone_not_attached(made: Templates) -> None:
    for one in made.of("EC2::TransitGatewayAttachment", "Orders"):
        one["Properties"]["SubnetIds"].pop()


def _endpoints_closed(made: Templates) -> None:
    made.change("EC2::SecurityGroup", "HubEndpoints", SecurityGroupIngress=[])


def _endpoints_by_group(made: Templates) -> None:
    """AWS does not support references to security groups for endpoints, whatever the gateway says."""
    made.add(
        "Clients", "EC2::SecurityGroup", GroupDescription="Clients", VpcId={"Ref": made.id_of("EC2::VPC", "Orders")}
    )
    rule = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "SourceSecurityGroupId": {"Ref": "Clients"}}
    made.change("EC2::SecurityGroup", "HubEndpoints", SecurityGroupIngress=[rule])


def _endpoints_open(made: Templates) -> None:
    rule = {"IpProtocol": "-1", "CidrIp": "10.0.0.0/8"}
    made.change("EC2::SecurityGroup", "HubEndpoints", SecurityGroupIngress=[rule])


def _own_internet(made: Templates) -> None:
    vpc = {"Ref": made.id_of("EC2::VPC", "Orders")}
    made.add("Leak", "EC2::InternetGateway")
    made.add("LeakIn", "EC2::VPCGatewayAttachment", VpcId=vpc, InternetGatewayId={"Ref": "Leak"})
    table = {"Ref": made.id_of("EC2::RouteTable", "OrdersWorkload1")}
    made.add("Out", "EC2::Route", RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", GatewayId={"Ref": "Leak"})


MUTANTS = [
    Mutant("the gateway's default association and propagation left on", _defaults_left_on, APART),
    Mutant("spokes propagated into their own domain", _in_one_domain, APART),
    Mutant("no return route in the shared VPC", _no_return_route, (REACH, BACK)),
    Mutant("the shared VPC not propagated into the spokes' domain", _no_way_there, (REACH, BACK, ENDPOINTS)),
    Mutant("spokes not propagated into the shared VPC's domain", _shared_does_not_learn, (REACH, BACK, ENDPOINTS)),
    Mutant("a zone of a spoke that is not attached", _zone_not_attached, (REACH,)),
    Mutant("endpoints that let no spoke in", _endpoints_closed, (ENDPOINTS,)),
    Mutant("endpoints that let a group of a spoke in", _endpoints_by_group, (ENDPOINTS,)),
    Mutant("endpoints that let everything in", _endpoints_open, (ONLY_HTTPS,)),
    Mutant(
        "a spoke with an internet gateway of its own",
        _own_internet,
        ("spokes have no way to the internet",),
    ),
]

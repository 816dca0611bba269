from tests.patterns.network.mutants import Mutant, Templates

REACH, INTERNET = "spokes reach each other", "spokes reach the internet"
EAST_WEST = "what spokes send each other crosses one endpoint both ways"
OUT = "what spokes send to the internet crosses one endpoint both ways"
IN = "what comes in crosses the endpoint of its zone both ways"
NO_BYPASS, NO_WAY_AROUND = (
    "nothing to or from protected hosts goes around the appliances",
    "nothing between spokes goes around the appliances",
)
ONE_ZONE, HOST_ZONE = "it meets the endpoint and the NAT gateway of one zone", "it stays in the zone of the host"
PROTECTED = "the internet reaches protected hosts"


def _appliance_mode_off(made: Templates) -> None:
    for one in made.of("EC2::TransitGatewayAttachment", "HubAttachment"):
        one["Properties"]["Options"]["ApplianceModeSupport"] = "disable"


def _swapped(made: Templates, kind: str) -> None:
    one, other = (made.of("EC2::Route", f"{kind}{zone}")[0]["Properties"] for zone in (1, 2))
    one["VpcEndpointId"], other["VpcEndpointId"] = other["VpcEndpointId"], one["VpcEndpointId"]


def _attachments_swapped(made: Templates) -> None:
    _swapped(made, "HubNetworkAttachment")


def _return_by_the_other_zone(made: Templates) -> None:
    for zone, other in ((1, 2), (2, 1)):
        endpoint = {"Fn::GetAtt": [made.id_of("EC2::VPCEndpoint", f"HubEndpointsZone{other}"), "Id"]}
        for one in made.of("EC2::Route", f"HubNetworkPublic{zone}RouteTableToAppliances"):
            one["Properties"]["VpcEndpointId"] = endpoint


def _no_return_to_the_appliances(made: Templates) -> None:
    """NAT gateways answer spokes around the appliances."""
    gateway = {"Fn::GetAtt": [made.id_of("EC2::TransitGateway"), "Id"]}
    for one in made.of("EC2::Route", "RouteTableToAppliances10000"):
        if "HubNetworkPublic" in str(one["Properties"]["RouteTableId"]):
            del one["Properties"]["VpcEndpointId"]
            one["Properties"]["TransitGatewayId"] = gateway


def _around_the_appliances(made: Templates) -> None:
    """Spokes learn each other's routes, which are longer than the default one."""
    table = {"Fn::GetAtt": [made.id_of("EC2::TransitGatewayRouteTable", "Spokes"), "TransitGatewayRouteTableId"]}
    for one in made.of("EC2::TransitGatewayRouteTablePropagation", "SpokeOfHub"):
        one["Properties"]["TransitGatewayRouteTableId"] = table


def _no_way_back_to_the_gateway(made: Templates) -> None:
    made.remove("EC2::Route", "HubNetworkEndpoint1RouteTableToGateway")


def _no_ingress_table(made: Templates) -> None:
    made.remove("EC2::GatewayRouteTableAssociation")


def _ingress_swapped(made: Templates) -> None:
    _swapped(made, "ShopToProtected")


def _protected_by_its_gateway(made: Templates) -> None:
    for one in made.of("EC2::Route", "ShopNetworkProtected"):
        del one["Properties"]["VpcEndpointId"]
        one["Properties"]["GatewayId"] = {"Ref": made.id_of("EC2::InternetGateway", "Shop")}


def _no_geneve(made: Templates) -> None:
    [group] = made.of("EC2::SecurityGroup", "FleetSecurityGroup")
    rules = group["Properties"]["SecurityGroupIngress"]
    rules[:] = [one for one in rules if one["IpProtocol"] != "udp"]


def _no_geneve_back(made: Templates) -> None:
    [group] = made.of("EC2::SecurityGroup", "FleetSecurityGroup")
    # What the CDK gives a group that lets nothing out.
    nothing = {"CidrIp": "255.255.255.255/32", "IpProtocol": "icmp", "FromPort": 252, "ToPort": 86}
    group["Properties"]["SecurityGroupEgress"] = [nothing]


def _one_zone_and_not_across(made: Templates) -> None:
    made.of("AutoScaling::AutoScalingGroup")[0]["Properties"]["VPCZoneIdentifier"].pop()
    for one in made.of("ElasticLoadBalancingV2::LoadBalancer")[0]["Properties"]["LoadBalancerAttributes"]:
        if one["Key"] == "load_balancing.cross_zone.enabled":
            one["Value"] = "false"


def _failover_by_halves(made: Templates) -> None:
    for one in made.of("ElasticLoadBalancingV2::TargetGroup")[0]["Properties"]["TargetGroupAttributes"]:
        if one["Key"] == "target_failover.on_unhealthy":
            one["Value"] = "no_rebalance"


def _another_listener_is_missing(made: Templates) -> None:
    made.remove("ElasticLoadBalancingV2::Listener")


MUTANTS = [
    Mutant("appliance mode off", _appliance_mode_off, (REACH, EAST_WEST)),
    Mutant("the endpoints of two zones swapped behind the gateway", _attachments_swapped, (ONE_ZONE,)),
    Mutant("replies from the internet by the other zone's endpoint", _return_by_the_other_zone, (INTERNET, OUT)),
    Mutant("replies from the internet around the appliances", _no_return_to_the_appliances, (OUT,)),
    Mutant("spokes that know each other", _around_the_appliances, (EAST_WEST, NO_WAY_AROUND)),
    Mutant("no route from an endpoint back to the gateway", _no_way_back_to_the_gateway, (REACH,)),
    Mutant("no route table on the internet gateway", _no_ingress_table, (PROTECTED, IN, NO_BYPASS)),
    Mutant("the endpoints of two zones swapped on the internet gateway", _ingress_swapped, (PROTECTED, HOST_ZONE)),
    Mutant("protected hosts that answer by the internet gateway", _protected_by_its_gateway, (PROTECTED, NO_BYPASS)),
    Mutant("UDP 6081 not let in", _no_geneve, (REACH, INTERNET, PROTECTED)),
    Mutant("UDP 6081 not let out", _no_geneve_back, (REACH, INTERNET, PROTECTED)),
    Mutant("appliances in one zone, and no balancing across", _one_zone_and_not_across, (REACH, PROTECTED)),
    Mutant("a load balancer without its listener", _another_listener_is_missing, (REACH, PROTECTED)),
    Mutant("failover for gone appliances alone", _failover_by_halves, (REACH,), refused=True),
]

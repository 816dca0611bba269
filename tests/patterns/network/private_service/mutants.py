from tests.patterns.network.mutants import Mutant, Templates


def _in_another_zone(made: Templates) -> None:
    made.change("EC2::Subnet", "ShopNetworkWorkload1", AvailabilityZone={"Fn::Select": [2, {"Fn::GetAZs": ""}]})


def _nobody_let_in(made: Templates) -> None:
    made.change("EC2::SecurityGroup", "ShopSecurityGroup", SecurityGroupIngress=[])


def _peered(made: Templates) -> None:
    """The ranges would have to differ."""
    made.change("EC2::VPC", "Shop", CidrBlock="10.1.0.0/24")
    for number, subnet in enumerate(made.of("EC2::Subnet", "Shop")):
        subnet["Properties"]["CidrBlock"] = f"10.1.0.{number * 64}/26"
    one, other = made.id_of("EC2::VPC", "Shop"), made.id_of("EC2::VPC", "Prices")
    made.add("Leak", "EC2::VPCPeeringConnection", VpcId={"Ref": one}, PeerVpcId={"Ref": other})
    for name, cidr in (("ShopNetworkWorkload1", "10.0.0.0/24"), ("PricesNetworkService1", "10.1.0.0/24")):
        table = {"Ref": made.id_of("EC2::RouteTable", name)}
        route = {"DestinationCidrBlock": cidr, "VpcPeeringConnectionId": {"Ref": "Leak"}}
        made.add(f"Leak{name}", "EC2::Route", RouteTableId=table, **route)


def _one_target_in_one_zone(made: Templates) -> None:
    made.change("ElasticLoadBalancingV2::LoadBalancer", LoadBalancerAttributes=None)
    made.change("ElasticLoadBalancingV2::TargetGroup", Targets=[{"Id": "10.0.0.10", "Port": 443}])


def _nothing_out_of_the_load_balancer(made: Templates) -> None:
    rule = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "CidrIp": "10.0.0.0/24"}
    made.change("EC2::SecurityGroup", "PricesSecurityGroup", SecurityGroupEgress=[rule])


CONSUMERS = "consumers reach their endpoint"
THROUGH = "consumers reach the targets through the service"
MUTANTS = [
    Mutant("an endpoint in a zone without the service", _in_another_zone, (CONSUMERS, THROUGH), refused=True),
    Mutant("an endpoint that lets nobody in", _nobody_let_in, (CONSUMERS, THROUGH)),
    Mutant("one target, and no balancing across zones", _one_target_in_one_zone, (THROUGH,)),
    Mutant("a load balancer that may call nothing", _nothing_out_of_the_load_balancer, (THROUGH,)),
    Mutant(
        "the networks peered as well",
        _peered,
        ("the service never reaches a consumer", "consumers reach nothing but the service's port"),
    ),
]

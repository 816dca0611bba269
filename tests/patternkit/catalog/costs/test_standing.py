"""What stands and costs is counted by its properties, and what has no price is named instead of guessed."""

from dataclasses import replace
from typing import Any

import pytest

from patternkit.catalog.costs.bill import Counter
from patternkit.catalog.costs.prices import price_table
from patternkit.catalog.costs.standing import standing

TABLE = price_table()


def bill(**resources: dict[str, Any]) -> dict[str, float]:
    return {line.what: line.number for line in standing([{"Resources": resources}]).lines}


def resource(kind: str, **properties: Any) -> dict[str, Any]:
    return {"Type": f"AWS::{kind}", "Properties": properties}


def test_each_price_has_a_day_and_a_page() -> None:
    assert TABLE.region == "us-east-1"
    for name, one in TABLE.prices.items():
        assert one.usd > 0, name
        assert one.per in {"hour", "month", "million", "unit", "GB"}, name
        assert one.source.startswith("https://aws.amazon.com/"), name
        assert one.read is None or one.read, name
    assert len({one.what for one in TABLE.prices.values()}) == len(TABLE.prices)


def test_hours_make_a_month() -> None:
    (line,) = standing([{"Resources": {"Nat": resource("EC2::NatGateway")}}]).lines
    assert line.usd == pytest.approx(0.045 * 730)


def test_a_regional_nat_gateway_is_charged_in_each_zone_that_it_is_told_of() -> None:
    zones = [{"AvailabilityZone": one, "AllocationIds": [one]} for one in ("a", "b", "c")]
    regional = resource("EC2::NatGateway", AvailabilityMode="regional", AvailabilityZoneAddresses=zones)
    assert bill(Nat=regional) == {"NAT gateway": 3}
    # Left to itself it works where there are subnets, in one zone at least.
    assert bill(Nat=resource("EC2::NatGateway", AvailabilityMode="regional")) == {"NAT gateway": 1}


def test_a_balancer_has_an_address_in_each_zone_unless_it_is_internal() -> None:
    facing = resource("ElasticLoadBalancingV2::LoadBalancer", Scheme="internet-facing", Subnets=["a", "b", "c"])
    assert bill(One=facing) == {"Public IPv4 address": 3, "Application Load Balancer": 1}
    internal = resource("ElasticLoadBalancingV2::LoadBalancer", Scheme="internal", Subnets=["a"], Type="network")
    assert bill(One=internal) == {"Network Load Balancer": 1}
    # Elastic IPs are counted as such.
    mapped = resource(
        "ElasticLoadBalancingV2::LoadBalancer", Type="network", SubnetMappings=[{"AllocationId": 1}, {"SubnetId": 2}]
    )
    assert bill(One=mapped, Ip=resource("EC2::EIP"))["Public IPv4 address"] == 2


def group(**properties: Any) -> dict[str, Any]:
    return resource(
        "AutoScaling::AutoScalingGroup", LaunchTemplate={"LaunchTemplateId": {"Ref": "Launch"}}, **properties
    )


LAUNCH = resource(
    "EC2::LaunchTemplate",
    LaunchTemplateData={
        "InstanceType": "t4g.small",
        "BlockDeviceMappings": [{"Ebs": {"VolumeSize": 8, "VolumeType": "gp3"}}],
    },
)


def test_a_group_stands_at_its_fewest_instances() -> None:
    assert bill(Launch=LAUNCH, Group=group(MinSize="2", MaxSize="6")) == {
        "Instance t4g.small, Linux, on demand": 2,
        "GB of a gp3 volume": 16,
    }
    desired = bill(Launch=LAUNCH, Group=group(MinSize="2", DesiredCapacity="3", MaxSize="6"))
    assert desired["Instance t4g.small, Linux, on demand"] == 3


def test_instances_in_public_subnets_have_addresses_of_which_an_elastic_one_takes_the_place() -> None:
    subnet = resource("EC2::Subnet", MapPublicIpOnLaunch=True)
    placed = group(MinSize="2", VPCZoneIdentifier=[{"Ref": "Subnet"}])
    assert bill(Launch=LAUNCH, Subnet=subnet, Group=placed)["Public IPv4 address"] == 2
    assert bill(Launch=LAUNCH, Subnet=subnet, Group=placed, Ip=resource("EC2::EIP"))["Public IPv4 address"] == 2
    private = resource("EC2::Subnet", MapPublicIpOnLaunch=False)
    assert "Public IPv4 address" not in bill(Launch=LAUNCH, Subnet=private, Group=placed)


def test_an_instances_interface_decides_on_its_address_before_its_subnet() -> None:
    data = LAUNCH["Properties"]["LaunchTemplateData"]
    subnet = resource("EC2::Subnet", MapPublicIpOnLaunch=True)
    placed = group(MinSize="2", VPCZoneIdentifier=[{"Ref": "Subnet"}])
    for asked, number in ((True, 2), (False, None)):
        interfaces = [{"AssociatePublicIpAddress": asked}]
        launch = resource("EC2::LaunchTemplate", LaunchTemplateData={**data, "NetworkInterfaces": interfaces})
        assert bill(Launch=launch, Subnet=subnet, Group=placed).get("Public IPv4 address") == number


def test_a_backend_elsewhere_is_not_known() -> None:
    method = resource("ApiGateway::Method", Integration={"Type": "HTTP_PROXY", "Uri": "https://example.com"})
    assert standing([{"Resources": {"Any": method}}]).unknown == ("the backend, which stands elsewhere",)
    here = {"Any": method, "Balancer": resource("ElasticLoadBalancingV2::LoadBalancer", Scheme="internal")}
    assert standing([{"Resources": here}]).unknown == ()


def test_tasks_on_fargate_are_paid_by_size_and_those_on_instances_are_not() -> None:
    task = resource("ECS::TaskDefinition", Cpu="512", Memory="1024", RuntimePlatform={"CpuArchitecture": "ARM64"})
    service = resource("ECS::Service", LaunchType="FARGATE", DesiredCount=3, TaskDefinition={"Ref": "Task"})
    assert bill(Task=task, Service=service) == {
        "vCPU of a Fargate task, ARM64": 1.5,
        "GB of a Fargate task, ARM64": 3,
    }
    on_instances = resource("ECS::Service", LaunchType="EC2", DesiredCount=3, TaskDefinition={"Ref": "Task"})
    assert bill(Task=task, Service=on_instances) == {}
    provided = [{"CapacityProvider": {"Ref": "Provider"}, "Weight": 1}]
    on_group = resource("ECS::Service", CapacityProviderStrategy=provided, TaskDefinition={"Ref": "Task"})
    assert bill(Task=task, Service=on_group) == {}


def test_tasks_stand_at_the_fewest_that_scaling_leaves() -> None:
    task = resource("ECS::TaskDefinition", Cpu="1024", Memory="2048")
    service = resource("ECS::Service", LaunchType="FARGATE", TaskDefinition={"Ref": "Task"})
    identity = {"Fn::Join": ["", ["service/", {"Fn::GetAtt": ["Service", "Name"]}]]}
    target = resource("ApplicationAutoScaling::ScalableTarget", MinCapacity=4, ResourceId=identity)
    assert bill(Task=task, Service=service, Target=target)["vCPU of a Fargate task, x86-64"] == 4


def test_alarms_are_paid_by_metric_and_target_tracking_makes_two() -> None:
    formula = resource("CloudWatch::Alarm", Metrics=[{"MetricStat": {}}, {"MetricStat": {}}, {"Expression": "a/b"}])
    policy = resource("AutoScaling::ScalingPolicy", PolicyType="TargetTrackingScaling")
    assert bill(One=formula) == {"Metric of an alarm": 2}
    assert bill(One=formula, Plain=resource("CloudWatch::Alarm"), Policy=policy) == {"Metric of an alarm": 5}


def test_what_has_no_price_is_named() -> None:
    unknown = standing(
        [
            {
                "Resources": {
                    "Cluster": resource("RDS::DBCluster"),
                    "Launch": {**LAUNCH, "Properties": {"LaunchTemplateData": {"InstanceType": "x9.huge"}}},
                    "Group": group(MinSize="1"),
                    "Stage": resource("ApiGateway::Stage", CacheClusterEnabled=True, CacheClusterSize="237"),
                }
            }
        ]
    )
    assert unknown.unknown == (
        "AWS::RDS::DBCluster",
        "api-cache-237",
        "instance-x9.huge",
        "volume of the image's own size",
    )
    assert unknown.usd == 0
    assert "not known: AWS::RDS::DBCluster" in str(unknown)


def test_a_price_entered_by_hand_is_said() -> None:
    by_hand = {**TABLE.prices, "firewall-endpoint": replace(TABLE.prices["firewall-endpoint"], read=None)}
    counter = Counter(table=replace(TABLE, prices=by_hand))
    counter.add("firewall-endpoint")
    counter.add("nat-gateway")
    assert counter.bill().unconfirmed == ("Firewall endpoint",)
    assert str(counter.bill()) == "321.20 USD (price entered by hand: Firewall endpoint)"


def test_a_health_check_is_paid_by_its_features() -> None:
    plain = resource("Route53::HealthCheck", HealthCheckConfig={"Type": "HTTP", "RequestInterval": 30})
    assert bill(One=plain) == {"Health check of an AWS endpoint": 1}
    config = {"Type": "HTTPS_STR_MATCH", "RequestInterval": 10, "MeasureLatency": True}
    assert bill(One=plain, Two=resource("Route53::HealthCheck", HealthCheckConfig=config)) == {
        "Health check of an AWS endpoint": 2,
        "Optional feature of a health check of an AWS endpoint": 4,
    }


def test_circuits_cost_an_attachment_on_a_transit_gateway_and_nothing_on_a_virtual_private_one() -> None:
    gateways = {"Vgw": resource("EC2::VPNGateway"), "Tgw": resource("EC2::TransitGateway")}
    kind = "DirectConnect::DirectConnectGatewayAssociation"
    assert bill(**gateways, One=resource(kind, AssociatedGatewayId={"Fn::GetAtt": ["Vgw", "VPNGatewayId"]})) == {}
    assert list(bill(**gateways, One=resource(kind, AssociatedGatewayId={"Ref": "Tgw"})).values()) == [1]


def test_a_gateway_load_balancer_has_no_address_and_each_of_its_endpoints_costs() -> None:
    balancer = resource("ElasticLoadBalancingV2::LoadBalancer", Type="gateway", Subnets=["a", "b"])
    endpoint = resource("EC2::VPCEndpoint", VpcEndpointType="GatewayLoadBalancer", SubnetIds=["a"])
    assert bill(One=balancer, First=endpoint, Second=endpoint) == {
        "Gateway Load Balancer": 1,
        "Endpoint of a Gateway Load Balancer": 2,
    }


def test_name_servers_that_are_measured_cost_three_metrics_each() -> None:
    endpoint = resource("Route53Resolver::ResolverEndpoint", IpAddresses=[{}, {}], TargetNameServerMetricsEnabled=True)
    of = {"Fn::GetAtt": ["Out", "ResolverEndpointId"]}
    targets = [[{"Ip": "192.168.0.2"}, {"Ip": "192.168.0.3"}], [{"Ip": "192.168.0.2"}]]
    rules = {
        name: resource("Route53Resolver::ResolverRule", ResolverEndpointId=of, TargetIps=one)
        for name, one in zip(("One", "Two"), targets, strict=True)
    }
    other = resource("Route53Resolver::ResolverRule", ResolverEndpointId="rslvr-out-1", TargetIps=[{"Ip": "10.0.0.2"}])
    found = bill(Out=endpoint, Other=other, **rules)
    assert found == {"Network interface of a Resolver endpoint": 2, "Metric of detailed monitoring": 6}


def test_ports_and_accelerators_cost_by_the_hour_and_what_hangs_on_them_does_not() -> None:
    ports = {name: resource("DirectConnect::Connection", Bandwidth=name) for name in ("1Gbps", "10Gbps", "100Gbps")}
    beside = {
        kind.replace(":", ""): resource(kind)
        for kind in (
            "DirectConnect::DirectConnectGateway",
            "DirectConnect::Lag",
            "DirectConnect::TransitVirtualInterface",
            "GlobalAccelerator::Listener",
            "GlobalAccelerator::EndpointGroup",
        )
    }
    made = standing([{"Resources": {**ports, **beside, "Front": resource("GlobalAccelerator::Accelerator")}}])
    assert made.unknown == ()
    assert {line.what: line.usd for line in made.lines} == {
        "Direct Connect port of 1 Gbit/s": pytest.approx(219.0),
        "Direct Connect port of 10 Gbit/s": pytest.approx(1642.5),
        "Direct Connect port of 100 Gbit/s": pytest.approx(16425.0),
        "Accelerator of AWS Global Accelerator": pytest.approx(18.25),
    }


def test_a_volume_of_the_images_own_size_is_named() -> None:
    data = {"InstanceType": "t4g.small", "BlockDeviceMappings": [{"Ebs": {"VolumeType": "gp3"}}]}
    launch = resource("EC2::LaunchTemplate", LaunchTemplateData=data)
    made = standing([{"Resources": {"Launch": launch, "Group": group(MinSize="1")}}])
    assert made.unknown == ("volume of the image's own size",)


def test_a_peering_of_transit_gateways_is_an_attachment_on_either_side() -> None:
    assert bill(One=resource("EC2::TransitGatewayPeeringAttachment")) == {"Transit gateway attachment": 2}


def test_pre_shared_keys_that_are_kept_elsewhere_are_named() -> None:
    vpn = resource("EC2::VPNConnection", PreSharedKeyStorage="SecretsManager")
    assert standing([{"Resources": {"One": vpn}}]).unknown == ("pre-shared keys in Secrets Manager",)
    assert standing([{"Resources": {"One": resource("EC2::VPNConnection")}}]).unknown == ()


def test_what_costs_by_use_alone_costs_nothing_standing() -> None:
    assert (
        bill(
            Function=resource("Lambda::Function"),
            Queue=resource("SQS::Queue"),
            Role=resource("IAM::Role"),
            Vpc=resource("EC2::VPC"),
        )
        == {}
    )

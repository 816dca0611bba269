"""What subnets at the edge promise beside their paths: addresses of the right group, opting in, refusals of AWS."""

import copy
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ec2 as ec2
from aws_cdk.assertions import Template

from patternkit.routes import Network, Verdict, reaches
from patterns.network.edge_zone_subnets import EdgeZoneSubnets, LocalZone, WavelengthZone
from tests.conftest import example
from tests.patterns.network.mutants import Templates
from tests.patterns.network.synthesized import properties
from tests.patterns.network.test_every_variant import sources

OUT = reaches("EdgeCarrierSubnet*", "internet", port=443)


def changed() -> tuple[dict[str, Any], Templates]:
    made = copy.deepcopy(dict(example("edge-zone-subnets", "agnostic").templates))
    return made, Templates(made)


def refused(made: dict[str, Any]) -> str:
    proof = Network.from_templates(made).prove(OUT)
    assert proof.verdict is Verdict.UNKNOWN, str(proof)
    assert "AWS refuses" in str(proof)
    return str(proof)


def test_each_address_is_of_the_border_group_of_its_zone() -> None:
    addresses = properties(example("edge-zone-subnets", "agnostic"), "AWS::EC2::EIP")
    assert [one["NetworkBorderGroup"] for one in addresses] == ["us-west-2-lax-1", "us-west-2-wl1-las-wlz-1"]


def test_ipv6_is_of_the_border_group_of_its_zone_and_of_no_other_zone() -> None:
    made = Templates({one.name: one.template for one in sources("edge-zone-subnets: IPv6")})
    [range_] = made.of("EC2::VPCCidrBlock")
    assert range_["Properties"]["Ipv6CidrBlockNetworkBorderGroup"] == "us-west-2-lax-1"
    assert [
        one["Metadata"]["aws:cdk:path"] for one in made.of("EC2::Subnet") if "Ipv6CidrBlock" in one["Properties"]
    ] == ["Net/Edge/City/Subnet"]


def test_what_must_be_opted_in_is_said(scope: cdk.Stack) -> None:
    made = EdgeZoneSubnets(
        scope,
        "Edge",
        local_zones=[LocalZone(name="City", zone="us-east-1-bos-1a", cidr="10.0.16.0/24")],
        wavelength_zones=[
            WavelengthZone(name="One", zone="us-east-1-wl1-bos-wlz-1", cidr="10.0.17.0/24"),
            WavelengthZone(name="Two", zone="us-east-1-wl1-nyc-wlz-1", cidr="10.0.18.0/24"),
        ],
    )
    assert made.zone_groups == ["us-east-1-bos-1", "us-east-1-wl1"]


@pytest.mark.parametrize(
    ("name", "border_group", "zone_group"),
    [
        ("us-east-1-wl1-bos-wlz-1", "us-east-1-wl1-bos-wlz-1", "us-east-1-wl1"),
        ("ap-northeast-1-wl1-nrt-wlz-1", "ap-northeast-1-wl1-nrt-wlz-1", "ap-northeast-1-wl1"),
        ("eu-west-3-cmn-wlz-1a", "eu-west-3-cmn-wlz-1", "eu-west-3-cmn-wlz-1"),
    ],
)
def test_what_a_wavelength_zone_belongs_to(name: str, border_group: str, zone_group: str, scope: cdk.Stack) -> None:
    zone = WavelengthZone(name="One", zone=name, cidr="10.0.17.0/24", addresses=1)
    assert (zone.border_group, zone.zone_group) == (border_group, zone_group)
    EdgeZoneSubnets(scope, "Edge", wavelength_zones=[zone])
    subnets = [one for one in scope.node.find_all() if isinstance(one, ec2.CfnSubnet)]
    assert name in {one.availability_zone for one in subnets}


@pytest.mark.parametrize(
    ("zone", "subnet", "needed"),
    [("Carrier", "EdgeCarrierSubnet", "us-west-2-wl1-las-wlz-1"), ("City", "EdgeLosAngelesSubnet", "us-west-2-lax-1")],
)
def test_an_address_of_the_regions_group_is_refused(zone: str, subnet: str, needed: str) -> None:
    made, templates = changed()
    templates.add("Host", "EC2::Instance", SubnetId={"Ref": templates.id_of("EC2::Subnet", subnet)})
    templates.add("Address", "EC2::EIP", Domain="vpc")
    allocation = {"Fn::GetAtt": ["Address", "AllocationId"]}
    templates.add("Has", "EC2::EIPAssociation", InstanceId={"Ref": "Host"}, AllocationId=allocation)
    assert f"needs {needed}" in refused(made), zone
    made["EdgeZoneSubnetsStack"]["Resources"]["Address"]["Properties"]["NetworkBorderGroup"] = needed
    assert "AWS refuses" not in str(Network.from_templates(made).prove(OUT))


def test_a_transit_gateway_is_not_attached_in_a_local_zone() -> None:
    made, templates = changed()
    templates.add("Tgw", "EC2::TransitGateway")
    ends = {"VpcId": {"Ref": templates.id_of("EC2::VPC")}, "TransitGatewayId": {"Ref": "Tgw"}}
    subnets = [{"Ref": templates.id_of("EC2::Subnet", "EdgeLosAngelesSubnet")}]
    templates.add("Attached", "EC2::TransitGatewayAttachment", SubnetIds=subnets, **ends)
    assert "in the Local Zone us-west-2-lax-1a" in refused(made)


def test_a_network_that_the_local_gateway_leads_to_may_pass_on() -> None:
    made, templates = changed()
    templates.change("EC2::Route", "EdgePlant", DestinationCidrBlock="0.0.0.0/0")
    proof = Network.from_templates(made).prove(reaches("EdgePlantSubnet*", "internet", port=443))
    assert proof.verdict is Verdict.UNKNOWN
    assert "may pass it on to the internet" in str(proof)


def test_zones_extend_a_vpc_that_is_there(scope: cdk.Stack) -> None:
    inside = ec2.SubnetConfiguration(name="Inside", cidr_mask=24, subnet_type=ec2.SubnetType.PRIVATE_ISOLATED)
    own = ec2.Vpc(
        scope, "Own", ip_addresses=ec2.IpAddresses.cidr("10.0.0.0/18"), subnet_configuration=[inside], nat_gateways=0
    )
    gateway = ec2.CfnInternetGateway(scope, "OwnGateway")
    zones = [LocalZone(name="City", zone="us-east-1-bos-1a", cidr="10.0.48.0/24")]
    made = EdgeZoneSubnets(scope, "Edge", vpc=own, internet_gateway=gateway, local_zones=zones)
    assert made.network is None
    template = Template.from_stack(scope)
    template.has_resource_properties("AWS::EC2::Subnet", {"AvailabilityZone": "us-east-1-bos-1a"})
    [route] = [
        one["Properties"]
        for name, one in template.find_resources("AWS::EC2::Route").items()
        if name.startswith("EdgeCity")
    ]
    assert "OwnGateway" in str(route["GatewayId"])


def test_a_zone_of_another_region_is_refused() -> None:
    stack = cdk.Stack(cdk.App(), "Net", env=cdk.Environment(account="111122223333", region="eu-west-1"))
    zones = [LocalZone(name="City", zone="us-east-1-bos-1a", cidr="10.0.16.0/24")]
    with pytest.raises(ValueError, match="zone of City must be of the Region eu-west-1, got us-east-1-bos-1a"):
        EdgeZoneSubnets(stack, "Edge", local_zones=zones)


def test_a_route_goes_before_the_gateway_that_it_leads_to() -> None:
    """CloudFormation deletes what refers before what is referred to: no blackhole stays behind."""
    resources = example("edge-zone-subnets", "agnostic").template["Resources"]
    [route] = [one for name, one in resources.items() if "ToCarrier" in name]
    assert "CarrierGateway" in str(route["Properties"]["CarrierGatewayId"])
    [gateway] = [one for one in resources.values() if one["Type"] == "AWS::EC2::CarrierGateway"]
    assert any("Carrier" in one for one in gateway["DependsOn"])

"""Attributes that are a resource's own id, by the schemas of its type, and those that repeat a property."""

from __future__ import annotations

from typing import Any

import pytest
from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER

from patternkit.resolving import StackSet, resolver_of
from patternkit.resolving.values import World
from patternkit.routes import Contracts
from patternkit.templates import StackSource

# The types whose ids others are given, and what else names them than what AWS calls the primary identifier.
KINDS: dict[str, set[str]] = {
    "AWS::EC2::VPC": set(),
    "AWS::EC2::Subnet": set(),
    "AWS::EC2::RouteTable": set(),
    "AWS::EC2::InternetGateway": set(),
    "AWS::EC2::EgressOnlyInternetGateway": set(),
    "AWS::EC2::NatGateway": set(),
    "AWS::EC2::VPCEndpoint": set(),
    "AWS::EC2::NetworkInterface": set(),
    "AWS::EC2::Instance": set(),
    "AWS::EC2::NetworkAcl": set(),
    "AWS::EC2::SecurityGroup": {"GroupId"},
    "AWS::EC2::PrefixList": set(),
    "AWS::EC2::VPCPeeringConnection": set(),
    "AWS::EC2::VPNGateway": set(),
    "AWS::EC2::VPNConnection": set(),
    "AWS::EC2::CustomerGateway": set(),
    "AWS::EC2::TransitGateway": {"TransitGatewayArn"},
    "AWS::EC2::TransitGatewayAttachment": set(),
    "AWS::EC2::TransitGatewayVpcAttachment": set(),
    "AWS::EC2::TransitGatewayRouteTable": set(),
    "AWS::EC2::TransitGatewayPeeringAttachment": set(),
    "AWS::EC2::TransitGatewayConnect": set(),
    "AWS::NetworkFirewall::Firewall": set(),
    "AWS::NetworkFirewall::FirewallPolicy": set(),
    "AWS::NetworkFirewall::RuleGroup": set(),
    "AWS::EC2::EIP": set(),
    "AWS::EC2::VPCEndpointService": set(),
    "AWS::EC2::CarrierGateway": set(),
    "AWS::EC2::LocalGatewayRouteTable": set(),
    "AWS::ElasticLoadBalancingV2::LoadBalancer": set(),
    "AWS::ElasticLoadBalancingV2::TargetGroup": set(),
    "AWS::ElasticLoadBalancingV2::Listener": set(),
    "AWS::DirectConnect::DirectConnectGateway": {"DirectConnectGatewayId"},
}
# Where a property says to what a resource belongs, or which addresses it has.
REPEATED = {"CidrBlock", "SubnetId", "VpcId"}


def value(kind: str, attribute: str, properties: dict[str, Any] | None = None, *, dotted: bool = False) -> Any:
    template = {
        "Parameters": {"Given": {"Type": "String", "Default": "given"}},
        "Resources": {"It": {"Type": kind, **({} if properties is None else {"Properties": properties})}},
    }
    contracts = Contracts.from_data({})
    stacks = StackSet([StackSource("Net", template)], contracts)
    node = {"Fn::GetAtt": f"It.{attribute}" if dotted else ["It", attribute]}
    return resolver_of(stacks, contracts, World()).resolve(stacks.stacks[0], node)


def identifiers(kind: str) -> set[str]:
    """What the schema of a type calls its primary identifier; of an address its id, not the address itself."""
    schema = PROVIDER_SCHEMA_MANAGER.get_resource_schema("us-east-1", kind).schema
    return {pointer.rpartition("/")[2] for pointer in schema["primaryIdentifier"]} - {"PublicIp"}


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_the_id_of_a_resource(kind: str) -> None:
    named = identifiers(kind) | KINDS[kind]
    readable = PROVIDER_SCHEMA_MANAGER.get_resource_schema("us-east-1", kind).get_atts
    assert all(name in readable for name in named)
    for dotted in (False, True):
        assert {value(kind, name, dotted=dotted) for name in named} == {"⟨Net/It⟩"}
    others = [name for name in readable if name not in named and name.endswith(("Id", "Arn"))]
    assert [value(kind, name) for name in others] == [f"⟨Net/It.{name}⟩" for name in others]


@pytest.mark.parametrize("kind", KINDS)
def test_what_repeats_a_property(kind: str) -> None:
    """What a template may write and another resource reads is what is written; without it only AWS knows."""
    schema = PROVIDER_SCHEMA_MANAGER.get_resource_schema("us-east-1", kind)
    written = {
        name
        for name in schema.schema["properties"]
        if f"/properties/{name}" not in schema.schema.get("readOnlyProperties", ())
    }
    for name in sorted(REPEATED & written & set(schema.get_atts)):
        assert value(kind, name, {name: {"Ref": "Given"}}) == "given"
        assert value(kind, name, {}) == value(kind, name) == f"⟨Net/It.{name}⟩"

"""`Ref` and `Fn::GetAtt`."""

from __future__ import annotations

import re
from typing import Any

from patternkit.resolving.address_blocks import ipv6_blocks
from patternkit.resolving.custom_resources import custom_attribute
from patternkit.resolving.exports import nested_output
from patternkit.resolving.firewalls import firewall_attribute
from patternkit.resolving.identities import endpoint_id
from patternkit.resolving.parameters import parameter
from patternkit.resolving.resolver import Resolver
from patternkit.resolving.stacks import Stack, is_custom
from patternkit.resolving.values import NO_VALUE, opaque
from patternkit.resolving.zones import subnet_zone
from patternkit.templates.errors import TemplateError, nearest

# Attributes that are the resource's own identity.
_IDENTITY = {
    "AWS::EC2::VPC": {"VpcId"},
    "AWS::EC2::Subnet": {"SubnetId"},
    "AWS::EC2::RouteTable": {"RouteTableId"},
    "AWS::EC2::InternetGateway": {"InternetGatewayId"},
    "AWS::EC2::EgressOnlyInternetGateway": {"Id"},
    "AWS::EC2::NatGateway": {"NatGatewayId"},
    "AWS::EC2::VPCEndpoint": {"Id"},
    "AWS::EC2::NetworkInterface": {"Id"},
    "AWS::EC2::Instance": {"InstanceId"},
    "AWS::EC2::NetworkAcl": {"Id"},
    "AWS::EC2::SecurityGroup": {"GroupId", "Id"},
    "AWS::EC2::PrefixList": {"PrefixListId"},
    "AWS::EC2::VPCPeeringConnection": {"Id"},
    "AWS::EC2::VPNGateway": {"VPNGatewayId"},
    "AWS::EC2::VPNConnection": {"VpnConnectionId"},
    "AWS::EC2::CustomerGateway": {"CustomerGatewayId"},
    "AWS::EC2::TransitGateway": {"Id", "TransitGatewayArn"},
    "AWS::EC2::TransitGatewayAttachment": {"Id"},
    "AWS::EC2::TransitGatewayVpcAttachment": {"Id"},
    "AWS::EC2::TransitGatewayRouteTable": {"TransitGatewayRouteTableId"},
    "AWS::EC2::TransitGatewayPeeringAttachment": {"TransitGatewayAttachmentId"},
    "AWS::EC2::TransitGatewayConnect": {"TransitGatewayAttachmentId"},
    "AWS::NetworkFirewall::Firewall": {"FirewallArn"},
    "AWS::NetworkFirewall::FirewallPolicy": {"FirewallPolicyArn"},
    "AWS::NetworkFirewall::RuleGroup": {"RuleGroupArn"},
    "AWS::EC2::EIP": {"AllocationId"},
    "AWS::EC2::VPCEndpointService": {"ServiceId"},
    "AWS::EC2::CarrierGateway": {"CarrierGatewayId"},
    "AWS::EC2::LocalGatewayRouteTable": {"LocalGatewayRouteTableId"},
    "AWS::ElasticLoadBalancingV2::LoadBalancer": {"LoadBalancerArn"},
    "AWS::ElasticLoadBalancingV2::TargetGroup": {"TargetGroupArn"},
    "AWS::ElasticLoadBalancingV2::Listener": {"ListenerArn"},
    "AWS::DirectConnect::DirectConnectGateway": {"DirectConnectGatewayId", "DirectConnectGatewayArn"},
}
# Attributes that repeat a property.
_PROPERTY = {
    ("AWS::EC2::VPC", "CidrBlock"),
    ("AWS::EC2::Subnet", "CidrBlock"),
    ("AWS::EC2::Subnet", "VpcId"),
    ("AWS::EC2::RouteTable", "VpcId"),
    ("AWS::EC2::SecurityGroup", "VpcId"),
    ("AWS::EC2::Instance", "SubnetId"),
    ("AWS::EC2::NetworkInterface", "SubnetId"),
}


def ref(resolver: Resolver, stack: Stack, name: Any) -> Any:
    """`Ref`: of a resource, a parameter, or a pseudo parameter."""
    if not isinstance(name, str):
        raise TemplateError(f"{stack.name}: Ref takes a name, got {name!r}")
    identity = stack.ids.get(name)
    if identity is not None:
        resource = stack.resources[name]
        if resource["Type"] == "AWS::SSM::Parameter":
            return opaque(f"{stack.name}/{name}")
        if name in stack.named_by_code:
            kind, properties = resource["Type"], resource.get("Properties") or {}
            return resolver.once(
                (stack.name, "attribute", f"{name}.Ref"),
                lambda: custom_attribute(resolver, stack, name, kind, properties, "Ref"),
            )
        return identity
    if name.startswith("AWS::"):
        return _pseudo(stack, name)
    if name in stack.parameters:
        return resolver.once((stack.name, "parameter", name), lambda: parameter(resolver, stack, name))
    raise TemplateError(
        f"{stack.name}: Ref to {name!r}, which is neither a resource nor a parameter"
        f"{nearest(name, [*stack.resources, *stack.parameters])}"
    )


# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/pseudo-parameter-reference.html
_SUFFIXES = {"aws": "amazonaws.com", "aws-cn": "amazonaws.com.cn", "aws-us-gov": "amazonaws.com"}


def _partition(region: str) -> str:
    """The partition of a Region; "" where that is not known, as of those that are none of the public."""
    if region.startswith(("cn-", "us-gov-")):
        return "aws-cn" if region.startswith("cn-") else "aws-us-gov"
    return "aws" if re.fullmatch(r"(af|ap|ca|eu|il|me|mx|sa|us)-(?!iso)[a-z]+-\d", region) else ""


def _pseudo(stack: Stack, name: str) -> Any:
    if name == "AWS::NoValue":
        return NO_VALUE
    if name == "AWS::Region" and stack.region:
        return stack.region
    if name in ("AWS::Partition", "AWS::URLSuffix") and (partition := _partition(stack.region)):
        return partition if name == "AWS::Partition" else _SUFFIXES[partition]
    if name == "AWS::AccountId" and stack.source.account:
        return stack.source.account
    if name == "AWS::StackName":
        return stack.source.stack_name or stack.name
    if name == "AWS::StackId":
        return opaque(f"{stack.name}/StackId")
    return opaque(name)


def get_att(resolver: Resolver, stack: Stack, argument: Any) -> Any:
    """`Fn::GetAtt`."""
    parts = argument.split(".", 1) if isinstance(argument, str) else argument
    if not isinstance(parts, list) or len(parts) < 2 or not isinstance(parts[0], str):
        raise TemplateError(f"{stack.name}: Fn::GetAtt takes a resource and an attribute, got {argument!r}")
    logical = parts[0]
    attribute = ".".join(str(part if isinstance(part, str) else resolver.resolve(stack, part)) for part in parts[1:])
    resource = stack.resources.get(logical)
    if resource is None:
        raise TemplateError(
            f"{stack.name}: Fn::GetAtt of {logical!r}, which is not a resource{nearest(logical, stack.resources)}"
        )
    kind = resource["Type"]
    if attribute in _IDENTITY.get(kind, ()):
        return stack.ids[logical]
    return resolver.once(
        (stack.name, "attribute", f"{logical}.{attribute}"),
        lambda: _attribute(resolver, stack, logical, resource, kind, attribute),
    )


def _attribute(
    resolver: Resolver, stack: Stack, logical: str, resource: dict[str, Any], kind: str, attribute: str
) -> Any:
    properties = resource.get("Properties") or {}
    if (kind, attribute) in _PROPERTY and attribute in properties:
        return resolver.resolve(stack, properties[attribute])
    if kind == "AWS::CloudFormation::Stack":
        return nested_output(resolver, stack, logical, attribute)
    if kind == "AWS::SSM::Parameter" and attribute == "Value":
        return resolver.resolve(stack, properties.get("Value"))
    if kind == "AWS::EC2::Subnet" and attribute == "AvailabilityZone":
        return subnet_zone(resolver, stack, logical)
    if kind == "AWS::EC2::VPC" and attribute == "Ipv6CidrBlocks":
        return ipv6_blocks(resolver, stack, logical)
    if kind == "AWS::NetworkFirewall::Firewall":
        return firewall_attribute(resolver, stack, logical, properties, attribute)
    if kind == "AWS::NetworkFirewall::VpcEndpointAssociation" and attribute == "EndpointId":
        return endpoint_id(stack, logical, 0)
    if is_custom(kind):
        return custom_attribute(resolver, stack, logical, kind, properties, attribute)
    return opaque(f"{stack.name}/{logical}.{attribute}")

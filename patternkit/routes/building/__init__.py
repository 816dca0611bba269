"""Make the network model out of resources.

Each resource type has one method. They run in the order in which the elements need each other, not in the
template's.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from patternkit.routes.building.automations import AUTOMATIONS, _Automations
from patternkit.routes.building.finishing import _Finishing
from patternkit.routes.building.firewalls import _Firewalls
from patternkit.routes.building.openings import _Openings
from patternkit.routes.building.reading import Properties
from patternkit.routes.building.vpcs import _Vpcs
from patternkit.routes.classes import ADDS, CHANGES, class_of, unread
from patternkit.routes.contracts import Contracts
from patternkit.routes.model import (
    Model,
)
from patternkit.routes.resolving import (
    Resolver,
    Stack,
    is_custom,
)


def build(resolver: Resolver, contracts: Contracts) -> Model:
    """Make the model of a set of stacks in the resolver's world.

    Raises:
        TemplateError: A template contradicts itself.
        ContractError: A contract names what is not there.
    """
    return _Builder(resolver, contracts).build()


class _Builder(_Vpcs, _Openings, _Firewalls, _Automations, _Finishing):
    def build(self) -> Model:
        buckets: dict[str, list[tuple[Stack, str, Any]]] = {kind: [] for kind in _METHODS}
        custom: list[tuple[Stack, str, Any]] = []
        unmodelled: list[tuple[Stack, str, Any]] = []
        automations: list[tuple[Stack, str, Any]] = []
        for stack in self.resolver.stacks.stacks:
            # A stack without conditions needs no look at each resource's.
            for logical, resource in stack.resources.items():
                kind = resource["Type"]
                bucket = buckets.get(kind)
                if kind in AUTOMATIONS and self.resolver.exists(stack, resource):
                    automations.append((stack, logical, resource.get("Properties") or {}))
                if bucket is None:
                    if is_custom(kind):
                        bucket = custom
                    elif not kind.startswith("AWS::") or class_of(kind) in (ADDS, CHANGES):
                        bucket = unmodelled
                    else:
                        continue
                if ("Condition" in resource or stack.parent is not None) and not self.resolver.exists(stack, resource):
                    continue
                bucket.append((stack, logical, resource.get("Properties") or {}))
        self.model.contracts = self._leans() | self.resolver.stacks.leans
        self.model.unknown = list(self.resolver.stacks.unknown_everywhere)
        self.model.notes += self.resolver.stacks.nesting.notes
        for kind, method in _METHODS.items():
            for stack, logical, properties in buckets[kind]:
                method(self, stack, logical, properties)
            if kind == "AWS::EC2::TransitGatewayRouteTablePropagation":
                self._default_propagation()
        self._check_contracts()
        self._settle_instances()
        self._declared()
        for stack, logical, properties in custom:
            self._custom(stack, logical, properties)
        for stack, logical, properties in automations:
            self._automation(stack, logical, properties)
        for stack, logical, properties in unmodelled:
            self._unmodelled(stack, logical, properties)
        for kind, bucket in buckets.items():
            if bucket and unread(kind):
                for stack, logical, properties in bucket:
                    self._partly_modelled(stack, logical, properties)
        self._listen()
        self._look_for_refusals(buckets)
        self._finish()
        return self.model


_METHODS: dict[str, Callable[[_Builder, Stack, str, Properties], None]] = {
    "AWS::EC2::VPC": _Builder.vpc,
    "AWS::EC2::VPCCidrBlock": _Builder.vpc_cidr,
    "AWS::EC2::InternetGateway": _Builder.internet_gateway,
    "AWS::EC2::VPNGateway": _Builder.vpn_gateway,
    "AWS::EC2::VPCGatewayAttachment": _Builder.gateway_attachment,
    "AWS::EC2::EgressOnlyInternetGateway": _Builder.egress_only,
    "AWS::EC2::Subnet": _Builder.subnet,
    "AWS::EC2::SubnetCidrBlock": _Builder.subnet_cidr,
    "AWS::EC2::RouteTable": _Builder.table,
    "AWS::EC2::SubnetRouteTableAssociation": _Builder.table_association,
    "AWS::EC2::GatewayRouteTableAssociation": _Builder.gateway_table,
    "AWS::EC2::PrefixList": _Builder.prefix_list,
    "AWS::EC2::NetworkAcl": _Builder.acl,
    "AWS::EC2::NetworkAclEntry": _Builder.acl_entry,
    "AWS::EC2::SubnetNetworkAclAssociation": _Builder.acl_association,
    "AWS::EC2::SecurityGroup": _Builder.security_group,
    "AWS::EC2::SecurityGroupIngress": _Builder.group_rule,
    "AWS::EC2::SecurityGroupEgress": _Builder.group_rule,
    "AWS::EC2::NatGateway": _Builder.nat,
    "AWS::EC2::NetworkInterface": _Builder.network_interface,
    "AWS::EC2::Instance": _Builder.instance,
    "AWS::EC2::NetworkInterfaceAttachment": _Builder.interface_attachment,
    "AWS::EC2::EIP": _Builder.elastic_address,
    "AWS::EC2::EIPAssociation": _Builder.elastic_address,
    "AWS::ElasticLoadBalancingV2::LoadBalancer": _Builder.balancer,
    "AWS::ElasticLoadBalancingV2::TargetGroup": _Builder.target_group,
    "AWS::ElasticLoadBalancingV2::Listener": _Builder.listener,
    "AWS::ElasticLoadBalancingV2::ListenerRule": _Builder.listener_rule,
    "AWS::AutoScaling::AutoScalingGroup": _Builder.scaling_group,
    "AWS::ECS::Service": _Builder.service,
    "AWS::EC2::VPCEndpointService": _Builder.endpoint_service,
    "AWS::EC2::VPCEndpointServicePermissions": _Builder.service_permissions,
    "AWS::EC2::VPCEndpoint": _Builder.endpoint,
    "AWS::GlobalAccelerator::Listener": _Builder.accelerator_listener,
    "AWS::GlobalAccelerator::EndpointGroup": _Builder.accelerator_endpoints,
    "AWS::EC2::VPCPeeringConnection": _Builder.peering,
    "AWS::EC2::TransitGateway": _Builder.transit_gateway,
    "AWS::EC2::TransitGatewayRouteTable": _Builder.transit_table,
    "AWS::NetworkFirewall::RuleGroup": _Builder.rule_group,
    "AWS::NetworkFirewall::FirewallPolicy": _Builder.policy,
    "AWS::NetworkFirewall::Firewall": _Builder.firewall,
    "AWS::NetworkFirewall::VpcEndpointAssociation": _Builder.endpoint_association,
    "AWS::EC2::TransitGatewayAttachment": _Builder.vpc_attachment,
    "AWS::EC2::TransitGatewayVpcAttachment": _Builder.vpc_attachment,
    "AWS::EC2::TransitGatewayPeeringAttachment": _Builder.transit_peering,
    "AWS::EC2::CustomerGateway": _Builder.customer_gateway,
    "AWS::EC2::VPNConcentrator": _Builder.concentrator,
    "AWS::EC2::VPNConnection": _Builder.vpn,
    "AWS::EC2::VPNConnectionRoute": _Builder.vpn_route,
    "AWS::EC2::TransitGatewayConnect": _Builder.connect,
    "AWS::DirectConnect::DirectConnectGatewayAssociation": _Builder.direct_connect,
    "AWS::EC2::TransitGatewayPolicyTableAssociation": _Builder.policy_association,
    "AWS::EC2::TransitGatewayRouteTableAssociation": _Builder.association,
    "AWS::EC2::TransitGatewayRouteTablePropagation": _Builder.propagation,
    "AWS::EC2::TransitGatewayRoute": _Builder.transit_route,
    "AWS::EC2::VPNGatewayRoutePropagation": _Builder.vgw_propagation,
    "AWS::EC2::Route": _Builder.route,
}


def modelled_types() -> set[str]:
    """The types that the model reads."""
    return {*_METHODS, "AWS::CloudFormation::Stack"}

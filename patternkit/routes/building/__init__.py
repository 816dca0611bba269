"""Make the network model out of resources.

Each resource type has one function. They run in the order in which the elements need each other, not in the template's.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from patternkit.resolving import Resolver, Stack, is_custom
from patternkit.routes.building.automations import AUTOMATIONS, suspect_automation
from patternkit.routes.building.database_proxies import add_database_proxy, add_proxy_endpoint, add_proxy_targets
from patternkit.routes.building.declared_elements import add_declared, check_contracts
from patternkit.routes.building.draft import Draft, Properties
from patternkit.routes.building.endpoint_services import (
    add_accelerator_endpoints,
    add_accelerator_listener,
    add_endpoint,
    add_endpoint_service,
    add_service_permissions,
    settle_listeners,
)
from patternkit.routes.building.filters import (
    add_acl,
    add_acl_association,
    add_acl_entry,
    add_group_rule,
    add_security_group,
)
from patternkit.routes.building.firewalls import add_endpoint_association, add_firewall, add_policy, add_rule_group
from patternkit.routes.building.foreign_carriers import doubt_foreign_carriers
from patternkit.routes.building.instances import (
    add_elastic_address,
    add_instance,
    add_interface_attachment,
    add_network_interface,
    settle_instances,
)
from patternkit.routes.building.load_balancers import (
    add_balancer,
    add_listener,
    add_listener_rule,
    add_scaling_group,
    add_service,
    add_target_group,
)
from patternkit.routes.building.propagation import finish
from patternkit.routes.building.public_access import add_public_block, add_public_exception
from patternkit.routes.building.refusals import find_refusals
from patternkit.routes.building.route_targets import add_nat, add_peering, add_prefix_list
from patternkit.routes.building.sites import (
    add_concentrator,
    add_connect,
    add_customer_gateway,
    add_direct_connect,
    add_vpn,
    add_vpn_route,
)
from patternkit.routes.building.suspects import (
    doubt_edge_gateways,
    doubt_partly_modelled,
    doubt_unmodelled,
    suspect_custom_resource,
)
from patternkit.routes.building.transit_gateways import (
    add_association,
    add_policy_association,
    add_propagation,
    add_transit_gateway,
    add_transit_peering,
    add_transit_route,
    add_transit_table,
    add_vpc_attachment,
    propagate_all_by_default,
)
from patternkit.routes.building.vpcs import (
    add_carrier_gateway,
    add_egress_only,
    add_gateway_attachment,
    add_gateway_table,
    add_internet_gateway,
    add_local_gateway_association,
    add_route,
    add_subnet,
    add_subnet_cidr,
    add_table,
    add_table_association,
    add_vgw_propagation,
    add_vpc,
    add_vpc_cidr,
    add_vpn_gateway,
)
from patternkit.routes.classes import ADDS, CHANGES, class_of, unread
from patternkit.routes.contracts import Contracts
from patternkit.routes.errors import TemplateError
from patternkit.routes.model import Model

Resources: TypeAlias = list[tuple[Stack, str, Any]]


def build(resolver: Resolver, contracts: Contracts) -> Model:
    """Make the model of a set of stacks in the resolver's world.

    Raises:
        TemplateError: A template contradicts itself.
        ContractError: A contract names what is not there.
    """
    draft = Draft(resolver, contracts)
    of_type, custom, unmodelled, automations = _by_type(resolver)
    draft.model.contracts = draft.leans() | resolver.stacks.leans
    draft.model.unknown = list(resolver.stacks.unknown_everywhere)
    draft.model.notes += resolver.stacks.nesting.notes
    for kind, add in _ADDED_BY.items():
        _take_each(draft, of_type[kind], add)
        if kind == "AWS::EC2::TransitGatewayRouteTablePropagation":
            propagate_all_by_default(draft)
    check_contracts(draft)
    settle_instances(draft)
    add_declared(draft)
    for resources, suspect in (
        (custom, suspect_custom_resource),
        (automations, suspect_automation),
        (unmodelled, doubt_unmodelled),
        *((resources, doubt_partly_modelled) for kind, resources in of_type.items() if unread(kind)),
    ):
        _take_each(draft, resources, suspect)
    doubt_edge_gateways(draft, of_type)
    settle_listeners(draft)
    doubt_foreign_carriers(draft, of_type)
    find_refusals(draft, of_type)
    finish(draft)
    return draft.model


def _take_each(draft: Draft, resources: Resources, take: Callable[[Draft, Stack, str, Properties], None]) -> None:
    """Take resources one by one; a value of a shape that CloudFormation refuses is told with its resource."""
    for stack, logical, properties in resources:
        try:
            take(draft, stack, logical, properties)
        except (AttributeError, TypeError, KeyError, IndexError) as error:
            raise TemplateError(f"{stack.path(logical)} holds a value of the wrong shape: {error}") from error
        except TemplateError as error:
            path = stack.path(logical)
            raise error if path in str(error) else TemplateError(f"{path}: {error}") from None


def modelled_types() -> set[str]:
    """The types that the model reads."""
    return {*_ADDED_BY, "AWS::CloudFormation::Stack"}


def _by_type(resolver: Resolver) -> tuple[dict[str, Resources], Resources, Resources, Resources]:
    """The resources that exist: those that are modelled by type, custom ones, other ones, and those that run code."""
    of_type: dict[str, Resources] = {kind: [] for kind in _ADDED_BY}
    custom: Resources = []
    unmodelled: Resources = []
    automations: Resources = []
    for stack in resolver.stacks.stacks:
        for logical, resource in stack.resources.items():
            kind = resource["Type"]
            wanted = of_type.get(kind)
            if wanted is None:
                if is_custom(kind):
                    wanted = custom
                elif not kind.startswith("AWS::") or class_of(kind) in (ADDS, CHANGES):
                    wanted = unmodelled
                elif kind not in AUTOMATIONS:
                    continue
            # A stack without conditions needs no look at each resource's.
            if ("Condition" in resource or stack.parent is not None) and not resolver.exists(stack, resource):
                continue
            entry = (stack, logical, resource.get("Properties") or {})
            if wanted is not None:
                wanted.append(entry)
            if kind in AUTOMATIONS:
                automations.append(entry)
    return of_type, custom, unmodelled, automations


_ADDED_BY: dict[str, Callable[[Draft, Stack, str, Properties], None]] = {
    "AWS::EC2::VPC": add_vpc,
    "AWS::EC2::VPCCidrBlock": add_vpc_cidr,
    "AWS::EC2::InternetGateway": add_internet_gateway,
    "AWS::EC2::VPNGateway": add_vpn_gateway,
    "AWS::EC2::VPCGatewayAttachment": add_gateway_attachment,
    "AWS::EC2::EgressOnlyInternetGateway": add_egress_only,
    "AWS::EC2::CarrierGateway": add_carrier_gateway,
    "AWS::EC2::LocalGatewayRouteTableVPCAssociation": add_local_gateway_association,
    "AWS::EC2::Subnet": add_subnet,
    "AWS::EC2::SubnetCidrBlock": add_subnet_cidr,
    "AWS::EC2::VPCBlockPublicAccessOptions": add_public_block,
    "AWS::EC2::VPCBlockPublicAccessExclusion": add_public_exception,
    "AWS::EC2::RouteTable": add_table,
    "AWS::EC2::SubnetRouteTableAssociation": add_table_association,
    "AWS::EC2::GatewayRouteTableAssociation": add_gateway_table,
    "AWS::EC2::PrefixList": add_prefix_list,
    "AWS::EC2::NetworkAcl": add_acl,
    "AWS::EC2::NetworkAclEntry": add_acl_entry,
    "AWS::EC2::SubnetNetworkAclAssociation": add_acl_association,
    "AWS::EC2::SecurityGroup": add_security_group,
    "AWS::EC2::SecurityGroupIngress": add_group_rule,
    "AWS::EC2::SecurityGroupEgress": add_group_rule,
    "AWS::EC2::NatGateway": add_nat,
    "AWS::EC2::NetworkInterface": add_network_interface,
    "AWS::EC2::Instance": add_instance,
    "AWS::EC2::NetworkInterfaceAttachment": add_interface_attachment,
    "AWS::EC2::EIP": add_elastic_address,
    "AWS::EC2::EIPAssociation": add_elastic_address,
    "AWS::ElasticLoadBalancingV2::LoadBalancer": add_balancer,
    "AWS::ElasticLoadBalancingV2::TargetGroup": add_target_group,
    "AWS::ElasticLoadBalancingV2::Listener": add_listener,
    "AWS::ElasticLoadBalancingV2::ListenerRule": add_listener_rule,
    "AWS::AutoScaling::AutoScalingGroup": add_scaling_group,
    "AWS::ECS::Service": add_service,
    "AWS::RDS::DBProxy": add_database_proxy,
    "AWS::RDS::DBProxyEndpoint": add_proxy_endpoint,
    "AWS::RDS::DBProxyTargetGroup": add_proxy_targets,
    "AWS::EC2::VPCEndpointService": add_endpoint_service,
    "AWS::EC2::VPCEndpointServicePermissions": add_service_permissions,
    "AWS::EC2::VPCEndpoint": add_endpoint,
    "AWS::GlobalAccelerator::Listener": add_accelerator_listener,
    "AWS::GlobalAccelerator::EndpointGroup": add_accelerator_endpoints,
    "AWS::EC2::VPCPeeringConnection": add_peering,
    "AWS::EC2::TransitGateway": add_transit_gateway,
    "AWS::EC2::TransitGatewayRouteTable": add_transit_table,
    "AWS::NetworkFirewall::RuleGroup": add_rule_group,
    "AWS::NetworkFirewall::FirewallPolicy": add_policy,
    "AWS::NetworkFirewall::Firewall": add_firewall,
    "AWS::NetworkFirewall::VpcEndpointAssociation": add_endpoint_association,
    "AWS::EC2::TransitGatewayAttachment": add_vpc_attachment,
    "AWS::EC2::TransitGatewayVpcAttachment": add_vpc_attachment,
    "AWS::EC2::TransitGatewayPeeringAttachment": add_transit_peering,
    "AWS::EC2::CustomerGateway": add_customer_gateway,
    "AWS::EC2::VPNConcentrator": add_concentrator,
    "AWS::EC2::VPNConnection": add_vpn,
    "AWS::EC2::VPNConnectionRoute": add_vpn_route,
    "AWS::EC2::TransitGatewayConnect": add_connect,
    "AWS::DirectConnect::DirectConnectGatewayAssociation": add_direct_connect,
    "AWS::EC2::TransitGatewayPolicyTableAssociation": add_policy_association,
    "AWS::EC2::TransitGatewayRouteTableAssociation": add_association,
    "AWS::EC2::TransitGatewayRouteTablePropagation": add_propagation,
    "AWS::EC2::TransitGatewayRoute": add_transit_route,
    "AWS::EC2::VPNGatewayRoutePropagation": add_vgw_propagation,
    "AWS::EC2::Route": add_route,
}

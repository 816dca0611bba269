"""What the template says of endpoints and Regions."""

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from aws_cdk.assertions import Template

from patterns.dns.global_accelerator import Endpoint, GlobalAccelerator, RegionalEndpoints
from tests.patterns.dns.global_accelerator.refusals import REGION, existing
from tests.patterns.dns.global_accelerator.regions import vpc


def test_a_dial_may_be_a_token(scope: cdk.Stack) -> None:
    dial = cdk.CfnParameter(scope, "Dial", type="Number").value_as_number
    regions = {REGION: RegionalEndpoints(endpoints=[Endpoint(balancer=existing(scope))], dial=dial)}
    GlobalAccelerator(scope, "Front", regions=regions)
    Template.from_stack(scope).has_resource_properties(
        "AWS::GlobalAccelerator::EndpointGroup", {"TrafficDialPercentage": {"Ref": "Dial"}}
    )


@pytest.mark.parametrize(("keeps", "ipv6"), [(True, True), (False, False)])
def test_a_dual_stack_network_load_balancer_is_taken(scope: cdk.Stack, keeps: bool, ipv6: bool) -> None:
    inside = vpc(scope, REGION, "10.0.0.0/16")
    balancer = elbv2.NetworkLoadBalancer(
        scope,
        "Balancer",
        vpc=inside,
        internet_facing=True,
        security_groups=[ec2.SecurityGroup(scope, "Group", vpc=inside)],
        ip_address_type=elbv2.IpAddressType.DUAL_STACK,
    )
    endpoints = [Endpoint(balancer=balancer, keeps_client_address=keeps)]
    GlobalAccelerator(scope, "Front", regions={REGION: RegionalEndpoints(endpoints=endpoints)}, ipv6=ipv6)
    Template.from_stack(scope).has_resource_properties(
        "AWS::GlobalAccelerator::EndpointGroup",
        {"EndpointConfigurations": [{"ClientIPPreservationEnabled": keeps}]},
    )

"""Target groups and load balancers for tests, which look nothing up."""

from typing import Any

from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from constructs import Construct

from tests.patterns.web.certificates import certificate, vpc, zone


def groups(scope: Construct) -> dict[str, Any]:
    network = vpc(scope, private=0)
    return {
        "vpc": network,
        **{
            name: elbv2.ApplicationTargetGroup(
                scope,
                name.capitalize(),
                vpc=network,
                port=8080,
                protocol=elbv2.ApplicationProtocol.HTTP,
                target_type=elbv2.TargetType.IP,
            )
            for name in ("stable", "candidate")
        },
    }


def release(scope: Construct) -> dict[str, Any]:
    return {"certificate": certificate(scope), **groups(scope)}


def records(scope: Construct) -> dict[str, Any]:
    return {
        "domain_name": "www.example.com",
        "hosted_zone": zone(scope),
        **{
            name: elbv2.ApplicationLoadBalancer.from_application_load_balancer_attributes(
                scope,
                name.capitalize(),
                load_balancer_arn=f"arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/app/{name}/0",
                security_group_id="sg-0123456789abcdef0",
                load_balancer_dns_name=f"{name}.eu-west-1.elb.amazonaws.com",
                load_balancer_canonical_hosted_zone_id="Z32O12XQLNTSW2",
            )
            for name in ("stable", "candidate")
        },
    }

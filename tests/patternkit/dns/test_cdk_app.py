"""What the CDK writes for its own constructs is read as it is meant."""

from __future__ import annotations

from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_cloudfront_origins as origins
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_elasticloadbalancingv2 as elb
from aws_cdk import aws_globalaccelerator as globalaccelerator
from aws_cdk import aws_route53 as route53
from aws_cdk import aws_route53_targets as targets
from constructs import Construct

from patternkit.dns import Names, answers, resolves, same_everywhere, splits
from patternkit.testing.dns_names import read_names

_ADDRESS = route53.RecordTarget.from_ip_addresses


class Site(cdk.Stack):
    """Records of most kinds."""

    def __init__(self, scope: Construct, construct_id: str, **options: Any) -> None:
        super().__init__(scope, construct_id, **options)
        zone = route53.PublicHostedZone(self, "Zone", zone_name="example.com")
        shop = route53.PublicHostedZone(self, "Shop", zone_name="shop.example.com")
        servers = shop.hosted_zone_name_servers or []
        route53.ZoneDelegationRecord(self, "Delegation", zone=zone, record_name="shop", name_servers=servers)
        route53.ARecord(self, "Api", zone=shop, record_name="api", target=_ADDRESS("192.0.2.7"))
        vpc = ec2.Vpc(self, "Vpc", nat_gateways=0, restrict_default_security_group=False)
        private = route53.PrivateHostedZone(self, "Private", zone_name="corp.internal", vpc=vpc)
        queue = vpc.add_interface_endpoint("Queue", service=ec2.InterfaceVpcEndpointAwsService.SQS)
        self._alias("QueueName", private, "queue", targets.InterfaceVpcEndpointTarget(queue))
        balancer = elb.ApplicationLoadBalancer(self, "Balancer", vpc=vpc, internet_facing=True)
        check = route53.HealthCheck(
            self, "Check", type=route53.HealthCheckType.HTTPS, fqdn=balancer.load_balancer_dns_name
        )
        accelerator = globalaccelerator.Accelerator(self, "Accelerator")
        origin = origins.HttpOrigin("origin.example.org")
        cdn = cloudfront.Distribution(self, "Cdn", default_behavior=cloudfront.BehaviorOptions(origin=origin))
        self._alias("Www", zone, "www", targets.LoadBalancerTarget(balancer), weight=3, health_check=check)
        self._alias("Far", zone, "www", targets.GlobalAcceleratorTarget(accelerator), weight=1)
        self._alias("Static", zone, "static", targets.CloudFrontTarget(cdn))
        own = route53.ARecord(self, "Own", zone=zone, record_name="own", target=_ADDRESS("192.0.2.8"))
        self._alias("Again", zone, "again", targets.Route53RecordTarget(own))

    def _alias(self, construct_id: str, zone: Any, name: str, target: Any, **options: Any) -> None:
        aliased = route53.RecordTarget.from_alias(target)
        route53.ARecord(self, construct_id, zone=zone, record_name=name, target=aliased, **options)


@pytest.fixture(scope="module")
def names(tmp_path_factory: pytest.TempPathFactory) -> Names:
    app = cdk.App(outdir=str(tmp_path_factory.mktemp("assembly")))
    Site(app, "Site", env=cdk.Environment(account="123456789012", region="eu-west-1"))
    return read_names(app)


def test_an_app_of_most_kinds_of_targets_is_read(names: Names) -> None:
    assert (names.model.refused, names.model.unknown) == ([], [])
    names.assert_holds(
        splits("www.example.com", {"Balancer": 3, "Accelerator": 1}),
        answers("www.example.com", "Accelerator", ill="Balancer"),
        answers("static.example.com", "Cdn"),
        answers("again.example.com", "192.0.2.8"),
        answers("api.shop.example.com", "192.0.2.7"),
        answers("queue.corp.internal", "Queue", source="Vpc"),
        answers("sqs.eu-west-1.amazonaws.com", "Queue", source="Vpc"),
        resolves("internet", "every name in example.com"),
        same_everywhere("www.example.com", source=["internet", "Vpc"]),
    )

"""What every pattern refuses that stands behind an HTTPS load balancer."""

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from constructs import Construct

from tests.patterns.web.certificates import certificate, vpc, zone
from tests.refusals import Refusal


def small_vpc(scope: Construct, public: int, private: int) -> ec2.IVpc:
    return vpc(scope, public=public, private=private)


REFUSALS = [
    Refusal("certificate must be given, or domain_name and hosted_zone to make one for, got none", lambda _: {}),
    Refusal(
        "domain_name needs certificate, or hosted_zone to make one in, got 'www.example.com' alone",
        lambda _: {"domain_name": "www.example.com"},
    ),
    Refusal(
        "hosted_zone needs domain_name: which name in it should lead here?",
        lambda scope: {"certificate": certificate(scope), "hosted_zone": zone(scope)},
    ),
    Refusal(
        "domain_name must be example.com or end in .example.com, got 'www.example.org'",
        lambda scope: {"domain_name": "www.example.org", "hosted_zone": zone(scope)},
    ),
    Refusal(
        "vpc must have public subnets in two zones, got 1",
        lambda scope: {"certificate": certificate(scope), "vpc": small_vpc(scope, 1, 1)},
    ),
    Refusal(
        "vpc must have private subnets with a NAT gateway, got none",
        lambda scope: {"certificate": certificate(scope), "vpc": small_vpc(scope, 2, 0)},
    ),
]


def concrete_stack() -> cdk.Stack:
    return cdk.Stack(cdk.App(), "Somewhere", env=cdk.Environment(account="111122223333", region="eu-west-1"))

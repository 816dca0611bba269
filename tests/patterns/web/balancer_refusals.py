"""What every pattern refuses that stands behind an HTTPS load balancer."""

from typing import Any

import aws_cdk as cdk
from aws_cdk import Duration, Fn, Token
from aws_cdk import aws_ec2 as ec2
from constructs import Construct

from patterns.web.load_balancing.edge_front import EdgeFront
from tests.patterns.web.certificates import certificate, vpc, web_acl, zone
from tests.patterns.web.edge_fronts import edge_front
from tests.refusals import Refusal


def chosen(scope: Construct, *, public: list[int]) -> dict[str, Any]:
    """A VPC with two public groups, and some of its public subnets."""
    network = vpc(scope, public=4)
    return {"vpc": network, "public_subnets": [network.public_subnets[one] for one in public]}


def fronted(scope: Construct, **settings: Any) -> dict[str, Any]:
    """A name, and CloudFront before it."""
    return {"domain_name": "www.example.com", "hosted_zone": zone(scope), "edge": edge_front(scope, **settings)}


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
        "domain_name must be a domain name of up to 253 letters, digits, hyphens and dots, got 'a..example.com'",
        lambda scope: {"domain_name": "a..example.com", "hosted_zone": zone(scope)},
    ),
    Refusal(
        "domain_name must be a domain name of up to 253 letters, digits, hyphens and dots, got 'www_1.example.com'",
        lambda scope: {"certificate": certificate(scope), "domain_name": "www_1.example.com"},
    ),
    Refusal(
        "web_acl must have the scope REGIONAL, got CLOUDFRONT",
        lambda scope: {"certificate": certificate(scope), "web_acl": web_acl(scope, "CLOUDFRONT")},
    ),
    Refusal(
        "public_subnets must be given with vpc: the subnets of a VPC that is made are its own",
        lambda scope: {"certificate": certificate(scope), "public_subnets": vpc(scope).public_subnets},
    ),
    Refusal(
        "public_subnets must have their zones: import them with ec2.Subnet.from_subnet_attributes",
        lambda scope: {
            "certificate": certificate(scope),
            "vpc": vpc(scope),
            "public_subnets": [ec2.Subnet.from_subnet_id(scope, "Subnet", "subnet-00000099")],
        },
    ),
    Refusal(
        "public_subnets must be in two zones, got 1",
        lambda scope: {"certificate": certificate(scope), **chosen(scope, public=[0])},
    ),
    Refusal(
        "public_subnets must be in different zones, got two in eu-west-1a",
        lambda scope: {"certificate": certificate(scope), **chosen(scope, public=[0, 2])},
    ),
    Refusal(
        "domain_name must be example.com or end in .example.com, got 'www.example.org'",
        lambda scope: {"domain_name": "www.example.org", "hosted_zone": zone(scope)},
    ),
    Refusal(
        "vpc must have public subnets in two zones, got 1",
        lambda scope: {"certificate": certificate(scope), "vpc": small_vpc(scope, 1, 1)},
    ),
]

# Of those that may stand behind CloudFront.
EDGE = [
    Refusal(
        "edge needs domain_name: the load balancer's certificate must be that of a known name",
        lambda scope: {"certificate": certificate(scope), "edge": edge_front(scope)},
    ),
    Refusal(
        "edge: certificate must be in us-east-1, where CloudFront looks for it, got one in eu-west-1",
        lambda scope: {**fronted(scope), "edge": EdgeFront(certificate=certificate(scope))},
    ),
    Refusal(
        "edge: web_acl must have the scope CLOUDFRONT, got REGIONAL",
        lambda scope: fronted(scope, web_acl=web_acl(scope)),
    ),
    Refusal(
        "edge: key_cookies needs cached_paths: nothing is cached without them",
        lambda scope: fronted(scope, key_cookies=["theme"]),
    ),
    Refusal(
        "edge: key_headers must not name Upgrade: CloudFront takes it into no key",
        lambda scope: fronted(scope, cached_paths=["/a"], key_headers=["Upgrade"]),
    ),
    Refusal(
        "edge: key_headers must differ, got accept twice",
        lambda scope: fronted(scope, cached_paths=["/a"], key_headers=["Accept", "accept"]),
    ),
    Refusal(
        "edge: usual_time must be known when the template is made, got a token: which time is the longest depends on "
        "it",
        lambda scope: fronted(
            scope, cached_paths=["/a"], usual_time=Duration.seconds(Token.as_number({"Ref": "AWS::Region"}))
        ),
    ),
    Refusal(
        "edge: cached_paths must be known when the template is made, got a token: what is cached depends on it",
        lambda scope: fronted(scope, cached_paths=Fn.get_azs()),
    ),
    Refusal(
        "edge: key_headers must not name Host: it always tells answers apart",
        lambda scope: fronted(scope, cached_paths=["/a"], key_headers=["host"]),
    ),
    Refusal(
        "public_subnets must not be given with edge: the load balancer stands in private ones",
        lambda scope: {**fronted(scope), **chosen(scope, public=[0, 1])},
    ),
    Refusal(
        "vpc must have private subnets in two zones with edge, got 0",
        lambda scope: {**fronted(scope), "vpc": small_vpc(scope, 2, 0)},
    ),
    Refusal(
        "edge: longest_time must be between 1 second and 365 days, got 0 seconds",
        lambda scope: fronted(scope, cached_paths=["/a"], longest_time=Duration.seconds(0)),
    ),
]

# Of those whose applications run in private subnets.
INSIDE = [
    Refusal(
        "vpc must have private subnets with a NAT gateway, got none",
        lambda scope: {"certificate": certificate(scope), "vpc": small_vpc(scope, 2, 0)},
    ),
    Refusal(
        "private_subnets must be given: vpc has several private subnets in eu-west-1a, and "
        "vpc.select_subnets(subnet_group_name=...).subnets says which",
        lambda scope: {"certificate": certificate(scope), "vpc": small_vpc(scope, 2, 4)},
    ),
]


def concrete_stack() -> cdk.Stack:
    return cdk.Stack(cdk.App(), "Somewhere", env=cdk.Environment(account="111122223333", region="eu-west-1"))

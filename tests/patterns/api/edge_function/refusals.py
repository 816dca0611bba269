from collections.abc import Callable
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_cloudfront_origins as origins
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_wafv2 as wafv2
from constructs import Construct

from patterns.api.edge_function import Variant
from tests.refusals import Refusal

ARN = "arn:aws:lambda:{}:111122223333:function:edge:7"


def refused(message: str, **arguments: Any) -> Refusal:
    return Refusal(message, lambda _: arguments)


def version(message: str, **settings: Any) -> Refusal:
    """What the edge does not run, of a function in this app."""

    def given(scope: Construct) -> dict[str, Any]:
        made = lambda_.Function(
            scope,
            "AtEdge",
            handler="index.handler",
            **{
                "code": lambda_.Code.from_inline("def handler(event, context): return event"),
                "runtime": lambda_.Runtime.PYTHON_3_13,
                **(settings if "vpc" not in settings else {"vpc": _vpc(scope)}),
            },
        )
        return {"body_function": made.current_version}

    return Refusal(message, given)


def _vpc(scope: Construct) -> ec2.IVpc:
    return ec2.Vpc(scope, "Vpc")


def imported(arn: str) -> Callable[[Construct], dict[str, Any]]:
    return lambda scope: {"body_function": lambda_.Version.from_version_arn(scope, "Version", arn)}


def behind_vpc_origin(scope: Construct) -> dict[str, Any]:
    balancer = elbv2.ApplicationLoadBalancer(scope, "Balancer", vpc=_vpc(scope))
    origin = origins.VpcOrigin.with_application_load_balancer(balancer)
    variants = [Variant(name="a"), Variant(name="b", origin=origin)]
    return {**imported(ARN.format("us-east-1"))(scope), "variants": variants}


def both(scope: Construct) -> dict[str, Any]:
    other = Variant(name="b", bucket=s3.Bucket(scope, "Own"), origin=origins.HttpOrigin("origin.example.com"))
    return {"variants": [Variant(name="a"), other]}


def regional(scope: Construct) -> dict[str, Any]:
    acl = wafv2.CfnWebACL
    visible = acl.VisibilityConfigProperty(
        cloud_watch_metrics_enabled=True, metric_name="web", sampled_requests_enabled=True
    )
    allow = acl.DefaultActionProperty(allow=acl.AllowActionProperty())
    made = acl(scope, "WebAcl", scope="REGIONAL", default_action=allow, visibility_config=visible)
    return {"web_acl": made}


def group(_: Construct) -> dict[str, Any]:
    first, second = (origins.HttpOrigin(f"{one}.example.com") for one in ("one", "two"))
    return {
        "variants": [
            Variant(name="a", origin=origins.OriginGroup(primary_origin=first, fallback_origin=second)),
            Variant(name="b"),
        ]
    }


A, B = Variant(name="a"), Variant(name="b")
REFUSALS = [
    refused("variants must hold 2 to 10 variants, got 1", variants=[A]),
    refused("variants must have names of their own, got a twice", variants=[A, A]),
    refused(
        "variants must have a weight above 0 for at least one of them, got 0 for all",
        variants=[Variant(name="a", weight=0), Variant(name="b", weight=0)],
    ),
    Refusal("variants must have a bucket or an origin, got both for b", both),
    refused(
        "variants must say the path of an origin in the origin itself, got a path for b",
        variants=[A, Variant(name="b", path="/b", origin=origins.HttpOrigin("origin.example.com"))],
    ),
    Refusal("variants must have single origins, got a group of origins for a", group),
    refused("domain_name and certificate go together, got only domain_name", domain_name="www.example.com"),
    Refusal(
        "certificate must be in us-east-1, where CloudFront looks for it, got one in eu-west-1",
        lambda scope: {
            "domain_name": "www.example.com",
            "certificate": acm.Certificate.from_certificate_arn(
                scope, "Certificate", "arn:aws:acm:eu-west-1:111122223333:certificate/12345678"
            ),
        },
    ),
    Refusal("web_acl must have the scope CLOUDFRONT, got REGIONAL", regional),
    Refusal("body_function must be in us-east-1, got one in eu-west-1", imported(ARN.format("eu-west-1"))),
    Refusal(
        "body_function must be a numbered version, got the alias live",
        imported("arn:aws:lambda:us-east-1:111122223333:function:edge:live"),
    ),
    Refusal(
        "body_function must be a numbered version, got $LATEST",
        imported("arn:aws:lambda:us-east-1:111122223333:function:edge:$LATEST"),
    ),
    Refusal("body_function must not be set where a variant has a VPC origin, got one for b", behind_vpc_origin),
    version("body_function must have no VPC, got a function with a VPC", vpc=True),
    version(
        "body_function must have no dead-letter queue, got a function with a dead-letter queue",
        dead_letter_queue_enabled=True,
    ),
    version("body_function must run on x86_64, got arm64", architecture=lambda_.Architecture.ARM_64),
    refused("experiment must be 1 to 32 letters, digits and hyphens, got 'a.b'", experiment="a.b"),
    version(
        "body_function must run in Node.js or Python, got java21",
        runtime=lambda_.Runtime.JAVA_21,
        code=lambda_.Code.from_bucket(s3.Bucket.from_bucket_name(cdk.Stack(), "Bucket", "code"), "function.zip"),
    ),
    version("body_function must have a timeout of at most 30 seconds, got 31", timeout=cdk.Duration.seconds(31)),
]

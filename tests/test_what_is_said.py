"""What constructs say at synthesis, as a whole: warnings and notes that no template shows."""

from collections.abc import Callable

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_route53 as route53
from aws_cdk import aws_s3 as s3

from patterns.api.edge_function import EdgeFunction, Variant
from patterns.building_blocks.function_settings import warn_of_late_answers
from patterns.building_blocks.key_policy import LOGS, let_use
from patterns.building_blocks.settings import Settings
from patterns.dns.global_accelerator import Endpoint, GlobalAccelerator, RegionalEndpoints
from patterns.dns.health.status_alarm import status_alarm
from patterns.dns.service_discovery import Service, ServiceDiscovery
from patterns.network.hub.attachment_vpc import AttachmentVpc
from patterns.network.inspection_vpc import CustomerSite, InspectionVpc
from tests.synthesis_warnings import said

ACCOUNT = "111122223333"


@pytest.fixture
def stack() -> cdk.Stack:
    return cdk.Stack(cdk.App(), "Made", env=cdk.Environment(account=ACCOUNT, region="eu-west-1"))


def balancer(stack: cdk.Stack, region: str = "eu-west-1") -> elbv2.IApplicationLoadBalancer:
    arn = f"arn:aws:elasticloadbalancing:{region}:{ACCOUNT}:loadbalancer/app/web/0123456789abcdef"
    return elbv2.ApplicationLoadBalancer.from_application_load_balancer_attributes(
        stack, "Web", load_balancer_arn=arn, security_group_id="sg-0123456789abcdef0"
    )


def accelerator(dial: float) -> Callable[[cdk.Stack], object]:
    def made(stack: cdk.Stack) -> None:
        one = Endpoint(balancer=balancer(stack))
        far = Endpoint(balancer=balancer(cdk.Stack(stack, "Far"), "us-west-2"))
        regions = {
            "eu-west-1": RegionalEndpoints(endpoints=[one], dial=dial),
            "us-west-2": RegionalEndpoints(endpoints=[far]),
        }
        GlobalAccelerator(stack, "Accelerator", regions=regions)

    return made


def services(tasks: int) -> Callable[[cdk.Stack], object]:
    def made(stack: cdk.Stack) -> object:
        given = {"shop": Service(tasks=1), "orders": Service(callers=["shop"], tasks=tasks)}
        return ServiceDiscovery(
            stack, "Mesh", vpc=ec2.Vpc(stack, "Vpc", max_azs=2), namespace_name="shop.internal", services=given
        )

    return made


def checked(stack: cdk.Stack) -> None:
    check = route53.HealthCheck.from_health_check_id(stack, "Check", "12345678-1234-1234-1234-123456789012")
    assert status_alarm(stack, "Ill", check, description="It is ill.", settings=Settings()) is None


def late(seconds: int) -> Callable[[cdk.Stack], object]:
    def made(stack: cdk.Stack) -> None:
        function = lambda_.Function(
            stack,
            "Function",
            runtime=lambda_.Runtime.PYTHON_3_13,
            handler="index.handler",
            code=lambda_.Code.from_inline("def handler(event, context): pass"),
            timeout=cdk.Duration.seconds(seconds),
        )
        warn_of_late_answers(stack, "function", function)

    return made


def edge(stack: cdk.Stack) -> None:
    stack = cdk.Stack(stack, "Edge", env=cdk.Environment(account=ACCOUNT, region="us-east-1"))
    pages = s3.Bucket.from_bucket_name(stack, "Pages", "pages")
    variants = [Variant(name="a", weight=1, bucket=pages), Variant(name="b", weight=1)]
    logs = s3.Bucket.from_bucket_name(stack, "Logs", "access-logs")
    EdgeFunction(stack, "Edge", variants=variants, access_logs_bucket=logs)


def spoke(stack: cdk.Stack) -> None:
    vpc = AttachmentVpc(stack, "Orders", cidr="10.1.0.0/24", availability_zones=["eu-west-1a", "eu-west-1b"])
    InspectionVpc(stack, "Hub").add_spoke(vpc.vpc)


def site(stack: cdk.Stack) -> None:
    berlin = CustomerSite(name="Berlin", addresses=["198.51.100.9"], asn=65030, prefixes=["192.168.0.0/20"])
    InspectionVpc(stack, "Hub").add_site(berlin)


def with_key(stack: cdk.Stack) -> None:
    arn = f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/12345678-1234-1234-1234-123456789012"
    let_use(kms.Key.from_key_arn(stack, "Key", arn), LOGS, needed_by=stack)


SAID: dict[str, tuple[str, Callable[[cdk.Stack], object], list[str]]] = {
    "two tasks": (
        "info",
        services(2),
        [],
    ),
    "one task": (
        "info",
        services(1),
        [
            ("orders has one task: while that is ill or stopped nobody answers, until another one has started"),
        ],
    ),
    "a dial": (
        "info",
        accelerator(1),
        [
            (
                "the accelerator has no alarm in eu-west-1: its metrics are in us-west-2; make it in a"
                " stack of that Region"
            ),
        ],
    ),
    "a dial of 0": (
        "info",
        accelerator(0),
        [
            ("regions[eu-west-1] has a dial of 0: it gets flows in a failover alone, until the dial is turned up"),
            (
                "the accelerator has no alarm in eu-west-1: its metrics are in us-west-2; make it in a"
                " stack of that Region"
            ),
        ],
    ),
    "a health check": (
        "info",
        checked,
        [
            (
                "health checks have no alarms in eu-west-1: their metrics are in us-east-1; make the "
                "checks in a stack of that Region, as the pattern health-checks does"
            ),
        ],
    ),
    "a function in time": (
        "warning",
        late(29),
        [],
    ),
    "a late function": (
        "warning",
        late(30),
        [
            (
                "function may work for 30 seconds, and API Gateway gives it up after 29: a caller that"
                " tries again has the work done twice. Give it a shorter timeout, or put the work into"
                " a queue [ack: patterns:late-answers-function]"
            ),
        ],
    ),
    "zones by name and by number": (
        "warning",
        spoke,
        [
            (
                "the zones of Made/Orders/Vpc and of the hub cannot be compared: name both, or neither"
                " [ack: patterns:zones-not-compared]"
            ),
        ],
    ),
    "a site behind a firewall": (
        "warning",
        site,
        [
            (
                "appliance mode is not promised for what enters by VPN: a firewall endpoint may see "
                'half of a flow; firewall_attachment="transit-gateway" has no such limit [ack: '
                "patterns:site-flows-may-change-zones]"
            ),
        ],
    ),
    "an imported key": (
        "warning",
        with_key,
        [
            (
                "encryption_key "
                "arn:aws:kms:eu-west-1:111122223333:key/12345678-1234-1234-1234-123456789012 is "
                "imported: its policy must let logs.REGION.amazonaws.com encrypt log groups, by "
                "kms:Decrypt, kms:DescribeKey, kms:Encrypt, kms:GenerateDataKey, which only its owner "
                "can say [ack: patterns:key-policy-CloudWatchLogs]"
            ),
        ],
    ),
    "imported buckets": (
        "warning",
        edge,
        [
            (
                "the bucket of variant a is imported: its policy must let cloudfront.amazonaws.com do "
                "s3:GetObject for this distribution, which only its owner can say [ack: "
                "patterns:bucket-policy-a]"
            ),
            (
                "access_logs_bucket is imported: its policy must let delivery.logs.amazonaws.com do "
                "s3:PutObject in AWSLogs/ACCOUNT/CloudFront/, which only its owner can say [ack: "
                "patterns:access-logs-bucket-policy]"
            ),
        ],
    ),
}


@pytest.mark.parametrize(("kind", "make", "expected"), SAID.values(), ids=SAID)
def test_what_is_said(stack: cdk.Stack, kind: str, make: Callable[[cdk.Stack], object], expected: list[str]) -> None:
    make(stack)
    assert said(stack, kind) == expected

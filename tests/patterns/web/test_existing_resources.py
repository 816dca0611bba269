"""What a user already has is taken from the same stack, from another one, from a stage, and imported.

Every argument of every web pattern that takes a resource is given at once: one that closes a circle between stacks, or
that cannot be read when it is imported, ends the synthesis.
"""

import importlib
from collections.abc import Callable
from typing import Any

import aws_cdk as cdk
import jsii
import pytest
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_efs as efs
from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_route53 as route53
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs
from aws_cdk.interfaces import aws_wafv2 as wafv2
from constructs import Construct

from patternkit.catalog.discovery import patterns
from tests.constructs import app_for_its_template
from tests.patterns.web.certificates import certificate, vpc, web_acl, zone
from tests.patterns.web.discovered import every_web_pattern
from tests.patterns.web.test_every_web_pattern import takes

ACCOUNT = "111122223333"
CONCRETE = cdk.Environment(account=ACCOUNT, region="eu-west-1")
ARN = f"arn:aws:{{}}:eu-west-1:{ACCOUNT}:{{}}"


@jsii.implements(wafv2.IWebACLRef)
class ImportedWebAcl(cdk.Resource):
    """A web ACL that only its ARN is known of."""

    @property
    def web_acl_ref(self) -> wafv2.WebACLReference:
        arn = ARN.format("wafv2", "regional/webacl/theirs/0")
        return wafv2.WebACLReference(web_acl_arn=arn, web_acl_id="0", web_acl_name="theirs", scope="REGIONAL")


def made(scope: Construct) -> dict[str, Any]:
    network = ec2.Vpc(scope, "Vpc", max_azs=2, restrict_default_security_group=False)
    hosted_zone = route53.PublicHostedZone(scope, "Zone", zone_name="example.com")
    groups = {
        name: elbv2.ApplicationTargetGroup(
            scope,
            name.capitalize(),
            vpc=network,
            port=80,
            protocol=elbv2.ApplicationProtocol.HTTP,
            target_type=elbv2.TargetType.IP,
        )
        for name in ("stable", "candidate")
    }
    metric = cloudwatch.Metric(namespace="Shop", metric_name="Orders")
    return {
        "address": ec2.CfnEIP(scope, "Address", domain="vpc"),
        "alarm_topic": sns.Topic(scope, "Topic", master_key=kms.Key(scope, "TopicKey")),
        "certificate": acm.Certificate(
            scope,
            "Certificate",
            domain_name="www.example.com",
            validation=acm.CertificateValidation.from_dns(hosted_zone),
        ),
        "domain_name": "www.example.com",
        "encryption_key": kms.Key(scope, "Key"),
        "file_system": efs.FileSystem(scope, "Files", vpc=network, encrypted=True),
        "function": lambda_.Function(
            scope,
            "Function",
            code=lambda_.Code.from_inline("def handler(event, context): pass"),
            handler="index.handler",
            runtime=lambda_.Runtime.PYTHON_3_14,
        ),
        "hosted_zone": hosted_zone,
        "queue": sqs.Queue(scope, "Queue"),
        "rollback_alarms": [cloudwatch.Alarm(scope, "Alarm", metric=metric, threshold=1, evaluation_periods=1)],
        "vpc": network,
        "web_acl": web_acl(scope),
        **groups,
    }


def imported(scope: Construct) -> dict[str, Any]:
    network = vpc(scope)
    group = ec2.SecurityGroup.from_security_group_id(scope, "Group", "sg-0123456789abcdef0")
    return {
        "alarm_topic": sns.Topic.from_topic_arn(scope, "Topic", ARN.format("sns", "alarms")),
        "certificate": certificate(scope),
        "domain_name": "www.example.com",
        "encryption_key": kms.Key.from_key_arn(scope, "Key", ARN.format("kms", "key/0")),
        "file_system": efs.FileSystem.from_file_system_attributes(
            scope, "Files", file_system_id="fs-0123456789abcdef0", security_group=group
        ),
        "function": lambda_.Function.from_function_arn(scope, "Function", ARN.format("lambda", "function:theirs")),
        "hosted_zone": zone(scope),
        "queue": sqs.Queue.from_queue_arn(scope, "Queue", ARN.format("sqs", "theirs")),
        "rollback_alarms": [cloudwatch.Alarm.from_alarm_arn(scope, "Alarm", ARN.format("cloudwatch", "alarm:theirs"))],
        "vpc": network,
        "web_acl": ImportedWebAcl(scope, "Acl"),
    }


def same_stack(app: cdk.App) -> tuple[cdk.Stack, dict[str, Any]]:
    stack = cdk.Stack(app, "Web")
    return stack, made(Construct(stack, "Given"))


def other_stack(app: cdk.App) -> tuple[cdk.Stack, dict[str, Any]]:
    return cdk.Stack(app, "Web"), made(cdk.Stack(app, "Given"))


def other_stack_of_a_stage(app: cdk.App) -> tuple[cdk.Stack, dict[str, Any]]:
    stage = cdk.Stage(app, "Stage", env=CONCRETE)
    return cdk.Stack(stage, "Web"), made(cdk.Stack(stage, "Given"))


def imported_in_a_nested_stack(app: cdk.App) -> tuple[cdk.Stack, dict[str, Any]]:
    stack = cdk.NestedStack(cdk.Stack(app, "Parent", env=CONCRETE), "Web")
    return stack, imported(stack)


@every_web_pattern
@pytest.mark.parametrize("way", [same_stack, other_stack, other_stack_of_a_stage, imported_in_a_nested_stack])
def test_every_existing_resource_can_come_from(
    name: str, way: Callable[[cdk.App], tuple[cdk.Stack, dict[str, Any]]]
) -> None:
    pattern = patterns()[name]
    construct = getattr(importlib.import_module(pattern.module), pattern.construct)
    app = app_for_its_template()
    stack, given = way(app)
    arguments = {key: one for key, one in given.items() if key in takes(pattern)}
    if "queue" in arguments:
        arguments |= {"scale_on": "queue", "messages_per_task": 10}
    construct(stack, "Made", **arguments)
    app.synth()

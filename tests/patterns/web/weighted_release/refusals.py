from collections.abc import Callable
from functools import partial
from typing import Any

from aws_cdk import CfnParameter, Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from constructs import Construct

from tests.patterns.web import balancer_refusals
from tests.patterns.web.weighted_release.groups import release
from tests.refusals import Refusal


def refused(message: str, **arguments: Any) -> Refusal:
    return Refusal(message, lambda scope: {**release(scope), **arguments})


def made(message: str, **arguments: Callable[[Construct], Any]) -> Refusal:
    return Refusal(message, lambda scope: {**release(scope), **{name: make(scope) for name, make in arguments.items()}})


def composite(scope: Construct) -> list[cloudwatch.IAlarm]:
    return [
        cloudwatch.CompositeAlarm(
            scope,
            "Composite",
            alarm_rule=cloudwatch.AlarmRule.from_boolean(value=True),
        )
    ]


def same(scope: Construct) -> dict[str, Any]:
    arguments = release(scope)
    return {**arguments, "candidate": arguments["stable"]}


def group_of(scope: Construct, vpc_id: str) -> elbv2.ApplicationTargetGroup:
    vpc = ec2.Vpc.from_vpc_attributes(scope, "OtherVpc", vpc_id=vpc_id, availability_zones=["eu-west-1a"])
    return elbv2.ApplicationTargetGroup(scope, "OtherGroup", vpc=vpc, port=8080)


def of_another_vpc(scope: Construct, argument: str) -> dict[str, Any]:
    return {**release(scope), argument: group_of(scope, "vpc-2")}


REFUSALS = [
    *balancer_refusals.REFUSALS,
    *balancer_refusals.EDGE,
    Refusal("candidate must be another target group than stable, got the same", same),
    refused(
        "release must be up to 64 letters, digits, ., - and _, the first a letter or digit, got '-1'", release="-1"
    ),
    refused("steps must hold 1 to 20 weights, got none", steps=[]),
    refused("steps must be between 1 and 100 percent, got 0", steps=[0, 50]),
    refused("steps must be between 1 and 100 percent, got 101", steps=[50, 101]),
    refused("steps must rise, got 50, 10", steps=[50, 10]),
    refused("steps must differ, got 10 twice", steps=[10, 10]),
    refused("step_interval must be between 2 minutes and 1 day, got 1 minute", step_interval=Duration.minutes(1)),
    refused("step_interval must be whole minutes, got 2 minutes 30 seconds", step_interval=Duration.seconds(150)),
    made(
        "step_interval must be known when the template is made, got a token: the schedule depends on it",
        step_interval=lambda scope: Duration.minutes(CfnParameter(scope, "Minutes", type="Number").value_as_number),
    ),
    refused("error_threshold must be between 1 and 1000000 errors a minute, got 0", error_threshold=0),
    refused("stickiness must be between 1 second and 7 days, got 8 days", stickiness=Duration.days(8)),
    made(
        "rollback_alarms must be alarms on metrics, got a composite alarm: pass those it is made of",
        rollback_alarms=composite,
    ),
    Refusal(
        "candidate needs vpc, the VPC of its targets: the one that is made is another",
        lambda scope: {**release(scope), "vpc": None, "stable": None, "candidate": group_of(scope, "vpc-1")},
    ),
    *(
        Refusal(
            f"{argument} must have its targets in vpc, has them in another VPC",
            partial(of_another_vpc, argument=argument),
        )
        for argument in ("stable", "candidate")
    ),
]

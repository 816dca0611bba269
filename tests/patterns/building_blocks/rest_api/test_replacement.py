"""A stage is deployed anew when CloudFormation replaces what its methods call."""

from collections.abc import Callable
from functools import cache
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_apigatewayv2 as apigatewayv2
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from aws_cdk import aws_events as events
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs
from aws_cdk import aws_stepfunctions as stepfunctions
from aws_cdk.assertions import Template
from constructs import IConstruct

from patterns.building_blocks.rest_api.replacement import follow_replacement
from tests.constructs import app_for_its_template

Made = Callable[[cdk.Stack], IConstruct]


def deployment(call: Made) -> str:
    """The id of a deployment whose methods are the same whatever they call."""
    scope = cdk.Stack(app_for_its_template(), "Test")
    api = apigateway.RestApi(scope, "Api")
    api.root.add_method("GET")
    follow_replacement(api, call(scope))
    [found] = Template.from_stack(scope).find_resources("AWS::ApiGateway::Deployment")
    return str(found)


def function(scope: cdk.Stack, **more: Any) -> lambda_.CfnFunction:
    return lambda_.CfnFunction(scope, "Made", **{"code": {"zipFile": "own"}, "role": "own"} | more)


def made(kind: Any, **given: Any) -> Made:
    return lambda scope: kind(scope, "Made", **given)


MACHINE = {"role_arn": "own", "definition_string": "{}"}
LINK = {"name": "own", "subnet_ids": ["subnet-1"]}


@cache
def plain() -> str:
    """The id of a deployment whose methods call nothing that is replaced."""
    return deployment(lambda scope: scope)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (made(apigatewayv2.CfnVpcLink, **LINK), made(apigatewayv2.CfnVpcLink, **LINK | {"subnet_ids": ["subnet-2"]})),
        (
            made(apigatewayv2.CfnVpcLink, **LINK, security_group_ids=["sg-1"]),
            made(apigatewayv2.CfnVpcLink, **LINK, security_group_ids=["sg-2"]),
        ),
        *(
            (made(elbv2.CfnLoadBalancer, **{name: "a"}), made(elbv2.CfnLoadBalancer, **{name: "b"}))
            for name in ("name", "scheme", "type")
        ),
        (made(events.CfnEventBus, name="a"), made(events.CfnEventBus, name="b")),
        *((lambda scope, n=n: function(scope, **{n: "a"}), lambda scope, n=n: function(scope, **{n: "b"}))
          for n in ("function_name", "package_type")),
        (made(sns.CfnTopic, topic_name="a"), made(sns.CfnTopic, topic_name="b")),
        (made(sns.CfnTopic, fifo_topic=True), made(sns.CfnTopic, fifo_topic=False)),
        (made(sqs.CfnQueue, queue_name="a"), made(sqs.CfnQueue, queue_name="b")),
        (made(sqs.CfnQueue, fifo_queue=True), made(sqs.CfnQueue, fifo_queue=False)),
        *(
            (
                made(stepfunctions.CfnStateMachine, **MACHINE, **{name: "a"}),
                made(stepfunctions.CfnStateMachine, **MACHINE, **{name: "b"}),
            )
            for name in ("state_machine_name", "state_machine_type")
        ),
    ],
)  # fmt: skip
def test_a_property_that_replaces_it_has_it_deployed_anew(one: Made, other: Made) -> None:
    assert len({deployment(one), deployment(other), plain()}) == 3


@pytest.mark.parametrize(
    "call",
    [
        made(sqs.CfnQueue, delay_seconds=5),
        made(sns.CfnTopic, display_name="own"),
        made(sqs.Queue),
        made(ec2.CfnVPC, cidr_block="10.0.0.0/16"),
        lambda scope: sqs.Queue.from_queue_arn(scope, "Made", "arn:aws:sqs:eu-west-1:111122223333:own"),
    ],
)
def test_nothing_else_does(call: Made) -> None:
    assert deployment(call) == plain()


def test_a_function_is_followed_behind_its_aliases_and_versions() -> None:
    def called(behind: str) -> Made:
        def make(scope: cdk.Stack) -> IConstruct:
            own = lambda_.Function(
                scope,
                "Function",
                code=lambda_.Code.from_inline("def handler(event, context): pass"),
                handler="index.handler",
                runtime=lambda_.Runtime.PYTHON_3_14,
                function_name="own",
            )
            version = own.current_version
            return {"function": own, "version": version, "alias": own.add_alias("live")}[behind]

        return make

    found = {deployment(called(one)) for one in ("function", "version", "alias")}
    assert len(found) == 1
    assert plain() not in found

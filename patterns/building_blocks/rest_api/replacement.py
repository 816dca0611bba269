"""What a stage of a REST API goes on calling after CloudFormation has put another resource in its place."""

from typing import Any, cast

from aws_cdk import CfnResource, Stack
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_apigatewayv2 as apigatewayv2
from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from aws_cdk import aws_events as events
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs
from aws_cdk import aws_stepfunctions as stepfunctions
from constructs import IConstruct

# The properties with which CloudFormation replaces a resource, beside those that few ever set.
# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-updating-stacks-update-behaviors.html
_REPLACED_BY: dict[type[CfnResource], tuple[str, ...]] = {
    apigatewayv2.CfnVpcLink: ("security_group_ids", "subnet_ids"),
    elbv2.CfnLoadBalancer: ("name", "scheme", "type"),
    events.CfnEventBus: ("name",),
    lambda_.CfnFunction: ("function_name", "package_type"),
    sns.CfnTopic: ("fifo_topic", "topic_name"),
    sqs.CfnQueue: ("fifo_queue", "queue_name"),
    stepfunctions.CfnStateMachine: ("state_machine_name", "state_machine_type"),
}


def follow_replacement(api: apigateway.RestApi, called: IConstruct) -> None:
    """Deploy an API anew when CloudFormation replaces what its methods call.

    A deployment is a copy of the methods, with the ARNs and ids of its day. A resource that is replaced keeps its
    logical id, by which the CDK would tell the copies apart: the stage would go on calling what is deleted.

    Args:
        api: The API.
        called: What its methods call. An imported one is known by its ARN.

    Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/how-to-deploy-api.html
    """
    while isinstance(called, lambda_.Alias | lambda_.Version):
        called = called.version.lambda_ if isinstance(called, lambda_.Alias) else called.lambda_
    resource = called if isinstance(called, CfnResource) else called.node.default_child
    names = next((names for kind, names in _REPLACED_BY.items() if isinstance(resource, kind)), ())
    stack = Stack.of(api)
    found: dict[str, Any] = {name: stack.resolve(getattr(resource, name)) for name in names}
    if given := {name: value for name, value in found.items() if value is not None}:
        cast(apigateway.Deployment, api.latest_deployment).add_to_logical_id({"replaced by": given})

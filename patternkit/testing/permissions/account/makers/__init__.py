"""How a resource of each type is made."""

from __future__ import annotations

from collections.abc import Callable

from patternkit.testing.permissions.account.identity import Identity
from patternkit.testing.permissions.account.made import Definition, Made
from patternkit.testing.permissions.account.makers import (
    compute,
    containers,
    keys_and_secrets,
    messaging,
    networking,
    storage,
)
from patternkit.testing.permissions.intrinsics import Unresolved, described


def unknown(_: Identity, definition: Definition) -> Made:
    """Make nothing of a type that is not known here: references to it stay unresolved."""
    return Made(definition.resource["Type"], Unresolved(described({"Ref": definition.logical_id})), {}, None)


MAKERS: dict[str, Callable[[Identity, Definition], Made]] = {
    "AWS::ApiGateway::UsagePlan": networking.usage_plan,
    "AWS::ApiGatewayV2::Api": networking.api,
    "AWS::CloudFront::Distribution": networking.distribution,
    "AWS::DynamoDB::GlobalTable": storage.global_table,
    "AWS::CloudWatch::Alarm": compute.metric_alarm,
    "AWS::ElasticLoadBalancingV2::Listener": networking.listener,
    "AWS::ElasticLoadBalancingV2::TargetGroup": networking.target_group,
    "AWS::DynamoDB::Table": storage.table,
    "AWS::EC2::TransitGateway": networking.transit_gateway,
    "AWS::EC2::TransitGatewayRouteTable": networking.transit_gateway_route_table,
    "AWS::ECS::Cluster": containers.cluster,
    "AWS::ECS::TaskDefinition": containers.task_definition,
    "AWS::Events::EventBus": messaging.event_bus,
    "AWS::IAM::Role": compute.role,
    "AWS::KMS::Alias": keys_and_secrets.alias,
    "AWS::KMS::Key": keys_and_secrets.key,
    "AWS::Kinesis::Stream": messaging.stream,
    "AWS::Lambda::Function": compute.function,
    "AWS::Logs::LogGroup": compute.log_group,
    "AWS::S3::Bucket": storage.bucket,
    "AWS::SNS::Topic": messaging.topic,
    "AWS::SQS::Queue": messaging.queue,
    "AWS::SSM::Parameter": keys_and_secrets.parameter,
    "AWS::SecretsManager::Secret": keys_and_secrets.secret,
    "AWS::StepFunctions::StateMachine": compute.state_machine,
}
"""How a resource of each type is made; of a type that is not here nothing is known."""

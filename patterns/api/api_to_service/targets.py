"""The services that API Gateway calls, and what it needs to call them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from aws_cdk import Aws
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns
from aws_cdk import aws_stepfunctions as stepfunctions

from patterns.api.api_to_service.mapping import (
    EVENT_CAUSES,
    STATE_MACHINE_CAUSES,
    TOPIC_CAUSES,
    accepted,
    accepted_event,
    publish,
    put_events,
    refused,
    start_execution,
    unavailable,
)
from patterns.building_blocks.encryption_key import key_statement

STATUSES = ("202", "400", "409", "413", "429", "500", "503")
"""What the method answers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """How a service is called.

    Attributes:
        service: Its name in API Gateway's integrations.
        path: The path that is called; None: `action`.
        action: The action that is called; None: `path`.
        region: Where it is called; None: in the API's own Region.
        headers: The headers of each call.
        request_template: What makes a call of a request.
        accepted_template: What makes an answer of a call that was taken.
        refused_template: What makes an answer of a call that was refused.
        statements: What the API may do, and nothing else.
    """

    service: str
    path: str | None = None
    action: str | None = None
    region: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    request_template: str
    accepted_template: str
    refused_template: str
    statements: Sequence[iam.PolicyStatement]


def state_machine_target(
    state_machine: stepfunctions.IStateMachine, key: kms.IKey | None, execution_name_from: str | None
) -> Target:
    """Start executions of a state machine.

    Args:
        state_machine: The state machine.
        key: Its customer key.
        execution_name_from: Where a request has the execution's name.

    Returns:
        How it is called.

    Source: https://docs.aws.amazon.com/step-functions/latest/dg/tutorial-api-gateway.html
    """
    statements = [iam.PolicyStatement(actions=["states:StartExecution"], resources=[state_machine.state_machine_arn])]
    if key is not None:
        use = key_statement(key, "kms:Decrypt", "kms:GenerateDataKey")
        use.add_condition("StringEquals", {"kms:ViaService": f"states.{Aws.REGION}.amazonaws.com"})
        statements.append(use)
    return Target(
        service="states",
        action="StartExecution",
        region=state_machine.env.region,
        headers={"Content-Type": "'application/x-amz-json-1.0'", "X-Amz-Target": "'AWSStepFunctions.StartExecution'"},
        request_template=start_execution(state_machine.state_machine_arn, execution_name_from),
        accepted_template=accepted({"executionArn": "$.executionArn"}),
        refused_template=refused(STATE_MACHINE_CAUSES, query_protocol=False),
        statements=statements,
    )


def topic_target(
    topic: sns.ITopic, group_id: str | None, deduplication_id: str | None, attributes: Mapping[str, str] | None
) -> Target:
    """Publish to a topic.

    Args:
        topic: The topic.
        group_id: Where a request has its message group id.
        deduplication_id: Where a request has its deduplication id.
        attributes: Message attributes, and where requests have them.

    Returns:
        How it is called.

    Source: https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
    """
    statements = [iam.PolicyStatement(actions=["sns:Publish"], resources=[topic.topic_arn])]
    if topic.master_key is not None:
        statements.append(key_statement(topic.master_key, "kms:Decrypt", "kms:GenerateDataKey"))
    answer = {"messageId": "$.PublishResponse.PublishResult.MessageId"}
    if topic.fifo:
        answer["sequenceNumber"] = "$.PublishResponse.PublishResult.SequenceNumber"
    return Target(
        service="sns",
        path="/",
        region=topic.env.region,
        headers={"Content-Type": "'application/x-www-form-urlencoded'"},
        request_template=publish(
            topic.topic_arn, group_id=group_id, deduplication_id=deduplication_id, attributes=attributes
        ),
        accepted_template=accepted(answer),
        refused_template=refused(TOPIC_CAUSES, query_protocol=True),
        statements=statements,
    )


def event_bus_target(
    event_bus: events.IEventBus, source: str, detail_type: str, detail_type_from: str | None
) -> Target:
    """Put events on a bus, with a fixed source.

    Args:
        event_bus: The bus.
        source: The source of every event.
        detail_type: The detail type of every event, or of those that bring none.
        detail_type_from: Where a request has its detail type.

    Returns:
        How it is called.

    Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-conditions.html
    """
    put = iam.PolicyStatement(actions=["events:PutEvents"], resources=[event_bus.event_bus_arn])
    put.add_condition(
        "StringEquals",
        {"events:source": source, **({} if detail_type_from else {"events:detail-type": detail_type})},
    )
    return Target(
        service="events",
        action="PutEvents",
        region=event_bus.env.region,
        headers={"Content-Type": "'application/x-amz-json-1.1'", "X-Amz-Target": "'AWSEvents.PutEvents'"},
        request_template=put_events(event_bus.event_bus_arn, source, detail_type, detail_type_from),
        accepted_template=accepted_event(),
        refused_template=refused(EVENT_CAUSES, query_protocol=False),
        statements=[put],
    )


def integration(target: Target, role: iam.IRole, content_types: Sequence[str]) -> apigateway.AwsIntegration:
    """Call a service and say honestly how it went.

    Args:
        target: How it is called.
        role: As whom.
        content_types: The media types that are taken.

    Returns:
        The integration.
    """
    return apigateway.AwsIntegration(
        service=target.service,
        region=target.region,
        path=target.path,
        action=target.action,
        integration_http_method="POST",
        options=apigateway.IntegrationOptions(
            credentials_role=role,
            # A body whose type has no template must not reach the service as it is, where it could be any call.
            passthrough_behavior=apigateway.PassthroughBehavior.NEVER,
            request_parameters={f"integration.request.header.{name}": value for name, value in target.headers.items()},
            request_templates=dict.fromkeys(content_types, target.request_template),
            integration_responses=[
                _response("202", target.accepted_template, "2\\d{2}"),
                _response("400", target.refused_template, "4\\d{2}"),
                _response("503", unavailable()),
            ],
        ),
    )


def _response(status: str, template: str, pattern: str | None = None) -> apigateway.IntegrationResponse:
    return apigateway.IntegrationResponse(
        status_code=status, selection_pattern=pattern, response_templates={"application/json": template}
    )

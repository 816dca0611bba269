"""How API Gateway calls Amazon SQS."""

from collections.abc import Mapping
from typing import Any

from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from patterns.api.api_to_queue.mapping import accepted_template, refused_template, unavailable_template
from patterns.building_blocks.encryption_key import key_statement

STATUSES = ("202", "400", "413", "429", "500", "503")
"""What the method answers."""


def sender(scope: Construct, queue: sqs.IQueue) -> iam.Role:
    """Make the role as which API Gateway sends to `queue`, and may do nothing else.

    Args:
        scope: Where it stands in the tree.
        queue: The queue.

    Returns:
        The role.

    Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html
    """
    role = iam.Role(
        scope,
        "Sender",
        assumed_by=iam.ServicePrincipal("apigateway.amazonaws.com"),
        description=f"Sends messages for the API {scope.node.path}",
    )
    role.add_to_policy(iam.PolicyStatement(actions=["sqs:SendMessage"], resources=[queue.queue_arn]))
    if queue.encryption_master_key is not None:
        role.add_to_policy(key_statement(queue.encryption_master_key, "kms:Decrypt", "kms:GenerateDataKey"))
    return role


def body_model(scope: Construct, api: apigateway.RestApi, schema: Mapping[str, Any] | None) -> apigateway.IModel:
    """Make the model that bodies are checked against; without a schema it still refuses what is not JSON.

    Args:
        scope: Where it stands in the tree.
        api: The API.
        schema: A JSON Schema, draft 4.

    Returns:
        The model.
    """
    schema = {"$schema": "http://json-schema.org/draft-04/schema#", **(schema or {})}
    # The L2 takes schemas in a form of CDK's own.
    model = apigateway.CfnModel(
        scope, "Body", rest_api_id=api.rest_api_id, content_type="application/json", schema=schema
    )
    deployment = api.latest_deployment
    assert deployment is not None
    # A deployment is a copy of the API: without this, one that only changes the schema would not be made.
    deployment.add_to_logical_id({"schema": schema})
    deployment.node.add_dependency(model)
    return apigateway.Model.from_model_name(scope, "BodyModel", model.ref)


def send_message(
    role: iam.IRole, queue: sqs.IQueue, request_templates: Mapping[str, str], *, fifo: bool
) -> apigateway.AwsIntegration:
    """Call `SendMessage` on `queue` and say honestly how it went.

    Args:
        role: As whom.
        queue: Where to.
        request_templates: The mapping template of each media type that is taken.
        fifo: Whether the queue is FIFO.

    Returns:
        The integration.
    """
    return apigateway.AwsIntegration(
        service="sqs",
        region=queue.env.region,
        path=f"{queue.env.account}/{queue.queue_name}",
        integration_http_method="POST",
        options=apigateway.IntegrationOptions(
            credentials_role=role,
            # A body whose type has no template must not reach SQS as it is, where it could be any call.
            passthrough_behavior=apigateway.PassthroughBehavior.NEVER,
            request_parameters={"integration.request.header.Content-Type": "'application/x-www-form-urlencoded'"},
            request_templates=dict(request_templates),
            integration_responses=[
                _response("202", accepted_template(fifo=fifo), "2\\d{2}"),
                _response("400", refused_template(), "4\\d{2}"),
                _response("503", unavailable_template()),
            ],
        ),
    )


def _response(status: str, template: str, pattern: str | None = None) -> apigateway.IntegrationResponse:
    return apigateway.IntegrationResponse(
        status_code=status, selection_pattern=pattern, response_templates={"application/json": template}
    )

"""The call of AWS Step Functions that API Gateway makes of a request: `StartExecution`.

Source: https://docs.aws.amazon.com/step-functions/latest/dg/tutorial-api-gateway.html
"""

from aws_cdk import Aws
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_stepfunctions as stepfunctions

from patterns.api.api_to_service.answers import STATUSES, UNAVAILABLE, answer, refused, unavailable
from patterns.api.service_api.call import ServiceCall
from patterns.api.service_api.templates import TOO_MANY, Causes, escaped, look_up
from patterns.building_blocks.encryption_key import key_statement

# https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html#API_StartExecution_Errors
_CAUSES: Causes = (
    (409, "An execution of this name exists already", (("ExecutionAlreadyExists", ""),)),
    (413, "Too large", (("", "at 'input' failed to satisfy constraint"),)),
    TOO_MANY,
    (
        400,
        "Refused: it is no JSON, or its name is malformed",
        (("InvalidExecutionInput", ""), ("InvalidName", ""), ("ValidationException", ""), ("SerializationExc", "")),
    ),
    UNAVAILABLE,
)


def start_execution(
    state_machine: stepfunctions.IStateMachine, key: kms.IKey | None, execution_name_from: str | None
) -> ServiceCall:
    """Start an execution with the body of a request.

    Args:
        state_machine: The state machine.
        key: Its customer key.
        execution_name_from: The part of a request with the execution's name: "method.request.header.NAME" or
            "method.request.querystring.NAME".

    Returns:
        The call.
    """
    arn = state_machine.state_machine_arn
    statements = [iam.PolicyStatement(actions=["states:StartExecution"], resources=[arn])]
    if key is not None:
        use = key_statement(key, "kms:Decrypt", "kms:GenerateDataKey")
        use.add_condition("StringEquals", {"kms:ViaService": f"states.{Aws.REGION}.amazonaws.com"})
        statements.append(use)
    name = ""
    if execution_name_from is not None:
        name = f'{look_up(execution_name_from)}#if($value != "")"name":"{escaped("$value")}",#end'
    return ServiceCall(
        service="states",
        action="StartExecution",
        region=state_machine.env.region,
        headers={"Content-Type": "'application/x-amz-json-1.0'", "X-Amz-Target": "'AWSStepFunctions.StartExecution'"},
        request_template=f'{{{name}"stateMachineArn":"{arn}","input":"{escaped("$input.body")}"}}',
        accepted_template=answer({"executionArn": "$.executionArn"}),
        refused_template=refused(_CAUSES, code="$.__type", reason="$.message"),
        unavailable_template=unavailable(),
        statements=statements,
        statuses=STATUSES,
    )

"""The call of Amazon SQS that API Gateway makes of a request: `SendMessage`, in the query protocol.

Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
"""

from aws_cdk import aws_iam as iam
from aws_cdk import aws_sqs as sqs

from patterns.api.service_api.call import ServiceCall
from patterns.api.service_api.requests import MessageFields
from patterns.api.service_api.templates import TOO_MANY, Causes, accepted, explained, message, message_form
from patterns.building_blocks.encryption_key import key_statement

# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html#API_SendMessage_Errors
_CAUSES: Causes = (
    (
        413,
        "Message too large",
        (("", "must be shorter than"), ("MessageTooLong", ""), ("RequestEntityTooLarge", "")),
    ),
    TOO_MANY,
    (
        400,
        "Message refused: it is empty, or has characters or ids that the queue does not take",
        (
            ("InvalidMessageContents", ""),
            ("InvalidParameterValue", ""),
            ("InvalidParameterCombination", ""),
            ("MissingParameter", ""),
            ("EmptyValue", ""),
            ("InvalidAttribute", ""),
        ),
    ),
)
_RESULT = "$.SendMessageResponse.SendMessageResult"


def send_message(queue: sqs.IQueue, fields: MessageFields, *, fifo: bool) -> ServiceCall:
    """Send the body of a request to a queue.

    Args:
        queue: The queue.
        fields: The parts of a request that become the message's ids and attributes.
        fifo: Whether the queue is FIFO, and so numbers its messages.

    Returns:
        The call.

    Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html
    """
    statements = [iam.PolicyStatement(actions=["sqs:SendMessage"], resources=[queue.queue_arn])]
    if queue.encryption_master_key is not None:
        statements.append(key_statement(queue.encryption_master_key, "kms:Decrypt", "kms:GenerateDataKey"))
    answer = {
        "messageId": f"{_RESULT}.MessageId",
        "requestId": "$.SendMessageResponse.ResponseMetadata.RequestId",
    }
    if fifo:
        answer["sequenceNumber"] = f"{_RESULT}.SequenceNumber"
    return ServiceCall(
        service="sqs",
        region=queue.env.region,
        path=f"{queue.env.account}/{queue.queue_name}",
        headers={"Content-Type": "'application/x-www-form-urlencoded'"},
        # The action stands first, where no request can put another before it.
        request_template="Action=SendMessage&Version=2012-11-05&MessageBody=$util.urlEncode($input.body)"
        + message_form(fields, attribute="MessageAttribute"),
        accepted_template=accepted(answer),
        refused_template=explained(
            _CAUSES, "The message could not be queued", code="$.Error.Code", reason="$.Error.Message"
        ),
        unavailable_template=message("The queue is not available, try again"),
        statements=statements,
        statuses=("202", "400", "413", "429", "500", "503"),
    )

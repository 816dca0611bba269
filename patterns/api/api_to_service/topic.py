"""The call of Amazon SNS that API Gateway makes of a request: `Publish`, in the query protocol.

Source: https://docs.aws.amazon.com/sns/latest/api/API_Publish.html
"""

from aws_cdk import aws_iam as iam
from aws_cdk import aws_sns as sns

from patterns.api.api_to_service.answers import STATUSES, UNAVAILABLE, answer, refused, unavailable
from patterns.api.service_api.call import ServiceCall
from patterns.api.service_api.requests import MessageFields
from patterns.api.service_api.templates import TOO_MANY, Causes, message_form
from patterns.building_blocks.encryption_key import key_statement

# https://docs.aws.amazon.com/sns/latest/api/API_Publish.html#API_Publish_Errors
_CAUSES: Causes = (
    (413, "Too large", (("", "too long"),)),
    TOO_MANY,
    (
        400,
        "Refused: it is empty, or has characters, attributes or ids that the topic does not take",
        (("InvalidParameter", ""), ("ParameterValueInvalid", ""), ("ValidationE", ""), ("MissingParameter", "")),
    ),
    UNAVAILABLE,
)
_RESULT = "$.PublishResponse.PublishResult"


def publish(topic: sns.ITopic, fields: MessageFields) -> ServiceCall:
    """Publish the body of a request to a topic.

    Args:
        topic: The topic.
        fields: The parts of a request that become the message's ids and attributes.

    Returns:
        The call.

    Source: https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
    """
    statements = [iam.PolicyStatement(actions=["sns:Publish"], resources=[topic.topic_arn])]
    if topic.master_key is not None:
        statements.append(key_statement(topic.master_key, "kms:Decrypt", "kms:GenerateDataKey"))
    members = {"messageId": f"{_RESULT}.MessageId"}
    if topic.fifo:
        members["sequenceNumber"] = f"{_RESULT}.SequenceNumber"
    return ServiceCall(
        service="sns",
        path="/",
        region=topic.env.region,
        headers={"Content-Type": "'application/x-www-form-urlencoded'"},
        # The action stands first, where no request can put another before it.
        request_template=f"Action=Publish&Version=2010-03-31&TopicArn=$util.urlEncode('{topic.topic_arn}')"
        "&Message=$util.urlEncode($input.body)" + message_form(fields, attribute="MessageAttributes.entry"),
        accepted_template=answer(members),
        refused_template=refused(_CAUSES, code="$.Error.Code", reason="$.Error.Message"),
        unavailable_template=unavailable(),
        statements=statements,
        statuses=STATUSES,
    )

"""Calls of SQS, SNS, EventBridge, Kinesis and connections of WebSocket APIs."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from patternkit.testing.permissions.account import Account
from patternkit.testing.permissions.calls.call import Call, Need, by_name


def sqs(call: Call, account: Account) -> Iterator[Need]:
    """The permissions that a call of SQS needs.

    Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-api-permissions-reference.html
    """
    given = call.parameters
    operation = call.operation.removesuffix("Batch")
    if operation == "GetQueueUrl":
        owner = given.get("QueueOwnerAWSAccountId", account.id)
        yield "sqs:GetQueueUrl", f"arn:{account.partition}:sqs:{account.region}:{owner}:{given['QueueName']}", {}
    elif "QueueUrl" in given:
        yield f"sqs:{operation}", _of_url(account, given["QueueUrl"]), {}
    else:
        yield from by_name("sqs", call)


def _of_url(account: Account, url: str) -> str:
    """The ARN of a queue: its URL ends with its account and its name.

    Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-queue-message-identifiers.html
    """
    owner, _, name = url.rpartition("/")
    owner = owner.rpartition("/")[2]
    return f"arn:{account.partition}:sqs:{account.region}:{owner if owner.isdecimal() else account.id}:{name}"


def sns(call: Call, _: Account) -> Iterator[Need]:
    """The permissions that a call of SNS needs.

    Source: https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-language-api-permissions-reference.html
    """
    target = call.parameters.get("TopicArn", call.parameters.get("TargetArn"))
    if call.operation not in ("Publish", "PublishBatch", "GetTopicAttributes") or target is None:
        yield from by_name("sns", call)
    else:
        yield f"sns:{call.operation.removesuffix('Batch')}", target, {}


def events(call: Call, account: Account) -> Iterator[Need]:
    """The permissions that a call of EventBridge needs.

    Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-conditions.html
    """
    if call.operation != "PutEvents":
        yield from by_name("events", call)
        return
    for entry in call.parameters["Entries"]:
        bus = entry.get("EventBusName", "default")
        arn = bus if bus.startswith("arn:") else account.arn("events", f"event-bus/{bus}")
        extra = {"events:detail-type": (entry.get("DetailType", ""),), "events:source": (entry.get("Source", ""),)}
        yield "events:PutEvents", arn, dict(extra)


def kinesis(call: Call, account: Account) -> Iterator[Need]:
    """The permissions that a call of Kinesis needs.

    Source: https://docs.aws.amazon.com/streams/latest/dev/controlling-access.html
    """
    given = call.parameters
    if call.operation not in ("PutRecord", "PutRecords"):
        yield from by_name("kinesis", call)
        return
    arn = given.get("StreamARN") or account.arn("kinesis", f"stream/{given['StreamName']}")
    yield f"kinesis:{call.operation}", arn, {}


_METHODS = {"DeleteConnection": "DELETE", "GetConnection": "GET", "PostToConnection": "POST"}


def connections(call: Call, account: Account) -> Iterator[Need]:
    """The permissions that a call of a WebSocket API's connections needs; its endpoint names the API and the stage.

    Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-control-access-iam.html
    """
    if call.operation not in _METHODS:
        yield from by_name("execute-api", call)
        return
    where = urlsplit(call.endpoint)
    api, stage = where.netloc.partition(".")[0], where.path.strip("/")
    path = f"{api}/{stage}/{_METHODS[call.operation]}/@connections/{call.parameters['ConnectionId']}"
    yield "execute-api:ManageConnections", account.arn("execute-api", path), {}

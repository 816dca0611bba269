"""What AWS Lambda itself does in a function's name, with its role."""

from collections.abc import Iterator, Mapping
from typing import Any

from patternkit.testing.permissions.account import Account
from patternkit.testing.permissions.calls import request_context
from patternkit.testing.permissions.errors import NotModelled
from patternkit.testing.permissions.intrinsics import Unresolved
from patternkit.testing.permissions.statements import Request


def platform_requests(account: Account, index: int, logical_id: str, role: str) -> Iterator[Request | NotModelled]:
    """The permissions that Lambda itself needs in the role of a function.

    Args:
        account: The account.
        index: The place of the function's template.
        logical_id: The function's logical id.
        role: The role's ARN.

    Yields:
        Requests, and in their place what is not modelled.

    Source: https://docs.aws.amazon.com/lambda/latest/dg/lambda-intro-execution-role.html
    """
    function = account.templates[index]["Resources"][logical_id]
    properties: Mapping[str, Any] = account.resolve(index, function.get("Properties", {}))
    name = account.name(logical_id)
    context = request_context(account, role)

    def request(action: str, resource: str, why: str) -> Request:
        return Request(action, resource, context, why)

    group = properties.get("LoggingConfig", {}).get("LogGroup", f"/aws/lambda/{name}")
    if isinstance(group, Unresolved):
        yield NotModelled(f"which log group {group.text} is")
    else:
        stream = account.arn("logs", f"log-group:{group}:log-stream:one")
        for action in ("logs:CreateLogStream", "logs:PutLogEvents"):
            yield request(action, stream, "Lambda writes the function's log")
    # https://docs.aws.amazon.com/lambda/latest/dg/services-xray.html
    if properties.get("TracingConfig", {}).get("Mode") == "Active":
        for action in ("xray:PutTelemetryRecords", "xray:PutTraceSegments"):
            yield request(action, "*", "Lambda writes the function's traces")
    # https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html
    if properties.get("VpcConfig", {}).get("SubnetIds"):
        for action in _NETWORK:
            yield request(action, "*", "Lambda attaches the function to its VPC")
    for unmodelled in ("DurableConfig", "FileSystemConfigs"):
        if unmodelled in properties:
            yield NotModelled(f"what Lambda needs for {unmodelled}")
    if target := properties.get("DeadLetterConfig", {}).get("TargetArn"):
        yield _delivery(target, request, "Lambda sends failed events to the dead-letter queue")
    for other, other_id, resource in account.resources():
        if resource["Type"] not in ("AWS::Lambda::EventInvokeConfig", "AWS::Lambda::EventSourceMapping"):
            continue
        settings = account.resolve(other, resource.get("Properties", {}))
        named = settings.get("FunctionName")
        if isinstance(named, Unresolved):
            # It may be this function, which would then need more than was looked at.
            yield NotModelled(f"which function {named.text} is, that {other_id} is for,")
            continue
        if named not in (name, account.arn("lambda", f"function:{name}")):
            continue
        for kind in ("OnFailure", "OnSuccess"):
            if target := settings.get("DestinationConfig", {}).get(kind, {}).get("Destination"):
                yield _delivery(target, request, f"Lambda sends records of invocations to the {kind} destination")
        if resource["Type"] == "AWS::Lambda::EventSourceMapping":
            yield from _source(settings.get("EventSourceArn"), request)


# https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSLambdaVPCAccessExecutionRole.html
_NETWORK = (
    "ec2:AssignPrivateIpAddresses",
    "ec2:CreateNetworkInterface",
    "ec2:DeleteNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSubnets",
    "ec2:UnassignPrivateIpAddresses",
)


def _delivery(target: Any, request: Any, why: str) -> Request | NotModelled:
    # https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
    if isinstance(target, Unresolved):
        return NotModelled(f"which destination {target.text} is")
    actions = {
        "events": "events:PutEvents",
        "lambda": "lambda:InvokeFunction",
        "s3": "s3:PutObject",
        "sns": "sns:Publish",
        "sqs": "sqs:SendMessage",
    }
    service = target.split(":")[2]
    if service not in actions:
        return NotModelled(f"destinations of {service}")
    found: Request = request(actions[service], f"{target}/aws/lambda/one" if service == "s3" else target, why)
    return found


def _source(source: Any, request: Any) -> Iterator[Request | NotModelled]:
    if isinstance(source, Unresolved) or source is None:
        yield NotModelled("which event source a mapping reads")
        return
    service = source.split(":")[2]
    why = "Lambda polls the function's event source"
    match service:
        case "sqs":
            # https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
            for action in ("sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"):
                yield request(action, source, why)
        case "dynamodb":
            # https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-eventsourcemapping.html
            for action in ("dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"):
                yield request(action, source, why)
            yield request("dynamodb:ListStreams", "*", why)
        case "kinesis":
            # https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-create.html
            for action in (
                "kinesis:DescribeStream",
                "kinesis:DescribeStreamSummary",
                "kinesis:GetRecords",
                "kinesis:GetShardIterator",
                "kinesis:ListShards",
            ):
                yield request(action, source, why)
        case _:
            yield NotModelled(f"event sources of {service}")

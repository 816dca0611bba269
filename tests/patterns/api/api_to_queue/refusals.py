from collections.abc import Callable
from typing import Any

from aws_cdk import Duration, Size
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_route53 as route53
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from tests.refusals import Refusal

SOURCE = "method.request.header.NAME or method.request.querystring.NAME"
OWN = "must not be given with queue: an existing queue has its own"


def refused(message: str, **arguments: Any) -> Refusal:
    return Refusal(message, lambda _: arguments)


def made(message: str, **arguments: Callable[[Construct], Any]) -> Refusal:
    return Refusal(message, lambda scope: {name: make(scope) for name, make in arguments.items()})


def queue(scope: Construct) -> sqs.Queue:
    return sqs.Queue(scope, "Existing")


def consumer(scope: Construct) -> lambda_.Function:
    return lambda_.Function(
        scope,
        "Consumer",
        code=lambda_.Code.from_inline("def handler(event, context): pass"),
        handler="index.handler",
        runtime=lambda_.Runtime.PYTHON_3_14,
        timeout=Duration.seconds(10),
    )


def certificate(scope: Construct) -> acm.ICertificate:
    return acm.Certificate.from_certificate_arn(
        scope, "Certificate", "arn:aws:acm:eu-west-1:111122223333:certificate/a"
    )


def zone(scope: Construct) -> route53.IHostedZone:
    return route53.HostedZone.from_hosted_zone_attributes(scope, "Zone", hosted_zone_id="Z", zone_name="example.com")


REFUSALS = [
    refused(
        "path must be at most 1000 characters: up to 299 segments of letters, digits and ._~- with / between them, "
        "none of them . or .., got '/a'",
        path="/a",
    ),
    refused(
        "path must be at most 1000 characters: up to 299 segments of letters, digits and ._~- with / between them, "
        "none of them . or .., got '{id}'",
        path="{id}",
    ),
    refused("content_types must hold at least 1, got none", content_types=[]),
    refused(
        "content_types must be lower-case media types without parameters, got 'text/plain; charset=utf-8'",
        content_types=["text/plain; charset=utf-8"],
    ),
    refused(
        "content_types must be JSON with schema, got 'text/plain'",
        schema={"type": "object"},
        content_types=["application/json", "text/plain"],
    ),
    refused("schema must be JSON: Object of type set is not JSON serializable", schema={"enum": {1}}),
    refused("schema must be JSON, got NaN, an infinity or a circle", schema={"minimum": float("nan")}),
    refused(
        "message_attributes must hold at most 10, got 11",
        message_attributes={f"a{number}": "method.request.header.A" for number in range(11)},
    ),
    refused(
        "message_attributes must be named with up to 256 letters, digits and _-. and not begin with aws. or amazon., "
        "got 'AWS.trace'",
        message_attributes={"AWS.trace": "method.request.header.A"},
    ),
    refused(
        "message_attributes must be named with up to 256 letters, digits and _-. and not begin with aws. or amazon., "
        "got 'a&b'",
        message_attributes={"a&b": "method.request.header.A"},
    ),
    refused(
        f"message_attributes[a] must be {SOURCE}, got 'method.request.body'",
        message_attributes={"a": "method.request.body"},
    ),
    refused(f"message_group_id_from must be {SOURCE}, got 'X-Group'", message_group_id_from="X-Group"),
    refused(
        f"message_deduplication_id_from must be {SOURCE}, got 'method.request.header.$x'",
        fifo=True,
        message_deduplication_id_from="method.request.header.$x",
    ),
    refused(
        "message_deduplication_id_from needs a FIFO queue: a standard queue does not deduplicate",
        message_deduplication_id_from="method.request.header.Once",
    ),
    refused(
        "content_based_deduplication needs fifo=True: a standard queue does not deduplicate",
        content_based_deduplication=True,
    ),
    made(f"fifo {OWN}", queue=queue, fifo=lambda _: True),
    made(f"encryption_key {OWN}", queue=queue, encryption_key=lambda scope: kms.Key(scope, "Key")),
    made(f"max_receive_count {OWN}", queue=queue, max_receive_count=lambda _: 5),
    made(f"max_message_size {OWN}", queue=queue, max_message_size=lambda _: Size.kibibytes(64)),
    made(f"content_based_deduplication {OWN}", queue=queue, content_based_deduplication=lambda _: True),
    made(f"retention {OWN}", queue=queue, retention=lambda _: Duration.days(1)),
    made(f"visibility_timeout {OWN}", queue=queue, visibility_timeout=lambda _: Duration.hours(1)),
    refused("max_message_size must be between 1 KiB and 1 MiB, got 2 MiB", max_message_size=Size.mebibytes(2)),
    refused("retention must be between 1 minute and 14 days, got 15 days", retention=Duration.days(15)),
    refused("max_receive_count must be between 1 and 1000 attempts, got 0", max_receive_count=0),
    refused("rate_limit must be between 1 and 100000 requests a second, got 0", rate_limit=0),
    refused("burst_limit must be between 1 and 100000 requests, got 0", burst_limit=0),
    refused("authorization must be one of api_key, cognito, function, iam, got 'none'", authorization="none"),
    refused("user_pools must be given with authorization='cognito'", authorization="cognito"),
    refused("authorizer_function must be given with authorization='function'", authorization="function"),
    made("authorizer_function needs authorization='function', got 'iam'", authorizer_function=consumer),
    refused("daily_quota needs authorization='api_key', got 'iam'", daily_quota=5),
    refused("daily_quota must be between 1 and 2147483647 requests, got 0", authorization="api_key", daily_quota=0),
    refused("domain_name and certificate go together, got only domain_name", domain_name="in.example.com"),
    made("domain_name and certificate go together, got only certificate", certificate=certificate),
    made("hosted_zone needs domain_name", hosted_zone=zone),
    made(
        "domain_name must be a lower-case domain name of up to 253 letters, digits, hyphens and dots, got 'https://example.com'",
        domain_name=lambda _: "https://example.com",
        certificate=certificate,
    ),
    refused("max_concurrency needs consumer: without one nothing takes messages off the queue here", max_concurrency=2),
    made("max_concurrency must be between 2 and 1000 batches, got 1", consumer=consumer, max_concurrency=lambda _: 1),
    refused("batch_size must be between 1 and 10 messages from a FIFO queue, got 11", fifo=True, batch_size=11),
    made(
        "batch_size above 10 needs batching_window of at least one second, got 11",
        consumer=consumer,
        batch_size=lambda _: 11,
    ),
    made(
        "batching_window needs a standard queue: Lambda has none for FIFO queues",
        consumer=consumer,
        fifo=lambda _: True,
        batching_window=lambda _: Duration.seconds(1),
    ),
    made(
        "visibility_timeout must be at least 60 seconds, six times the consumer's timeout and the batching window, "
        "got 59",
        consumer=consumer,
        visibility_timeout=lambda _: Duration.seconds(59),
    ),
    refused(
        "oldest_message_alarm_after must be between 1 minute and 14 days, got 1 second",
        oldest_message_alarm_after=Duration.seconds(1),
    ),
]

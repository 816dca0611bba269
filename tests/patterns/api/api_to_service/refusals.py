from collections.abc import Callable
from typing import Any

from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_events as events
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns
from aws_cdk import aws_stepfunctions as stepfunctions
from constructs import Construct

from tests.refusals import Refusal

SOURCE = "method.request.header.NAME or method.request.querystring.NAME"


def refused(message: str, **arguments: Any) -> Refusal:
    return Refusal(message, lambda _: arguments)


def made(message: str, **arguments: Callable[[Construct], Any]) -> Refusal:
    return Refusal(message, lambda scope: {name: make(scope) for name, make in arguments.items()})


def topic(scope: Construct) -> sns.ITopic:
    return sns.Topic(scope, "Existing")


def bus(scope: Construct) -> events.IEventBus:
    return events.EventBus(scope, "Bus")


def state_machine(scope: Construct) -> stepfunctions.IStateMachine:
    arn = "arn:aws:states:eu-west-1:111122223333:stateMachine:orders"
    return stepfunctions.StateMachine.from_state_machine_arn(scope, "Orders", arn)


def certificate(scope: Construct) -> acm.ICertificate:
    arn = "arn:aws:acm:eu-west-1:111122223333:certificate/a"
    return acm.Certificate.from_certificate_arn(scope, "Certificate", arn)


REFUSALS = [
    made(
        "only one of state_machine, topic and event_bus must be given, got topic and event_bus",
        topic=topic,
        event_bus=bus,
    ),
    made("state_machine_key needs state_machine, got event_bus", state_machine_key=lambda scope: kms.Key(scope, "Key")),
    refused(
        "execution_name_from needs state_machine, got event_bus", execution_name_from="method.request.header.X-Name"
    ),
    made(
        "message_attributes needs topic, got state_machine",
        state_machine=state_machine,
        message_attributes=lambda _: {},
    ),
    made("event_source needs event_bus, got topic", topic=topic, event_source=lambda _: "orders"),
    made("detail_type needs event_bus, got topic", topic=topic, detail_type=lambda _: "Order"),
    refused(f"detail_type_from must be {SOURCE}, got 'X-Type'", detail_type_from="X-Type"),
    made(
        f"execution_name_from must be {SOURCE}, got 'method.request.header.$x'",
        state_machine=state_machine,
        execution_name_from=lambda _: "method.request.header.$x",
    ),
    made(
        "message_deduplication_id_from needs a FIFO topic: a standard topic does not deduplicate",
        topic=topic,
        message_deduplication_id_from=lambda _: "method.request.header.Once",
    ),
    made(
        "message_attributes must hold at most 10, got 11",
        topic=topic,
        message_attributes=lambda _: {f"a{number}": "method.request.header.A" for number in range(11)},
    ),
    refused(
        "event_source must be up to 128 letters, digits, blanks and ._/:@-, and not begin with aws., "
        "which is AWS's own, got 'aws.orders'",
        event_source="aws.orders",
    ),
    refused(
        "event_source must be up to 128 letters, digits, blanks and ._/:@-, and not begin with aws., "
        "which is AWS's own, got 'a\"b'",
        event_source='a"b',
    ),
    refused("detail_type must be up to 128 letters, digits, blanks and ._/:@-, got '$x'", detail_type="$x"),
    refused(
        "path must be at most 1000 characters: up to 299 segments of letters, digits and ._~- with / between them, "
        "none of them . or .., got '/a'",
        path="/a",
    ),
    refused("content_types must hold at least 1, got none", content_types=[]),
    refused("content_types must be JSON without topic, got 'text/plain'", content_types=["text/plain"]),
    made(
        "content_types must be JSON with schema, got 'text/plain'",
        topic=topic,
        schema=lambda _: {"type": "object"},
        content_types=lambda _: ["text/plain"],
    ),
    refused("schema must be JSON: Object of type set is not JSON serializable", schema={"enum": {1}}),
    refused("rate_limit must be between 1 and 100000 requests a second, got 0", rate_limit=0),
    refused("burst_limit must be between 1 and 100000 requests, got 0", burst_limit=0),
    refused("authorization must be one of api_key, cognito, function, iam, got 'none'", authorization="none"),
    refused("user_pools must be given with authorization='cognito'", authorization="cognito"),
    refused("authorizer_function must be given with authorization='function'", authorization="function"),
    refused("daily_quota needs authorization='api_key', got 'iam'", daily_quota=5),
    refused("domain_name and certificate go together, got only domain_name", domain_name="in.example.com"),
    made("domain_name and certificate go together, got only certificate", certificate=certificate),
]

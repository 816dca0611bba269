from collections.abc import Callable
from typing import Any

from aws_cdk import Duration
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from patterns.events.table_stream import Consumer
from tests.refusals import Refusal


def given(**settings: Any) -> Callable[[Construct], dict[str, Any]]:
    return lambda _: {"consumers": [Consumer(**{"name": "One", **settings})]}


def ready(scope: Construct) -> lambda_.Function:
    code = lambda_.Code.from_inline("def handler(event, context): pass")
    runtime = lambda_.Runtime.PYTHON_3_14
    return lambda_.Function(scope, "Ready", code=code, handler="index.handler", runtime=runtime)


def table(scope: Construct, view: dynamodb.StreamViewType | None) -> dynamodb.Table:
    key = dynamodb.Attribute(name="id", type=dynamodb.AttributeType.STRING)
    return dynamodb.Table(scope, "Table", partition_key=key, stream=view)


def with_table(view: dynamodb.StreamViewType | None, **more: Any) -> Callable[[Construct], dict[str, Any]]:
    return lambda scope: {"table": table(scope, view), "consumers": [Consumer(name="One")], **more}


def imported(scope: Construct) -> dict[str, Any]:
    arn = "arn:aws:lambda:eu-west-1:111122223333:function:existing"
    function = lambda_.Function.from_function_arn(scope, "Function", arn)
    return {"consumers": [Consumer(name="One", function=function)]}


BOTH = dynamodb.StreamViewType.NEW_AND_OLD_IMAGES
OWN = "must not be given with function: a ready function has its own"
REFUSALS = [
    Refusal("consumers must hold 1 or 2, got none", lambda _: {"consumers": []}),
    Refusal(
        "consumers must hold 1 or 2, got 3",
        lambda _: {"consumers": [Consumer(name=name) for name in ("One", "Two", "Three")]},
    ),
    Refusal(
        "consumers must have different names, got One, One",
        lambda _: {"consumers": [Consumer(name="One"), Consumer(name="One")]},
    ),
    Refusal("consumers[one]: name must be a capital and up to 63 letters and digits, got 'one'", given(name="one")),
    Refusal(
        "consumers[One]: filters must not compare numbers: a stream writes them as text, and no change would match",
        given(filters=[{"dynamodb": {"NewImage": {"price": {"N": [{"numeric": [">", 5]}]}}}}]),
    ),
    Refusal(
        "consumers[One]: filters must look at dynamodb or userIdentity, got eventName; kinds of changes are said by "
        "changes",
        given(filters=[{"eventName": ["INSERT"]}]),
    ),
    Refusal(
        "consumers[One]: filters must look at dynamodb or userIdentity, got nothing; kinds of changes are said by "
        "changes",
        given(filters=[{}]),
    ),
    Refusal(
        "consumers[One]: environment must not set IDEMPOTENCY_TABLE: the pattern sets it",
        given(environment={"IDEMPOTENCY_TABLE": "mine"}),
    ),
    Refusal(
        "consumers[One]: max_record_age must be between 1 minute and 12 hours, got 1 day",
        given(max_record_age=Duration.days(1)),
    ),
    Refusal("consumers[One]: code and handler go together, got only handler", given(handler="index.handler")),
    Refusal(
        f"consumers[One]: timeout {OWN}",
        lambda scope: {"consumers": [Consumer(name="One", function=ready(scope), timeout=Duration.seconds(3))]},
    ),
    Refusal("consumers[One]: function must have a role that is known: it must be allowed to read the stream", imported),
    Refusal(
        "consumers[One]: on_failure must be a standard queue, got a FIFO queue: Lambda does not send to one",
        lambda scope: {"consumers": [Consumer(name="One", on_failure=sqs.Queue(scope, "Queue", fifo=True))]},
    ),
    Refusal(
        "table must have a stream: give it one, or import it with from_table_attributes(table_stream_arn=...)",
        with_table(None),
    ),
    Refusal(
        "table must have a stream of NEW_AND_OLD_IMAGES, got KEYS_ONLY", with_table(dynamodb.StreamViewType.KEYS_ONLY)
    ),
    Refusal(
        "partition_key must not be given with table: a ready table has its own", with_table(BOTH, partition_key="id")
    ),
    Refusal(
        "sort_key must be another attribute than partition_key, got 'id'",
        lambda _: {"consumers": [Consumer(name="One")], "partition_key": "id", "sort_key": "id"},
    ),
]

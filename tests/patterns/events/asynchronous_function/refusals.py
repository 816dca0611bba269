from collections.abc import Callable
from typing import Any

from aws_cdk import Duration, Environment, Stack
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from tests.refusals import Refusal


def ready(scope: Construct, **settings: Any) -> lambda_.Function:
    code = lambda_.Code.from_inline("def handler(event, context): pass")
    runtime = lambda_.Runtime.PYTHON_3_14
    return lambda_.Function(scope, "Ready", code=code, handler="index.handler", runtime=runtime, **settings)


def itself(argument: str) -> Callable[[Construct], dict[str, Any]]:
    def arguments(scope: Construct) -> dict[str, Any]:
        function = ready(scope)
        return {"function": function, argument: function}

    return arguments


def own_destination(scope: Construct) -> dict[str, Any]:
    function = ready(scope)
    lambda_.CfnEventInvokeConfig(function, "Own", function_name=function.function_name, qualifier="$LATEST")
    return {"function": function}


def other_table(scope: Construct) -> dict[str, Any]:
    key = dynamodb.Attribute(name="order", type=dynamodb.AttributeType.STRING)
    return {"idempotency_table": dynamodb.Table(scope, "Table", partition_key=key)}


def imported(scope: Construct) -> dict[str, Any]:
    arn = "arn:aws:lambda:eu-west-1:111122223333:function:existing"
    return {"function": lambda_.Function.from_function_arn(scope, "Function", arn)}


OWN = "must not be given with function: a ready function has its own"
LOOP = "must not be the function itself: it would be invoked with its own records, until Lambda detects the loop"
REFUSALS = [
    Refusal(
        "on_success must be a standard queue, got a FIFO queue: Lambda does not send to one",
        lambda scope: {"on_success": sqs.Queue(scope, "Queue", fifo=True)},
    ),
    Refusal(
        "on_failure must be a standard queue, got a FIFO queue: Lambda does not send to one",
        lambda scope: {"on_failure": sqs.Queue(scope, "Queue", fifo=True)},
    ),
    Refusal(
        "on_failure must be a standard topic, got a FIFO topic: Lambda does not send to one",
        lambda scope: {"on_failure": sns.Topic(scope, "Topic", fifo=True)},
    ),
    Refusal(
        "on_success must not be a bucket: Lambda sends only failures to buckets",
        lambda scope: {"on_success": s3.Bucket(scope, "Bucket")},
    ),
    Refusal(f"on_success {LOOP}", itself("on_success")),
    Refusal(f"on_failure {LOOP}", itself("on_failure")),
    Refusal("code and handler go together, got only handler", lambda _: {"handler": "index.handler"}),
    Refusal(f"remembered_for {OWN}", lambda scope: {"function": ready(scope), "remembered_for": Duration.days(2)}),
    Refusal(f"idempotency_key {OWN}", lambda scope: {"function": ready(scope), "idempotency_key": "id"}),
    Refusal(
        "function must have no dead letters of its own: each failed event would be kept twice",
        lambda scope: {"function": ready(scope, dead_letter_queue_enabled=True)},
    ),
    Refusal(
        "function must have no dead letters of its own: each failed event would be kept twice",
        lambda scope: {"function": ready(scope, dead_letter_topic=sns.Topic(scope, "Topic"))},
    ),
    Refusal(
        "function must have no retries and destinations of its own: Lambda keeps one setting of them",
        lambda scope: {"function": ready(scope, retry_attempts=1)},
    ),
    Refusal(
        "function must have no retries and destinations of its own: Lambda keeps one setting of them", own_destination
    ),
    Refusal(
        "function must not be a version or an alias: retries and destinations are set for $LATEST",
        lambda scope: {"function": ready(scope).current_version},
    ),
    Refusal(
        "function must have a role that is known, which must be allowed to send to the destinations: import it with "
        "Function.from_function_attributes(role=...)",
        imported,
    ),
    Refusal(
        "environment must not set IDEMPOTENCY_KEY: the pattern sets it",
        lambda _: {"environment": {"IDEMPOTENCY_KEY": "a"}},
    ),
    Refusal("idempotency_table must have the partition key id and no sort key, got order", other_table),
    Refusal(
        "idempotency_key must be a JMESPath expression of up to 256 ASCII characters, got ''",
        lambda _: {"idempotency_key": ""},
    ),
    Refusal(
        "remembered_for must be longer than max_event_age, 6 hours: a late retry would be taken for new work, "
        "got 6 hours",
        lambda _: {"remembered_for": Duration.hours(6)},
    ),
    Refusal("retry_attempts must be between 0 and 2, got 3", lambda _: {"retry_attempts": 3}),
    Refusal(
        "max_event_age must be between 1 minute and 6 hours, got 7 hours",
        lambda _: {"max_event_age": Duration.hours(7)},
    ),
]


def elsewhere(scope: Construct) -> sqs.IQueue:
    """A queue in another Region than the stack of a test that gives one."""
    root = Stack.of(scope).node.root
    assert isinstance(root, Construct)
    return sqs.Queue(Stack(root, "Elsewhere", env=Environment(account="111122223333", region="us-east-1")), "Queue")

"""What the local cloud keeps without effect for some values of a property, and acts upon for others.

Like `effects`, each row was found by reading or running ministack 1.5.33 (2026-11-25).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Row:
    """A property of which some values are without effect."""

    path: str
    applies: Callable[[Any], bool]
    """Whether a value at the path is one of them. It may have any shape."""
    why: str


def values(properties: Any, path: str) -> Iterator[Any]:
    """Yield each value at a path: `Rules[].Action.Type` has one for each rule. Any shape is taken."""
    if not isinstance(properties, Mapping):
        return
    name, _, rest = path.partition(".")
    value = properties.get(name.removesuffix("[]"))
    if value is None:
        return
    for part in value if name.endswith("[]") and isinstance(value, list) else [value]:
        if rest:
            yield from values(part, rest)
        else:
            yield part


def present(properties: Any, path: str) -> bool:
    """Return whether there is a value at a path."""
    return any(True for _ in values(properties, path))


def _service(arn: Any) -> str:
    parts = arn.split(":") if isinstance(arn, str) else []
    return parts[2] if len(parts) > 2 and parts[0] == "arn" else ""


def _to(*services: str) -> Callable[[Any], bool]:
    return lambda arn: _service(arn) in services


def _not_to(*services: str) -> Callable[[Any], bool]:
    return lambda arn: bool(_service(arn)) and _service(arn) not in services


def _one_of(*wanted: str) -> Callable[[Any], bool]:
    return lambda value: value in wanted if isinstance(value, str) else False


def _integration_without_way(integration: Any) -> bool:
    """Whether a REST integration is of an AWS service that the local API Gateway does not call."""
    if not isinstance(integration, Mapping) or integration.get("Type") != "AWS":
        return False
    uri = integration.get("Uri")
    # arn:aws:apigateway:REGION:SERVICE:path/... or :action/...
    parts = uri.split(":") if isinstance(uri, str) else []
    return len(parts) > 4 and parts[2] == "apigateway" and parts[4] not in ("lambda", "sqs")


def _templates(integration: Any, of: str) -> Iterator[str]:
    if isinstance(integration, Mapping) and integration.get("Type") == of:
        for path in ("RequestTemplates", "IntegrationResponses[].ResponseTemplates"):
            for templates in values(integration, path):
                if isinstance(templates, Mapping):
                    yield from (text for text in templates.values() if isinstance(text, str))


def _answered_by_template(integration: Any) -> bool:
    """Whether what a mock integration answers is to be made of the request."""
    return any("$" in text or "#" in text for text in _templates(integration, "MOCK"))


def _function_by_template(integration: Any) -> bool:
    """Whether what a function is given, or what it answers, is to be made over."""
    uri = integration.get("Uri") if isinstance(integration, Mapping) else None
    return isinstance(uri, str) and ":lambda:" in uri and any(True for _ in _templates(integration, "AWS"))


def _weighted(config: Any) -> bool:
    groups = config.get("TargetGroups") if isinstance(config, Mapping) else None
    return isinstance(groups, list) and len(groups) > 1


def _any(_value: Any) -> bool:
    return True


NO_TARGET = (
    "no event ever goes there: rules reach functions, queues, topics, workflows, buses, tasks and API destinations"
)
NO_PIPE = "no event ever goes there: pipes deliver to topics and workflows only"
NO_TOKEN_CHECK = (
    "tokens are not verified and directives not asked: any token passes; authorization cannot be shown here"
)
STREAM = "a batch that failed for good is sent to a queue or a topic; nothing is written to a bucket"

WHERE: Mapping[str, tuple[Row, ...]] = {
    "AWS::ApiGateway::Method": (
        Row(
            "Integration",
            _integration_without_way,
            "every call is answered 504: the local API Gateway integrates functions, HTTP and Amazon SQS only",
        ),
        Row("Integration", _answered_by_template, "the answer is sent as written: its templates are not evaluated"),
        Row(
            "Integration",
            _function_by_template,
            "its templates are not evaluated: the function gets the whole request, and its answer is sent as it is",
        ),
    ),
    "AWS::AppSync::GraphQLApi": (
        Row("AuthenticationType", _one_of("AMAZON_COGNITO_USER_POOLS", "OPENID_CONNECT"), NO_TOKEN_CHECK),
        Row(
            "AdditionalAuthenticationProviders[].AuthenticationType",
            _one_of("AMAZON_COGNITO_USER_POOLS", "OPENID_CONNECT"),
            NO_TOKEN_CHECK,
        ),
    ),
    "AWS::AppSync::DataSource": (
        Row(
            "Type",
            _one_of("AWS_LAMBDA"),
            "the function must answer with an object, and an exception becomes data instead of an error",
        ),
    ),
    "AWS::AppSync::Api": (
        Row("EventConfig", _any, "keys and tokens are not verified: any publisher and subscriber passes"),
    ),
    "AWS::ElasticLoadBalancingV2::Listener": (
        Row(
            "DefaultActions[].ForwardConfig",
            _weighted,
            "all requests go to the first target group: weights are not used",
        ),
    ),
    "AWS::ElasticLoadBalancingV2::ListenerRule": (
        Row("Actions[].ForwardConfig", _weighted, "all requests go to the first target group: weights are not used"),
        Row(
            "Conditions[].Field",
            _one_of("query-string"),
            "breaks the listener: requests that no earlier rule takes are answered 500",
        ),
    ),
    "AWS::Events::Rule": (
        Row("Targets[].Arn", _not_to("lambda", "sqs", "sns", "states", "events", "ecs"), NO_TARGET),
        Row("Targets[].Arn", _to("ecs"), "the task is recorded as started; no container runs"),
    ),
    "AWS::Lambda::EventSourceMapping": (
        Row("DestinationConfig.OnFailure.Destination", _to("s3"), STREAM),
        Row(
            "EventSourceArn",
            _not_to("sqs", "kinesis", "dynamodb"),
            "never read: functions read queues, Kinesis streams and table streams here",
        ),
    ),
    "AWS::Pipes::Pipe": (
        Row("Source", _not_to("dynamodb"), "never read: pipes read table streams only"),
        Row("Target", _not_to("sns", "states"), NO_PIPE),
    ),
    "AWS::Scheduler::Schedule": (
        Row(
            "Target.Arn",
            _not_to("lambda", "sqs", "sns", "states", "events", "ecs"),
            "the schedule fires and nothing is called: schedules reach functions, queues, topics, workflows and buses",
        ),
        Row("Target.Arn", _to("ecs"), "the task is recorded as started; no container runs"),
    ),
}
"""Resource type to its rows."""

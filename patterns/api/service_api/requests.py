"""The requests that an API takes: their path, media types and JSON Schema, and the parts that a message is made of."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from annotated_types import Len
from aws_cdk import aws_apigateway as apigateway
from constructs import Construct

from patterns.building_blocks.arguments import check_keys, shown
from patterns.building_blocks.bounds import Known, Matches, Passes

# API Gateway allows "$" too, which a mapping template would read as a reference.
RequestPart = Annotated[
    str,
    Matches(
        r"method\.request\.(header|querystring)\.[A-Za-z0-9._-]{1,128}",
        "method.request.header.NAME or method.request.querystring.NAME",
    ),
    Known("what the request is made into"),
]
"""A part of a request."""
# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-metadata.html
_AttributeName = Annotated[
    str,
    Matches(
        r"(?i:(?!aws\.|amazon\.)(?=.{1,256}$)[a-z0-9_-]+(\.[a-z0-9_-]+)*)",
        "named with up to 256 letters, digits and _-. and not begin with aws. or amazon.",
    ),
]
MessageAttributes = Annotated[Mapping[_AttributeName, RequestPart], Len(0, 10)]
"""Message attributes by name, and the parts of a request with their values."""

ContentTypes = Annotated[
    Sequence[
        Annotated[
            str,
            Matches(r"[a-z0-9][a-z0-9.+-]*/[a-z0-9][a-z0-9.+-]*", "lower-case media types without parameters"),
            Known("what requests are taken"),
        ]
    ],
    Len(1),
]
"""Media types."""

ApiPath = Annotated[
    str,
    Matches(
        r"(?=.{1,1000}$)(?!(.*/)?\.\.?(/|$))[A-Za-z0-9._~-]+(/[A-Za-z0-9._~-]+){0,298}",
        "at most 1000 characters: up to 299 segments of letters, digits and ._~- with / between them, none of "
        "them . or ..",
    ),
    Known("the resources of the API"),
]
"""A path of an API, without a slash at its ends.

Each segment is a resource, of which an API has 300 with its root. So long a path fits wherever it is named: in URLs,
which have 10,240 characters, in outputs and in policies.
https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-execution-service-limits-table.html"""
_DRAFT = "http://json-schema.org/draft-04/schema#"

GROUP_ID_HEADER = "method.request.header.X-Message-Group-Id"
DEDUPLICATION_ID_HEADER = "method.request.header.X-Message-Deduplication-Id"


@dataclass(frozen=True, slots=True)
class Requests:
    """The requests that an API takes.

    Attributes:
        path: Their path.
        schema: The JSON Schema, draft 4, of their bodies; None: any JSON.
        content_types: Their media types; others are answered 415.

    Raises:
        ValueError: If schema and media types contradict each other.
    """

    path: str
    schema: Mapping[str, Any] | None
    content_types: Sequence[str]

    def __post_init__(self) -> None:
        for content_type in self.content_types:
            if self.schema is not None and not is_json(content_type):
                raise ValueError(f"content_types must be JSON with schema, got {content_type!r}")

    def models(self, scope: Construct, api: apigateway.RestApi) -> dict[str, apigateway.IModel]:
        """Make the model of bodies; without a schema it still refuses what is not JSON.

        Args:
            scope: Parent construct.
            api: The API.

        Returns:
            The model of each media type that is JSON.
        """
        taken = [one for one in self.content_types if is_json(one)]
        if not taken:
            return {}
        schema = {"$schema": _DRAFT, **(self.schema or {})}
        # The L2 takes schemas in a form of the CDK's own.
        made = apigateway.CfnModel(
            scope, "Body", rest_api_id=api.rest_api_id, content_type="application/json", schema=schema
        )
        deployment = api.latest_deployment
        assert deployment is not None
        # A deployment is a copy of the API: without this, a change of the schema alone would not be deployed.
        deployment.add_to_logical_id({"schema": schema})
        deployment.node.add_dependency(made)
        model = apigateway.Model.from_model_name(scope, "BodyModel", made.ref)
        return dict.fromkeys(taken, model)


@dataclass(frozen=True, slots=True)
class MessageFields:
    """The parts of a request that become fields of a message, beside its body.

    Attributes:
        group_id: The part with the message group id: "method.request.header.NAME" or
            "method.request.querystring.NAME"; None: the message has none.
        deduplication_id: The part with the deduplication id, likewise.
        attributes: Names of message attributes and the parts with their values, likewise.

    """

    group_id: str | None
    deduplication_id: str | None
    attributes: Mapping[str, str] | None

    def of(self, *, fifo: bool) -> "MessageFields":
        """Complete the fields for a queue or topic.

        Args:
            fifo: Whether it is FIFO: both ids then come from headers, unless said otherwise.

        Returns:
            The fields.
        """
        if not fifo:
            return self
        return MessageFields(
            self.group_id or GROUP_ID_HEADER, self.deduplication_id or DEDUPLICATION_ID_HEADER, self.attributes
        )


def is_json(content_type: str) -> bool:
    """Whether bodies of a media type are JSON.

    Args:
        content_type: A media type without parameters.

    Returns:
        Whether they are.
    """
    return content_type == "application/json" or content_type.endswith("+json")


def check_schema(argument: str, schema: Mapping[str, Any]) -> None:
    """Refuse a schema that API Gateway does not take.

    Args:
        argument: The argument's own name.
        schema: The schema.

    Raises:
        ValueError: If it is not JSON, has a key that only a deployment knows, or says that it is of another draft.

    Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/models-mappings-models.html
    """
    try:
        json.dumps(schema, allow_nan=False)
    except TypeError as error:
        raise ValueError(f"{argument} must be JSON: {error}") from None
    except ValueError:
        raise ValueError(f"{argument} must be JSON, got NaN, an infinity or a circle") from None
    check_keys(argument, schema)
    draft = schema.get("$schema", _DRAFT)
    if str(draft).rstrip("#") != _DRAFT.rstrip("#"):
        raise ValueError(f"{argument} must be of draft 4, {_DRAFT}, got {shown(str(draft))!r}")


JsonSchema = Annotated[Mapping[str, Any], Passes(check_schema, "a JSON Schema of draft 4")]
"""A JSON Schema."""

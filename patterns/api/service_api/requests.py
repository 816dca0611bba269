"""The requests that an API takes: their path, media types and JSON Schema, and the parts that a message is made of."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from aws_cdk import aws_apigateway as apigateway
from constructs import Construct

# API Gateway allows "$" too, which a mapping template would read as a reference.
_SOURCE = re.compile(r"method\.request\.(header|querystring)\.[A-Za-z0-9._-]{1,128}")
# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-metadata.html
_ATTRIBUTE = re.compile(r"(?!aws\.|amazon\.)[a-z0-9_-]+(\.[a-z0-9_-]+)*", re.IGNORECASE)
_CONTENT_TYPE = re.compile(r"[a-z0-9][a-z0-9.+-]*/[a-z0-9][a-z0-9.+-]*")
_PATH = re.compile(r"[A-Za-z0-9._~-]+(/[A-Za-z0-9._~-]+)*")
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
        ValueError: If one is malformed, or schema and media types contradict each other.
    """

    path: str
    schema: Mapping[str, Any] | None
    content_types: Sequence[str]

    def __post_init__(self) -> None:
        if not _PATH.fullmatch(self.path):
            raise ValueError(
                f"path must be segments of letters, digits and ._~- with / between them, got {self.path!r}"
            )
        if not self.content_types:
            raise ValueError("content_types must name at least one")
        for content_type in self.content_types:
            if not _CONTENT_TYPE.fullmatch(content_type):
                raise ValueError(
                    f"content_types must be lower-case media types without parameters, got {content_type!r}"
                )
            if self.schema is not None and not is_json(content_type):
                raise ValueError(f"content_types must be JSON with schema, got {content_type!r}")
        if self.schema is not None:
            _check_schema(self.schema)

    def models(self, scope: Construct, api: apigateway.RestApi) -> dict[str, apigateway.IModel]:
        """Make the model of bodies; without a schema it still refuses what is not JSON.

        Args:
            scope: Parent construct.
            api: The API.

        Returns:
            The model of each media type that is JSON.
        """
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
        return {one: model for one in self.content_types if is_json(one)}


@dataclass(frozen=True, slots=True)
class MessageFields:
    """The parts of a request that become fields of a message, beside its body.

    Attributes:
        group_id: The part with the message group id: "method.request.header.NAME" or
            "method.request.querystring.NAME"; None: the message has none.
        deduplication_id: The part with the deduplication id, likewise.
        attributes: Names of message attributes and the parts with their values, likewise.

    Raises:
        ValueError: If one is malformed.
    """

    group_id: str | None
    deduplication_id: str | None
    attributes: Mapping[str, str] | None

    def __post_init__(self) -> None:
        check_source("message_group_id_from", self.group_id)
        check_source("message_deduplication_id_from", self.deduplication_id)
        attributes = self.attributes or {}
        if len(attributes) > 10:
            raise ValueError(f"message_attributes must be at most 10, got {len(attributes)}")
        for name, source in attributes.items():
            if len(name) > 256 or not _ATTRIBUTE.fullmatch(name):
                raise ValueError(
                    "message_attributes must be named with up to 256 letters, digits and _-. and not begin with aws. "
                    f"or amazon., got {name!r}"
                )
            check_source("message_attributes", source)

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


def check_source(argument: str, source: str | None) -> None:
    """Refuse a source that is no part of a request.

    Args:
        argument: The argument's own name.
        source: The source; None passes.

    Raises:
        ValueError: If it names neither a header nor a query parameter.
    """
    if source is not None and not _SOURCE.fullmatch(source):
        raise ValueError(
            f"{argument} must be method.request.header.NAME or method.request.querystring.NAME, got {source!r}"
        )


def _check_schema(schema: Mapping[str, Any]) -> None:
    try:
        json.dumps(schema, allow_nan=False)
    except TypeError as error:
        raise ValueError(f"schema must be JSON: {error}") from None
    except ValueError:
        raise ValueError("schema must be JSON, got NaN, an infinity or a circle") from None

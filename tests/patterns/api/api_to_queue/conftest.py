"""Mapping templates as they stand in synthesized CloudFormation templates."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import aws_cdk as cdk
import pytest

from patterns.api.api_to_queue import ApiToQueue
from tests.constructs import app_for_its_template


@dataclass(frozen=True)
class Templates:
    """The mapping templates of a synthesized method.

    Attributes:
        requests: Of requests, by media type.
        responses: Of answers, by the status that is answered unless the template says another.
        patterns: Which statuses of SQS each of them is for.
    """

    requests: dict[str, str]
    responses: dict[str, str]
    patterns: dict[str, str | None]


def synthesize(**options: Any) -> dict[str, Any]:
    """Make an ApiToQueue in a stack of its own, and return the stack's CloudFormation template."""
    stack = cdk.Stack(app_for_its_template(), "Test")
    ApiToQueue(stack, "ApiToQueue", **options)
    return dict(cdk.assertions.Template.from_stack(stack).to_json())


def called(scope: cdk.Stack) -> list[str]:
    """Where the methods of a stack's API call AWS services: their URIs, as JSON."""
    methods = resources(dict(cdk.assertions.Template.from_stack(scope).to_json()), "AWS::ApiGateway::Method")
    return [json.dumps(one["Integration"]["Uri"]) for one in methods if one["Integration"]["Type"] == "AWS"]


def resources(template: Mapping[str, Any], kind: str) -> list[dict[str, Any]]:
    """The properties of all resources of one type."""
    return [one.get("Properties", {}) for one in template["Resources"].values() if one["Type"] == kind]


def mapping_templates(template: Mapping[str, Any]) -> Templates:
    """The mapping templates in a CloudFormation template."""
    (method,) = resources(template, "AWS::ApiGateway::Method")
    integration = method["Integration"]
    answers = integration["IntegrationResponses"]
    return Templates(
        requests=integration["RequestTemplates"],
        responses={one["StatusCode"]: one["ResponseTemplates"]["application/json"] for one in answers},
        patterns={one["StatusCode"]: one.get("SelectionPattern") for one in answers},
    )


@pytest.fixture(scope="session")
def plain() -> Templates:
    """Of the smallest call."""
    return mapping_templates(synthesize())


@pytest.fixture(scope="session")
def full() -> Templates:
    """Of a FIFO queue whose messages have attributes from headers and query parameters."""
    return mapping_templates(
        synthesize(
            fifo=True,
            message_deduplication_id_from="method.request.querystring.once",
            message_attributes={
                "tenant": "method.request.querystring.tenant",
                "trace.id": "method.request.header.X-Trace",
                "note": "method.request.querystring.note",
            },
        )
    )

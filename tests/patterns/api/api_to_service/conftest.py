"""Mapping templates as they stand in synthesized CloudFormation templates, for each service."""

from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_events as events
from aws_cdk import aws_sns as sns
from aws_cdk import aws_stepfunctions as stepfunctions

from patterns.api.api_to_service import ApiToService
from tests.constructs import app_for_its_template
from tests.patterns.api.api_to_queue.conftest import Templates, mapping_templates

REGION = "eu-west-1"
ACCOUNT = "111122223333"
STATE_MACHINE = f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:orders"
TOPIC = f"arn:aws:sns:{REGION}:{ACCOUNT}:orders.fifo"
BUS = f"arn:aws:events:{REGION}:{ACCOUNT}:event-bus/orders"


def stack() -> cdk.Stack:
    """An empty stack."""
    app = app_for_its_template()
    return cdk.Stack(app, "Test", env=cdk.Environment(account=ACCOUNT, region=REGION))


def templates(scope: cdk.Stack, **options: Any) -> Templates:
    """The mapping templates of an ApiToService in `scope`."""
    ApiToService(scope, "Api", **options)
    return mapping_templates(cdk.assertions.Template.from_stack(scope).to_json())


@pytest.fixture(scope="session")
def executions() -> Templates:
    """Of a state machine whose executions are named by a header."""
    scope = stack()
    machine = stepfunctions.StateMachine.from_state_machine_arn(scope, "Orders", STATE_MACHINE)
    return templates(scope, state_machine=machine, execution_name_from="method.request.header.X-Name")


@pytest.fixture(scope="session")
def messages() -> Templates:
    """Of a FIFO topic whose messages have attributes."""
    scope = stack()
    attributes = {"tenant": "method.request.querystring.tenant", "trace": "method.request.header.X-Trace"}
    return templates(scope, topic=sns.Topic.from_topic_arn(scope, "Orders", TOPIC), message_attributes=attributes)


@pytest.fixture(scope="session")
def occurrences() -> Templates:
    """Of a bus whose events may have a detail type of their own."""
    scope = stack()
    bus = events.EventBus.from_event_bus_arn(scope, "Orders", BUS)
    return templates(
        scope,
        event_bus=bus,
        event_source="orders",
        detail_type="Order",
        detail_type_from="method.request.header.X-Type",
    )

"""What ApiToService promises of its template."""

from collections.abc import Callable
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns
from aws_cdk import aws_stepfunctions as stepfunctions
from aws_cdk.assertions import Match, Template

from patternkit.testing.findings import listed
from patternkit.testing.synthesis import synthesize
from patterns.api.api_to_service import ApiToService
from tests.conftest import context
from tests.patterns.api.api_to_queue.conftest import called, resources
from tests.patterns.api.api_to_service.conftest import BUS, STATE_MACHINE, TOPIC

KEY_ACTIONS = ["kms:Decrypt", "kms:GenerateDataKey"]
KEY = "arn:aws:kms:eu-west-1:111122223333:key/abc"


def machine(scope: cdk.Stack) -> stepfunctions.IStateMachine:
    return stepfunctions.StateMachine.from_state_machine_arn(scope, "Orders", STATE_MACHINE)


def statements(scope: cdk.Stack, role: iam.IRole) -> list[dict[str, Any]]:
    """What a role may do, over all of its policies."""
    found = Template.from_stack(scope).find_resources(
        "AWS::IAM::Policy", {"Properties": {"Roles": [scope.resolve(role.role_name)]}}
    )
    return [one for policy in found.values() for one in policy["Properties"]["PolicyDocument"]["Statement"]]


def test_the_api_may_start_that_state_machine_and_do_nothing_else(scope: cdk.Stack) -> None:
    made = ApiToService(scope, "Api", state_machine=machine(scope))
    assert statements(scope, made.role) == [
        {"Action": "states:StartExecution", "Effect": "Allow", "Resource": STATE_MACHINE}
    ]


def test_a_state_machines_key_may_be_used_through_step_functions_only(scope: cdk.Stack) -> None:
    key = kms.Key.from_key_arn(scope, "Key", KEY)
    made = ApiToService(scope, "Api", state_machine=machine(scope), state_machine_key=key)
    _, use = statements(scope, made.role)
    assert (use["Action"], use["Resource"]) == (KEY_ACTIONS, KEY)
    assert list(use["Condition"]["StringEquals"]) == ["kms:ViaService"]


def test_the_api_may_publish_to_that_topic_and_do_nothing_else(scope: cdk.Stack) -> None:
    made = ApiToService(scope, "Api", topic=sns.Topic.from_topic_arn(scope, "Orders", TOPIC))
    assert statements(scope, made.role) == [{"Action": "sns:Publish", "Effect": "Allow", "Resource": TOPIC}]


def test_a_topics_key_follows_from_the_topic(scope: cdk.Stack) -> None:
    key = kms.Key.from_key_arn(scope, "Key", KEY)
    made = ApiToService(scope, "Api", topic=sns.Topic(scope, "Orders", master_key=key))
    _, use = statements(scope, made.role)
    assert use == {"Action": KEY_ACTIONS, "Effect": "Allow", "Resource": KEY}


def test_the_api_may_put_events_of_that_source_and_type_on_that_bus_and_do_nothing_else(scope: cdk.Stack) -> None:
    bus = events.EventBus.from_event_bus_arn(scope, "Orders", BUS)
    made = ApiToService(scope, "Api", event_bus=bus, event_source="orders", detail_type="Order")
    (put,) = statements(scope, made.role)
    assert (put["Action"], put["Resource"]) == ("events:PutEvents", BUS)
    assert put["Condition"] == {"StringEquals": {"events:source": "orders", "events:detail-type": "Order"}}
    assert (made.event_bus, made.dead_letters) == (bus, None)


def test_a_detail_type_of_the_callers_own_is_let_through_only_where_asked_for(scope: cdk.Stack) -> None:
    made = ApiToService(scope, "Api", detail_type_from="method.request.header.X-Type")
    (put,) = statements(scope, made.role)
    assert put["Condition"] == {"StringEquals": {"events:source": "api"}}


def test_a_new_bus_is_encrypted_and_keeps_what_it_cannot_deliver(scope: cdk.Stack) -> None:
    key = kms.Key(scope, "Key")
    ApiToService(scope, "Api", encryption_key=key)
    template = Template.from_stack(scope)
    arn = scope.resolve(key.key_arn)
    template.has_resource_properties(
        "AWS::Events::EventBus", {"KmsKeyIdentifier": arn, "DeadLetterConfig": {"Arn": Match.any_value()}}
    )
    template.has_resource_properties("AWS::SQS::Queue", {"KmsMasterKeyId": arn})
    template.has_resource_properties("AWS::Logs::LogGroup", {"KmsKeyId": arn})
    (policy,) = resources(template.to_json(), "AWS::SQS::QueuePolicy")
    sends = [one for one in policy["PolicyDocument"]["Statement"] if one["Effect"] == "Allow"]
    assert [one["Principal"] for one in sends] == [{"Service": "events.amazonaws.com"}]
    assert "aws:SourceArn" in sends[0]["Condition"]["ArnEquals"]
    (made,) = resources(template.to_json(), "AWS::KMS::Key")
    assert "DeadLettersOfEvents" in {one.get("Sid") for one in made["KeyPolicy"]["Statement"]}


@pytest.mark.parametrize(
    ("target", "uri", "alarms"),
    [
        ("state_machine", ":states:action/StartExecution", {"ServerErrors", "ExecutionsFailed", "ExecutionsTimedOut"}),
        ("topic", ":sns:path//", {"ServerErrors", "DeliveriesFailed"}),
        ("event_bus", ":events:action/PutEvents", {"ServerErrors"}),
    ],
)
def test_one_action_is_called_and_each_failure_watched(
    scope: cdk.Stack, target: str, uri: str, alarms: set[str]
) -> None:
    targets: dict[str, Any] = {
        "state_machine": machine(scope),
        "topic": sns.Topic.from_topic_arn(scope, "Topic", TOPIC),
        "event_bus": events.EventBus.from_event_bus_arn(scope, "Bus", BUS),
    }
    made = ApiToService(scope, "Api", **{target: targets[target]})
    (method,) = resources(Template.from_stack(scope).to_json(), "AWS::ApiGateway::Method")
    integration = method["Integration"]
    assert "".join(str(part) for part in integration["Uri"]["Fn::Join"][1]).endswith(uri)
    assert (integration["Type"], integration["PassthroughBehavior"]) == ("AWS", "NEVER")
    assert (method["HttpMethod"], method["AuthorizationType"]) == ("POST", "AWS_IAM")
    assert {one.node.id for one in made.alarms} == alarms


def test_who_is_granted_may_post_and_nothing_else(scope: cdk.Stack) -> None:
    made = ApiToService(scope, "Api")
    role = iam.Role(scope, "Caller", assumed_by=iam.AccountRootPrincipal())
    assert made.grant_invoke(role).success
    (granted,) = statements(scope, role)
    arn = "".join(part if isinstance(part, str) else f"<{part['Ref']}>" for part in granted["Resource"]["Fn::Join"][1])
    assert granted["Action"] == "execute-api:Invoke"
    assert arn.endswith("/POST/requests")
    assert "*" not in arn


@pytest.mark.parametrize("target", ["state_machine", "topic", "event_bus"])
def test_with_everything_on_nothing_is_found(target: str) -> None:
    def build(app: cdk.App) -> None:
        stack = cdk.Stack(app, "All", env=cdk.Environment(account="111122223333", region="eu-west-1"))
        header = "method.request.header.X-One"
        options: dict[str, dict[str, Any]] = {
            "state_machine": {
                "state_machine": machine(stack),
                "execution_name_from": header,
                "state_machine_key": kms.Key.from_key_arn(stack, "Imported", KEY),
            },
            "topic": {
                "topic": sns.Topic.from_topic_arn(stack, "Topic", TOPIC),
                "message_attributes": {"tenant": header},
            },
            "event_bus": {
                "encryption_key": kms.Key(stack, "Key", enable_key_rotation=True),
                "detail_type_from": header,
            },
        }
        ApiToService(stack, "Api", schema={"type": "object"}, execution_log=True, **options[target])

    found = synthesize(build, context=context(), packs=["AwsSolutions", "Serverless"]).findings
    assert found == (), listed(found)


ELSEWHERE = "us-west-2:444455556666"
FOREIGN: dict[str, Callable[[cdk.Stack], Any]] = {
    "state_machine": lambda stack: stepfunctions.StateMachine.from_state_machine_arn(
        stack, "Machine", f"arn:aws:states:{ELSEWHERE}:stateMachine:Orders"
    ),
    "topic": lambda stack: sns.Topic.from_topic_arn(stack, "Topic", f"arn:aws:sns:{ELSEWHERE}:orders"),
    "event_bus": lambda stack: events.EventBus.from_event_bus_arn(
        stack, "Bus", f"arn:aws:events:{ELSEWHERE}:event-bus/orders"
    ),
}


@pytest.mark.parametrize("argument", FOREIGN)
def test_what_is_in_another_region_is_called_there(scope: cdk.Stack, argument: str) -> None:
    ApiToService(scope, "Api", **{argument: FOREIGN[argument](scope)})
    assert called(scope)
    assert all(":apigateway:us-west-2:" in one for one in called(scope))


def test_a_fifo_topic_is_given_the_request_s_deduplication_id(scope: cdk.Stack) -> None:
    topic = sns.Topic(scope, "Ordered", fifo=True)
    ApiToService(scope, "Api", topic=topic, message_deduplication_id_from="method.request.header.X-Zebra")
    (method,) = [
        one
        for one in Template.from_stack(scope).find_resources("AWS::ApiGateway::Method").values()
        if one["Properties"]["Integration"]["Type"] == "AWS"
    ]
    (template,) = method["Properties"]["Integration"]["RequestTemplates"].values()
    assert 'toLowerCase() == "x-zebra"' in str(template)
    assert "&MessageDeduplicationId=$util.urlEncode($value)" in str(template)

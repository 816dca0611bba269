"""What ApprovalWorkflow promises of its template."""

import json
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sns as sns
from aws_cdk.assertions import Match, Template

from patterns.events.approval_workflow import ApprovalWorkflow, Step
from patterns.events.approval_workflow.steps import check_steps, longest
from tests.conftest import example
from tests.patterns.events.approval_workflow.refusals import function


def of_type(template: dict[str, Any], kind: str) -> dict[str, dict[str, Any]]:
    return {name: one.get("Properties", {}) for name, one in template["Resources"].items() if one["Type"] == kind}


@pytest.fixture(scope="module")
def template() -> dict[str, Any]:
    return dict(example("approval-workflow", "agnostic").template)


def test_the_workflow_is_standard_traced_and_logs_no_orders(template: dict[str, Any]) -> None:
    [machine] = of_type(template, "AWS::StepFunctions::StateMachine").values()
    assert machine["StateMachineType"] == "STANDARD", "Express waits for nobody"
    assert machine["TracingConfiguration"] == {"Enabled": True}
    logging = machine["LoggingConfiguration"]
    assert (logging["IncludeExecutionData"], logging["Level"]) == (False, "ALL")


def test_the_definition_reaches_aws_as_it_was_written(scope: cdk.Stack) -> None:
    ApprovalWorkflow(scope, "Made", query_language="jsonpath")
    [machine] = Template.from_stack(scope).find_resources("AWS::StepFunctions::StateMachine").values()
    parts = machine["Properties"]["DefinitionString"]["Fn::Join"][1]
    definition = json.loads("".join(part if isinstance(part, str) else "x" for part in parts))
    # The CDK leaves nulls out, and without this one a step's result takes the order's place.
    assert definition["States"]["Charge"]["ResultPath"] is None


@pytest.mark.parametrize(("language", "name"), [("jsonata", "JSONata"), ("jsonpath", "JSONPath")])
def test_the_query_language_is_said_for_the_whole_workflow(scope: cdk.Stack, language: Any, name: str) -> None:
    ApprovalWorkflow(scope, "Made", query_language=language)
    [machine] = Template.from_stack(scope).find_resources("AWS::StepFunctions::StateMachine").values()
    assert f'"QueryLanguage": "{name}"' in json.dumps(machine["Properties"]).replace('\\"', '"')


def test_the_key_of_links_signs_and_never_leaves_kms(template: dict[str, Any]) -> None:
    [key] = of_type(template, "AWS::KMS::Key").values()
    assert (key["KeySpec"], key["KeyUsage"]) == ("HMAC_256", "GENERATE_VERIFY_MAC")
    actions = {
        action: name
        for name, policy in of_type(template, "AWS::IAM::Policy").items()
        for statement in policy["PolicyDocument"]["Statement"]
        for action in ([statement["Action"]] if isinstance(statement["Action"], str) else statement["Action"])
        if action.startswith("kms:")
    }
    assert set(actions) == {"kms:GenerateMac", "kms:VerifyMac"}
    assert "Ask" in actions["kms:GenerateMac"]
    assert "Authorize" in actions["kms:VerifyMac"]


def test_nobody_reaches_the_decision_without_the_authorizer(template: dict[str, Any]) -> None:
    methods = of_type(template, "AWS::ApiGateway::Method").values()
    assert sorted(one["HttpMethod"] for one in methods) == ["GET", "POST"]
    assert {one["AuthorizationType"] for one in methods} == {"CUSTOM"}
    [authorizer] = of_type(template, "AWS::ApiGateway::Authorizer").values()
    assert authorizer["IdentitySource"] == "method.request.querystring.token"
    # Kept for a while, the answer for a link would outlive the link.
    assert authorizer["AuthorizerResultTtlInSeconds"] == 0


def test_the_links_token_is_in_no_access_log(template: dict[str, Any]) -> None:
    [stage] = of_type(template, "AWS::ApiGateway::Stage").values()
    access = stage["AccessLogSetting"]["Format"]
    assert "querystring" not in access.lower()
    assert "$context.path" not in access
    assert all(not one["DataTraceEnabled"] for one in stage["MethodSettings"])


def test_executions_that_did_not_succeed_are_kept(template: dict[str, Any]) -> None:
    [rule] = of_type(template, "AWS::Events::Rule").values()
    assert rule["EventPattern"]["detail"]["status"] == ["FAILED", "TIMED_OUT", "ABORTED"]
    [machine] = of_type(template, "AWS::StepFunctions::StateMachine")
    assert rule["EventPattern"]["detail"]["stateMachineArn"] == [{"Ref": machine}]


def test_the_workflow_invokes_its_functions_and_no_other(scope: cdk.Stack) -> None:
    made = ApprovalWorkflow(scope, "Made", steps=[Step(name="Charge", does=function(scope))])
    policies = Template.from_stack(scope).find_resources("AWS::IAM::Policy")
    [statement] = [
        statement
        for policy in policies.values()
        for statement in policy["Properties"]["PolicyDocument"]["Statement"]
        if statement["Action"] == "lambda:InvokeFunction"
    ]
    assert len(statement["Resource"]) == 2
    assert scope.resolve(made.ask.function_arn) in statement["Resource"]
    assert "arn:aws:lambda:eu-west-1:111122223333:function:existing" in statement["Resource"]
    assert made.ledger is None


def test_the_workflow_does_not_end_before_its_last_step_may(scope: cdk.Stack) -> None:
    steps = [
        Step(name="Reserve", does=function(scope), undoes=function(scope), for_each="items", at_once=10),
        Step(name="Charge", does=function(scope), timeout=cdk.Duration.minutes(15)),
    ]
    # 10 rounds of 13 tries, of a minute and a pause of half a minute each, then 4 tries of 15 minutes.
    assert longest(steps, 100) == 10 * 13 * 90 + 4 * 930


@pytest.mark.parametrize(("items", "fits"), [(531, False), (506, True)])
def test_items_that_fill_the_history_are_refused(scope: cdk.Stack, items: int, fits: bool) -> None:
    steps = [Step(name="Reserve", does=function(scope), undoes=function(scope), for_each="items")]
    if fits:
        check_steps(steps, items)
        return
    with pytest.raises(ValueError, match="max_items must be at most"):
        check_steps(steps, items)


def test_reminders_divide_the_time_evenly(scope: cdk.Stack) -> None:
    ApprovalWorkflow(scope, "Made", decision_time=cdk.Duration.hours(10), reminders=4)
    template = Template.from_stack(scope)
    [machine] = template.find_resources("AWS::StepFunctions::StateMachine").values()
    text = json.dumps(machine["Properties"]).replace('\\"', '"')
    assert '"TimeoutSeconds": 7200' in text
    template.has_resource_properties(
        "AWS::Lambda::Function",
        {"Environment": {"Variables": Match.object_like({"DECISION_SECONDS": "36000"})}},
    )


def test_an_existing_topic_gets_the_links(scope: cdk.Stack) -> None:
    key = kms.Key(scope, "Key")
    topic = sns.Topic(scope, "Topic", master_key=key)
    made = ApprovalWorkflow(scope, "Made", approvers=topic)
    assert made.approvers is topic
    template = Template.from_stack(scope)
    template.resource_count_is("AWS::SNS::Topic", 1)
    statements = [
        statement
        for policy in template.find_resources("AWS::IAM::Policy").values()
        for statement in policy["Properties"]["PolicyDocument"]["Statement"]
    ]
    assert {
        "Action": ["kms:Decrypt", "kms:GenerateDataKey"],
        "Effect": "Allow",
        "Resource": scope.resolve(key.key_arn),
    } in statements


def test_a_customer_key_encrypts_whatever_holds_orders(scope: cdk.Stack) -> None:
    ApprovalWorkflow(scope, "Made", encryption_key=kms.Key(scope, "Key"))
    template = Template.from_stack(scope).to_json()["Resources"]
    kinds = {
        "AWS::SQS::Queue": "KmsMasterKeyId",
        "AWS::DynamoDB::Table": "KMSMasterKeyId",
        "AWS::Logs::LogGroup": "KmsKeyId",
        "AWS::SNS::Topic": "KmsMasterKeyId",
    }
    for kind, name in kinds.items():
        for one in (one for one in template.values() if one["Type"] == kind):
            assert name in json.dumps(one["Properties"]), kind


def test_a_grant_lets_start_and_no_more(scope: cdk.Stack) -> None:
    made = ApprovalWorkflow(scope, "Made")
    caller = iam.Role(scope, "Caller", assumed_by=iam.AccountRootPrincipal())
    assert made.grant_start_execution(caller).success
    [policy] = (
        Template.from_stack(scope)
        .find_resources("AWS::IAM::Policy", {"Properties": {"Roles": [scope.resolve(caller.role_name)]}})
        .values()
    )
    assert policy["Properties"]["PolicyDocument"]["Statement"] == [
        {
            "Action": "states:StartExecution",
            "Effect": "Allow",
            "Resource": scope.resolve(made.workflow.state_machine_arn),
        }
    ]


def test_steps_of_another_stack_wait_for_nothing_here() -> None:
    app = cdk.App(context={"aws:cdk:bundling-stacks": []})
    theirs, ours = cdk.Stack(app, "Theirs"), cdk.Stack(app, "Ours")
    code = lambda_.Code.from_inline("def handler(event, context): pass")
    charge = lambda_.Function(theirs, "Charge", code=code, handler="index.handler", runtime=lambda_.Runtime.PYTHON_3_14)
    ApprovalWorkflow(ours, "Made", steps=[Step(name="Charge", does=charge)])
    app.synth()
    assert theirs.dependencies == []


@pytest.mark.parametrize("part", ["does", "undoes"])
def test_a_step_is_done_by_functions_of_the_same_region(part: str) -> None:
    scope = cdk.Stack(cdk.App(), "Test", env=cdk.Environment(account="111122223333", region="eu-west-1"))
    arn = "arn:aws:lambda:ap-south-1:111122223333:function:there"
    there = lambda_.Function.from_function_arn(scope, "There", arn)
    here = function(scope)
    step = Step(name="Charge", does=there if part == "does" else here, undoes=there if part == "undoes" else None)
    message = rf"^steps\[Charge\]: {part} must be in eu-west-1, the Region of the stack, got one in ap-south-1$"
    with pytest.raises(ValueError, match=message):
        ApprovalWorkflow(scope, "Made", steps=[step])

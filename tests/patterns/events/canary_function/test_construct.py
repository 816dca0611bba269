"""What CanaryFunction promises of its template, and of the shift that CodeDeploy makes of it."""

import re
from collections.abc import Mapping
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk.assertions import Template

from patternkit.testing.synthesis import synthesize
from patternkit.testing.traffic_shift import TrafficShift, TrafficShiftError, traffic_shift
from patterns.events.canary_function import CanaryFunction
from patterns.events.canary_function.shift import LEAST_CALLS
from tests.conftest import context, example
from tests.constructs import app_for_its_template
from tests.patterns.events.canary_function.picture import FILE, picture, shift
from tests.patterns.events.canary_function.refusals import ready


def template_of(**arguments: Any) -> Mapping[str, Any]:
    stack = cdk.Stack(app_for_its_template(), "Test")
    CanaryFunction(stack, "Made", **arguments)
    return Template.from_stack(stack).to_json()


def resources(template: Mapping[str, Any], type_: str) -> dict[str, Any]:
    return {name: one for name, one in template["Resources"].items() if one["Type"] == type_}


def test_the_page_shows_the_shift_of_the_template() -> None:
    assert FILE.read_text(encoding="utf-8") == picture(), (
        "draw it anew: python -m tests.patterns.events.canary_function.picture"
    )
    page = re.sub(r"\s+", " ", (FILE.parent / "README.md").read_text(encoding="utf-8"))
    walks = {
        "Nothing fails": (shift().walk(), "the new version, after 5 minutes"),
        "Errors from the first call on": (shift().walk(bad_from=0), "the old version, after 1 minute"),
        "The probe fails before traffic": (shift().walk(failing_hook="before"), "the old version, at once"),
        "The probe says nothing": (shift().walk(silent_hook="before"), "the old version, after an hour"),
        "The probe fails after traffic": (shift().walk(failing_hook="after"), "the old version, after 5 minutes"),
    }
    times = {0: "at once", 1: "after 1 minute", 5: "after 5 minutes", 60: "after an hour"}
    for what, (walk, told) in walks.items():
        ended = "the new version" if walk.outcome == "shifted" else "the old version"
        assert told == f"{ended}, {times[int(walk.minutes)]}", what
        assert re.search(rf"\| {what} \| [^|]+ \| {told} \|", page), what


@pytest.mark.parametrize(
    ("arguments", "steps"),
    [
        ({}, [(0, 10), (5, 100)]),
        ({"interval": cdk.Duration.minutes(30)}, [(0, 10), (30, 100)]),
        ({"percentage": 25, "interval": cdk.Duration.hours(2)}, [(0, 25), (120, 100)]),
        ({"shift": "linear", "interval": cdk.Duration.minutes(1)}, [(step, 10 * step + 10) for step in range(10)]),
        ({"shift": "linear", "percentage": 34}, [(0, 34), (5, 68), (10, 100)]),
        ({"shift": "all_at_once"}, [(0, 100)]),
    ],
)
def test_the_shift_is_the_one_that_was_asked_for(arguments: dict[str, Any], steps: list[tuple[int, int]]) -> None:
    assert list(traffic_shift(template_of(**arguments)).schedule.steps()) == steps


@pytest.mark.parametrize(
    "arguments",
    [
        {},
        {"interval": cdk.Duration.minutes(2)},
        {"shift": "linear", "interval": cdk.Duration.minutes(1)},
        {"shift": "linear", "percentage": 34, "interval": cdk.Duration.minutes(1)},
    ],
)
def test_errors_of_the_new_version_give_all_traffic_back_while_it_shifts(arguments: dict[str, Any]) -> None:
    read = traffic_shift(template_of(**arguments))
    assert (read.walk(bad_from=0).outcome, read.walk(bad_from=0).weight) == ("rolled back", 0)
    assert [one.version for one in read.alarms] == [True], "errors of the old version end nothing"


def test_an_alarm_of_ones_own_ends_the_shift_as_well(scope: cdk.Stack) -> None:
    metric = cloudwatch.Metric(namespace="Own", metric_name="Lost", period=cdk.Duration.minutes(1))
    own = cloudwatch.Alarm(scope, "Own", metric=metric, threshold=1, evaluation_periods=2)
    CanaryFunction(scope, "Made", rollback_alarms=[own])
    read = traffic_shift(Template.from_stack(scope).to_json())
    name = str(scope.get_logical_id(own.node.default_child))  # type: ignore[arg-type]
    assert read.walk(bad_from=0, alarm=name).minutes == 2


@pytest.mark.parametrize("calls", [20, 60, 1000])
def test_what_is_accepted_gives_the_alarm_something_to_measure(calls: float) -> None:
    read: TrafficShift = traffic_shift(template_of(calls_per_minute=calls))
    [alarm] = read.alarms
    first_step = read.schedule.steps()[1][0]
    assert read.calls_measured(alarm.name, calls) * first_step >= LEAST_CALLS


MUTANTS: dict[str, Any] = {
    "no alarm": lambda group: group["AlarmConfiguration"].update(Enabled=False),
    "an alarm forgotten": lambda group: group["AlarmConfiguration"].update(Alarms=[]),
    "no rollback": lambda group: group["AutoRollbackConfiguration"].update(Enabled=False),
    "no rollback on alarm": lambda group: group["AutoRollbackConfiguration"]["Events"].remove(
        "DEPLOYMENT_STOP_ON_ALARM"
    ),
    "all at once": lambda group: group.update(DeploymentConfigName="CodeDeployDefault.LambdaAllAtOnce"),
}


@pytest.mark.parametrize("mutant", MUTANTS)
def test_a_broken_release_does_not_go_back(mutant: str) -> None:
    template = template_of()
    [group] = resources(template, "AWS::CodeDeploy::DeploymentGroup").values()
    MUTANTS[mutant](group["Properties"])
    assert traffic_shift(template).walk(bad_from=0).outcome != "rolled back"


def test_a_slow_alarm_would_come_too_late() -> None:
    template = template_of()
    [name] = [one for one in resources(template, "AWS::CloudWatch::Alarm") if "NewVersion" in one]
    template["Resources"][name]["Properties"]["Period"] = 300
    assert traffic_shift(template).walk(bad_from=0).outcome == "shifted"


def test_without_hooks_there_are_none() -> None:
    with pytest.raises(TrafficShiftError, match="has no hook before traffic"):
        traffic_shift(template_of()).walk(failing_hook="before")


def test_the_alias_names_the_version_and_each_change_makes_another_one() -> None:
    versions = {}
    for code in ("return 1", "return 2"):
        inline = lambda_.Code.from_inline(f"def handler(event, context): {code}")
        template = template_of(code=inline, handler="index.handler")
        [version] = resources(template, "AWS::Lambda::Version")
        [alias] = resources(template, "AWS::Lambda::Alias").values()
        assert alias["Properties"]["FunctionVersion"] == {"Fn::GetAtt": [version, "Version"]}, "never $LATEST"
        versions[version] = template["Resources"][version]
    assert len(versions) == 2
    # The first is still there, with whatever traffic it has, when the second takes its place in the template.
    assert {(one["DeletionPolicy"], one["UpdateReplacePolicy"]) for one in versions.values()} == {("Retain", "Retain")}


def test_callers_get_the_alias_and_nothing_beside_it(scope: cdk.Stack) -> None:
    made = CanaryFunction(scope, "Made")
    caller = iam.Role(scope, "Caller", assumed_by=iam.AccountRootPrincipal())
    assert made.grant_invoke(caller).success
    template = Template.from_stack(scope)
    [policy] = template.find_resources(
        "AWS::IAM::Policy", {"Properties": {"Roles": [scope.resolve(caller.role_name)]}}
    ).values()
    [alias] = template.find_resources("AWS::Lambda::Alias")
    [statement] = policy["Properties"]["PolicyDocument"]["Statement"]
    assert (statement["Action"], statement["Resource"]) == ("lambda:InvokeFunction", {"Ref": alias})


def test_a_hook_may_answer_this_release_and_knows_the_version_first() -> None:
    template = example("canary-function", "agnostic").template
    [alias] = resources(template, "AWS::Lambda::Alias").values()
    [version] = resources(template, "AWS::Lambda::Version")
    [group] = resources(template, "AWS::CodeDeploy::DeploymentGroup")
    [probe] = [name for name in resources(template, "AWS::Lambda::Function") if "Probe" in name]
    variables = template["Resources"][probe]["Properties"]["Environment"]["Variables"]
    assert variables["NEW_VERSION"] == {"Ref": version}
    assert probe in alias["DependsOn"]
    statements = [
        statement
        for policy in resources(template, "AWS::IAM::Policy").values()
        for statement in policy["Properties"]["PolicyDocument"]["Statement"]
        if statement["Action"] == "codedeploy:PutLifecycleEventHookExecutionStatus"
    ]
    assert statements
    assert all(group in str(one["Resource"]) and "*" not in str(one["Resource"]) for one in statements)


def test_hooks_of_ones_own_take_the_place_of_the_probe(scope: cdk.Stack) -> None:
    hook = ready(scope)
    made = CanaryFunction(scope, "Made", before_traffic=hook, probe={})
    assert made.probe_function is not None
    read = traffic_shift(Template.from_stack(scope).to_json())
    assert read.before is not None
    assert read.after is not None
    assert (read.before.function.startswith("Ready"), "Probe" in read.after.function) == (True, True)


def test_an_imported_hook_may_answer_by_its_role(scope: cdk.Stack) -> None:
    hook = lambda_.Function.from_function_attributes(
        scope,
        "Hook",
        function_arn="arn:aws:lambda:eu-west-1:111122223333:function:existing",
        role=iam.Role.from_role_name(scope, "Role", "existing"),
        same_environment=True,
    )
    CanaryFunction(scope, "Made", before_traffic=hook)
    policies = Template.from_stack(scope).find_resources("AWS::IAM::Policy", {"Properties": {"Roles": ["existing"]}})
    assert "codedeploy:PutLifecycleEventHookExecutionStatus" in str(policies)


def test_a_release_with_hooks_leaves_no_finding() -> None:
    def build(app: cdk.App) -> None:
        stack = cdk.Stack(app, "Own")
        CanaryFunction(stack, "Made", before_traffic=ready(stack), shift="linear", percentage=20)

    found = synthesize(build, context=context(), packs=["AwsSolutions", "Serverless"]).findings
    assert [one for one in found if "Ready" not in one.construct] == []


def test_failed_events_of_the_alias_are_kept_whichever_version_it_names() -> None:
    template = template_of()
    [config] = resources(template, "AWS::Lambda::EventInvokeConfig").values()
    [queue] = resources(template, "AWS::SQS::Queue")
    given = config["Properties"]
    # Lambda goes by the setting of what was invoked: that of $LATEST says nothing of the alias.
    assert given["Qualifier"] == "live"
    assert given["DestinationConfig"]["OnFailure"] == {"Destination": {"Fn::GetAtt": [queue, "Arn"]}}
    aliases, policies = resources(template, "AWS::Lambda::Alias"), resources(template, "AWS::IAM::Policy")
    waited = set(config["DependsOn"])
    assert waited & aliases.keys(), "there is no setting of an alias before the alias"
    [sends] = waited & policies.keys()
    [statement] = policies[sends]["Properties"]["PolicyDocument"]["Statement"]
    assert (statement["Action"], statement["Resource"]) == ("sqs:SendMessage", {"Fn::GetAtt": [queue, "Arn"]})


def test_a_ready_function_with_dead_letters_of_its_own_keeps_them_there(scope: cdk.Stack) -> None:
    function = lambda_.Function(
        scope,
        "Own",
        code=lambda_.Code.from_inline("def handler(event, context): pass"),
        handler="index.handler",
        runtime=lambda_.Runtime.PYTHON_3_14,
        dead_letter_queue_enabled=True,
    )
    made = CanaryFunction(scope, "Made", function=function)
    assert made.dead_letters is None
    Template.from_stack(scope).resource_count_is("AWS::Lambda::EventInvokeConfig", 0)

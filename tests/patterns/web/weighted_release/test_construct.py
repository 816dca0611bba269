"""What a weighted release promises, by name."""

import json
import re
from collections.abc import Callable
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from aws_cdk.assertions import Template

from patterns.web.weighted_release import WeightedRecords, WeightedRelease
from tests.patterns.web.certificates import certificate, vpc
from tests.patterns.web.weighted_release.groups import records, release


def template(scope: cdk.Stack, **arguments: Any) -> Template:
    WeightedRelease(scope, "Made", **{**release(scope), **arguments})
    return Template.from_stack(scope)


def properties(made: Template, kind: str) -> list[dict[str, Any]]:
    return [found.get("Properties", {}) for found in made.find_resources(f"AWS::{kind}").values()]


def statements(made: Template) -> list[dict[str, Any]]:
    """Of the function's role."""
    role = next(name for name in made.find_resources("AWS::IAM::Role") if "ShiftRole" in name)
    (policy,) = [one for one in properties(made, "IAM::Policy") if one["Roles"] == [{"Ref": role}]]
    found: list[dict[str, Any]] = policy["PolicyDocument"]["Statement"]
    return found


def environment(made: Template) -> dict[str, Any]:
    (function,) = [one for one in properties(made, "Lambda::Function") if one["Handler"].startswith("shift_handler")]
    variables: dict[str, Any] = function["Environment"]["Variables"]
    return variables


def listener(made: Template) -> tuple[str, dict[str, Any]]:
    ((name, found),) = [
        (name, one)
        for name, one in made.find_resources("AWS::ElasticLoadBalancingV2::Listener").items()
        if one["Properties"]["Port"] == 443
    ]
    return name, found["Properties"]


def test_the_template_gives_all_weight_to_the_stable_version_whatever_the_release() -> None:
    seen = []
    for name in (None, "one", "two"):
        _, found = listener(template(cdk.Stack(cdk.App(), "Test"), release=name, steps=[50, 100]))
        seen.append(found["DefaultActions"])
    assert seen[0] == seen[1] == seen[2]
    (action,) = seen[0]
    assert action["Type"] == "forward"
    weights = {str(one["TargetGroupArn"]): one["Weight"] for one in action["ForwardConfig"]["TargetGroups"]}
    assert [weight for group, weight in weights.items() if "Stable" in group] == [100]
    assert [weight for group, weight in weights.items() if "Candidate" in group] == [0]


def test_the_function_may_change_this_listener_read_these_alarms_and_nothing_else(scope: cdk.Stack) -> None:
    made = template(scope)
    name, _ = listener(made)
    allowed = {action: one["Resource"] for one in statements(made) for action in _actions(one)}
    assert set(allowed) == {
        "cloudwatch:DescribeAlarms",
        "dynamodb:GetItem",
        "dynamodb:PutItem",
        "elasticloadbalancing:ModifyListener",
        "logs:CreateLogStream",
        "logs:PutLogEvents",
        "sqs:SendMessage",
        "xray:PutTelemetryRecords",
        "xray:PutTraceSegments",
    }
    assert allowed["elasticloadbalancing:ModifyListener"] == {"Ref": name}
    guards = [name for name in made.find_resources("AWS::CloudWatch::Alarm") if "MadeCandidate" in name]
    assert len(guards) == 4
    assert {one["Fn::GetAtt"][0] for one in allowed["cloudwatch:DescribeAlarms"]} == set(guards)


def _actions(statement: dict[str, Any]) -> list[str]:
    actions = statement["Action"]
    return [actions] if isinstance(actions, str) else list(actions)


def test_each_alarm_of_the_release_sends_the_weight_back(scope: cdk.Stack) -> None:
    own = cloudwatch.Alarm(
        scope,
        "Own",
        metric=cloudwatch.Metric(namespace="Shop", metric_name="OrdersLost"),
        threshold=1,
        evaluation_periods=1,
    )
    made = template(scope, rollback_alarms=[own])
    (rule,) = properties(made, "Events::Rule")
    pattern = rule["EventPattern"]
    assert pattern["detail-type"] == ["CloudWatch Alarm State Change"]
    assert pattern["detail"] == {"state": {"value": ["ALARM"]}}
    guards = [
        name
        for name in made.find_resources("AWS::CloudWatch::Alarm")
        if "MadeCandidate" in name or name.startswith("Own")
    ]
    assert len(guards) == 5
    by_text: Callable[[Any], str] = str
    assert sorted(pattern["resources"], key=by_text) == sorted(
        ({"Fn::GetAtt": [name, "Arn"]} for name in guards), key=by_text
    )
    (target,) = rule["Targets"]
    assert set(target) >= {"Arn", "DeadLetterConfig", "RetryPolicy"}
    # The alarm that was passed in is left as it is.
    (left,) = [one for name, one in made.find_resources("AWS::CloudWatch::Alarm").items() if name.startswith("Own")]
    assert "AlarmActions" not in left["Properties"]


def test_a_candidate_that_never_answers_sends_the_weight_back(scope: cdk.Stack) -> None:
    made = template(scope)
    (balancer,) = made.find_resources("AWS::ElasticLoadBalancingV2::LoadBalancer")
    # No target group has a metric for what its targets did not answer.
    (unanswered,) = [
        name
        for name, one in made.find_resources("AWS::CloudWatch::Alarm").items()
        if one["Properties"].get("MetricName") == "HTTPCode_ELB_5XX_Count" and one["Properties"]["Period"] == 60
    ]
    alarm = made.find_resources("AWS::CloudWatch::Alarm")[unanswered]["Properties"]
    assert alarm["Dimensions"] == [
        {"Name": "LoadBalancer", "Value": {"Fn::GetAtt": [balancer, "LoadBalancerFullName"]}}
    ]
    (rule,) = properties(made, "Events::Rule")
    assert {"Fn::GetAtt": [unanswered, "Arn"]} in rule["EventPattern"]["resources"]
    assert json.dumps({"Ref": unanswered}) in json.dumps(environment(made)["ALARMS"])


def test_a_step_that_cannot_be_started_or_fails_is_kept(scope: cdk.Stack) -> None:
    made = template(scope)
    (schedule,) = properties(made, "Scheduler::Schedule")
    assert schedule["ScheduleExpression"] == "rate(10 minutes)"
    assert "DeadLetterConfig" in schedule["Target"]
    assert json.loads(schedule["Target"]["Input"]) == {"scheduled_time": "<aws.scheduler.scheduled-time>"}
    (config,) = properties(made, "Lambda::EventInvokeConfig")
    assert "Destination" in config["DestinationConfig"]["OnFailure"]
    assert {one["MetricName"] for one in properties(made, "CloudWatch::Alarm")} >= {
        "ApproximateNumberOfMessagesVisible",
        "Errors",
        "FailedInvocations",
        "HTTPCode_Target_5XX_Count",
        "InvocationDroppedCount",
        "UnHealthyHostCount",
    }


def test_only_the_schedules_own_role_and_the_rule_may_start_the_function(scope: cdk.Stack) -> None:
    made = template(scope)
    (permission,) = properties(made, "Lambda::Permission")
    assert permission["Principal"] == "events.amazonaws.com"
    (rule,) = made.find_resources("AWS::Events::Rule")
    assert permission["SourceArn"] == {"Fn::GetAtt": [rule, "Arn"]}
    (role,) = [one for name, one in made.find_resources("AWS::IAM::Role").items() if "SchedulerRole" in name]
    (trust,) = role["Properties"]["AssumeRolePolicyDocument"]["Statement"]
    assert set(trust["Condition"]["StringEquals"]) == {"aws:SourceAccount", "aws:SourceArn"}


def test_what_is_asked_for_reaches_the_function(scope: cdk.Stack) -> None:
    given = environment(
        template(
            scope,
            release="two",
            steps=[5, 25],
            step_interval=cdk.Duration.hours(1),
            stickiness=cdk.Duration.minutes(1),
        )
    )
    assert (given["RELEASE"], given["STEPS"], given["INTERVAL"]) == ("two", "[5, 25]", "3600")
    assert '"stickiness":60' in str(given["TARGET"])


def test_the_threshold_is_the_candidates(scope: cdk.Stack) -> None:
    alarms = template(scope, error_threshold=7).find_resources("AWS::CloudWatch::Alarm")
    seven = {one["Properties"]["MetricName"] for one in alarms.values() if one["Properties"]["Threshold"] == 7}
    assert seven == {
        "HTTPCode_ELB_5XX_Count",
        "HTTPCode_Target_5XX_Count",
        "TargetConnectionErrorCount",
    }
    (stable,) = [one["Properties"] for name, one in alarms.items() if "StableErrors" in name]
    assert stable["Threshold"] == 1


def test_records_start_with_all_weight_at_the_stable_load_balancer(scope: cdk.Stack) -> None:
    WeightedRecords(scope, "Made", release="two", **records(scope))
    made = Template.from_stack(scope)
    found = {one["SetIdentifier"]: one for one in properties(made, "Route53::RecordSet")}
    assert {which: one["Weight"] for which, one in found.items()} == {"stable": 100, "candidate": 0}
    for which, one in found.items():
        assert (one["Name"], one["Type"]) == ("www.example.com.", "A")
        assert one["AliasTarget"]["DNSName"] == f"{which}.eu-west-1.elb.amazonaws.com"
        assert one["AliasTarget"]["EvaluateTargetHealth"] is True


def test_the_function_may_change_this_names_address_in_the_zone_and_nothing_else(scope: cdk.Stack) -> None:
    WeightedRecords(scope, "Made", **records(scope))
    (allowed,) = [one for one in statements(Template.from_stack(scope)) if "route53" in str(one["Action"])]
    assert allowed["Action"] == "route53:ChangeResourceRecordSets"
    assert allowed["Resource"]["Fn::Join"][1][-1] == ":route53:::hostedzone/Z0"
    assert allowed["Condition"] == {
        "ForAllValues:StringEquals": {
            "route53:ChangeResourceRecordSetsNormalizedRecordNames": ["www.example.com"],
            "route53:ChangeResourceRecordSetsRecordTypes": ["A"],
            "route53:ChangeResourceRecordSetsActions": ["UPSERT"],
        }
    }


@pytest.mark.parametrize(
    ("message", "change"),
    [
        ("domain_name must be example.com or end in .example.com, got 'a.b.org'", {"domain_name": "a.b.org"}),
        (
            (
                "domain_name must be a lower-case domain name of up to 253 letters, digits, hyphens and dots, "
                "got 'WWW.example.com'"
            ),
            {"domain_name": "WWW.example.com"},
        ),
        ("steps must rise, got 50, 10", {"steps": [50, 10]}),
    ],
)
def test_records_refuse_what_they_cannot_be_made_of(scope: cdk.Stack, message: str, change: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        WeightedRecords(scope, "Made", **{**records(scope), **change})


def test_two_load_balancers_are_two(scope: cdk.Stack) -> None:
    arguments = records(scope)
    with pytest.raises(ValueError, match=r"^candidate must be another load balancer than stable, got the same$"):
        WeightedRecords(scope, "Made", **{**arguments, "candidate": arguments["stable"]})


def _candidate_alarms(scope: cdk.Stack, candidate: elbv2.ApplicationTargetGroup, network: ec2.IVpc) -> set[str]:
    made = WeightedRelease(scope, "Made", certificate=certificate(scope), vpc=network, candidate=candidate)
    paths = [one.node.id for one in made.alarms if one.node.scope is not None and one.node.scope.node.id == "Made"]
    return {one for one in paths if one.startswith("Candidate")}


@pytest.mark.parametrize(
    ("kind", "silent"),
    [
        ("lambda", {"CandidateConnectionErrors"}),
        ("lambda, not asked", {"CandidateConnectionErrors", "CandidateUnhealthy"}),
        ("ip", {"CandidateInvalidAnswers"}),
        ("not known yet", set()),
    ],
)
def test_no_alarm_is_made_that_could_never_go_off(scope: cdk.Stack, kind: str, silent: set[str]) -> None:
    """A load balancer counts connections that fail of what is no function, invalid answers of functions alone."""
    network = vpc(scope, private=0)
    of_kind = {
        "lambda": {"target_type": elbv2.TargetType.LAMBDA, "health_check": elbv2.HealthCheck(enabled=True)},
        "lambda, not asked": {"target_type": elbv2.TargetType.LAMBDA},
        "ip": {"target_type": elbv2.TargetType.IP, "port": 8080},
        "not known yet": {"port": 8080},
    }[kind]
    candidate = elbv2.ApplicationTargetGroup(scope, "Own", vpc=network, **of_kind)  # type: ignore[arg-type]
    every = {"Errors", "InvalidAnswers", "ConnectionErrors", "Unanswered", "Unhealthy"}
    assert _candidate_alarms(scope, candidate, network) == {f"Candidate{one}" for one in every} - silent

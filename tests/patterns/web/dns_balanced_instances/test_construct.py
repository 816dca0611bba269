"""What DNS balanced instances promise, by name."""

from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import Duration
from aws_cdk.assertions import Template

from patterns.web.dns_balanced_instances import DnsBalancedInstances
from tests.conftest import example
from tests.constructs import app_for_its_template
from tests.patterns.web.certificates import zone


def resources(made: dict[str, Any], kind: str) -> dict[str, Any]:
    return {name: one for name, one in made["Resources"].items() if one["Type"] == f"AWS::{kind}"}


def only(made: dict[str, Any], kind: str) -> dict[str, Any]:
    (found,) = resources(made, kind).values()
    return dict(found["Properties"])


def hooks(made: dict[str, Any]) -> dict[str, Any]:
    return {
        one["Properties"]["LifecycleTransition"].removeprefix("autoscaling:EC2_INSTANCE_"): one["Properties"]
        for one in resources(made, "AutoScaling::LifecycleHook").values()
    }


@pytest.fixture(scope="module")
def made() -> dict[str, Any]:
    """Everything that is not the default."""
    stack = cdk.Stack(cdk.App(context={"aws:cdk:bundling-stacks": []}), "Test")
    DnsBalancedInstances(
        stack,
        "Made",
        domain_name="WWW.Example.com",
        hosted_zone=zone(stack, "Example.com"),
        ttl=Duration.seconds(20),
        drain=Duration.minutes(3),
        start_timeout=Duration.minutes(7),
        application_port=8443,
        health_check_path="/ready",
        min_capacity=3,
        max_capacity=9,
        target_utilization=60,
    )
    return dict(Template.from_stack(stack).to_json())


@pytest.fixture(scope="module")
def default() -> dict[str, Any]:
    return example("dns-balanced-instances", "agnostic").template


def test_an_instance_is_held_until_it_is_registered_and_given_up_if_it_never_is(made: dict[str, Any]) -> None:
    launching = hooks(made)["LAUNCHING"]
    assert launching["LifecycleHookName"] == "register"
    assert (launching["DefaultResult"], launching["HeartbeatTimeout"]) == ("ABANDON", 420)
    assert only(made, "Lambda::Function")["Environment"]["Variables"]["LAUNCH_HOOK"] == "register"


def test_an_instance_that_is_to_go_serves_on_while_resolvers_forget_it(made: dict[str, Any]) -> None:
    terminating = hooks(made)["TERMINATING"]
    assert (terminating["DefaultResult"], terminating["HeartbeatTimeout"]) == ("CONTINUE", 180)


def test_the_registrar_runs_every_minute_and_when_instances_come_or_go(made: dict[str, Any]) -> None:
    (function,), (group,) = resources(made, "Lambda::Function"), resources(made, "AutoScaling::AutoScalingGroup")
    schedule, rule = only(made, "Scheduler::Schedule"), only(made, "Events::Rule")
    assert (schedule["ScheduleExpression"], schedule["State"]) == ("rate(1 minute)", "ENABLED")
    assert schedule["Target"]["Arn"] == rule["Targets"][0]["Arn"] == {"Fn::GetAtt": [function, "Arn"]}
    assert rule["EventPattern"] == {
        "source": ["aws.autoscaling"],
        "detail-type": ["EC2 Instance-launch Lifecycle Action", "EC2 Instance-terminate Lifecycle Action"],
        "detail": {"AutoScalingGroupName": [{"Ref": group}]},
    }


def test_the_registrar_is_told_what_to_register_where(made: dict[str, Any]) -> None:
    variables = dict(only(made, "Lambda::Function")["Environment"]["Variables"])
    assert len(variables.pop("OWNER")) == 20
    assert variables == {
        "APPLICATION_PORT": "8443",
        "DOMAIN_NAME": "www.example.com",
        "GROUP_NAME": {"Ref": next(iter(resources(made, "AutoScaling::AutoScalingGroup")))},
        "HEALTH_CHECK_PATH": "/ready",
        "HOSTED_ZONE_ID": "Z0",
        "LAUNCH_HOOK": "register",
        "TTL": "20",
    }


def test_the_registrar_may_change_this_name_alone(made: dict[str, Any]) -> None:
    (change,) = [
        statement
        for one in resources(made, "IAM::Policy").values()
        for statement in one["Properties"]["PolicyDocument"]["Statement"]
        if statement["Action"] == "route53:ChangeResourceRecordSets"
    ]
    assert "hostedzone/Z0" in str(change["Resource"])
    assert change["Condition"]["ForAllValues:StringEquals"] == {
        "route53:ChangeResourceRecordSetsActions": ["DELETE", "UPSERT"],
        "route53:ChangeResourceRecordSetsNormalizedRecordNames": ["www.example.com"],
        "route53:ChangeResourceRecordSetsRecordTypes": ["A"],
    }
    assert change["Condition"]["Null"] == {"route53:ChangeResourceRecordSetsNormalizedRecordNames": "false"}


def test_instances_may_change_no_record(made: dict[str, Any]) -> None:
    (profile,) = resources(made, "IAM::InstanceProfile").values()
    role = profile["Properties"]["Roles"][0]["Ref"]
    allowed = str([one for one in resources(made, "IAM::Policy").values() if role in str(one["Properties"]["Roles"])])
    assert "route53:" not in allowed
    assert "ssmmessages:OpenControlChannel" in allowed


def test_the_group_scales_by_cpu_between_its_bounds(made: dict[str, Any]) -> None:
    group = only(made, "AutoScaling::AutoScalingGroup")
    assert (group["MinSize"], group["MaxSize"]) == ("3", "9")
    tracked = only(made, "AutoScaling::ScalingPolicy")["TargetTrackingConfiguration"]
    assert tracked["TargetValue"] == 60
    assert tracked["PredefinedMetricSpecification"]["PredefinedMetricType"] == "ASGAverageCPUUtilization"


def test_only_the_applications_port_is_open_and_nothing_leaves_but_https(made: dict[str, Any]) -> None:
    group = only(made, "EC2::SecurityGroup")
    assert [(one["FromPort"], one["ToPort"]) for one in group["SecurityGroupIngress"]] == [(8443, 8443)]
    assert [(one["FromPort"], one["ToPort"]) for one in group["SecurityGroupEgress"]] == [(443, 443)]
    assert not resources(made, "EC2::SecurityGroupIngress")


def test_a_release_that_does_not_answer_is_rolled_back(made: dict[str, Any]) -> None:
    (group,) = resources(made, "AutoScaling::AutoScalingGroup").values()
    (alarm,) = group["UpdatePolicy"]["AutoScalingInstanceRefresh"]["Preferences"]["AlarmSpecification"]["Alarms"]
    watched = made["Resources"][alarm["Ref"]]["Properties"]
    assert (watched["MetricName"], watched["Threshold"], watched["TreatMissingData"]) == ("Answering", 3, "breaching")
    owner = only(made, "Lambda::Function")["Environment"]["Variables"]["OWNER"]
    assert watched["Dimensions"] == [{"Name": "Owner", "Value": owner}]


def test_every_failure_has_its_alarm(default: dict[str, Any]) -> None:
    alarms = {one["Properties"]["MetricName"] for one in resources(default, "CloudWatch::Alarm").values()}
    # Those of target tracking are AWS's own, and not in the template.
    assert alarms == {
        "Answering",
        "ApproximateNumberOfMessagesVisible",
        "DestinationDeliveryFailures",
        "Errors",
        "FailedInvocations",
        "GroupInServiceInstances",
        "InvocationDroppedCount",
        "Throttles",
    }


def test_two_deployments_of_one_app_keep_records_of_their_own() -> None:
    """In one zone each would take the other's records away as those of instances that are gone."""
    owners = set()
    for stack_name in ("shop-blue", "shop-green"):
        stack = cdk.Stack(app_for_its_template(), "Shop", stack_name=stack_name)
        DnsBalancedInstances(stack, "Made", domain_name="www.example.com", hosted_zone=zone(stack, "example.com"))
        variables = only(dict(Template.from_stack(stack).to_json()), "Lambda::Function")["Environment"]["Variables"]
        owners.add(variables["OWNER"])
        assert len(variables["OWNER"]) == 20
    assert len(owners) == 2

"""What an address with a failover promises, by name."""

from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ec2 as ec2
from aws_cdk.assertions import Template

from patterns.web.elastic_ip_failover import ElasticIpFailover
from tests.conftest import example
from tests.patterns.web.certificates import zone


def template(scope: cdk.Stack, **arguments: Any) -> dict[str, Any]:
    ElasticIpFailover(scope, "Made", **arguments)
    return dict(Template.from_stack(scope).to_json())


def resources(made: dict[str, Any], kind: str) -> dict[str, Any]:
    return {name: one for name, one in made["Resources"].items() if one["Type"] == f"AWS::{kind}"}


def only(made: dict[str, Any], kind: str) -> dict[str, Any]:
    (found,) = resources(made, kind).values()
    return dict(found["Properties"])


@pytest.fixture(scope="module")
def made() -> dict[str, Any]:
    return example("elastic-ip-failover", "agnostic").template


def test_a_group_of_one_starts_the_new_instance_before_the_old_one_goes(made: dict[str, Any]) -> None:
    group = only(made, "AutoScaling::AutoScalingGroup")
    assert (group["MinSize"], group["MaxSize"]) == ("1", "2")
    assert group["InstanceMaintenancePolicy"] == {"MinHealthyPercentage": 100, "MaxHealthyPercentage": 200}
    assert len(group["VPCZoneIdentifier"]) == 2
    assert "AWS::AutoScaling::ScalingPolicy" not in str(made)


def test_standbys_run_beside_it(scope: cdk.Stack) -> None:
    made = template(scope, standbys=2)
    group = only(made, "AutoScaling::AutoScalingGroup")
    assert (group["MinSize"], group["MaxSize"]) == ("3", "4")
    thresholds = {
        one["Properties"].get("MetricName"): one["Properties"] for one in resources(made, "CloudWatch::Alarm").values()
    }
    assert thresholds["GroupInServiceInstances"]["Threshold"] == 3


def test_the_keeper_runs_every_minute_and_when_instances_come_or_go(made: dict[str, Any]) -> None:
    (function,) = resources(made, "Lambda::Function")
    schedule = only(made, "Scheduler::Schedule")
    assert schedule["ScheduleExpression"] == "rate(1 minute)"
    assert schedule["State"] == "ENABLED"
    assert schedule["Target"]["Arn"] == {"Fn::GetAtt": [function, "Arn"]}
    rule = only(made, "Events::Rule")
    (group,) = resources(made, "AutoScaling::AutoScalingGroup")
    assert rule["EventPattern"] == {
        "source": ["aws.autoscaling"],
        "detail-type": ["EC2 Instance Launch Successful", "EC2 Instance-terminate Lifecycle Action"],
        "detail": {"AutoScalingGroupName": [{"Ref": group}]},
    }
    assert rule["Targets"][0]["Arn"] == {"Fn::GetAtt": [function, "Arn"]}
    permission = only(made, "Lambda::Permission")
    assert permission["Principal"] == "events.amazonaws.com"
    assert "Rule" in permission["SourceArn"]["Fn::GetAtt"][0]


def test_an_instance_that_is_to_go_is_held_until_the_address_has_gone(made: dict[str, Any]) -> None:
    hook = only(made, "AutoScaling::LifecycleHook")
    assert hook["LifecycleTransition"] == "autoscaling:EC2_INSTANCE_TERMINATING"
    assert (hook["DefaultResult"], hook["HeartbeatTimeout"]) == ("CONTINUE", 60)


def test_the_keeper_is_told_which_group_address_and_check(made: dict[str, Any]) -> None:
    (group,), (address,) = resources(made, "AutoScaling::AutoScalingGroup"), resources(made, "EC2::EIP")
    variables = only(made, "Lambda::Function")["Environment"]["Variables"]
    assert variables == {
        "ALLOCATION_ID": {"Fn::GetAtt": [address, "AllocationId"]},
        "APPLICATION_PORT": "443",
        "GROUP_NAME": {"Ref": group},
        "HEALTH_CHECK_PATH": "/",
    }


def test_instances_may_not_move_the_address(made: dict[str, Any]) -> None:
    (profile,) = resources(made, "IAM::InstanceProfile").values()
    role = profile["Properties"]["Roles"][0]["Ref"]
    allowed = [
        one["Properties"]["PolicyDocument"]["Statement"]
        for one in resources(made, "IAM::Policy").values()
        if role in str(one["Properties"]["Roles"])
    ]
    assert "ec2:" not in str(allowed)
    assert "ssmmessages:OpenControlChannel" in str(allowed)


def test_the_keeper_may_move_this_address_to_this_groups_instances_alone(made: dict[str, Any]) -> None:
    (group,), (address,) = resources(made, "AutoScaling::AutoScalingGroup"), resources(made, "EC2::EIP")
    moves = [
        statement
        for one in resources(made, "IAM::Policy").values()
        for statement in one["Properties"]["PolicyDocument"]["Statement"]
        if statement["Action"] == "ec2:AssociateAddress"
    ]
    to_address, to_instance, to_interface = moves
    assert address in str(to_address["Resource"])
    assert to_instance["Condition"] == {"StringEquals": {"aws:ResourceTag/aws:autoscaling:groupName": {"Ref": group}}}
    assert list(to_interface["Condition"]["ArnEquals"]) == ["ec2:Vpc"]


def test_the_address_outlives_the_stack(made: dict[str, Any]) -> None:
    (address,) = resources(made, "EC2::EIP").values()
    # But not a creation that fails, which nobody has seen the address of.
    assert (address["DeletionPolicy"], address["UpdateReplacePolicy"]) == ("RetainExceptOnCreate", "Retain")


def test_an_existing_address_is_kept(scope: cdk.Stack) -> None:
    made = template(scope, address=ec2.CfnEIP(scope, "Theirs", domain="vpc"))
    assert list(resources(made, "EC2::EIP")) == ["Theirs"]
    variables = only(made, "Lambda::Function")["Environment"]["Variables"]
    assert variables["ALLOCATION_ID"] == {"Fn::GetAtt": ["Theirs", "AllocationId"]}


def test_a_release_that_does_not_answer_is_rolled_back(made: dict[str, Any]) -> None:
    (group,) = resources(made, "AutoScaling::AutoScalingGroup").values()
    preferences = group["UpdatePolicy"]["AutoScalingInstanceRefresh"]["Preferences"]
    (alarm,) = preferences["AlarmSpecification"]["Alarms"]
    assert made["Resources"][alarm["Ref"]]["Properties"]["MetricName"] == "Unanswered"


def test_silence_is_a_failure(made: dict[str, Any]) -> None:
    alarms = {
        one["Properties"]["MetricName"]: one["Properties"] for one in resources(made, "CloudWatch::Alarm").values()
    }
    assert alarms["Unanswered"]["TreatMissingData"] == "breaching"
    assert (alarms["Unanswered"]["EvaluationPeriods"], alarms["Unanswered"]["Period"]) == (3, 60)
    assert set(alarms) == {
        "ApproximateNumberOfMessagesVisible",
        "DestinationDeliveryFailures",
        "Errors",
        "FailedInvocations",
        "GroupInServiceInstances",
        "InvocationDroppedCount",
        "StatusCheckFailed",
        "Throttles",
        "Unanswered",
    }


def test_a_name_leads_to_the_address(scope: cdk.Stack) -> None:
    made = template(scope, domain_name="www.example.com", hosted_zone=zone(scope))
    record = only(made, "Route53::RecordSet")
    assert (record["Name"], record["Type"]) == ("www.example.com.", "A")
    (address,) = resources(made, "EC2::EIP")
    assert record["ResourceRecords"] == [{"Ref": address}]

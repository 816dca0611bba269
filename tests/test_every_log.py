"""Each log ends, and is written by whom it lets: in every example.

Read from the snapshots, which are held to the templates elsewhere.
"""

import json
from pathlib import Path
from typing import Any

from patternkit.catalog.discovery import patterns
from tests.every_template import TEMPLATES, every_template, referred, resources

WRITES = "logs:PutLogEvents"
# Services that write to log groups by a policy of CloudWatch Logs, which they themselves add each group to.
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-and-resource-policy.html
BY_A_POLICY = (
    "AWS::EC2::VPNConnection",
    "AWS::NetworkFirewall::LoggingConfiguration",
    "AWS::Route53Resolver::ResolverQueryLoggingConfig",
    "AWS::StepFunctions::StateMachine",
)
ROOMY = "/aws/vendedlogs/"


def of_type(path: Path, kind: str) -> dict[str, dict[str, Any]]:
    return {name: one for name, one in resources(path).items() if one["Type"] == kind}


@every_template
def test_each_function_writes_to_a_log_group_with_a_retention(path: Path) -> None:
    """Else AWS Lambda makes one when the function first runs, and keeps what it holds for ever."""
    groups = of_type(path, "AWS::Logs::LogGroup")
    for name, one in of_type(path, "AWS::Lambda::Function").items():
        given = one["Properties"].get("LoggingConfig", {}).get("LogGroup", {}).get("Ref")
        named = [each for each, group in groups.items() if f'{{"Ref": "{name}"}}' in json.dumps(group["Properties"])]
        found = [groups[each] for each in [given, *named] if each in groups]
        assert found, f"{name} has no log group of its own"
        assert all("RetentionInDays" in each["Properties"] for each in found), name


@every_template
def test_each_flow_log_waits_for_the_policy_that_lets_it_be_written(path: Path) -> None:
    """Until then flows are lost; deleted in the other order, they are lost as long as the flow log is left."""
    policies = of_type(path, "AWS::IAM::Policy")
    for name, one in of_type(path, "AWS::EC2::FlowLog").items():
        role = one["Properties"].get("DeliverLogsPermissionArn", {}).get("Fn::GetAtt", [None])[0]
        if role not in resources(path):
            # It goes to a bucket, or the role is in a stack that this one waits for.
            continue
        lets = {
            each
            for each, policy in policies.items()
            if {"Ref": role} in policy["Properties"]["Roles"] and WRITES in json.dumps(policy)
        }
        assert lets & set(one.get("DependsOn", [])), f"{name} does not wait for {sorted(lets)}"
        # The policy names the group: one that waited for it would wait for itself.
        group = resources(path)[one["Properties"]["LogGroupName"]["Ref"]]
        assert not lets & set(group.get("DependsOn", [])), f"the log group of {name} waits for {sorted(lets)}"


def in_the_policy(path: Path) -> set[str]:
    """The log groups of a template that AWS adds to a policy one by one."""
    found = resources(path)
    given = [one["Properties"] for one in found.values() if one["Type"] in BY_A_POLICY]
    return {
        name
        for name in referred(given)
        if name in of_type(path, "AWS::Logs::LogGroup")
        and ROOMY not in json.dumps(found[name]["Properties"].get("LogGroupName", ""))
    }


@every_template
def test_state_machines_write_to_a_group_that_is_in_the_policy_from_the_start(path: Path) -> None:
    """Others are added one by one, until the policy is full: no workflow can then be made.

    https://docs.aws.amazon.com/step-functions/latest/dg/bp-cwl.html
    """
    given = [one["Properties"] for one in of_type(path, "AWS::StepFunctions::StateMachine").values()]
    assert not in_the_policy(path) & set(referred(given))


def test_pages_say_that_the_policy_may_be_full() -> None:
    silent = []
    for pattern in patterns().values():
        own = [path for path in TEMPLATES if pattern.folder.name in path.parts]
        says = any("Policy of CloudWatch Logs" in one.what for one in pattern.limits)
        if any(in_the_policy(path) for path in own) != says:
            silent.append(pattern.name)
    assert silent == []


def test_groups_in_the_policy_are_found() -> None:
    assert len([path for path in TEMPLATES if in_the_policy(path)]) >= 6

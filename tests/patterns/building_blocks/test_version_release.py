"""Traffic shifts from one version of a function to the next, and back when something is wrong."""

import re
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_codedeploy as codedeploy
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_

from patterns.building_blocks.version_release import (
    check_hooks,
    check_owner,
    kept_version,
    note_alias,
    shift_traffic,
)
from tests.constructs import app_for_its_template
from tests.patterns.building_blocks.made import acknowledged, function, own_arn, properties, resources, trust

MANAGED = "arn:<AWS::Partition>:iam::aws:policy/service-role"


def imported(scope: cdk.Stack, name: str = "Imported", role: bool = True) -> lambda_.IFunction:
    arn = "arn:aws:lambda:eu-west-1:111122223333:function:theirs"
    own = iam.Role.from_role_arn(scope, f"{name}Role", "arn:aws:iam::111122223333:role/theirs") if role else None
    return lambda_.Function.from_function_attributes(scope, name, function_arn=arn, role=own)


def refused(said: str) -> Any:
    return pytest.raises(ValueError, match=f"^{re.escape(said)}$")


def released(
    scope: cdk.Stack, before: lambda_.IFunction | None = None, after: lambda_.IFunction | None = None
) -> codedeploy.LambdaDeploymentGroup:
    alias = lambda_.Alias(scope, "Alias", alias_name="live", version=kept_version(function(scope)))
    metric = cloudwatch.Metric(namespace="N", metric_name="M")
    alarm = cloudwatch.Alarm(scope, "Alarm", metric=metric, threshold=1, evaluation_periods=1)
    gradual = codedeploy.LambdaDeploymentConfig.CANARY_10_PERCENT_5_MINUTES
    return shift_traffic(scope, alias, gradual, before, after, [alarm])


def test_a_version_stays_when_the_next_takes_its_place(scope: cdk.Stack) -> None:
    kept_version(function(scope))
    [version] = resources(scope, "AWS::Lambda::Version").values()
    assert (version["DeletionPolicy"], version["UpdateReplacePolicy"]) == ("Retain", "Retain")


def test_a_release_is_rolled_back_in_each_case(scope: cdk.Stack) -> None:
    made = released(scope)
    assert made.node.path == "Test/Release"
    [group] = properties(scope, "AWS::CodeDeploy::DeploymentGroup").values()
    assert group == {
        "AlarmConfiguration": {"Alarms": [{"Name": {"Ref": "Alarm"}}], "Enabled": True},
        "ApplicationName": {"Ref": "Release/Application"},
        "AutoRollbackConfiguration": {
            "Enabled": True,
            "Events": ["DEPLOYMENT_FAILURE", "DEPLOYMENT_STOP_ON_REQUEST", "DEPLOYMENT_STOP_ON_ALARM"],
        },
        "DeploymentConfigName": "CodeDeployDefault.LambdaCanary10Percent5Minutes",
        "DeploymentStyle": {"DeploymentOption": "WITH_TRAFFIC_CONTROL", "DeploymentType": "BLUE_GREEN"},
        "ServiceRoleArn": {"Fn::GetAtt": ["ReleaseRole", "Arn"]},
    }
    [role] = [one for path, one in properties(scope, "AWS::IAM::Role").items() if path == "ReleaseRole"]
    assert role == {
        "AssumeRolePolicyDocument": trust("codedeploy.amazonaws.com", own_arn("codedeploy", "deploymentgroup:*")),
        "Description": "Shifts traffic between versions of Test",
        "ManagedPolicyArns": [
            {
                "Fn::Join": [
                    "",
                    [
                        "arn:",
                        {"Ref": "AWS::Partition"},
                        ":iam::aws:policy/service-role/AWSCodeDeployRoleForLambdaLimited",
                    ],
                ]
            }
        ],
    }
    alias = resources(scope, "AWS::Lambda::Alias")["Alias"]
    assert alias["UpdatePolicy"]["CodeDeployLambdaAliasUpdate"]["DeploymentGroupName"] == {"Ref": "Release"}
    assert "DependsOn" not in alias


def test_hooks_are_called_before_and_after_and_may_be(scope: cdk.Stack) -> None:
    released(scope, function(scope, "Before"), imported(scope))
    alias = resources(scope, "AWS::Lambda::Alias")["Alias"]
    update = alias["UpdatePolicy"]["CodeDeployLambdaAliasUpdate"]
    assert update["BeforeAllowTrafficHook"] == {"Ref": "Before"}
    assert scope.node.find_child("AfterTraffic") is not None
    assert "AfterAllowTrafficHook" in update
    # CloudFormation updates the alias by a deployment, which calls the first hook at once.
    assert "ReleaseRole/DefaultPolicy" in alias["DependsOn"]
    policy = properties(scope, "AWS::IAM::Policy")["ReleaseRole/DefaultPolicy"]["PolicyDocument"]["Statement"]
    theirs = "arn:aws:lambda:eu-west-1:111122223333:function:theirs"
    own = {"Fn::GetAtt": ["Before", "Arn"]}
    [statement] = policy
    assert statement.pop("Resource") == [theirs, f"{theirs}:*", own, {"Fn::Join": ["", [own, ":*"]]}]
    assert statement == {"Action": "lambda:InvokeFunction", "Effect": "Allow"}
    assert acknowledged(scope) == {
        "ReleaseRole": {
            f"AwsSolutions::AwsSolutions-IAM4[Policy::{MANAGED}/AWSCodeDeployRoleForLambdaLimited]": (
                "AWS CodeDeploy shifts the traffic with this role, and this is the narrowest policy that AWS "
                "documents for deployments of functions."
            ),
            "AwsSolutions::AwsSolutions-IAM5[Resource::<Before9295B271.Arn>:*]": (
                "CodeDeploy calls the hook, which has no versions of its own."
            ),
            "AwsSolutions::AwsSolutions-IAM5[Resource::arn:aws:lambda:eu-west-1:111122223333:function:theirs:*]": (
                "CodeDeploy calls the hook, which has no versions of its own."
            ),
        }
    }


def test_an_imported_hook_is_called_as_one_of_this_account(scope: cdk.Stack) -> None:
    released(scope, imported(scope))
    assert scope.node.find_child("BeforeTraffic") is not None
    assert scope.node.try_find_child("AfterTraffic") is None


def stacks() -> list[cdk.Stack]:
    app = app_for_its_template()
    env = cdk.Environment(account="111122223333", region="eu-west-1")
    return [cdk.Stack(app, name, env=env) for name in ("Here", "There")]


def test_hooks_that_cannot_answer_are_refused() -> None:
    here, there = stacks()
    own = function(here)
    check_hooks(here, {"before_traffic": own, "after_traffic": None}, whose="API")
    check_hooks(here, {"before_traffic": own, "after_traffic": imported(here)}, whose="API")
    with refused(
        "after_traffic must have a role that is known, which must be allowed to answer CodeDeploy: import it "
        "with Function.from_function_attributes(role=...)"
    ):
        check_hooks(here, {"before_traffic": own, "after_traffic": imported(here, "Unknown", role=False)}, whose="API")
    with refused(
        "before_traffic must stand in the API's stack, Here, got a function of There: their stacks would wait "
        "for each other"
    ):
        check_hooks(here, {"before_traffic": function(there), "after_traffic": None}, whose="API")
    elsewhere = cdk.Stack(
        cdk.App.of(here), "Elsewhere", env=cdk.Environment(account="111122223333", region="us-east-1")
    )
    with refused("before_traffic must be in eu-west-1, the Region of the stack, got one in us-east-1"):
        check_hooks(here, {"before_traffic": function(elsewhere)}, whose="API")


def test_a_function_that_cannot_be_released_here_is_refused() -> None:
    here, there = stacks()
    own, theirs = function(here), function(there)
    own.node.add_metadata("another's", "live")
    for one in (None, own):
        check_owner(here, one, "live", whose="API", argument="alias_name")
    with refused(
        "function must stand in the API's stack, Here, got a function of There: no new version of it could be deployed"
    ):
        check_owner(here, theirs, "live", whose="API", argument="alias_name")
    note_alias(own, "live")
    check_owner(here, own, "next", whose="API", argument="alias_name")
    with refused("stage_name must be another for each API of one function: it has an alias 'live'"):
        check_owner(here, own, "live", whose="API", argument="stage_name")

"""The security group that a service makes is looked up by its name and its VPC."""

import json

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2

from patterns.building_blocks.service_security_group import service_security_group
from tests.constructs import app_for_its_template
from tests.patterns.building_blocks.made import acknowledged, properties, resources

MANAGED = "arn:<AWS::Partition>:iam::aws:policy/service-role"


def test_it_is_looked_up_when_the_stack_is_deployed() -> None:
    # Without feature flags, by which the CDK would leave the newest SDK out of itself.
    scope = cdk.Stack(app_for_its_template(flags=False), "Test")
    vpc = ec2.Vpc.from_vpc_attributes(scope, "Vpc", vpc_id="vpc-1", availability_zones=["a"])
    after = cdk.CfnResource(scope, "After", type="Own::Kind::Service")
    found = service_security_group(scope, "Group", name="VpcOrigins", vpc=vpc, region="us-west-2", after=after)
    made = resources(scope)
    look_up = made["Group/Resource/Default"]
    call = {
        "action": "describeSecurityGroups",
        "outputPaths": ["SecurityGroups.0.GroupId"],
        "parameters": {
            "Filters": [{"Name": "group-name", "Values": ["VpcOrigins"]}, {"Name": "vpc-id", "Values": ["vpc-1"]}]
        },
        "physicalResourceId": {"responsePath": "SecurityGroups.0.GroupId"},
        "region": "us-west-2",
        "service": "EC2",
    }
    given = look_up["Properties"]
    assert [json.loads(given[when]) for when in ("Create", "Update")] == [call, call]
    assert (given["InstallLatestAwsSdk"], given.get("Delete")) == (False, None)
    assert "After" in look_up["DependsOn"]
    assert scope.resolve(found)["Fn::GetAtt"][1] == "SecurityGroups.0.GroupId"
    assert acknowledged(scope) == {
        "AWS679f53fac002430cb0da5b7982bd2287": {
            f"AwsSolutions::AwsSolutions-IAM4[Policy::{MANAGED}/AWSLambdaBasicExecutionRole]": (
                "The CDK's function for look-ups writes its log by this policy; what it looks up is in one of its own."
            ),
            "Serverless::Serverless-LambdaDLQ": (
                "CloudFormation calls the function, waits for its answer, and fails the deployment without one."
            ),
            "Serverless::Serverless-LambdaDefaultMemorySize": (
                "The CDK's function for look-ups makes one call of an API."
            ),
            "Serverless::Serverless-LambdaTracing": (
                "The function runs in deployments alone, and its log has each call."
            ),
        },
        "Group": {
            "AwsSolutions::AwsSolutions-IAM5[Resource::*]": (
                "EC2 describes security groups of no resource in particular."
            )
        },
    }
    [policy] = properties(scope, "AWS::IAM::Policy").values()
    assert policy["PolicyDocument"]["Statement"] == [
        {"Action": "ec2:DescribeSecurityGroups", "Effect": "Allow", "Resource": "*"}
    ]

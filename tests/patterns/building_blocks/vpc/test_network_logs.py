"""The logs of a network are encrypted and kept, and VPCs may write their flows."""

import aws_cdk as cdk
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs

from patterns.building_blocks.settings import Settings
from patterns.building_blocks.vpc.network_logs import NetworkLogs
from patterns.building_blocks.vpc.tiered_vpc import TieredVpc
from tests.patterns.building_blocks.made import own_arn, properties, resources, trust


def test_vpcs_of_the_account_write_their_flows(scope: cdk.Stack) -> None:
    made = NetworkLogs(scope, "Logs", settings=Settings(log_retention=logs.RetentionDays.ONE_WEEK))
    zones = ["eu-west-1a", "eu-west-1b"]
    vpc = TieredVpc(scope, "Vpc", cidr="10.0.0.0/20", availability_zones=zones, tiers={"Web": 26})
    made.log_flows(vpc)
    found = resources(scope, "AWS::IAM::Role", "AWS::IAM::Policy", "AWS::Logs::LogGroup", "AWS::EC2::FlowLog")
    assert found == {
        "Logs/FlowLogRole": {
            "Properties": {
                "AssumeRolePolicyDocument": trust("vpc-flow-logs.amazonaws.com", own_arn("ec2", "vpc-flow-log/*")),
                "Description": "Lets VPCs write their flow logs",
            },
            "Type": "AWS::IAM::Role",
        },
        "Logs/Flows": {
            "DeletionPolicy": "Retain",
            "Properties": {"KmsKeyId": {"Fn::GetAtt": ["Logs/Key", "Arn"]}, "RetentionInDays": 7},
            "Type": "AWS::Logs::LogGroup",
            "UpdateReplacePolicy": "Retain",
        },
        "Logs/WritesFlows": {
            "Properties": {
                "PolicyDocument": {
                    "Statement": [
                        {
                            "Action": ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
                            "Effect": "Allow",
                            "Resource": {"Fn::GetAtt": ["Logs/Flows", "Arn"]},
                        }
                    ],
                    "Version": "2012-10-17",
                },
                "PolicyName": "Logs/WritesFlows",
                "Roles": [{"Ref": "Logs/FlowLogRole"}],
            },
            "Type": "AWS::IAM::Policy",
        },
        "Vpc/FlowLog": {
            "DependsOn": ["Logs/WritesFlows"],
            "Properties": {
                "DeliverLogsPermissionArn": {"Fn::GetAtt": ["Logs/FlowLogRole", "Arn"]},
                "LogDestinationType": "cloud-watch-logs",
                "LogGroupName": {"Ref": "Logs/Flows"},
                "MaxAggregationInterval": 60,
                "ResourceId": {"Fn::GetAtt": ["Vpc", "VpcId"]},
                "ResourceType": "VPC",
                "TrafficType": "ALL",
            },
            "Type": "AWS::EC2::FlowLog",
        },
    }
    [key] = properties(scope, "AWS::KMS::Key").values()
    assert (key["Description"], key["EnableKeyRotation"]) == ("Encrypts the logs of a network", True)


def test_a_key_of_ones_own_encrypts_all_of_them(scope: cdk.Stack) -> None:
    key = kms.Key(scope, "Key")
    made = NetworkLogs(scope, "Logs", settings=Settings(encryption_key=key))
    assert made.encryption_key is key
    alerts = made.log_group("Alerts")
    assert made.log_group("Alerts") is alerts
    assert made.log_group("Flows") is made.flows
    found = properties(scope, "AWS::Logs::LogGroup")
    assert found == {
        path: {"KmsKeyId": {"Fn::GetAtt": ["Key", "Arn"]}, "RetentionInDays": 30}
        for path in ("Logs/Flows", "Logs/Alerts")
    }
    assert list(properties(scope, "AWS::KMS::Key")) == ["Key"]

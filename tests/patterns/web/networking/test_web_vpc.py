"""The VPC of a web application: load balancers outside, everything else inside, and every flow recorded."""

import aws_cdk as cdk
import pytest
from aws_cdk import aws_sns as sns

from patterns.building_blocks.settings import Settings
from patterns.web.networking.web_vpc import WebVpc
from tests.patterns.building_blocks.made import own_arn, properties, resources, trust


def test_each_zone_has_a_public_and_a_private_subnet_and_a_nat_gateway(scope: cdk.Stack) -> None:
    topic = sns.Topic.from_topic_arn(scope, "Topic", "arn:aws:sns:eu-west-1:111122223333:on-call")
    made = WebVpc(scope, "Network", settings=Settings(alarm_topic=topic))
    found = resources(scope)
    assert [one.node.id for one in made.alarms] == ["NatPortsExhausted1", "NatPortsExhausted2"]
    alarms = [path for path, one in found.items() if one["Type"] == "AWS::CloudWatch::Alarm"]
    assert alarms == ["Network/NatPortsExhausted1", "Network/NatPortsExhausted2"]
    assert {path: one for path, one in found.items() if path not in alarms} == {
        "Network": {
            "Properties": {
                "CidrBlock": "10.0.0.0/16",
                "EnableDnsHostnames": True,
                "EnableDnsSupport": True,
                "Tags": [{"Key": "Name", "Value": "Test/Network"}],
            },
            "Type": "AWS::EC2::VPC",
        },
        "Network/FlowLog": {
            "DependsOn": ["Network/WritesFlows"],
            "Properties": {
                "DeliverLogsPermissionArn": {"Fn::GetAtt": ["Network/FlowLogRole", "Arn"]},
                "LogDestinationType": "cloud-watch-logs",
                "LogGroupName": {"Ref": "Network/Flows"},
                "MaxAggregationInterval": 60,
                "ResourceId": {"Fn::GetAtt": ["Network", "VpcId"]},
                "ResourceType": "VPC",
                "TrafficType": "ALL",
            },
            "Type": "AWS::EC2::FlowLog",
        },
        "Network/FlowLogRole": {
            "Properties": {
                "AssumeRolePolicyDocument": trust("vpc-flow-logs.amazonaws.com", own_arn("ec2", "vpc-flow-log/*")),
                "Description": "Lets the VPC write its flow logs",
            },
            "Type": "AWS::IAM::Role",
        },
        "Network/Flows": {
            "DeletionPolicy": "Retain",
            "Properties": {"RetentionInDays": 30},
            "Type": "AWS::Logs::LogGroup",
            "UpdateReplacePolicy": "Retain",
        },
        "Network/InternetGateway": {"Type": "AWS::EC2::InternetGateway"},
        "Network/InternetGatewayAttachment": {
            "Properties": {
                "InternetGatewayId": {"Fn::GetAtt": ["Network/InternetGateway", "InternetGatewayId"]},
                "VpcId": {"Fn::GetAtt": ["Network", "VpcId"]},
            },
            "Type": "AWS::EC2::VPCGatewayAttachment",
        },
        "Network/Nat1": {
            "DependsOn": ["Network/Public1Association", "Network/Public1Default"],
            "Properties": {
                "AllocationId": {"Fn::GetAtt": ["Network/NatAddress1", "AllocationId"]},
                "SubnetId": {"Fn::GetAtt": ["Network/Public1", "SubnetId"]},
            },
            "Type": "AWS::EC2::NatGateway",
        },
        "Network/Nat2": {
            "DependsOn": ["Network/Public2Association", "Network/Public2Default"],
            "Properties": {
                "AllocationId": {"Fn::GetAtt": ["Network/NatAddress2", "AllocationId"]},
                "SubnetId": {"Fn::GetAtt": ["Network/Public2", "SubnetId"]},
            },
            "Type": "AWS::EC2::NatGateway",
        },
        "Network/NatAddress1": {
            "DeletionPolicy": "RetainExceptOnCreate",
            "DependsOn": ["Network/InternetGatewayAttachment"],
            "Properties": {"Domain": "vpc"},
            "Type": "AWS::EC2::EIP",
            "UpdateReplacePolicy": "Retain",
        },
        "Network/NatAddress2": {
            "DeletionPolicy": "RetainExceptOnCreate",
            "DependsOn": ["Network/InternetGatewayAttachment"],
            "Properties": {"Domain": "vpc"},
            "Type": "AWS::EC2::EIP",
            "UpdateReplacePolicy": "Retain",
        },
        "Network/Private1": {
            "Properties": {
                "AvailabilityZone": {"Fn::Select": [0, {"Fn::GetAZs": ""}]},
                "CidrBlock": "10.0.64.0/20",
                "MapPublicIpOnLaunch": False,
                "Tags": [{"Key": "Name", "Value": "Test/Network/Private1"}],
                "VpcId": {"Fn::GetAtt": ["Network", "VpcId"]},
            },
            "Type": "AWS::EC2::Subnet",
        },
        "Network/Private1Association": {
            "Properties": {
                "RouteTableId": {"Fn::GetAtt": ["Network/Private1Routes", "RouteTableId"]},
                "SubnetId": {"Fn::GetAtt": ["Network/Private1", "SubnetId"]},
            },
            "Type": "AWS::EC2::SubnetRouteTableAssociation",
        },
        "Network/Private1Default": {
            "Properties": {
                "DestinationCidrBlock": "0.0.0.0/0",
                "NatGatewayId": {"Fn::GetAtt": ["Network/Nat1", "NatGatewayId"]},
                "RouteTableId": {"Fn::GetAtt": ["Network/Private1Routes", "RouteTableId"]},
            },
            "Type": "AWS::EC2::Route",
        },
        "Network/Private1Routes": {
            "Properties": {
                "Tags": [{"Key": "Name", "Value": "Test/Network/Private1"}],
                "VpcId": {"Fn::GetAtt": ["Network", "VpcId"]},
            },
            "Type": "AWS::EC2::RouteTable",
        },
        "Network/Private2": {
            "Properties": {
                "AvailabilityZone": {"Fn::Select": [1, {"Fn::GetAZs": ""}]},
                "CidrBlock": "10.0.80.0/20",
                "MapPublicIpOnLaunch": False,
                "Tags": [{"Key": "Name", "Value": "Test/Network/Private2"}],
                "VpcId": {"Fn::GetAtt": ["Network", "VpcId"]},
            },
            "Type": "AWS::EC2::Subnet",
        },
        "Network/Private2Association": {
            "Properties": {
                "RouteTableId": {"Fn::GetAtt": ["Network/Private2Routes", "RouteTableId"]},
                "SubnetId": {"Fn::GetAtt": ["Network/Private2", "SubnetId"]},
            },
            "Type": "AWS::EC2::SubnetRouteTableAssociation",
        },
        "Network/Private2Default": {
            "Properties": {
                "DestinationCidrBlock": "0.0.0.0/0",
                "NatGatewayId": {"Fn::GetAtt": ["Network/Nat2", "NatGatewayId"]},
                "RouteTableId": {"Fn::GetAtt": ["Network/Private2Routes", "RouteTableId"]},
            },
            "Type": "AWS::EC2::Route",
        },
        "Network/Private2Routes": {
            "Properties": {
                "Tags": [{"Key": "Name", "Value": "Test/Network/Private2"}],
                "VpcId": {"Fn::GetAtt": ["Network", "VpcId"]},
            },
            "Type": "AWS::EC2::RouteTable",
        },
        "Network/Public1": {
            "Properties": {
                "AvailabilityZone": {"Fn::Select": [0, {"Fn::GetAZs": ""}]},
                "CidrBlock": "10.0.0.0/20",
                "MapPublicIpOnLaunch": False,
                "Tags": [{"Key": "Name", "Value": "Test/Network/Public1"}],
                "VpcId": {"Fn::GetAtt": ["Network", "VpcId"]},
            },
            "Type": "AWS::EC2::Subnet",
        },
        "Network/Public1Association": {
            "Properties": {
                "RouteTableId": {"Fn::GetAtt": ["Network/Public1Routes", "RouteTableId"]},
                "SubnetId": {"Fn::GetAtt": ["Network/Public1", "SubnetId"]},
            },
            "Type": "AWS::EC2::SubnetRouteTableAssociation",
        },
        "Network/Public1Default": {
            "DependsOn": ["Network/InternetGatewayAttachment"],
            "Properties": {
                "DestinationCidrBlock": "0.0.0.0/0",
                "GatewayId": {"Fn::GetAtt": ["Network/InternetGateway", "InternetGatewayId"]},
                "RouteTableId": {"Fn::GetAtt": ["Network/Public1Routes", "RouteTableId"]},
            },
            "Type": "AWS::EC2::Route",
        },
        "Network/Public1Routes": {
            "Properties": {
                "Tags": [{"Key": "Name", "Value": "Test/Network/Public1"}],
                "VpcId": {"Fn::GetAtt": ["Network", "VpcId"]},
            },
            "Type": "AWS::EC2::RouteTable",
        },
        "Network/Public2": {
            "Properties": {
                "AvailabilityZone": {"Fn::Select": [1, {"Fn::GetAZs": ""}]},
                "CidrBlock": "10.0.16.0/20",
                "MapPublicIpOnLaunch": False,
                "Tags": [{"Key": "Name", "Value": "Test/Network/Public2"}],
                "VpcId": {"Fn::GetAtt": ["Network", "VpcId"]},
            },
            "Type": "AWS::EC2::Subnet",
        },
        "Network/Public2Association": {
            "Properties": {
                "RouteTableId": {"Fn::GetAtt": ["Network/Public2Routes", "RouteTableId"]},
                "SubnetId": {"Fn::GetAtt": ["Network/Public2", "SubnetId"]},
            },
            "Type": "AWS::EC2::SubnetRouteTableAssociation",
        },
        "Network/Public2Default": {
            "DependsOn": ["Network/InternetGatewayAttachment"],
            "Properties": {
                "DestinationCidrBlock": "0.0.0.0/0",
                "GatewayId": {"Fn::GetAtt": ["Network/InternetGateway", "InternetGatewayId"]},
                "RouteTableId": {"Fn::GetAtt": ["Network/Public2Routes", "RouteTableId"]},
            },
            "Type": "AWS::EC2::Route",
        },
        "Network/Public2Routes": {
            "Properties": {
                "Tags": [{"Key": "Name", "Value": "Test/Network/Public2"}],
                "VpcId": {"Fn::GetAtt": ["Network", "VpcId"]},
            },
            "Type": "AWS::EC2::RouteTable",
        },
        "Network/WritesFlows": {
            "Properties": {
                "PolicyDocument": {
                    "Statement": [
                        {
                            "Action": ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
                            "Effect": "Allow",
                            "Resource": {"Fn::GetAtt": ["Network/Flows", "Arn"]},
                        }
                    ],
                    "Version": "2012-10-17",
                },
                "PolicyName": "Network/WritesFlows",
                "Roles": [{"Ref": "Network/FlowLogRole"}],
            },
            "Type": "AWS::IAM::Policy",
        },
    }


@pytest.mark.parametrize("isolated", [False, True])
def test_without_private_subnets_there_is_no_way_out(scope: cdk.Stack, isolated: bool) -> None:
    made = WebVpc(scope, "Network", settings=Settings(), private_subnets=False, isolated_subnets=isolated)
    blocks = {path: one["CidrBlock"] for path, one in properties(scope, "AWS::EC2::Subnet").items()}
    inner = {"Network/Isolated1": "10.0.64.0/20", "Network/Isolated2": "10.0.80.0/20"}
    outer = {"Network/Public1": "10.0.0.0/20", "Network/Public2": "10.0.16.0/20"}
    assert blocks == outer | (inner if isolated else {})
    assert properties(scope, "AWS::EC2::NatGateway", "AWS::EC2::EIP") == {}
    assert list(properties(scope, "AWS::EC2::Route")) == ["Network/Public1Default", "Network/Public2Default"]
    assert made.alarms == []
    vpc = made.vpc
    assert [len(one) for one in (vpc.public_subnets, vpc.private_subnets, vpc.isolated_subnets)] == [
        2,
        0,
        2 if isolated else 0,
    ]


def test_constructs_find_its_subnets_by_their_names(scope: cdk.Stack) -> None:
    vpc = WebVpc(scope, "Network", settings=Settings(), isolated_subnets=True).vpc
    for name, known in (
        ("Public", vpc.public_subnets),
        ("Private", vpc.private_subnets),
        ("Isolated", vpc.isolated_subnets),
    ):
        chosen = vpc.select_subnets(subnet_group_name=name).subnets
        assert [one.subnet_id for one in chosen] == [one.subnet_id for one in known]
        ids = [scope.resolve(one.subnet_id)["Fn::GetAtt"][0] for one in known]
        tables = [scope.resolve(one.route_table.route_table_id)["Fn::GetAtt"][0] for one in known]
        assert [one.startswith(f"Network{name}{number}") for number, one in enumerate(ids, start=1)] == [True, True]
        assert [one.startswith(f"Network{name}{number}Routes") for number, one in enumerate(tables, start=1)] == [
            True
        ] * 2
    assert vpc.vpc_cidr_block == "10.0.0.0/16"

"""VPC endpoints serve principals of the account, by HTTPS, and those that they are shared with."""

import re
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ec2 as ec2

from patterns.building_blocks.signature import check
from patterns.building_blocks.vpc.endpoints import (
    InterfaceEndpoints,
    ServiceName,
    ServiceNames,
    account_policy,
    amazon_linux_packages,
    check_services,
    gateway_endpoints,
    image_layers,
    shared_policy,
)
from tests.patterns.building_blocks.made import properties

OWN = {
    "Sid": "OwnPrincipals",
    "Action": "*",
    "Condition": {"StringEquals": {"aws:PrincipalAccount": {"Ref": "AWS::AccountId"}}},
    "Effect": "Allow",
    "Principal": {"AWS": "*"},
    "Resource": "*",
}


def public(sid: str, *bucket: str) -> dict[str, Any]:
    before, after = bucket
    arn = ["arn:", {"Ref": "AWS::Partition"}, f":s3:::{before}", {"Ref": "AWS::Region"}, after]
    return {
        "Sid": sid,
        "Action": "s3:GetObject",
        "Effect": "Allow",
        "Principal": {"AWS": "*"},
        "Resource": {"Fn::Join": ["", arn]},
    }


LAYERS = public("ImageLayers", "prod-", "-starport-layer-bucket/*")
PACKAGES = public("AmazonLinuxPackages", "al2023-repos-", "-de612dc2/*")


def test_only_principals_of_the_account_come_through(scope: cdk.Stack) -> None:
    assert scope.resolve(account_policy()) == {"Statement": [OWN], "Version": "2012-10-17"}
    more = [image_layers(), amazon_linux_packages()]
    assert scope.resolve(account_policy(*more))["Statement"] == [OWN, LAYERS, PACKAGES]


def test_an_endpoint_serves_those_that_it_is_shared_with(scope: cdk.Stack) -> None:
    principals = [
        "444455556666",
        "arn:aws:organizations::111122223333:organization/o-abc",
        "arn:aws:organizations::111122223333:ou/o-abc/ou-r1-def",
    ]
    conditions: list[dict[str, Any]] = [
        {"StringEquals": {"aws:PrincipalAccount": "444455556666"}},
        {"StringEquals": {"aws:PrincipalOrgID": "o-abc"}},
        {"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-abc/*/ou-r1-def/*"}},
    ]
    assert scope.resolve(shared_policy(principals))["Statement"] == [
        OWN,
        *(OWN | {"Sid": f"Shared{number}", "Condition": one} for number, one in enumerate(conditions, start=1)),
    ]


@pytest.mark.parametrize("service", ["s3", "dynamodb"])
def test_what_has_a_gateway_endpoint_needs_no_other(service: str) -> None:
    check_services("interface_endpoints", ["ssm", "ecr.dkr", "s3tables"])
    with pytest.raises(
        ValueError, match=f"^interface_endpoints must leave out {service}, which has a gateway endpoint$"
    ):
        check_services("interface_endpoints", ["ssm", service])


@pytest.mark.parametrize("name", ["ssm", "ecr.dkr", "s3-outposts", "a1.b-c", "a" * 63])
def test_services_are_named_as_in_their_endpoints(name: str) -> None:
    check("service", name, ServiceName)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("a" * 64, "have at most 63 characters, got 64"),
        *((one, f"be names such as ssm or ecr.dkr, got '{one}'") for one in ("", "SSM", "a..b", ".a", "a-", "a_b")),
    ],
)
def test_other_names_are_refused(name: str, said: str) -> None:
    with pytest.raises(ValueError, match=f"^service must {re.escape(said)}$"):
        check("service", name, ServiceName)


def test_there_are_at_most_fifty_and_each_is_known(scope: cdk.Stack) -> None:
    check("services", [f"a{one}" for one in range(50)], ServiceNames)
    with pytest.raises(ValueError, match=r"^services must hold at most 50, got 51$"):
        check("services", [f"a{one}" for one in range(51)], ServiceNames)
    token = cdk.CfnParameter(scope, "Name").value_as_string
    said = "must be known when the template is made, got a token:"
    for hint, value, what in (
        (ServiceName, token, "its name"),
        (ServiceNames, cdk.Fn.split(",", token), "the number of endpoints"),
    ):
        with pytest.raises(ValueError, match=f"^services {said} {what} depends on it$"):
            check("services", value, hint)


def service_name(service: str) -> dict[str, Any]:
    return {"Fn::Join": ["", ["com.amazonaws.", {"Ref": "AWS::Region"}, f".{service}"]]}


@pytest.mark.parametrize("instances", [None, True, False])
def test_s3_and_dynamodb_are_reached_by_gateway(scope: cdk.Stack, instances: bool | None) -> None:
    given = {} if instances is None else {"instances": instances}
    found = gateway_endpoints(scope, vpc_id="vpc-1", route_table_ids=("rtb-1", "rtb-2"), **given)
    assert {name: one.node.path for name, one in found.items()} == {"s3": "Test/S3", "dynamodb": "Test/DynamoDb"}
    packages = [] if instances is False else [PACKAGES]
    assert properties(scope) == {
        path: {
            "PolicyDocument": {"Statement": statements, "Version": "2012-10-17"},
            "RouteTableIds": ["rtb-1", "rtb-2"],
            "ServiceName": service_name(service),
            "Tags": [{"Key": "Name", "Value": f"Test/{service}"}],
            "VpcEndpointType": "Gateway",
            "VpcId": "vpc-1",
        }
        for path, service, statements in (
            ("S3", "s3", [OWN, LAYERS, *packages]),
            ("DynamoDb", "dynamodb", [OWN]),
        )
    }


GROUP = {
    "GroupDescription": "Interface endpoints",
    "SecurityGroupEgress": [
        {
            "CidrIp": "255.255.255.255/32",
            "Description": "Nothing",
            "FromPort": 252,
            "IpProtocol": "icmp",
            "ToPort": 86,
        }
    ],
    "VpcId": "vpc-1",
}


def https(who: str, **source: str) -> dict[str, Any]:
    return {"Description": f"HTTPS from {who}", "FromPort": 443, "IpProtocol": "tcp", "ToPort": 443, **source}


def endpoint(service: str, **more: Any) -> dict[str, Any]:
    return {
        "PolicyDocument": {"Statement": [OWN], "Version": "2012-10-17"},
        "PrivateDnsEnabled": True,
        "SecurityGroupIds": [{"Fn::GetAtt": ["Endpoints/SecurityGroup", "GroupId"]}],
        "ServiceName": service_name(service),
        "SubnetIds": ["subnet-1", "subnet-2"],
        "Tags": [{"Key": "Name", "Value": f"Test/Endpoints/{service}"}],
        "VpcEndpointType": "Interface",
        "VpcId": "vpc-1",
        **more,
    }


def test_hosts_reach_services_by_https(scope: cdk.Stack) -> None:
    made = InterfaceEndpoints(
        scope,
        "Endpoints",
        vpc_id="vpc-1",
        subnet_ids=("subnet-1", "subnet-2"),
        services=iter(["ecr.dkr", "s3-outposts"]),
        clients={"the VPC": "10.0.0.0/16", "site Mail": "10.8.0.0/16"},
        client_group=ec2.SecurityGroup.from_security_group_id(scope, "Group", "sg-1"),
    )
    assert {name: one.node.id for name, one in made.endpoints.items()} == {
        "ecr.dkr": "EcrDkr",
        "s3-outposts": "S3Outposts",
    }
    rules = [
        https("the VPC", CidrIp="10.0.0.0/16"),
        https("site Mail", CidrIp="10.8.0.0/16"),
        https("hosts", SourceSecurityGroupId="sg-1"),
    ]
    assert properties(scope) == {
        "Endpoints/SecurityGroup": {**GROUP, "SecurityGroupIngress": rules},
        "Endpoints/EcrDkr": endpoint("ecr.dkr"),
        "Endpoints/S3Outposts": endpoint("s3-outposts"),
    }


def test_they_are_as_they_are_asked_for(scope: cdk.Stack) -> None:
    InterfaceEndpoints(
        scope,
        "Endpoints",
        vpc_id="vpc-1",
        subnet_ids=("subnet-1", "subnet-2"),
        services=["ssm"],
        private_dns=False,
        dual_stack=True,
        policy=account_policy(image_layers()),
    )
    assert properties(scope) == {
        "Endpoints/SecurityGroup": {**GROUP, "SecurityGroupIngress": []},
        "Endpoints/Ssm": endpoint(
            "ssm",
            PrivateDnsEnabled=False,
            IpAddressType="dualstack",
            DnsOptions={"DnsRecordIpType": "dualstack"},
            PolicyDocument={"Statement": [OWN, LAYERS], "Version": "2012-10-17"},
        ),
    }

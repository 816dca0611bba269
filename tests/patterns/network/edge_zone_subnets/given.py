"""What goes together with a resource that is passed in: a VPC with its internet gateway."""

from typing import Any

from aws_cdk import aws_ec2 as ec2
from aws_cdk.interfaces.aws_ec2 import IInternetGatewayRef
from constructs import Construct

from tests.fitting import FITTING


def with_internet_gateway(gateway: IInternetGatewayRef, scope: Construct) -> dict[str, Any]:
    make = FITTING[ec2.IVpc]["existing"][0]
    return {"internet_gateway": gateway, "vpc": make(scope)}


def with_vpc(vpc: ec2.IVpc, scope: Construct) -> dict[str, Any]:
    gateway = vpc.node.try_find_child("IGW") or ec2.CfnInternetGateway.from_internet_gateway_id(
        scope, "InternetGateway", "igw-0123456789abcdef0"
    )
    return {"vpc": vpc, "internet_gateway": gateway}

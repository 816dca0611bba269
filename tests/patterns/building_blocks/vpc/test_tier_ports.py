"""What the network ACLs of a VPC let through from its public tier to its private one."""

import re
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ec2 as ec2

from patterns.building_blocks.vpc.tier_ports import check_called, note_port


def vpc(scope: cdk.Stack, *ports: int) -> ec2.IVpc:
    made = ec2.Vpc.from_vpc_attributes(scope, "Vpc", vpc_id="vpc-1", availability_zones=["eu-west-1a"])
    made.node.add_metadata("another's", 5)
    for port in ports:
        note_port(made, port)
    return made


def test_a_vpc_of_which_nothing_is_known_may_be_called_anywhere(scope: cdk.Stack) -> None:
    check_called(vpc(scope), 1, 65535)


def test_a_port_that_is_let_through_may_be_called(scope: cdk.Stack) -> None:
    check_called(vpc(scope, 8080), 8080, 8080)


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [(80, 80, "port 80"), (8080, 8081, "ports 8080 to 8081"), (8079, 8080, "ports 8079 to 8080")],
)
def test_another_one_is_refused(scope: cdk.Stack, first: int, last: int, said: str) -> None:
    message = (
        f"vpc must let its public subnets call the private ones at {said}, got one that lets port 8080 through "
        "(application_port)"
    )
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        check_called(vpc(scope, 8080), first, last)


def test_a_port_that_only_a_deployment_knows_passes(scope: cdk.Stack) -> None:
    token: Any = cdk.Token.as_number({"Ref": "Port"})
    check_called(vpc(scope, 8080), token, token)

"""What is known of a VPC that joins a hub."""

from ipaddress import IPv4Network

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ec2 as ec2

from patterns.network.hub.spoke import network_of


def test_the_range_of_a_new_vpc_is_known(scope: cdk.Stack) -> None:
    made = ec2.Vpc(scope, "Vpc", ip_addresses=ec2.IpAddresses.cidr("10.7.0.0/20"))
    assert network_of(made) == IPv4Network("10.7.0.0/20")


@pytest.mark.parametrize(
    ("given", "known"),
    [("10.8.0.0/20", IPv4Network("10.8.0.0/20")), ("exported", None), (None, None)],
)
def test_the_range_of_an_imported_vpc_may_be_unknown(
    scope: cdk.Stack, given: str | None, known: IPv4Network | None
) -> None:
    block = cdk.Fn.import_value("Range") if given == "exported" else given
    imported = ec2.Vpc.from_vpc_attributes(
        scope, "Vpc", vpc_id="vpc-1", availability_zones=["eu-west-1a"], vpc_cidr_block=block
    )
    assert network_of(imported) == known

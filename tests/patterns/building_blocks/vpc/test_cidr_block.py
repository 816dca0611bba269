"""The ranges of VPCs and sites: which are taken, and what is said of the others."""

import re
from collections.abc import Callable
from ipaddress import IPv4Network
from typing import Any

import aws_cdk as cdk
import pytest

from patterns.building_blocks.signature import check
from patterns.building_blocks.vpc.cidr_block import (
    ORGANIZATION_NETWORKS,
    PRIVATE_RANGES,
    PrivateCidr,
    PrivateCidrs,
    VpcCidr,
    is_concrete,
    network,
    private_network,
    private_networks,
    reject_overlap,
    require_inside,
    vpc_network,
)

READERS: list[Callable[[str, str], IPv4Network]] = [network, private_network, vpc_network]


def refused(said: str) -> Any:
    return pytest.raises(ValueError, match=f"^{re.escape(said)}$")


def test_the_private_ranges_are_those_of_the_standards() -> None:
    assert ORGANIZATION_NETWORKS == ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")
    assert [str(one) for one in PRIVATE_RANGES] == [*ORGANIZATION_NETWORKS, "100.64.0.0/10"]


@pytest.mark.parametrize("read", READERS)
@pytest.mark.parametrize("text", ["10.0.0.0/16", "172.31.255.240/28", "192.168.0.0/24", "100.127.0.0/16"])
def test_a_range_is_read(read: Callable[[str, str], IPv4Network], text: str) -> None:
    assert read("cidr", text) == IPv4Network(text)


@pytest.mark.parametrize("read", READERS)
@pytest.mark.parametrize("text", ["", "ten", "10.0.0.0/33", "10.0.0.1/16", "2001:db8::/32", "10.0.0.0/16\n"])
def test_what_is_no_range_is_refused(read: Callable[[str, str], IPv4Network], text: str) -> None:
    shown = text if text.isprintable() else ascii(text)
    with refused(f"cidr must be an IPv4 CIDR block such as 10.0.0.0/16, got {shown}"):
        read("cidr", text)


@pytest.mark.parametrize("read", READERS[1:])
@pytest.mark.parametrize("text", ["11.0.0.0/16", "172.32.0.0/16", "192.169.0.0/16", "100.128.0.0/16", "10.0.0.0/7"])
def test_what_is_not_private_is_refused(read: Callable[[str, str], IPv4Network], text: str) -> None:
    text = str(IPv4Network(text, strict=False))
    with refused(f"cidr must be private (RFC 1918 or RFC 6598), got {text}"):
        read("cidr", text)


@pytest.mark.parametrize("text", ["10.0.0.0/15", "10.0.0.0/29"])
def test_a_vpc_has_a_range_from_16_to_28(text: str) -> None:
    assert private_network("cidr", text) == IPv4Network(text)
    with refused(f"cidr must be between /16 and /28, got {text}"):
        vpc_network("cidr", text)


def test_several_ranges_do_not_overlap() -> None:
    apart = ("10.0.0.0/16", "10.1.0.0/16", "192.168.0.0/24")
    assert private_networks("networks", apart) == tuple(map(IPv4Network, apart))
    with refused("networks must not overlap, got 10.1.0.0/16 and 10.1.2.0/24"):
        private_networks("networks", (*apart, "10.1.2.0/24"))
    with refused("networks must be private (RFC 1918 or RFC 6598), got 8.8.8.0/24"):
        private_networks("networks", ("10.0.0.0/16", "8.8.8.0/24"))


def test_what_is_taken_already_is_refused_by_its_owners_name() -> None:
    taken = {"site Mail": [IPv4Network("10.8.0.0/16")], "the hub": [IPv4Network(f"10.{one}.0.0/16") for one in (1, 2)]}
    reject_overlap("cidr", IPv4Network("10.3.0.0/16"), taken)
    with refused("cidr must not overlap the hub (10.2.0.0/16), got 10.2.128.0/17"):
        reject_overlap("cidr", IPv4Network("10.2.128.0/17"), taken)


def test_a_range_is_inside_those_of_the_organization() -> None:
    own = [IPv4Network("10.0.0.0/8"), IPv4Network("192.168.0.0/16")]
    require_inside("cidr", IPv4Network("192.168.0.0/16"), own)
    require_inside("cidr", IPv4Network("10.1.0.0/16"), iter(own))
    with refused("cidr must be inside networks (10.0.0.0/8, 192.168.0.0/16), got 192.168.0.0/15"):
        require_inside("cidr", IPv4Network("192.168.0.0/15"), own)


@pytest.mark.parametrize(
    ("hint", "needed_for"),
    [
        (VpcCidr, "the ranges of subnets"),
        (PrivateCidr, "what must not overlap"),
        (PrivateCidrs, "what must not overlap"),
    ],
)
def test_a_range_is_known_at_synthesis(scope: cdk.Stack, hint: Any, needed_for: str) -> None:
    text: Any = cdk.CfnParameter(scope, "Range").value_as_string
    text = [text] if hint is PrivateCidrs else text
    with refused(f"cidr must be known when the template is made, got a token: {needed_for} depends on it"):
        check("cidr", text, hint)


def test_the_arguments_are_checked_by_these() -> None:
    check("cidr", "10.0.0.0/16", VpcCidr)
    check("cidr", "10.0.0.0/8", PrivateCidr)
    with refused("cidr must be between /16 and /28, got 10.0.0.0/8"):
        check("cidr", "10.0.0.0/8", VpcCidr)
    with refused("cidr must be private (RFC 1918 or RFC 6598), got 8.0.0.0/8"):
        check("cidr", "8.0.0.0/8", PrivateCidr)
    with refused("networks must hold at least 1, got none"):
        check("networks", [], PrivateCidrs)
    with refused("networks must not overlap, got 10.0.0.0/8 and 10.1.0.0/16"):
        check("networks", ["10.0.0.0/8", "10.1.0.0/16"], PrivateCidrs)


def test_what_a_deployment_alone_knows_is_told_apart() -> None:
    assert is_concrete("10.0.0.0/16")
    assert not is_concrete(cdk.Fn.import_value("Range"))

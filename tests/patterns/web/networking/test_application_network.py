"""The VPC that was given or made, and which of its subnets the application uses."""

import re
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ec2 as ec2

from patterns.building_blocks.settings import Settings
from patterns.building_blocks.vpc.tier_ports import note_port
from patterns.web.networking.application_network import ApplicationNetwork, check_network
from tests.patterns.building_blocks.made import resources

ZONES = ["eu-west-1a", "eu-west-1b"]


def refused(said: str) -> Any:
    return pytest.raises(ValueError, match=f"^{re.escape(said)}$")


def vpc(scope: cdk.Stack, name: str = "Vpc", **kinds: int) -> ec2.IVpc:
    ids = {f"{kind}_subnet_ids": [f"{kind}-{one}" for one in range(number)] for kind, number in kinds.items()}
    ids |= {
        f"{kind}_subnet_names": [f"{kind}{one}" for one in range((number + 1) // 2)] for kind, number in kinds.items()
    }
    return ec2.Vpc.from_vpc_attributes(scope, name, vpc_id="vpc-1", availability_zones=ZONES, **ids)  # type: ignore[arg-type]


def subnets(scope: cdk.Stack, *zones: str) -> list[ec2.ISubnet]:
    of = ec2.Subnet.from_subnet_attributes
    return [
        of(scope, f"S{len(scope.node.children)}{one}", subnet_id=f"subnet-{one}-{number}", availability_zone=one)
        for number, one in enumerate(zones)
    ]


def chosen(network: ApplicationNetwork, selection: ec2.SubnetSelection) -> list[str]:
    if selection.subnets is not None:
        return [one.subnet_id for one in selection.subnets]
    found = network.vpc.select_subnets(subnet_type=selection.subnet_type, one_per_az=selection.one_per_az)
    return found.subnet_ids


def test_by_default_the_first_of_each_zone_are_taken(scope: cdk.Stack) -> None:
    network = ApplicationNetwork(scope, vpc(scope, public=4, private=4), Settings())
    assert chosen(network, network.public) == chosen(network, network.entrance) == ["public-0", "public-1"]
    assert chosen(network, network.private) == ["private-0", "private-1"]
    assert network.alarms == []


def test_those_that_are_given_are_taken(scope: cdk.Stack) -> None:
    public, private = subnets(scope, *ZONES), subnets(scope, *ZONES)
    network = ApplicationNetwork(
        scope, vpc(scope, public=2, private=2), Settings(), public_subnets=public, private_subnets=private
    )
    assert network.public.subnets == public
    assert network.private.subnets == private
    assert network.entrance is network.public


@pytest.mark.parametrize("runs_inside", [False, True])
def test_behind_the_edge_a_load_balancer_stands_inside(scope: cdk.Stack, runs_inside: bool) -> None:
    network = ApplicationNetwork(
        scope, vpc(scope, public=2, private=2, isolated=2), Settings(), runs_inside=runs_inside, edge=True
    )
    assert chosen(network, network.entrance) == ["private-0", "private-1"]
    other = ApplicationNetwork(
        scope, vpc(scope, "Other", public=2, isolated=2), Settings(), runs_inside=False, edge=True
    )
    assert chosen(other, other.entrance) == ["isolated-0", "isolated-1"]


@pytest.mark.parametrize(
    ("runs_inside", "edge", "public", "private", "isolated"),
    [(True, False, 2, 2, 0), (True, True, 2, 2, 0), (False, False, 2, 0, 0), (False, True, 2, 0, 2)],
)
def test_a_vpc_that_is_made_has_the_subnets_that_are_needed(
    scope: cdk.Stack, runs_inside: bool, edge: bool, public: int, private: int, isolated: int
) -> None:
    network = ApplicationNetwork(scope, None, Settings(), runs_inside=runs_inside, edge=edge)
    made = network.vpc
    found = [len(one) for one in (made.public_subnets, made.private_subnets, made.isolated_subnets)]
    assert found == [public, private, isolated]
    assert len(network.alarms) == private
    assert made.node.path == "Test/Network/Vpc"
    user = cdk.CfnResource(scope, "User", type="Own::Kind::User")
    network.before(user)
    assert "Network/Public1Default" in resources(scope, "Own::Kind::User")["User"]["DependsOn"]


def test_what_runs_in_a_vpc_of_the_app_waits_for_its_ways_out(scope: cdk.Stack) -> None:
    own = ec2.Vpc(scope, "Vpc", max_azs=2)
    network = ApplicationNetwork(scope, own, Settings())
    users = [cdk.CfnResource(scope, one, type="Own::Kind::User") for one in ("User", "Other")]
    network.before(*users)
    found = resources(scope, "Own::Kind::User")
    for one in found.values():
        waits = set(one["DependsOn"])
        for kind in ("Public", "Private"):
            assert {f"Vpc/{kind}Subnet{number}/DefaultRoute" for number in (1, 2)} < waits


def test_a_vpc_and_a_choice_of_its_subnets_that_hold_an_application_pass(scope: cdk.Stack) -> None:
    own = vpc(scope, public=2, private=2)
    two = subnets(scope, *ZONES)
    check_network(None, None)
    check_network(own, None)
    check_network(own, two, two)
    check_network(own, None, two, edge=True)
    check_network(own, None, edge=True)
    check_network(vpc(scope, "Public", public=2), None, runs_inside=False)
    check_network(vpc(scope, "Isolated", isolated=2), None, runs_inside=False, edge=True)
    check_network(vpc(scope, "Inner", private=2), two)
    check_network(vpc(scope, "Given", public=2), None, two)
    check_network(own, None, called_at=(80, 80))


def test_others_are_refused_in_the_arguments_name(scope: cdk.Stack) -> None:
    own, two, one = vpc(scope, public=2, private=2), subnets(scope, *ZONES), subnets(scope, ZONES[0])
    twice = subnets(scope, ZONES[0], ZONES[1], ZONES[1])
    ported = vpc(scope, "Ported", public=2, private=2)
    note_port(ported, 443)
    alone: dict[str, Any] = {"runs_inside": False, "edge": True}
    of_its_own = "must be given with vpc: the subnets of a VPC that is made are its own"
    several = (
        "private_subnets must be given: vpc has several private subnets in eu-west-1a, and "
        "vpc.select_subnets(subnet_group_name=...).subnets says which"
    )
    called = (
        "vpc must let its public subnets call the private ones at ports 80 to 81, got one that lets port 443 through "
        "(application_port)"
    )
    unknown = [ec2.Subnet.from_subnet_id(scope, "Unknown", "subnet-9")]
    not_known = "must have their zones: import them with ec2.Subnet.from_subnet_attributes"
    inner = "public_subnets must not be given with edge: the load balancer stands in private ones"
    cases: list[tuple[tuple[Any, ...], dict[str, Any], str]] = [
        ((own, two), {"edge": True}, inner),
        ((None, two), {}, f"public_subnets {of_its_own}"),
        ((None, None, two), {}, f"private_subnets {of_its_own}"),
        ((own, twice), {}, "public_subnets must be in different zones, got two in eu-west-1b"),
        ((own, None, twice), {}, "private_subnets must be in different zones, got two in eu-west-1b"),
        ((own, one), {}, "public_subnets must be in two zones, got 1"),
        ((vpc(scope, "A", private=2), None), {}, "vpc must have public subnets in two zones, got 0"),
        ((own, None, one), {"edge": True}, "private_subnets must be in two zones with edge, got 1"),
        ((vpc(scope, "B", public=2), None), alone, "vpc must have private subnets in two zones with edge, got 0"),
        ((vpc(scope, "C", public=2), None), {}, "vpc must have private subnets with a NAT gateway, got none"),
        ((vpc(scope, "D", public=2, private=4), None), {}, several),
        ((ported, None), {"called_at": (80, 81)}, called),
        ((own, unknown), {}, f"public_subnets {not_known}"),
        ((own, None, unknown), {}, f"private_subnets {not_known}"),
    ]
    for given, more, said in cases:
        with refused(said):
            check_network(*given, **more)
    check_network(ported, None, edge=True, called_at=(80, 81))

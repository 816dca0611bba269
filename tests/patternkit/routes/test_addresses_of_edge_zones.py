"""An address is of the network border group of the zone that it is used in, or EC2 refuses it."""

from __future__ import annotations

from typing import Any

import pytest

from patternkit.routes import Verdict, reaches
from tests.patternkit.routes.topologies import Topology

# https://docs.aws.amazon.com/local-zones/latest/ug/how-local-zones-work.html
LOCAL, OTHER, WAVELENGTH = "us-west-2-lax-1a", "us-west-2-las-1a", "us-west-2-wl1-las-wlz-1"
ALLOCATED = {"Fn::GetAtt": ["Address", "AllocationId"]}


def net(zone: str, group: Any = None, **association: Any) -> Topology:
    made = Topology()
    made.vpc("V", "10.0.0.0/16")
    made.subnet("V", "a", "10.0.1.0/24", az=zone)
    made.table("V", "T", "a", routes={"0.0.0.0/0": made.internet_gateway("V")})
    made.host("Host", "Va")
    made.add("Address", "EC2::EIP", Domain="vpc", **({} if group is None else {"NetworkBorderGroup": group}))
    given = association or {"AllocationId": ALLOCATED}
    made.add("Given", "EC2::EIPAssociation", NetworkInterfaceId={"Ref": "Host"}, **given)
    return made


def refused(made: Topology) -> str:
    proof = made.network().prove(reaches("Host", "internet", port=443))
    found = [one for one in proof.unknown if "network border group" in one]
    assert bool(found) == (proof.verdict is Verdict.UNKNOWN), proof
    return found[0] if found else ""


@pytest.mark.parametrize(
    ("zone", "group"),
    [
        ("us-west-2a", None),
        ("us-west-2a", "us-west-2"),
        (LOCAL, "us-west-2-lax-1"),
        (OTHER, "us-west-2-las-1"),
        # An id of a zone does not say its group.
        ("usw2-lax1-az1", None),
    ],
)
def test_an_address_of_the_zones_own_group(zone: str, group: str | None) -> None:
    assert refused(net(zone, group)) == ""


@pytest.mark.parametrize(
    ("zone", "group", "has", "needs"),
    [
        (LOCAL, None, "of the Region", "us-west-2-lax-1"),
        (LOCAL, "us-west-2", "us-west-2", "us-west-2-lax-1"),
        (LOCAL, "us-west-2-las-1", "us-west-2-las-1", "us-west-2-lax-1"),
        (OTHER, "us-west-2-lax-1", "us-west-2-lax-1", "us-west-2-las-1"),
    ],
)
def test_an_address_of_another_group(zone: str, group: str | None, has: str, needs: str) -> None:
    assert refused(net(zone, group)) == (
        f"AWS refuses: Net/Given: the address is of the network border group {has}, and Net/Va needs {needs}"
    )


def test_of_an_address_that_is_not_in_the_set_nothing_is_known() -> None:
    assert refused(net(LOCAL, None, AllocationId="eipalloc-0123456789abcdef0")) == ""
    made = net(LOCAL, {"Ref": "Group"})
    made.extra = {"Parameters": {"Group": {"Type": "String"}}}
    assert refused(made) == ""


def with_nat(zone: str, **groups: str | None) -> Topology:
    made = Topology()
    made.vpc("V", "10.0.0.0/16")
    made.subnet("V", "a", "10.0.1.0/24", az=zone)
    made.table("V", "T", "a", routes={"0.0.0.0/0": made.internet_gateway("V")})
    made.host("Host", "Va")
    for name, group in groups.items():
        made.add(name, "EC2::EIP", Domain="vpc", **({} if group is None else {"NetworkBorderGroup": group}))
    first, *others = ({"Fn::GetAtt": [name, "AllocationId"]} for name in groups)
    made.add("Nat", "EC2::NatGateway", SubnetId={"Ref": "Va"}, AllocationId=first, SecondaryAllocationIds=others)
    return made


@pytest.mark.parametrize(
    ("made", "wrong"),
    [
        (with_nat(LOCAL, One=None), f"of the Region, and Net/Va needs {LOCAL[:-1]}"),
        (with_nat(LOCAL, One=LOCAL[:-1]), ""),
        (with_nat(LOCAL, One=LOCAL[:-1], Two="us-west-2"), f"us-west-2, and Net/Va needs {LOCAL[:-1]}"),
        (with_nat("us-west-2a", One=LOCAL[:-1]), f"{LOCAL[:-1]}, and Net/Va needs us-west-2"),
        (with_nat("us-west-2a", One=None, Two="us-west-2"), ""),
    ],
)
def test_addresses_of_a_nat_gateway(made: Topology, wrong: str) -> None:
    says = f"AWS refuses: Net/Nat: the address is of the network border group {wrong}" if wrong else ""
    assert refused(made) == says

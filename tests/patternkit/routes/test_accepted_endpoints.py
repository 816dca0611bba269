"""Endpoints that wait until the owner of their service accepts them, and which endpoints clients take."""

from __future__ import annotations

from typing import Any

import pytest

from patternkit.routes import ContractError, Contracts, Network, Verdict, isolated, reaches
from patternkit.routes.templates import StackSource
from tests.patternkit.routes.test_carriers import ANYWHERE, group, linked
from tests.patternkit.routes.test_endpoint_service_flows import ASKED, service


def proof(net: Any, promise: Any, accounts: tuple[str, str] = ("", ""), **contracts: Any) -> Any:
    if accounts == ("", ""):
        return net.network(contracts=contracts).prove(promise)
    consumer = {name: net.resources.pop(name) for name in ("A", "Aa", "Door", "Endpoint")}
    offer = {"Resources": net.resources, "Outputs": {"Name": {"Value": {"Ref": "Service"}, "Export": {"Name": "name"}}}}
    named = {"Fn::Join": [".", ["com.amazonaws.vpce.eu-west-1", {"Fn::ImportValue": "name"}]]}
    consumer["Endpoint"]["Properties"]["ServiceName"] = named
    sources = [
        StackSource("Offer", offer, account=accounts[0]),
        StackSource("Shop", {"Resources": consumer}, account=accounts[1]),
    ]
    return Network(sources, Contracts.from_data(contracts)).prove(promise)


@pytest.mark.parametrize(
    ("accepted", "reached", "kept"),
    [({}, "UNKNOWN", "UNKNOWN"), ({"Endpoint": True}, "HOLDS", "FAILS"), ({"Net/End*": False}, "FAILS", "HOLDS")],
    ids=str,
)
def test_what_waits_is_not_known_until_a_contract_says(accepted: dict[str, bool], reached: str, kept: str) -> None:
    net = service(Service={"AcceptanceRequired": True})
    for promise, expected in (
        (ASKED, reached),
        (isolated("A", "B"), kept),
        (reaches("Aa", "Endpoint", port=443), reached),
    ):
        found = proof(net, promise, accepted=accepted)
        assert found.verdict.value == expected, str(found)
        assert found.contracts == tuple(f"accepted {name}" for name in accepted)
        if expected == "UNKNOWN":
            assert "(contract: accepted, Net/Endpoint)" in str(found)


@pytest.mark.parametrize("accepted", [None, True])
def test_an_account_that_the_service_does_not_name(accepted: bool | None) -> None:
    contracts = {} if accepted is None else {"accepted": {"Shop/Endpoint": accepted}}
    found = proof(linked(), isolated("Aa", "Host"), ("111122223333", "444455556666"), **contracts)
    assert found.verdict is (Verdict.UNKNOWN if accepted is None else Verdict.FAILS), str(found)
    if accepted is None:
        assert "whether Offer/Service allows Shop/Endpoint of account 444455556666 is not in the template" in str(found)


def test_one_that_needs_none_may_be_refused_all_the_same() -> None:
    found = proof(linked(), isolated("Aa", "Host"), accepted={"Endpoint": False})
    assert (found.verdict, found.contracts) == (Verdict.HOLDS, ("accepted Endpoint",))


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"Endpoint": "yes"}, "accepted of Endpoint must be true or false, got 'yes'"),
        ([], "accepted must be a mapping"),
    ],
)
def test_a_malformed_contract(data: Any, words: str) -> None:
    if data == []:
        data = ["Endpoint"]
    with pytest.raises(ContractError, match=words):
        Contracts.from_data({"accepted": data})


def test_a_contract_of_no_endpoint() -> None:
    with pytest.raises(ContractError, match="accepted of 'Endpint', which is no resource; did you mean 'Endpoint'"):
        proof(linked(), isolated("Aa", "Host"), accepted={"Endpint": True})


@pytest.mark.parametrize("own", ["open", "closed", "none"])
def test_clients_take_the_endpoint_of_their_own_vpc(own: str) -> None:
    """And that of a VPC that they reach only where their own lets them in to nothing."""
    net = linked()
    net.vpc("C", "10.9.0.0/16", a="10.9.1.0/24")
    net.peering("Peering", "C", "D")
    net.vpc("D", "10.8.0.0/16", a="10.8.1.0/24")
    for one, other in (("C", "10.8.0.0/16"), ("D", "10.9.0.0/16")):
        net.table(one, f"{one}Table", "a", routes={other: {"Ref": "Peering"}})
    group(net, "Open", "C", ANYWHERE)
    group(net, "Closed", "C", {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "CidrIp": "0.0.0.0/0"})
    group(net, "Far", "D", ANYWHERE)
    name = net.resources["Endpoint"]["Properties"]["ServiceName"]
    for vpc, door in (("C", "Closed" if own == "closed" else "Open"), ("D", "Far")):
        if vpc == "C" and own == "none":
            continue
        net.add(
            f"{vpc}Endpoint", "EC2::VPCEndpoint", VpcEndpointType="Interface", VpcId={"Ref": vpc}, ServiceName=name,
            SubnetIds=[{"Ref": f"{vpc}a"}], SecurityGroupIds=[{"Ref": door}],
        )  # fmt: skip
    trace = net.network().trace("Ca", "Host")
    taken = {hop.element for flow in trace.flows for hop in flow.forward.walk.hops if hop.kind == "interface endpoint"}
    assert taken == {"Net/CEndpoint" if own == "open" else "Net/DEndpoint"}, str(trace)


@pytest.mark.parametrize("sort", ["NetworkLoadBalancerArns", "GatewayLoadBalancerArns"])
def test_a_load_balancer_that_is_not_in_the_set(sort: str) -> None:
    net = linked()
    listed, arn = (
        net.resources["Service"]["Properties"],
        "arn:aws:elasticloadbalancing:eu-west-1:1:loadbalancer/net/x/1",
    )
    listed[sort] = [*listed.get(sort, ()), arn]
    found = net.network().prove(isolated("Aa", "Bah", port=80))
    assert found.verdict is Verdict.UNKNOWN, str(found)
    assert "what Net/Service takes is not in the set (contract: harmless, Net/Endpoint)" in str(found)
    (made,) = net.network().model.services.values()
    assert made.unknown == [f"Net/Service has the load balancer {arn}, which is not in the set (contract: ids)"]

"""What each kind of name selects, and what is said of a name that selects nothing."""

from __future__ import annotations

from typing import Any

import pytest

from patternkit.routes import Network, Promise, QuestionError, Verdict, inspected, isolated, no_bypass, reaches
from tests.patternkit.routes.test_carriers import balanced, linked
from tests.patternkit.routes.topologies import Topology, inspection


@pytest.fixture(scope="module")
def hub() -> Network:
    net = inspection(letters="a")
    net.vpn("Vpn", tgw="Tgw")
    tags = [{"Key": "Name", "Value": "orders"}, {"Key": "Stage", "Value": "prod"}]
    net.resources["S0a"]["Properties"]["Tags"] = tags
    net.resources["S1"]["Properties"]["Tags"] = [{"Key": "Stage", "Value": "prod-two"}]
    net.resources["S1at"]["Properties"]["Tags"] = [{"Key": "Pair", "Value": "a=b"}]
    net.host("Host", "S0a")
    net.resources["HostInstance"]["Properties"]["Tags"] = [{"Key": "Stage", "Value": "host"}]
    return net.network(contracts={"prefixes": {"Vpn": ["192.168.0.0/16"]}})


def places(network: Network, name: Any, what: str = "source", **options: bool) -> list[str]:
    return [place.name for place in network.views()[0].selector.select(name, what, **options).places]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Net/S0a", ["Net/S0a"]),
        ("/Net/S0a/", ["Net/S0a"]),
        ("S0a", ["Net/S0a"]),
        ("orders", ["Net/S0a"]),
        ("S0", ["Net/S0a", "Net/S0at"]),
        ("S?a", None),
        ("S*a", ["Net/S0a", "Net/S1a"]),
        ("Net/S*t", ["Net/S0at", "Net/S1at"]),
        ("tag:Stage=prod", ["Net/S0a"]),
        ("tag:Stage=prod*", ["Net/S1a", "Net/S1at", "Net/S0a"]),
        ("tag:Stage=host", ["Net/Host"]),
        ("tag:Pair=a=b", ["Net/S1at"]),
        ("Host", ["Net/Host"]),
        ("HostInstance", ["Net/Host"]),
        ("Vpn", ["Net/Vpn"]),
        ("every site", ["Net/Vpn"]),
        ("On-Premises", ["Net/Vpn"]),
        ("every spoke subnet", ["Net/S0a", "Net/S0at", "Net/S1a", "Net/S1at"]),
        ("every subnet", ["Net/Mat", "Net/Maf", "Net/Map", "Net/S0a", "Net/S0at", "Net/S1a", "Net/S1at"]),
        (["S0a", "S1a", "S0a"], ["Net/S0a", "Net/S1a"]),
        (" Internet ", ["the internet"]),
        ("the internet", ["the internet"]),
        ("10.0.0.0/24", ["Net/S0a"]),
        ("10.0.0.0/25", ["10.0.0.0/25 in Net/S0a"]),
        ("10.0.0.0/22", ["Net/S0a", "Net/S0at"]),
        ("192.168.1.0/24", ["192.168.1.0/24 in Net/Vpn"]),
    ],
    ids=str,
)
def test_what_a_source_names(hub: Network, name: Any, expected: list[str] | None) -> None:
    if expected is None:
        with pytest.raises(QuestionError, match="is not in the network"):
            places(hub, name)
    else:
        assert places(hub, name) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("s3", ["s3"]),
        ("DynamoDB", ["dynamodb"]),
        ("8.8.8.0/24", ["8.8.8.0/24 on the internet"]),
        ("10.99.0.0/16", ["10.99.0.0/16"]),
        ("2600:1f18::/32", ["2600:1f18::/32 on the internet"]),
        ("fd00::/8", ["fd00::/8"]),
    ],
)
def test_what_a_destination_names(hub: Network, name: str, expected: list[str]) -> None:
    assert places(hub, name, "destination") == expected


def test_subnets_of_attachments_are_left_out_of_groups_of_hosts(hub: Network) -> None:
    assert places(hub, "every spoke subnet", hosts=True) == ["Net/S0a", "Net/S1a"]
    assert places(hub, "S0", hosts=True) == ["Net/S0a"]
    assert places(hub, "S0at", hosts=True) == ["Net/S0at"], "one that is named is meant"


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ([], "source is empty"),
        ("", "source must be a name, got ''"),
        ("  ", "source must be a name, got '  '"),
        (["S0a", 1], "source must be a name, got 1"),
        ("s3", "source must be a place that starts flows, got the service 's3'"),
        ("tag:Stage", "source must be tag:Key=Value, got 'tag:Stage'"),
        ("tag:Stage=pro", "no VPC, subnet, host or site has the tag Stage=pro; did you mean 'prod'"),
        ("S0b", "source 'S0b' is not in the network; did you mean"),
        ("10.99.0.0/16", "source '10.99.0.0/16' is empty: no subnet or site of the network belongs to it"),
    ],
    ids=str,
)
def test_what_names_nothing(hub: Network, name: Any, message: str) -> None:
    with pytest.raises(QuestionError) as caught:
        places(hub, name)
    assert str(caught.value).startswith(message)


def test_groups_that_are_empty() -> None:
    net = Topology()
    net.vpc("V", "10.0.0.0/16", a="10.0.1.0/24")
    for name in ("every site", "every spoke subnet"):
        with pytest.raises(QuestionError, match=f"source '{name}' is empty"):
            places(net.network(), name)
    bare = Topology()
    bare.add("Topic", "SNS::Topic")
    with pytest.raises(QuestionError, match="source 'V' is not in the network: the templates hold no VPC"):
        places(bare.network(), "V")


def test_what_is_lost_is_said_to_be(hub: Network) -> None:
    left = hub.without("S0a", "S1a")
    with pytest.raises(QuestionError, match="source 'S0a', 'S1a' is lost"):
        places(left, ["S0a", "S1a"])
    assert places(left, ["S0a", "S0at"]) == ["Net/S0at"]


def test_tags_that_are_not_known() -> None:
    net = Topology()
    net.vpc("V", "10.0.0.0/16", a="10.0.1.0/24", b="10.0.2.0/24")
    for name, value in (("Va", {"Ref": "Stage"}), ("Vb", "prod")):
        net.resources[name]["Properties"]["Tags"] = [{"Key": "Stage", "Value": value}, "odd", {"Key": 1}]
    net.extra = {"Parameters": {"Stage": {"Type": "String"}}}
    proof = net.network().prove(isolated("tag:Stage=prod", "internet"))
    assert proof.verdict is Verdict.UNKNOWN
    assert (
        "whether Net/Va has the tag Stage=prod: parameter Stage of Net has no value (contract: parameters)"
        in proof.unknown
    )
    given = net.network(parameters={"Net": {"Stage": "dev"}})
    assert places(given, "tag:Stage=prod") == ["Net/Vb"]
    identity = net.resources["Va"]["Properties"]["Tags"][0]
    identity["Value"] = {"Fn::GetAtt": ["V", "VpcId"]}
    told = "\n".join(net.network().prove(isolated("tag:Stage=prod", "internet")).unknown)
    assert "whether Net/Va has the tag Stage=prod: Net/V is known only to AWS (contract: none)" in told


def test_balancers_and_endpoints_are_named_with_all_their_interfaces() -> None:
    assert places(balanced().network(), "Lb") == ["Net/Lb interface 1", "Net/Lb interface 2"]
    assert places(balanced().network(), "Net/Lb interface 2") == ["Net/Lb interface 2"]
    assert places(linked().network(), "Endpoint") == ["Net/Endpoint interface 1"]


@pytest.mark.parametrize(
    ("by", "verdict"),
    [
        (None, "HOLDS"),
        ("Fw", "HOLDS"),
        ("Net/Fw", "HOLDS"),
        (["Fw"], "HOLDS"),
        ("Fw endpoint*", "HOLDS"),
        ("Host", None),
    ],
)
def test_what_inspects(hub: Network, by: Any, verdict: str | None) -> None:
    if verdict is None:
        with pytest.raises(QuestionError, match="by 'Host' is no firewall, endpoint or appliance"):
            hub.prove(no_bypass("S0a", "S1a", by=by))
    else:
        assert hub.prove(inspected("S0a", "S1a", port=443, by=by)).verdict.value == verdict


def test_a_hub_is_no_spoke_and_the_proof_says_why(hub: Network) -> None:
    proof = hub.prove(reaches("every spoke subnet", "every spoke subnet", port=443))
    assert "no spoke, because a firewall endpoint is in it or a route leads through it: Net/M" in proof.notes
    assert hub.prove(reaches("S0a", "S1a", port=443)).notes == ()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"kind": "reach"}, "unknown promise 'reach'; did you mean 'reaches'?"),
        ({"source": 1}, "source of reaches must be a text or a list of texts, got 1"),
        ({"destination": [1]}, "destination of reaches must be a text or a list of texts, got [1]"),
        ({"by": 1}, "by of reaches must be a text or a list of texts, got 1"),
        ({"by": "Fw"}, "by is only for inspected and no_bypass, not for reaches"),
        ({"name": 1}, "name of reaches must be a text, got 1"),
        ({"port": True}, "port must be a number between 0 and 65535, got True"),
        ({"port": 65536}, "port must be a number between 0 and 65535, got 65536"),
        ({"port": -1}, "port must be a number between 0 and 65535, got -1"),
        ({"protocol": "tcpp"}, "protocol must be one of "),
        ({"port": 1, "protocol": "icmp"}, "port needs protocol tcp or udp, got 'icmp'"),
        ({"family": 5}, "family must be 4 or 6, got 5"),
        ({"family": True}, "family must be 4 or 6, got True"),
        ({"same_vpc": "yes"}, "same_vpc must be true or false, got 'yes'"),
    ],
    ids=str,
)
def test_a_promise_that_is_malformed(change: dict[str, Any], message: str) -> None:
    with pytest.raises(QuestionError) as caught:
        Promise(**{"kind": "reaches", "source": "A", "destination": "B", **change})
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize(
    ("promise", "text"),
    [
        (reaches("A", "B"), "reaches: A -> B"),
        (reaches("A", ["B", "C"], port=0), "reaches: A -> B and C, tcp 0"),
        (reaches("A", "B", port=53, protocol="udp"), "reaches: A -> B, udp 53"),
        (inspected("A", "B", by=["F", "G"]), "inspected: A -> B by F and G"),
        (reaches("A", "B", port=65535, name="orders"), "orders"),
    ],
)
def test_how_a_promise_is_called(promise: Promise, text: str) -> None:
    assert str(promise) == text

"""Loading networks, and what is traced and proved of them, as callers see it."""

from __future__ import annotations

import gc
import json
from pathlib import Path
from typing import Any

import pytest

from patternkit.promise_lists import BadPromise
from patternkit.routes import Contracts, Network, QuestionError, TemplateError, Verdict, isolated, reaches, worlds
from patternkit.routes.errors import RoutesError
from tests.patternkit.routes.topologies import Topology
from tests.patternkit.routes.two_vpcs import two_vpcs

A_TO_B = reaches("Aa", "Ba", port=443)


def written(folder: Path) -> Path:
    file = folder / "Net.json"
    file.write_text(json.dumps(two_vpcs().template()))
    return file


def test_a_network_is_taken_in_every_form(tmp_path: Path) -> None:
    file, template = written(tmp_path), two_vpcs().template()
    for network in (
        Network.load(file),
        Network.load(str(file)),
        Network.from_templates({"Net": file}),
        Network.from_templates({"Net": str(file)}),
        Network.from_templates({"Net": template}, region="eu-west-1"),
        Network.from_templates({"Net": template}, symmetry=False),
    ):
        assert network.prove(A_TO_B).verdict is Verdict.HOLDS
    assert Network.from_templates({"Net": template}, region="eu-west-1").stacks.stacks[0].region == "eu-west-1"


def test_what_is_none(tmp_path: Path) -> None:
    with pytest.raises(TemplateError, match="give at least one template or cloud assembly"):
        Network.load()
    with pytest.raises(TemplateError, match="give at least one template"):
        Network.from_templates({})
    for given in (tmp_path / "missing.json", {"Resources": 1}):
        with pytest.raises(RoutesError):
            Network.from_templates({"Net": given})
    (tmp_path / "bad.yaml").write_text("{")
    with pytest.raises(TemplateError, match="neither JSON nor YAML"):
        Network.from_templates({"Net": tmp_path / "bad.yaml"})


def test_contracts_are_taken_in_every_form(tmp_path: Path) -> None:
    net = two_vpcs()
    net.resources["ATableRoute0"]["Properties"]["DestinationCidrBlock"] = {"Ref": "To"}
    net.extra = {"Parameters": {"To": {"Type": "String"}}}
    data: dict[str, Any] = {"parameters": {"Net": {"To": "10.0.0.0/8"}}}
    (tmp_path / "contracts.yaml").write_text(json.dumps(data))
    assert net.network().prove(A_TO_B).verdict is Verdict.UNKNOWN
    for contracts in (data, Contracts.from_data(data), tmp_path / "contracts.yaml", str(tmp_path / "contracts.yaml")):
        proof = net.network(contracts=contracts).prove(A_TO_B)
        assert (proof.verdict, proof.contracts) == (Verdict.HOLDS, ("parameter To of Net",))
    given = net.network(parameters={"Net": {"To": "10.0.0.0/8"}}).prove(A_TO_B)
    assert given.verdict is Verdict.HOLDS
    with pytest.raises(TemplateError, match="Nett"):
        net.network(parameters={"Nett": {"To": "10.0.0.0/8"}})


def test_promises_are_answered_each_by_itself() -> None:
    network = two_vpcs().network()
    bad = BadPromise("text", "reaches", "an error")
    answers = network.answer_all([bad, A_TO_B, reaches("Ax", "Ba")])
    assert answers[0] is bad
    assert [getattr(one, "verdict", None) for one in answers] == [None, Verdict.HOLDS, None]
    assert isinstance(answers[2], BadPromise)
    assert (answers[2].text, answers[2].kind) == ("reaches: Ax -> Ba", "reaches")
    assert answers[2].error.startswith("source 'Ax' is not in the network; did you mean")
    assert [proof.verdict for proof in network.prove_all([A_TO_B, isolated("Aa", "Ba")])] == [
        Verdict.HOLDS,
        Verdict.FAILS,
    ]


def test_asserting_says_what_is_broken() -> None:
    network = two_vpcs().network()
    network.assert_holds(A_TO_B)
    network.assert_holds()
    with pytest.raises(AssertionError) as caught:
        network.assert_holds(A_TO_B, isolated("Aa", "Ba"), reaches("Ax", "Ba"))
    told = str(caught.value)
    assert "FAILS isolated: Aa -> Ba" in told
    assert "source 'Ax' is not in the network" in told
    assert "HOLDS" not in told
    with pytest.raises(QuestionError, match="source 'Ax' is not in the network"):
        network.assert_holds(A_TO_B, reaches("Ax", "Ba"))


@pytest.mark.parametrize(
    ("options", "packet"),
    [
        ({}, "tcp 10.1.1.4:1024 -> 10.2.1.4:443"),
        ({"port": 53, "protocol": "udp"}, "udp 10.1.1.4:1024 -> 10.2.1.4:53"),
        ({"protocol": "icmp"}, "icmp 10.1.1.4 -> 10.2.1.4"),
        ({"port": None}, "tcp 10.1.1.4:1024 -> 10.2.1.4:0"),
        ({"port": None, "protocol": "udp"}, "udp 10.1.1.4:1024 -> 10.2.1.4:0"),
        ({"family": 4}, "tcp 10.1.1.4:1024 -> 10.2.1.4:443"),
    ],
    ids=str,
)
def test_what_is_traced(options: dict[str, Any], packet: str) -> None:
    trace = two_vpcs().network().trace("Aa", "Ba", **options)
    assert trace.verdict is Verdict.HOLDS
    assert trace.flows[0].box.packet() == packet
    assert trace.reason == ""
    assert (trace.forward[0], trace.back[-1]) == ("Net/Aa", "Net/Aa")
    assert str(trace).splitlines()[0] == "HOLDS"


def test_a_trace_between_places_of_no_one_family() -> None:
    with pytest.raises(QuestionError, match="'Aa' and 'Ba' have no addresses of one family"):
        two_vpcs().network().trace("Aa", "Ba", family=6)


@pytest.mark.parametrize(("name", "count"), [("A*", "2"), ("Net/*", "4"), ("*a", "5")])
def test_a_trace_of_several_places(name: str, count: str) -> None:
    net = two_vpcs()
    if count == "5":
        net.vpc("C", "10.3.0.0/16", ca="10.3.1.0/24", ba="10.3.2.0/24", aa="10.3.3.0/24")
    net.subnet("A", "b", "10.1.2.0/24")
    net.subnet("B", "b", "10.2.2.0/24")
    with pytest.raises(QuestionError) as caught:
        net.network().trace(name, "Ba")
    listed = {
        "2": "'Net/Aa', 'Net/Ab'",
        "4": "'Net/Aa', 'Net/Ab', 'Net/Ba', 'Net/Bb'",
        "5": "'Net/Aa', 'Net/Ba', 'Net/Cca', 'Net/Cba', ...",
    }
    assert str(caught.value) == f"source {name!r} means {count} places; name one: {listed[count]}"


def test_a_trace_through_what_is_not_known() -> None:
    net = two_vpcs()
    net.extra = {"Transform": "Company::Macro"}
    trace = net.network().trace("Aa", "Ba")
    assert trace.verdict is Verdict.UNKNOWN
    assert trace.reason.startswith("the transform Company::Macro may rewrite the template of Net")
    refused = two_vpcs()
    refused.resources["BAt"]["Properties"]["SubnetIds"] = []
    trace = refused.network().trace("Aa", "Ba")
    assert (trace.verdict, trace.reason) == (Verdict.UNKNOWN, "AWS refuses: Net/BAt has no subnet [MissingParameter]")
    assert refused.network().invalid == ["Net/BAt has no subnet [MissingParameter]"]
    assert two_vpcs().network().invalid == []


def test_a_trace_that_only_some_worlds_have() -> None:
    net = two_vpcs()
    net.extra = {"Parameters": {"On": {"Type": "String", "AllowedValues": ["yes", "no"]}},
                 "Conditions": {"Open": {"Fn::Equals": [{"Ref": "On"}, "yes"]}}}  # fmt: skip
    net.resources["ATableRoute0"]["Condition"] = "Open"
    network = net.network()
    assert len(network.views()) == 2
    trace = network.trace("Aa", "Ba")
    assert (trace.verdict, len(trace.flows)) == (Verdict.UNKNOWN, 2)
    proof = network.prove(A_TO_B)
    assert (proof.verdict, proof.worlds) == (Verdict.UNKNOWN, 2)
    assert proof.world == "parameter On of Net is 'no'"
    assert proof.unknown[0] == (
        "AWS decides in which of 2 worlds this is; it fails in 1, so where parameter On of Net is 'no' "
        "(contract: parameters)"
    )
    assert network.prove(isolated("Ba", "internet")).worlds == 2


def test_a_name_that_only_some_worlds_have() -> None:
    net = two_vpcs()
    net.extra = {"Parameters": {"On": {"Type": "String", "AllowedValues": ["yes", "no"]}},
                 "Conditions": {"Open": {"Fn::Equals": [{"Ref": "On"}, "yes"]}}}  # fmt: skip
    net.subnet("A", "b", "10.1.2.0/24")
    net.resources["Ab"]["Condition"] = "Open"
    proof = net.network().prove(isolated("Ab", "internet"))
    assert proof.verdict is Verdict.UNKNOWN
    assert "in some worlds: source 'Ab' is not in the network" in proof.reason
    assert proof.reason.endswith("(contract: parameters)")


def test_more_worlds_than_are_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worlds, "MOST_WORLDS", 4)
    net = Topology()
    net.vpc("V", "10.0.0.0/16", a="10.0.1.0/24")
    names = [f"P{number}" for number in range(3)]
    net.extra = {
        "Parameters": {name: {"Type": "String", "AllowedValues": ["a", "b"]} for name in names},
        "Conditions": {name: {"Fn::Equals": [{"Ref": name}, "a"]} for name in names},
    }
    for name in names:
        net.add(f"Topic{name}", "EC2::InternetGateway")
        net.resources[f"Topic{name}"]["Condition"] = name
    network = net.network()
    proof = network.prove(isolated("Va", "internet"))
    assert (proof.verdict, network.too_many_worlds) == (Verdict.UNKNOWN, True)
    assert proof.reason == "there are more than 4 worlds; the others were not tried (contract: parameters)"
    assert network.trace("Va", "8.8.8.8").verdict is Verdict.FAILS


@pytest.mark.parametrize(
    ("raised", "message"),
    [
        (RecursionError("deep"), "the templates are nested too deeply"),
        (KeyError("Name"), "a template holds a value of the wrong shape: 'Name'"),
        (TypeError("no list"), "a template holds a value of the wrong shape: no list"),
        (AttributeError("none"), "a template holds a value of the wrong shape: none"),
        (IndexError("past"), "a template holds a value of the wrong shape: past"),
    ],
    ids=str,
)
def test_what_building_stumbles_over_is_wrong_with_the_template(
    monkeypatch: pytest.MonkeyPatch, raised: Exception, message: str
) -> None:
    def build(*_: Any) -> Any:
        assert not gc.isenabled(), "collecting costs a third of the time"
        raise raised

    monkeypatch.setattr(worlds, "build", build)
    for collecting in (True, False):
        (gc.enable if collecting else gc.disable)()
        try:
            with pytest.raises(TemplateError) as caught:
                two_vpcs().network().prove(A_TO_B)
            assert gc.isenabled() is collecting
        finally:
            gc.enable()
        assert str(caught.value) == message

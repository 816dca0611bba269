"""What is lost at run time: what is left is proved, and the smallest losses that break a promise are found."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from patternkit.catalog.cli import app
from patternkit.promise_lists import BadPromise
from patternkit.routes import Promise, QuestionError, Verdict, inspected, isolated, reaches, symmetric
from patternkit.routes.model import VpnGateway
from patternkit.routes.survival import Survival, survivals
from tests.patternkit.routes.test_launch_templates import BACK, scaled
from tests.patternkit.routes.topologies import Topology, inspection

SPOKES, INTERNET = "every spoke subnet", "internet"
OUT = reaches(["Va", "Vb"], INTERNET, port=443)


def by_nat_gateways(*, single: bool) -> Topology:
    """Two zones with private and public subnets, and a NAT gateway for each or for both."""
    net = Topology()
    net.vpc("V", "10.0.0.0/16", a="10.0.1.0/24", b="10.0.2.0/24", ap="10.0.11.0/24", bp="10.0.12.0/24")
    net.table("V", "Public", "ap", "bp", routes={"0.0.0.0/0": net.internet_gateway("V")})
    for letter in "a" if single else "ab":
        net.nat(f"Nat{letter}", f"V{letter}p")
    for letter in "ab":
        net.table("V", f"T{letter}", letter, routes={"0.0.0.0/0": {"Ref": "Nata" if single else f"Nat{letter}"}})
    return net


def two_ways_to_a_site(*, place: str = "hq") -> Any:
    """A site by Direct Connect and, behind it, by a VPN connection, both learning one prefix."""
    net = Topology()
    net.transit_gateway(defaults=True)
    net.vpc("A", "10.1.0.0/16", a="10.1.1.0/24")
    net.attach("A", "a")
    net.table("A", "T", "a", routes={"192.168.0.0/16": {"Ref": "Tgw"}})
    net.add(
        "Dx",
        "DirectConnect::DirectConnectGatewayAssociation",
        DirectConnectGatewayId="gateway",
        AssociatedGatewayId={"Ref": "Tgw"},
        AllowedPrefixesToDirectConnectGateway=["10.1.0.0/16"],
    )
    net.vpn("Vpn", tgw="Tgw")
    learnt = {"Dx": ["192.168.0.0/16"], "Vpn": ["192.168.0.0/16"]}
    sites = {"Dx": {"at": place}, "Vpn": {"at": "hq"}}
    return net.network(contracts={"prefixes": learnt, "sites": sites})


class TestWhatIsLeft:
    @pytest.mark.parametrize(
        ("lost", "single", "verdict"),
        [
            ("eu-west-1a", True, Verdict.FAILS),
            ("eu-west-1b", True, Verdict.HOLDS),
            ("eu-west-1a", False, Verdict.HOLDS),
            ("Nata", False, Verdict.FAILS),
            ("Net/Natb", False, Verdict.FAILS),
            ("AWS::EC2::NatGateway", False, Verdict.FAILS),
            ("VIgw", False, Verdict.FAILS),
            ("Vbp", False, Verdict.FAILS),
        ],
    )
    def test_nat_gateways(self, lost: str, single: bool, verdict: Verdict) -> None:
        whole = by_nat_gateways(single=single).network()
        assert whole.prove(OUT).verdict is Verdict.HOLDS
        proof = whole.without(lost).prove(OUT)
        assert proof.verdict is verdict, proof
        # What is asked of the whole is not asked of what is left.
        assert whole.prove(OUT).verdict is Verdict.HOLDS

    def test_a_static_route_to_what_is_lost_is_a_blackhole(self) -> None:
        proof = by_nat_gateways(single=True).network().without("eu-west-1a").prove(OUT)
        assert "Net/Nata is lost, with eu-west-1a" in proof.reason

    def test_a_promise_about_what_is_lost(self) -> None:
        left = by_nat_gateways(single=False).network().without("eu-west-1a")
        with pytest.raises(QuestionError, match="source 'Va' is lost"):
            left.prove(reaches("Va", INTERNET, port=443))

    def test_a_name_that_is_nothing(self) -> None:
        with pytest.raises(QuestionError, match="nothing of the network is called 'Natx'; did you mean"):
            by_nat_gateways(single=False).network().without("Natx")

    @pytest.mark.parametrize("lost", ["Dx", "Vpn"])
    def test_the_backup_takes_over(self, lost: str) -> None:
        left = two_ways_to_a_site().without(lost)
        left.assert_holds(reaches("Aa", "Dx"), reaches("Dx", "Aa"), symmetric("Aa", "Dx"))

    def test_a_backup_that_ends_elsewhere(self) -> None:
        left = two_ways_to_a_site(place="branch").without("Dx")
        assert left.prove(reaches("Dx", "Aa")).verdict is Verdict.FAILS

    def test_inspection_goes_on_in_the_other_zone(self) -> None:
        left = inspection().network().without("eu-west-1a")
        left.assert_holds(inspected(SPOKES, SPOKES), symmetric(SPOKES, SPOKES), reaches(SPOKES, INTERNET, port=443))
        assert left.prove(reaches("S0b", "S1b")).verdict is Verdict.HOLDS

    @pytest.mark.parametrize("lost", ["Fw", "Net/Fw endpoint in eu-west-1b", "MAt", "Tgw", "M"])
    def test_what_inspection_does_not_survive(self, lost: str) -> None:
        left = inspection().network().without(lost)
        assert left.prove(reaches("S0b", "S1b")).verdict is Verdict.FAILS

    def test_zones_that_may_be_one(self) -> None:
        net = by_nat_gateways(single=True)
        net.extra = {"Parameters": {"Zone": {"Type": "AWS::EC2::AvailabilityZone::Name"}}}
        for name in ("Va", "Vap"):
            net.resources[name]["Properties"]["AvailabilityZone"] = {"Ref": "Zone"}
        network = net.network()
        assert len(network.views()) > 1
        left = network.without("zone of parameter Net.Zone")
        assert left.prove(OUT).verdict is not Verdict.HOLDS
        for view in left.views():
            assert {"Net/Va", "Net/Vap", "Net/Nata"} <= {one.path for one in view.model.lost}
            # Where it is the other zone, too, whatever stands there is lost.
            one = view.world.zones[next(zone for zone in view.world.zones if "Zone" in str(zone))] == "eu-west-1b"
            assert ("Net/Vb" in {lost.path for lost in view.model.lost}) is one
        assert len(left.views()) == 2

    def test_an_attachment_has_no_interface_in_a_lost_zone(self) -> None:
        left = inspection().network().without("eu-west-1a")
        assert {tuple(one.zones) for one in left.model.attachments.values()} == {("eu-west-1b",)}
        assert not any(subnet.zone == "eu-west-1a" for subnet in left.model.subnets.values())
        kept = inspection().network().without("S0a")
        assert {tuple(one.zones) for one in kept.model.attachments.values()} == {("eu-west-1a", "eu-west-1b")}

    @pytest.mark.parametrize("lost", ["One", "Other"])
    def test_a_lost_site_is_none_of_its_gateways(self, lost: str) -> None:
        net = Topology()
        net.vpc("A", "10.1.0.0/16", a="10.1.1.0/24")
        gateway = net.vpn_gateway("A")
        for name in ("One", "Other"):
            net.vpn(name, vgw=gateway)
        learnt = {"prefixes": {"One": ["192.168.0.0/16"], "Other": ["172.16.0.0/12"]}}
        (view,) = net.network(contracts=learnt).without(lost).views()
        (kept,) = (one for one in view.model.targets.values() if isinstance(one, VpnGateway))
        (site,) = (one for one in view.model.sites.values() if one.lost)
        assert [one.path for one in kept.sites] == ["Net/Other" if lost == "One" else "Net/One"]
        assert (site.path, site.gateway, site.attachment) == (f"Net/{lost}", None, None)

    def test_hosts_of_a_lost_subnet_are_no_hosts_any_more(self) -> None:
        """Those of a scaling group, which no route leads to, are lost as those that routes lead to."""
        net = scaled({"SecurityGroupIds": BACK})
        net.resources["Asg"]["Properties"]["VPCZoneIdentifier"] = [{"Ref": "Aa"}, {"Ref": "Ab"}]
        network, promise = net.network(), reaches("Lb", "Asg", port=8080, same_vpc=True)
        assert network.prove(promise).verdict is Verdict.HOLDS
        proof = network.without("Aa").prove(promise)
        assert proof.verdict is Verdict.HOLDS, str(proof)
        with pytest.raises(QuestionError, match="'Asg' is lost"):
            network.without("Aa", "Ab").prove(promise)


class TestSurvival:
    def test_the_smallest_losses(self) -> None:
        (found,) = survivals(by_nat_gateways(single=False).network(), [OUT])
        assert [one.lost for one in found.breaks] == [("Net/Nata",), ("Net/Natb",)]
        assert not found.survives

    def test_what_survives_each_single_loss(self) -> None:
        found = survivals(two_ways_to_a_site(), [reaches("Aa", "Dx"), isolated("internet", "Aa")])
        assert [one.survives for one in found] == [True, True]
        assert [one.lost for one in found[0].breaks] == [("Net/Vpn", "Net/Dx")]
        assert found[0].own == ("eu-west-1a",)
        assert not found[1].breaks

    def test_what_a_zone_without_a_name_holds_is_lost_by_its_own_name(self) -> None:
        net = by_nat_gateways(single=False)
        for name in ("Va", "Vap", "Vb", "Vbp"):
            zone = {"Fn::Select": [int("b" in name[1:]), {"Fn::GetAZs": ""}]}
            net.resources[name]["Properties"]["AvailabilityZone"] = zone
        (found,) = survivals(net.network(), [OUT])
        assert [one.lost for one in found.breaks] == [("Net/Nata",), ("Net/Natb",)]

    def test_a_lost_endpoint_of_such_a_zone(self) -> None:
        net = inspection()
        for one in net.resources.values():
            zone = one.get("Properties", {}).get("AvailabilityZone")
            if isinstance(zone, str):
                one["Properties"]["AvailabilityZone"] = {"Fn::Select": ["abc".index(zone[-1]), {"Fn::GetAZs": ""}]}
        left = net.network().without("Net/Fw endpoint in GetAZs[1]")
        assert any(view.model.lost for view in left.views())

    def test_a_vpc_whose_endpoints_are_lost_is_no_spoke(self) -> None:
        left = inspection().network().without("Net/Fw endpoint in eu-west-1a", "Net/Fw endpoint in eu-west-1b")
        spokes = left.views()[0].selector.select("every spoke subnet", "source").places
        assert {one.name for one in spokes} == {
            one.name for one in inspection().network().views()[0].selector.select("every spoke subnet", "source").places
        }

    def test_each_promise_is_answered_by_itself(self) -> None:
        """One that is malformed or means nothing here says so, and the others are tried all the same."""
        network = by_nat_gateways(single=False).network()
        bad, lost = BadPromise("mine", "reaches", "port is wrong"), reaches("Vx", INTERNET)
        asked: list[Promise | BadPromise] = [bad, lost, isolated("Va", INTERNET), OUT]
        malformed, nothing, fails, holds = survivals(network, iter(asked))
        assert malformed == Survival("mine", None, error="port is wrong")
        assert (nothing.promise, nothing.verdict) == ("reaches: Vx -> internet", None)
        assert nothing.error.startswith("source 'Vx' is not in the network")
        assert fails == Survival("isolated: Va -> internet", Verdict.FAILS)
        assert (holds.promise, holds.verdict, holds.error) == (str(OUT), Verdict.HOLDS, "")

    def test_what_is_tried(self) -> None:
        """Each single loss; and where none breaks it, pairs of those that are none of the promise's own ends."""
        network = two_ways_to_a_site()
        promise = reaches("Aa", "Dx")
        (found,) = survivals(network, [promise])
        # Zone a, of which the promise says nothing, and the two connections.
        assert (found.tried, found.left_out, found.own) == (3 + 1, 0, ("eu-west-1a",))
        assert [(one.lost, one.verdict) for one in found.breaks] == [(("Net/Vpn", "Net/Dx"), Verdict.FAILS)]
        assert "is lost" in found.breaks[0].reason
        (none,) = survivals(network, [promise], most_pairs=0)
        assert (none.tried, none.left_out, none.breaks, none.own) == (3, 1, (), ("eu-west-1a",))
        (broken,) = survivals(by_nat_gateways(single=False).network(), [OUT])
        # Two zones, in each of which a source is lost with its NAT gateway, and the two NAT gateways: no pairs.
        assert (broken.tried, broken.left_out, broken.own) == (4, 0, ())
        assert [one.reason for one in broken.breaks] == [
            f"it is lost: Net/Nat{letter} is lost" for letter in "ab"
        ]  # fmt: skip

    def test_no_more_pairs_than_are_asked_for(self) -> None:
        net = by_nat_gateways(single=False)
        net.vpc("W", "10.9.0.0/16", a="10.9.1.0/24", ap="10.9.2.0/24")
        for number in range(4):
            net.nat(f"Spare{number}", "Wap", private=True)
        promise = isolated(INTERNET, "Wa")
        (found,) = survivals(net.network(), [promise], most_pairs=5)
        single = 2 + 6
        assert (found.tried, found.left_out) == (single + 5, (single - 1) * (single - 2) // 2 - 5)
        assert (found.own, found.breaks, found.verdict) == (("eu-west-1a",), (), Verdict.HOLDS)

    def test_what_does_not_hold_is_not_tried(self) -> None:
        (found,) = survivals(by_nat_gateways(single=True).network(), [isolated("Va", INTERNET)])
        assert (found.verdict, found.tried, found.survives) == (Verdict.FAILS, 0, False)


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("net.json").write_text(json.dumps(by_nat_gateways(single=True).template()))
    Path("promises.yaml").write_text("promises: [{reaches: {source: [Va, Vb], destination: internet, port: 443}}]\n")
    return tmp_path


@pytest.mark.usefixtures("files")
class TestCommands:
    @pytest.mark.parametrize(
        ("lost", "status", "words"),
        [
            (["eu-west-1b"], 0, "HOLDS"),
            (["Nata"], 1, "net/Nata is lost"),
            (["eu-west-1b", "VIgw"], 1, "FAILS"),
            (["Natx"], 3, "nothing of the network is called 'Natx'"),
        ],
    )
    def test_prove_without(self, lost: list[str], status: int, words: str) -> None:
        options = [part for name in lost for part in ("--without", name)]
        result = CliRunner().invoke(app, ["routes", "prove", "net.json", "--promises", "promises.yaml", *options])
        assert result.exit_code == status, result.output
        assert words in result.output

    def test_survive(self) -> None:
        command = ["routes", "survive", "net.json", "--promises", "promises.yaml"]
        result = CliRunner().invoke(app, command)
        assert result.exit_code == 1
        assert "BREAKS" in result.output
        assert "FAILS without net/Nata" in result.output
        data = json.loads(CliRunner().invoke(app, [*command, "--json"]).output)
        assert [one["lost"] for one in data[0]["breaks"]] == [["eu-west-1a"], ["net/Nata"]]

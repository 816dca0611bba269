"""Which endpoint of a firewall an expression means."""

from __future__ import annotations

import json
from typing import Any

from patternkit.resolving.values import Unknown, Zone
from patternkit.routes import Network, Verdict
from tests.patternkit.routes.topologies import Topology


class TestFirewallEndpoints:
    def net(self, reference: Any, letters: str = "ab") -> Network:
        net = Topology()
        net.vpc("V", "10.0.0.0/16", **{f"{letter}f": f"10.0.{i}.0/28" for i, letter in enumerate(letters)})
        net.subnet("V", "a", "10.0.8.0/24")
        net.subnet("V", "b", "10.0.9.0/24")
        net.firewall("Fw", "V", *(f"{letter}f" for letter in letters))
        net.table("V", "ATable", "a", routes={"10.0.9.0/24": reference})
        call = json.dumps(
            {"service": "NetworkFirewall", "action": "describeFirewall", "parameters": {"FirewallArn": "@"}}
        )
        body = {"Fn::Join": ["", [call.split("@")[0], {"Fn::GetAtt": ["Fw", "FirewallArn"]}, call.split("@")[1]]]}
        net.resources["Describe"] = {"Type": "Custom::AWS", "Properties": {"ServiceToken": "a", "Create": body}}
        net.resources["Own"] = {
            "Type": "Custom::Lookup",
            "Properties": {"ServiceToken": "a", "FirewallArn": {"Ref": "Fw"}, "Zone": "eu-west-1b"},
        }
        return net.network(contracts=self.contracts)

    contracts: Any = None

    def crossed(self, reference: Any, letters: str = "ab") -> set[str]:
        flows = self.net(reference, letters).trace("Va", "Vb").flows
        return {name for flow in flows for name in flow.forward.walk.middleboxes}

    def test_by_the_zones_name_is_exact(self) -> None:
        assert self.crossed(Topology.endpoint_by_zone("Fw", "b")) == {"⟨Net/Fw#1⟩"}
        assert self.crossed(Topology.endpoint_by_zone("Fw", "b"), "abc") == {"⟨Net/Fw#1⟩"}

    def test_by_index_is_any(self) -> None:
        assert self.crossed(Topology.endpoint_by_index("Fw", 1)) == {"⟨Net/Fw#0⟩", "⟨Net/Fw#1⟩"}

    def test_the_only_endpoint_has_no_order(self) -> None:
        assert self.crossed(Topology.endpoint_by_index("Fw", 0), "a") == {"⟨Net/Fw#0⟩"}

    def test_cdks_own_lookup_is_exact(self) -> None:
        for letter, number in (("a", 0), ("b", 1)):
            attribute = f"FirewallStatus.SyncStates.eu-west-1{letter}.Attachment.EndpointId"
            assert self.crossed({"Fn::GetAtt": ["Describe", attribute]}) == {f"⟨Net/Fw#{number}⟩"}
        missing = self.net({"Fn::GetAtt": ["Describe", "FirewallStatus.SyncStates.eu-west-1c.Attachment.EndpointId"]})
        assert missing.trace("Va", "Vb").verdict is Verdict.UNKNOWN

    def test_a_function_of_ones_own_needs_a_contract(self) -> None:
        own = {"Fn::GetAtt": ["Own", "EndpointId"]}
        assert self.net(own).trace("Va", "Vb").verdict is Verdict.UNKNOWN
        self.contracts = {"returns": {"Own": {"EndpointId": {"endpoint-of": "Fw", "zone": {"property": "Zone"}}}}}
        assert self.crossed(own) == {"⟨Net/Fw#1⟩"}

    def test_a_zone_by_its_name_may_be_any_element_of_the_list(self) -> None:
        net = Topology()
        net.vpc("V", "10.0.0.0/16")
        for number, letter in enumerate("ab"):
            zone = {"Fn::Select": [number, {"Fn::GetAZs": ""}]}
            net.subnet("V", letter, f"10.0.{number}.0/24", az=zone)
            net.subnet("V", f"{letter}f", f"10.0.{number + 4}.0/24", az=zone)
        net.firewall("Fw", "V", "af", "bf")
        net.table("V", "T", "a", routes={"10.0.1.0/24": Topology.endpoint_by_zone("Fw", "b")})
        targets = {
            next(
                zone.text for zone, name in view.world.zones.items() if isinstance(zone, Zone) and name == "eu-west-1b"
            ): route.target
            for view in net.network().views()
            for route in view.model.tables["⟨Net/T⟩"].routes
            if route.origin == "static"
        }
        assert isinstance(targets.pop("eu-west-1b"), Unknown)
        found = {zone: getattr(target, "identity", target) for zone, target in targets.items()}
        assert found == {"GetAZs[0]": "⟨Net/Fw#0⟩", "GetAZs[1]": "⟨Net/Fw#1⟩"}

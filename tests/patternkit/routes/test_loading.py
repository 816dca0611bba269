"""What templates say is worth what CloudFormation makes of it; what they do not say is unknown, never guessed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, ClassVar

import pytest

from patternkit.routes import (
    ContractError,
    Contracts,
    Network,
    QuestionError,
    RoutesError,
    TemplateError,
    Verdict,
    inspected,
    isolated,
    promises_from_data,
    reaches,
)
from tests.patternkit.routes.topologies import Topology


def two_vpcs() -> Topology:
    net = Topology()
    net.transit_gateway(defaults=True)
    for index, name in enumerate("AB", 1):
        net.vpc(name, f"10.{index}.0.0/16", a=f"10.{index}.1.0/24")
        net.table(name, f"{name}Table", "a", routes={"10.0.0.0/8": {"Ref": "Tgw"}})
        net.attach(name, "a")
    return net


def verdict(network: Network) -> Verdict:
    return network.prove(reaches("Aa", "Ba")).verdict


def with_value(value: Any, **sections: Any) -> Topology:
    """Two VPCs of which one's route has a destination that is worked out."""
    net = two_vpcs()
    net.resources["ATableRoute0"]["Properties"]["DestinationCidrBlock"] = value
    net.extra = sections
    return net


@pytest.mark.parametrize(
    ("value", "sections"),
    [
        ({"Fn::Join": ["/", ["10.0.0.0", "8"]]}, {}),
        ({"Fn::Sub": "10.${Second}.0.0/16"}, {"Parameters": {"Second": {"Type": "Number", "Default": 2}}}),
        ({"Fn::Sub": ["10.${x}.0.0/16", {"x": "2"}]}, {}),
        ({"Fn::Select": [1, {"Fn::Split": [",", "10.9.0.0/16,10.2.0.0/16"]}]}, {}),
        ({"Fn::Select": [2, {"Fn::Cidr": ["10.0.0.0/8", 4, 16]}]}, {}),
        ({"Fn::GetAtt": ["B", "CidrBlock"]}, {}),
        ({"Fn::FindInMap": ["Blocks", "eu", "all"]}, {"Mappings": {"Blocks": {"eu": {"all": "10.2.0.0/16"}}}}),
        (
            {"Fn::If": ["Wide", "10.0.0.0/8", "172.16.0.0/12"]},
            {
                "Parameters": {"Size": {"Type": "String", "Default": "wide"}},
                "Conditions": {"Wide": {"Fn::Not": [{"Fn::Equals": [{"Ref": "Size"}, "narrow"]}]}},
            },
        ),
    ],
)
def test_intrinsics(value: Any, sections: dict[str, Any]) -> None:
    assert verdict(with_value(value, **sections).network()) is Verdict.HOLDS


@pytest.mark.parametrize(
    ("value", "sections", "words"),
    [
        ({"Ref": "Nowhere"}, {"Parameters": {"Nowhere": {"Type": "String"}}}, "parameter Nowhere of Net has no value"),
        ({"Fn::ImportValue": "elsewhere"}, {}, "no stack of the set exports 'elsewhere'"),
        ("{{resolve:ssm:/block}}", {}, "the SSM parameter /block is not in the set"),
        ({"Fn::GetAtt": ["Custom", "Block"]}, {}, "what the custom resource Net/Custom returns as Block"),
        ({"Fn::Transform": {"Name": "Anything"}}, {}, "a macro computes it"),
        ({"Fn::New": 1}, {}, "not a function that the prover knows"),
    ],
)
def test_what_is_not_known_is_unknown(value: Any, sections: dict[str, Any], words: str) -> None:
    net = with_value(value, **sections)
    net.resources["Custom"] = {"Type": "Custom::Anything", "Properties": {"ServiceToken": "arn"}}
    proof = net.network().prove(reaches("Aa", "Ba"))
    assert proof.verdict is Verdict.UNKNOWN
    assert words in proof.reason


def test_contracts_fill_the_gaps_and_are_named() -> None:
    for value, sections, contract, name in (
        (
            {"Ref": "P"}, {"Parameters": {"P": {"Type": "String"}}}, {"parameters": {"Net": {"P": "10.0.0.0/8"}}},
            "parameter P of Net",
        ),
        ({"Fn::ImportValue": "e"}, {}, {"imports": {"e": "10.0.0.0/8"}}, "imports e"),
        ("{{resolve:ssm:/b:1}}", {}, {"ssm": {"/b": "10.0.0.0/8"}}, "ssm /b"),
        ({"Fn::GetAtt": ["Custom", "Block"]}, {}, {"returns": {"Custom": {"Block": "10.0.0.0/8"}}}, "returns Custom"),
    ):  # fmt: skip
        net = with_value(value, **sections)
        net.resources["Custom"] = {"Type": "Custom::Anything", "Properties": {"ServiceToken": "arn"}}
        if isinstance(value, str):
            net.resources["ATableRoute0"]["Properties"]["DestinationCidrBlock"] = value
        proof = net.network(contracts=contract).prove(reaches("Aa", "Ba"))
        assert proof.verdict is Verdict.HOLDS
        assert proof.contracts == (name,)


def test_ssm_parameters_within_the_set() -> None:
    net = with_value(
        {"Ref": "Block"}, Parameters={"Block": {"Type": "AWS::SSM::Parameter::Value<String>", "Default": "/b"}}
    )
    net.add("Stored", "SSM::Parameter", Name="/b", Type="String", Value={"Fn::GetAtt": ["B", "CidrBlock"]})
    assert verdict(net.network()) is Verdict.HOLDS


def test_stacks_by_exports_and_weak_references() -> None:
    for reference in (
        {"Fn::ImportValue": "shared-tgw"},
        {"Fn::GetStackOutput": {"StackName": "Hub", "OutputName": "Gateway"}},
    ):
        net = two_vpcs()
        hub = {"Tgw": net.resources.pop("Tgw")}
        for resource in net.resources.values():
            if resource["Properties"].get("TransitGatewayId") == {"Ref": "Tgw"}:
                resource["Properties"]["TransitGatewayId"] = reference
        outputs = {"Gateway": {"Value": {"Ref": "Tgw"}, "Export": {"Name": "shared-tgw"}}}
        templates = {"Net": net.template(), "Hub": {"Resources": hub, "Outputs": outputs}}
        assert verdict(Network.from_templates(templates)) is Verdict.HOLDS
        alone = Network.from_templates({"Net": net.template()})
        assert verdict(alone) is Verdict.UNKNOWN


def test_nested_stacks(tmp_path: Path) -> None:
    net = two_vpcs()
    route = net.resources.pop("ATableRoute0")
    route["Properties"]["RouteTableId"] = {"Ref": "Table"}
    route["Properties"]["TransitGatewayId"] = {"Ref": "Gateway"}
    inner = {
        "Parameters": {"Table": {"Type": "String"}, "Gateway": {"Type": "String"}},
        "Resources": {"Route": route},
    }
    (tmp_path / "inner.json").write_text(json.dumps(inner))
    parameters = {"Table": {"Ref": "ATable"}, "Gateway": {"Ref": "Tgw"}}
    net.add("Inner", "CloudFormation::Stack", TemplateURL="inner.json", Parameters=parameters)
    (tmp_path / "outer.json").write_text(json.dumps(net.template()))
    assert verdict(Network.load(tmp_path / "outer.json")) is Verdict.HOLDS
    # Without the inner template anything may be in it.
    assert verdict(net.network()) is Verdict.UNKNOWN


def test_for_each() -> None:
    net = two_vpcs()
    del net.resources["ATableRoute0"]
    net.extra = {"Transform": "AWS::LanguageExtensions"}
    body = {
        "Route${Number}": {
            "Type": "AWS::EC2::Route",
            "Properties": {
                "RouteTableId": {"Ref": "ATable"},
                "TransitGatewayId": {"Ref": "Tgw"},
                "DestinationCidrBlock": {"Fn::Sub": "10.${Number}.0.0/16"},
            },
        }
    }
    net.resources["Fn::ForEach::Routes"] = ["Number", ["2", "3"], body]
    assert verdict(net.network()) is Verdict.HOLDS
    net.resources["Fn::ForEach::Routes"] = ["Number", {"Ref": "Numbers"}, body]
    net.extra["Parameters"] = {"Numbers": {"Type": "CommaDelimitedList"}}
    with pytest.raises(TemplateError, match="its collection is not known"):
        verdict(net.network())


def test_an_undecided_condition_is_tried_both_ways() -> None:
    net = two_vpcs()
    net.extra = {
        "Parameters": {"Stage": {"Type": "String"}},
        "Conditions": {"Production": {"Fn::Equals": [{"Ref": "Stage"}, "production"]}},
    }
    net.resources["ATableRoute0"]["Condition"] = "Production"
    proof = net.network().prove(reaches("Aa", "Ba"))
    assert (proof.verdict, proof.worlds) == (Verdict.UNKNOWN, 2)
    assert "condition Production of Net is False" in proof.world
    assert net.network(parameters={"Net": {"Stage": "production"}}).prove(reaches("Aa", "Ba")).verdict is Verdict.HOLDS
    # A promise that both ways keep holds.
    assert net.network().prove(isolated("Aa", "internet")).verdict is Verdict.HOLDS


def test_allowed_values_are_the_worlds_of_a_parameter() -> None:
    net = with_value(
        {"Ref": "Block"}, Parameters={"Block": {"Type": "String", "AllowedValues": ["10.0.0.0/8", "10.2.0.0/16"]}}
    )
    proof = net.network().prove(reaches("Aa", "Ba"))
    assert (proof.verdict, proof.worlds) == (Verdict.HOLDS, 2)


class TestZones:
    """A subnet reaches the gateway only in a zone with an attachment, so what is equal matters."""

    def network(self, host: Any, attachment: Any, **sections: Any) -> Network:
        net = two_vpcs()
        net.subnet("A", "at", "10.1.2.0/24", az=attachment)
        net.resources["Aa"]["Properties"]["AvailabilityZone"] = host
        net.resources["AAt"]["Properties"]["SubnetIds"] = [{"Ref": "Aat"}]
        # The other side has both zones, whatever they are called.
        net.resources["Ba"]["Properties"]["AvailabilityZone"] = host
        net.extra = sections
        return net.network()

    FIRST, SECOND = ({"Fn::Select": [index, {"Fn::GetAZs": ""}]} for index in (0, 1))
    PARAMETERS: ClassVar[dict[str, Any]] = {
        "Parameters": {name: {"Type": "AWS::EC2::AvailabilityZone::Name"} for name in ("One", "Two")}
    }

    def test_one_list_has_one_order(self) -> None:
        assert verdict(self.network(self.FIRST, self.FIRST)) is Verdict.HOLDS
        assert verdict(self.network(self.FIRST, self.SECOND)) is Verdict.FAILS

    def test_two_parameters_may_be_equal(self) -> None:
        proof = self.network({"Ref": "One"}, {"Ref": "Two"}, **self.PARAMETERS).prove(reaches("Aa", "Ba"))
        assert (proof.verdict, proof.worlds) == (Verdict.UNKNOWN, 2)
        assert verdict(self.network({"Ref": "One"}, {"Ref": "One"}, **self.PARAMETERS)) is Verdict.HOLDS

    def test_a_name_may_be_an_element_of_the_list(self) -> None:
        proof = self.network("eu-west-1a", self.FIRST).prove(reaches("Aa", "Ba"))
        assert (proof.verdict, proof.worlds) == (Verdict.UNKNOWN, 2)

    def test_a_subnet_that_names_no_zone(self) -> None:
        assert verdict(self.network({"Ref": "AWS::NoValue"}, "eu-west-1a")) is Verdict.UNKNOWN

    def test_a_world_that_aws_refuses_does_not_count(self) -> None:
        net = two_vpcs()
        for subnet, parameter in (("a", "One"), ("b", "Two")):
            if subnet == "b":
                net.subnet("A", "b", "10.1.2.0/24")
            net.resources[f"A{subnet}"]["Properties"]["AvailabilityZone"] = {"Ref": parameter}
        net.resources["Ba"]["Properties"]["AvailabilityZone"] = {"Ref": "One"}
        net.resources["AAt"]["Properties"]["SubnetIds"].append({"Ref": "Ab"})
        net.extra = self.PARAMETERS
        # An attachment takes one subnet a zone: the two parameters differ wherever this deploys.
        proof = net.network().prove(reaches("Aa", "Ba"))
        assert (proof.verdict, proof.worlds) == (Verdict.HOLDS, 1)

    def test_a_template_that_aws_refuses_in_every_world(self) -> None:
        net = two_vpcs()
        net.subnet("A", "a2", "10.1.2.0/24")
        net.resources["AAt"]["Properties"]["SubnetIds"].append({"Ref": "Aa2"})
        with pytest.raises(TemplateError, match="AWS refuses to deploy this: Net/AAt has two subnets"):
            verdict(net.network())


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


def test_a_second_block_that_is_not_known_is_not_left_out() -> None:
    net = two_vpcs()
    net.resources["Aa"]["Properties"]["Ipv6CidrBlock"] = {"Fn::GetAtt": ["A", "SomethingOfIpam"]}
    proof = net.network().prove(reaches("Aa", "Ba"))
    assert proof.verdict is Verdict.UNKNOWN
    assert "Net/Aa has more addresses" in proof.reason


class TestCustomResources:
    def net(self, **properties: Any) -> Topology:
        net = two_vpcs()
        net.resources["Custom"] = {"Type": "Custom::Anything", "Properties": {"ServiceToken": "a", **properties}}
        return net

    def test_one_that_is_given_a_table_may_change_it(self) -> None:
        net = self.net(Tables=[{"Ref": "ATable"}])
        proof = net.network().prove(reaches("Aa", "Ba"))
        assert proof.verdict is Verdict.UNKNOWN
        assert "Net/Custom is given it, and may change it" in proof.reason
        assert verdict(net.network(contracts={"harmless": ["Custom"]})) is Verdict.HOLDS

    def test_one_that_is_given_nothing_of_the_network_changes_nothing(self) -> None:
        assert verdict(self.net(Bucket="b").network()) is Verdict.HOLDS

    def test_appliance_mode_at_run_time(self) -> None:
        net = self.net(Attachment={"Ref": "BAt"})
        assert verdict(net.network()) is Verdict.UNKNOWN
        network = net.network(contracts={"appliance-mode": {"BAt": True}})
        proof = network.prove(reaches("Aa", "Ba"))
        assert proof.verdict is Verdict.HOLDS
        assert proof.contracts == ("appliance-mode BAt",)


class TestBadInput:
    @pytest.mark.parametrize(
        ("text", "words"),
        [
            ("", "is not a CloudFormation template"),
            ("{", "is neither JSON nor YAML"),
            ("a: [1", "is neither JSON nor YAML"),
            ("[]", "is not a CloudFormation template: it has no Resources"),
            ('{"Resources": []}', "it has no Resources"),
            ('{"Resources": {"A": 1}}', "resource A has no Type"),
            ('{"Resources": {"A": {"Type": "T", "Properties": 1}}}', "properties of A are not a mapping"),
            ('{"Resources": {}, "Resources": {}}', "the key 'Resources' is there twice"),
            ("Resources: {}\nResources: {}\n", "the key 'Resources' is there twice"),
            ("Resources: &a {}\nOther: *a\n", "YAML aliases"),
            ("[" * 100_000, "nested too deeply"),
        ],
    )
    def test_not_a_template(self, tmp_path: Path, text: str, words: str) -> None:
        file = tmp_path / "t.json"
        file.write_text(text)
        with pytest.raises(TemplateError, match=words):
            Network.load(file)

    def test_files_that_are_none(self, tmp_path: Path) -> None:
        (tmp_path / "binary").write_bytes(b"\xff\xfe\x00\x80" * 10)
        for name, words in (
            ("missing", "cannot be read"),
            (".", "has no manifest.json"),
            ("binary", "not a text file"),
        ):
            with pytest.raises(TemplateError, match=words):
                Network.load(tmp_path / name)

    def test_a_million_lines(self, tmp_path: Path) -> None:
        file = tmp_path / "huge.yaml"
        file.write_text("Resources:\n" + "  A: {Type: T}\n" * 1_100_000)
        with pytest.raises(TemplateError, match="CloudFormation takes templates of at most 1 MB"):
            Network.load(file)

    @pytest.mark.parametrize(
        ("value", "words"),
        [
            ("10.0.0.0/33", "'10.0.0.0/33' is not a CIDR"),
            ("banana", "'banana' is not a CIDR"),
            (7, "7 is not a CIDR"),
            ({"Ref": "Atable"}, "neither a resource nor a parameter; did you mean 'ATable'"),
            ({"Fn::GetAtt": ["Bb", "CidrBlock"]}, "not a resource"),
            ({"Fn::GetAtt": []}, "takes a resource and an attribute"),
            ({"Fn::Select": [0]}, "takes an index and a list"),
            ({"Fn::Select": ["x", ["a"]]}, "takes an index"),
            ({"Fn::Join": "x"}, "takes a delimiter and a list"),
            ({"Fn::Cidr": ["10.0.0.0/24", 300, 8]}, "cannot cut 300 blocks"),
            ({"Fn::If": ["Missing", "a", "b"]}, "there is no condition 'Missing'"),
            ({"Fn::FindInMap": ["M", "a", "b"]}, "the mapping M has no a.b"),
        ],
    )
    def test_values_that_make_no_sense(self, value: Any, words: str) -> None:
        with pytest.raises(TemplateError, match=words.replace("(", r"\(")):
            verdict(with_value(value).network())

    def test_circles(self) -> None:
        net = with_value({"Ref": "One"}, Conditions={"C": {"Fn::And": [{"Condition": "D"}]}, "D": {"Condition": "C"}})
        net.resources["ATableRoute0"]["Condition"] = "C"
        with pytest.raises(TemplateError, match=r"cyclic reference: Net\.C -> Net\.D -> Net\.C"):
            verdict(net.network())
        outputs = {"O": {"Value": {"Fn::ImportValue": "e"}, "Export": {"Name": "e"}}}
        with pytest.raises(TemplateError, match="cyclic reference"):
            verdict(with_value({"Fn::ImportValue": "e"}, Outputs=outputs).network())

    def test_an_unknown_type_on_the_path(self) -> None:
        net = two_vpcs()
        net.add("Box", "Future::Thing")
        properties = net.resources["ATableRoute0"]["Properties"]
        del properties["TransitGatewayId"]
        properties["GatewayId"] = {"Ref": "Box"}
        proof = net.network().prove(reaches("Aa", "Ba"))
        assert proof.verdict is Verdict.UNKNOWN
        assert "not in the set or not modelled" in proof.reason

    def test_macros_may_do_anything(self) -> None:
        net = two_vpcs()
        net.extra = {"Transform": ["Company::Macro"]}
        assert verdict(net.network()) is Verdict.UNKNOWN

    def test_names_that_mean_nothing(self) -> None:
        network = two_vpcs().network()
        with pytest.raises(QuestionError, match="source 'Ax' is not in the network; did you mean"):
            network.trace("Ax", "Ba")
        with pytest.raises(QuestionError, match="means 2 places; name one: "):
            network.trace("Net/*", "Ba")
        with pytest.raises(QuestionError, match="'every site' is empty"):
            network.prove(reaches("every site", "Ba"))
        with pytest.raises(QuestionError, match="no pair of source and destination"):
            network.prove(reaches("Aa", "Aa"))
        with pytest.raises(QuestionError, match="has no firewall"):
            network.prove(inspected("Aa", "Ba"))

    @pytest.mark.parametrize(
        ("data", "words"),
        [
            ({}, "must hold a list of promises"),
            ({"promises": [1]}, "each promise is one kind"),
            ({"promises": [{"reach": {}}]}, "unknown promise 'reach'; did you mean 'reaches'"),
            ({"promises": [{"reaches": {"source": "A"}}]}, "reaches needs a destination"),
            ({"promises": [{"reaches": {"source": 1, "destination": "B"}}]}, "must be a text or a list"),
            ({"promises": [{"reaches": {"source": "A", "destination": "B", "prot": 1}}]}, "no option 'prot'; did you"),
            ({"promises": [{"reaches": {"source": "A", "destination": "B", "port": 70000}}]}, "between 0 and 65535"),
            ({"promises": [{"reaches": {"source": "A", "destination": "B", "by": "F"}}]}, "by is only for inspected"),
            ({"promises": [{"reaches": {"source": "A", "destination": "B", "protocol": "x"}}]}, "protocol must be one"),
        ],
    )
    def test_promises(self, data: Any, words: str) -> None:
        with pytest.raises(QuestionError, match=words):
            promises_from_data(data)

    @pytest.mark.parametrize(
        ("data", "words"),
        [
            ([], "must be a mapping"),
            ({"prefix": {}}, "unknown section 'prefix'; did you mean 'prefixes'"),
            ({"prefixes": {"Vpn": ["x"]}}, "prefixes of Vpn must be CIDRs, got 'x'"),
            ({"appliance-mode": {"A": "yes"}}, "must be true or false"),
            ({"policies": {"F": "x"}}, "must be one of inspects, passes, drops"),
            ({"attachments": [{"name": "x"}]}, "each needs a text for 'transit-gateway'"),
            ({"returns": {"A": 1}}, "returns of A must be a mapping"),
        ],
    )
    def test_contracts(self, data: Any, words: str) -> None:
        with pytest.raises(ContractError, match=words):
            Contracts.from_data(data)

    def test_every_error_is_one_tree(self) -> None:
        assert {ContractError, QuestionError, TemplateError} == set(RoutesError.__subclasses__())

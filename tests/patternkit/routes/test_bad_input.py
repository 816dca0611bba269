"""What cannot be read, and what makes no sense: one clear line each."""

from __future__ import annotations

from pathlib import Path
from typing import Any

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
    promises_from_data,
    reaches,
)
from patternkit.templates.errors import nearest
from tests.patternkit.routes.two_vpcs import two_vpcs, verdict, with_value


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

    def test_the_condition_that_was_meant_is_named(self) -> None:
        net = with_value({"Fn::If": ["Missing", "a", "b"]}, Conditions={"Missed": {"Fn::Equals": ["a", "a"]}})
        with pytest.raises(TemplateError, match="there is no condition 'Missing'; did you mean 'Missed'"):
            verdict(net.network())

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

    @pytest.mark.parametrize(
        "extra",
        [
            {"Transform": ["Company::Macro"]},
            {"Transform": {"Name": "AWS::Include", "Parameters": {"Location": "s3://bucket/more.yaml"}}},
            {"Fn::Transform": {"Name": "AWS::Include", "Parameters": {"Location": "s3://bucket/more.yaml"}}},
        ],
    )
    def test_macros_may_do_anything(self, extra: dict[str, Any]) -> None:
        net = two_vpcs()
        net.extra = extra
        assert verdict(net.network()) is Verdict.UNKNOWN

    def test_a_macro_among_the_resources_may_add_some(self) -> None:
        net = two_vpcs()
        net.resources["Fn::Transform"] = {"Name": "AWS::Include", "Parameters": {"Location": "s3://bucket/more.yaml"}}
        proof = net.network().prove(reaches("Aa", "Ba"))
        assert proof.verdict is Verdict.UNKNOWN
        assert "an Fn::Transform may add resources to Net" in proof.reason

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

    def test_the_same_name_is_suggested_every_time(self) -> None:
        assert {nearest("mah", names) for names in (["MAt", "Mat"], ["Mat", "MAt"])} == {"; did you mean 'Mat'?"}

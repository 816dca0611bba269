"""`show` tells what `prove` would call undecided, not known or not modelled."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from patternkit.routes import Network, Verdict, same_az
from patternkit.routes.cli import app
from patternkit.routes.flow_text import flow_data, leg_data
from patternkit.routes.network_tables import shown_network
from tests.patternkit.routes.test_mutants import endpoint_by_index
from tests.patternkit.routes.topologies import Topology, inspection
from tests.patternkit.routes.two_vpcs import two_vpcs


def targets(told: dict[str, Any], table: str, destination: str) -> list[str]:
    (found,) = (one for one in told["tables"] if one["table"] == table)
    (route,) = (route for route in found["routes"] if route["destination"] == destination)
    listed: list[str] = route["targets"]
    return listed


def test_an_endpoint_that_is_not_decided() -> None:
    net = inspection()
    told = shown_network(net.network())
    assert (told["worlds"], told["undecided"], told["unknown"]) == (1, [], [])
    assert targets(told, "Net/Mta", "0.0.0.0/0") == ["Net/Fw endpoint in eu-west-1a"]
    endpoint_by_index(net)
    assert net.network().prove(same_az("every spoke subnet", "internet")).verdict is Verdict.UNKNOWN
    told = shown_network(net.network())
    assert told["worlds"] == 2
    assert targets(told, "Net/Mta", "0.0.0.0/0") == ["Net/Fw endpoint in eu-west-1a", "Net/Fw endpoint in eu-west-1b"]
    (choice,) = told["undecided"]
    assert choice.startswith("EndpointIds of Net/Fw come in the order ('eu-west-1a:")


def test_a_main_table_is_shown_where_a_subnet_uses_it() -> None:
    net = two_vpcs()
    assert [one["table"] for one in shown_network(net.network())["tables"] if "main" in one["table"]] == []
    net.subnet("A", "b", "10.1.2.0/24")
    (main,) = (one for one in shown_network(net.network())["tables"] if "main" in one["table"])
    assert (main["table"], main["used_by"]) == ("Net/A main route table", ["Net/Ab"])


def test_what_is_no_element_is_shown_by_its_kind() -> None:
    net = two_vpcs()
    net.resources["Nothing"] = {"Type": "Custom::Nothing", "Properties": {"ServiceToken": "arn"}}
    net.route("ATable", "10.8.0.0/16", {"Fn::GetAtt": ["Nothing", "TransitGatewayId"]})
    contracts = {"routes": [{"table": "ATable", "target": "blackhole", "prefixes": ["10.9.0.0/16"]}]}
    told = shown_network(net.network(contracts=contracts))
    assert targets(told, "Net/ATable", "10.1.0.0/16") == ["local"]
    assert targets(told, "Net/ATable", "10.9.0.0/16") == ["blackhole"]
    (doubted,) = targets(told, "Net/ATable", "10.8.0.0/16")
    assert doubted.startswith("not known: ")


def test_a_flow_as_data() -> None:
    (flow,) = two_vpcs().network().trace("Aa", "Ba", port=443).flows
    data = flow_data(flow)
    assert data is not None
    assert list(data) == ["source", "destination", "packet", "there", "back", "when"]
    assert (data["source"], data["destination"], data["when"]) == ("Net/Aa", "Net/Ba", {})
    assert data["packet"] == "tcp 10.1.1.4:1024 -> 10.2.1.4:443"
    assert list(data["there"]) == ["outcome", "reason", "packet", "hops"]
    assert (data["there"]["outcome"], data["there"]["packet"]) == ("delivered", data["packet"])
    assert data["back"]["packet"] == "tcp 10.2.1.4:443 -> 10.1.1.4:1024"
    assert next(hop["kind"] for hop in data["there"]["hops"]) == "subnet"
    assert list(data["there"]["hops"][0]) == ["element", "kind", "zone", "why"]
    assert flow_data(None) is leg_data(None) is None


def test_zones_that_may_be_one() -> None:
    net = inspection()
    net.extra = {"Parameters": {"First": {"Type": "AWS::EC2::AvailabilityZone::Name"}}}
    net.subnet("S0", "x", "10.0.2.0/24", az={"Ref": "First"})
    told = shown_network(net.network())
    assert "whether eu-west-1a and zone of parameter Net.First are the same availability zone" in told["undecided"]


def test_a_zone_that_aws_picks() -> None:
    net = two_vpcs()
    del net.resources["Aa"]["Properties"]["AvailabilityZone"]
    assert any(
        "AWS picks the availability zone of Net/Aa" in doubt for doubt in shown_network(net.network())["unknown"]
    )


def test_a_condition_that_nobody_decided() -> None:
    net = two_vpcs()
    net.extra = {
        "Parameters": {"Open": {"Type": "String"}},
        "Conditions": {"Linked": {"Fn::Equals": [{"Ref": "Open"}, "yes"]}},
    }
    net.resources["BTable"]["Condition"] = "Linked"
    net.resources["BTableOfa"]["Condition"] = net.resources["BTableRoute0"]["Condition"] = "Linked"
    told = shown_network(net.network())
    assert told["worlds"] == 2
    assert "condition Linked of Net is True" in told["undecided"][0]
    (table,) = (one for one in told["tables"] if one["table"] == "Net/BTable")
    assert table["unknown"] == ["it is not there in every world"]
    # Where the table is not there, the main one is used.
    assert any(one["table"] == "Net/B main route table" for one in told["tables"])


@pytest.mark.parametrize(
    ("resource", "words"),
    [
        ({"Type": "Custom::Code", "Properties": {"Table": {"Ref": "ATable"}}}, "is given Net/ATable, and may change"),
        ({"Type": "AWS::EC2::Route", "Properties": {"RouteTableId": "rtb-1", "DestinationCidrBlock": "10.0.0.0/8", "GatewayId": "igw-1"}}, "Net/ATable may have more routes"),  # noqa: E501
        ({"Type": "AWS::EC2::VPCBlockPublicAccessOptions", "Properties": {"InternetGatewayBlockMode": {"Fn::ImportValue": "Mode"}}}, "may block public access"),  # noqa: E501
        ({"Type": "AWS::EC2::VPCCidrBlock", "Properties": {"VpcId": {"Ref": "A"}, "Ipv4IpamPoolId": "pool"}}, "Net/A has more addresses"),  # noqa: E501
        ({"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": "https://bucket/x"}}, "the template of the nested stack Net/Other is not in the set"),  # noqa: E501
    ],
)  # fmt: skip
def test_what_is_not_known(resource: Any, words: str) -> None:
    net = two_vpcs()
    net.resources["Other"] = resource
    assert any(words in doubt for doubt in shown_network(net.network())["unknown"])


def test_the_command_tells_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    net = inspection()
    endpoint_by_index(net)
    Path("net.json").write_text(json.dumps(net.template()))
    output = CliRunner().invoke(app, ["show", "net.json"]).output
    assert "in 2 worlds, for this is not decided:\nundecided: EndpointIds of net/Fw come in the order" in output
    told = json.loads(CliRunner().invoke(app, ["show", "net.json", "--json"]).output)
    assert told == shown_network(Network.load("net.json"))


def test_a_template_without_a_vpc_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    net = Topology()
    net.add("Topic", "SNS::Topic")
    Path("net.json").write_text(json.dumps(net.template()))
    result = CliRunner().invoke(app, ["show", "net.json"])
    assert result.exit_code == 0
    assert result.output == "note: the templates hold no VPC: there is nothing that packets could start from\n"
    result = CliRunner().invoke(app, ["trace", "net.json", "--source", "A", "--destination", "B"])
    assert result.exit_code == 3
    assert "the templates hold no VPC" in result.output


def test_types_that_are_not_modelled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    net = two_vpcs()
    net.add("Connect", "EC2::InstanceConnectEndpoint", SubnetId={"Ref": "Aa"})
    net.add("Topic", "SNS::Topic")
    for number in range(8):
        net.add(f"Tunnel{number}", "Tomorrow::Tunnel")
    endpoints, tunnels = shown_network(net.network())["not_modelled"]
    assert endpoints == "AWS::EC2::InstanceConnectEndpoint, which may add ways: Net/Connect"
    assert tunnels.startswith("AWS::Tomorrow::Tunnel, which may change ways: Net/Tunnel0, ")
    assert tunnels.endswith(", Net/Tunnel5 and 2 others")
    monkeypatch.chdir(tmp_path)
    Path("net.json").write_text(json.dumps(net.template()))
    assert (
        "not modelled: AWS::EC2::InstanceConnectEndpoint, which may add ways: net/Connect"
        in CliRunner().invoke(app, ["show", "net.json"]).output
    )

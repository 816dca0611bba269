"""SARIF points at the line on which the resource is written, that a verdict blames and that packets pass."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from patternkit.promise_lists import BadPromise
from patternkit.resolving.resource_lines import Lines
from patternkit.routes import Network, isolated, reaches
from patternkit.routes.sarif import sarif
from tests.patternkit.routes.two_vpcs import two_vpcs

YAML = """\
# A comment.
Parameters: {Zone: {Type: String, Default: eu-west-1a}}
Resources:
  V: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  "A":
    Type: AWS::EC2::Subnet
    Properties: {VpcId: !Ref V, CidrBlock: 10.0.1.0/24, AvailabilityZone: !Sub "${Zone}"}
  B:
    Type: AWS::EC2::Subnet
    Properties: {VpcId: !Ref V, CidrBlock: 10.0.2.0/24, AvailabilityZone: !Ref Zone}
  Acl: {Type: AWS::EC2::NetworkAcl, Properties: {VpcId: !Ref V}}

  AclOfB:
    Type: AWS::EC2::SubnetNetworkAclAssociation
    Properties: {SubnetId: !Ref B, NetworkAclId: !Ref Acl}
"""


def places(log: dict[str, Any]) -> tuple[tuple[str, int], list[tuple[str, int]]]:
    """Where the first result is, and where its hops are."""

    def spot(location: dict[str, Any]) -> tuple[str, int]:
        physical = location["physicalLocation"]
        return physical["artifactLocation"]["uri"], physical["region"]["startLine"]

    result = log["runs"][0]["results"][0]
    steps = result["codeFlows"][0]["threadFlows"][0]["locations"] if "codeFlows" in result else []
    return spot(result["locations"][0]), [spot(step["location"]) for step in steps]


def log_of(network: Network, *promises: Any) -> dict[str, Any]:
    return sarif(network.answer_all(promises), "promises.yaml", Lines(network.stacks))


def test_the_lines_of_yaml(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("net.yaml").write_text(YAML)
    network = Network.load("net.yaml")
    # The network ACL denies it, and is named.
    assert places(log_of(network, reaches("A", "B"))) == (("net.yaml", 11), [("net.yaml", 5)])
    assert places(log_of(network, isolated("B", "A")))[0] == ("promises.yaml", 1)


@pytest.mark.parametrize("indent", [2, "\t", None])
def test_the_lines_of_json(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, indent: int | str | None) -> None:
    monkeypatch.chdir(tmp_path)
    net = two_vpcs()
    del net.resources["BTableRoute0"]
    text = json.dumps(net.template(), indent=indent)
    Path("net.json").write_text(text)
    wanted = next(n for n, line in enumerate(text.splitlines(), 1) if '"BTable":' in line)
    assert places(log_of(Network.load("net.json"), reaches("Aa", "Ba")))[0] == ("net.json", wanted)


def test_a_network_that_is_no_file() -> None:
    net = two_vpcs()
    del net.resources["BTableRoute0"]
    assert places(log_of(net.network(), reaches("Aa", "Ba")))[0] == ("promises.yaml", 1)


def test_a_bad_promise_is_told() -> None:
    log = sarif([BadPromise("mine", "reaches", "port is wrong")], "promises.yaml")
    (run,) = log["runs"]
    (invocation,) = run["invocations"]
    assert (run["results"], invocation["executionSuccessful"]) == ([], False)
    (notification,) = invocation["toolConfigurationNotifications"]
    assert (notification["level"], notification["message"]["text"]) == ("error", "mine: port is wrong")

"""Verdicts are the same where each value of a template is looked up in a map of its stack instead of written."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from patternkit.routes import Network, Promise, inspected, isolated, reaches
from patternkit.routes.promises import read_promises
from patternkit.routes.proving.proof import answer_data
from patternkit.templates.documents import parse
from tests.patternkit.routes.doubts.networks import connected
from tests.patternkit.routes.test_carriers import balanced
from tests.patternkit.routes.test_found import FOUND, REPORTED
from tests.patternkit.routes.topologies import Topology, inspection
from tests.patternkit.routes.two_vpcs import two_vpcs

Template = dict[str, Any]


def worked_out(template: Template) -> Template:
    """A template whose properties' texts, and indexes of `Fn::Select`, are looked up in a map of their own."""
    values: dict[str, dict[str, str]] = {}

    def looked_up(value: Any) -> Any:
        if isinstance(value, str):
            values[f"v{len(values)}"] = {"it": value}
            return {"Fn::FindInMap": ["Values", f"v{len(values) - 1}", "it"]}
        if isinstance(value, list):
            return [looked_up(one) for one in value]
        if not isinstance(value, dict):
            return value
        if len(value) == 1 and next(iter(value)).startswith(("Ref", "Fn::")):
            if "Fn::Select" in value:
                index, items = value["Fn::Select"]
                return {"Fn::Select": [looked_up(str(index)), items]}
            return value
        return {name: looked_up(one) for name, one in value.items()}

    resources = {
        name: {**resource, "Properties": looked_up(resource.get("Properties", {}))}
        if resource["Type"].startswith(("AWS::EC2::", "AWS::ElasticLoadBalancingV2::", "AWS::NetworkFirewall::"))
        else resource
        for name, resource in template["Resources"].items()
    }
    return {**template, "Mappings": {**template.get("Mappings", {}), "Values": values}, "Resources": resources}


def folders() -> list[Any]:
    expected = sorted([*FOUND.glob("*/expected.yaml"), *REPORTED.glob("*/expected.yaml")])
    return [pytest.param(one.parent, id=one.parent.name) for one in expected]


@pytest.mark.parametrize("folder", folders())
def test_what_was_found(folder: Path) -> None:
    name, run = next(iter(yaml.safe_load((folder / "expected.yaml").read_text()).items()))
    details = run if isinstance(run, dict) else {"verdicts": run}
    files = [folder / file for file in details.get("templates", ())] or sorted(folder.glob(f"{name}*.yaml"))
    contracts = folder / details.get("contracts", "contracts.yaml")
    templates = {file.stem: worked_out(parse(file.read_text(), file.name)) for file in files}
    network = Network.from_templates(
        templates, contracts=yaml.safe_load(contracts.read_text()) if contracts.exists() else None
    )
    answers = network.answer_all(read_promises(folder / "promises.yaml"))
    assert [answer_data(answer)["verdict"] for answer in answers] == details["verdicts"], "\n\n".join(map(str, answers))


def shared(accepts: str) -> Topology:
    net = two_vpcs()
    net.resources["Tgw"]["Properties"]["AutoAcceptSharedAttachments"] = accepts
    net.add("Share", "RAM::ResourceShare", Name="s", ResourceArns=[{"Fn::GetAtt": ["Tgw", "TransitGatewayArn"]}])
    return net


def by_endpoint(family: str) -> Topology:
    net = balanced("network", scheme="internal")
    net.vpc("B", "10.1.0.0/16", a="10.1.1.0/24")
    net.add("Offer", "EC2::VPCEndpointService", NetworkLoadBalancerArns=[{"Ref": "Lb"}], AcceptanceRequired=False)
    name = {"Fn::Sub": "com.amazonaws.vpce.${AWS::Region}.${Offer}"}
    net.add(
        "Endpoint", "EC2::VPCEndpoint", VpcEndpointType="Interface", VpcId={"Ref": "B"}, SubnetIds=[{"Ref": "Ba"}],
        ServiceName=name, IpAddressType=family, SecurityGroupIds=[{"Fn::GetAtt": ["B", "DefaultSecurityGroup"]}],
    )  # fmt: skip
    return net


def filtered() -> Topology:
    net = two_vpcs()
    net.acl(
        "Acl", "Aa", inbound=["allow all * 0.0.0.0/0"], outbound=["deny tcp 22 10.0.0.0/8", "allow all * 0.0.0.0/0"]
    )
    net.host("Client", "Aa")
    net.host("Server", "Ba")
    net.resources["AnyGroup"]["Properties"]["SecurityGroupIngress"] = [
        {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 443, "CidrIp": "10.1.0.0/16"}
    ]
    return net


NETWORKS: list[tuple[Topology, list[Promise]]] = [
    (inspection(letters="a"), [inspected("S0a", "S1a"), reaches("S0a", "internet", port=443)]),
    (connected(), [reaches("Aa", "Ba"), isolated("Aa", "Ba")]),
    *((shared(accepts), [reaches("Aa", "Ba")]) for accepts in ("enable", "disable")),
    *((balanced(sort), [isolated("internet", "Host")]) for sort in ("application", "network")),
    *((balanced("network", attributes={"preserve_client_ip.enabled": kept}), [isolated("internet", "Host")])
      for kept in ("true", "false")),
    *((by_endpoint(family), [isolated("Ba", "Host"), isolated("internet", "Ba")]) for family in ("ipv4", "dualstack")),
    (filtered(), [reaches("Client", "Server", port=port) for port in (22, 80, 8080)]),
]  # fmt: skip


@pytest.mark.parametrize(("net", "promises"), NETWORKS)
def test_what_is_made_in_few_words(net: Topology, promises: list[Promise]) -> None:
    plain, looked_up = (Network.from_templates({"Net": one}) for one in (net.template(), worked_out(net.template())))
    for promise in promises:
        was, now = plain.prove(promise), looked_up.prove(promise)
        assert (now.verdict, now.reason, now.unknown) == (was.verdict, was.reason, was.unknown)

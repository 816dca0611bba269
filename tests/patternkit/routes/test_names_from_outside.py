"""An id that is given as text may be any element of its kind, until a contract says which, or that it is none."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from patternkit.routes import ContractError, Network, Promise, TemplateError, Verdict, isolated, reaches
from patternkit.routes.cli import app
from tests.patternkit.routes.cases.verdicts import holds, unknown
from tests.patternkit.routes.topologies import Topology
from tests.patternkit.routes.two_vpcs import two_vpcs

ISOLATED = isolated("Aa", "Ba")
Case = tuple[Topology, dict[str, Any], Promise, str, str]


def apart() -> Topology:
    """Two VPCs on a transit gateway whose tables lead nowhere."""
    net = Topology()
    net.transit_gateway()
    for index, name in enumerate("AB", 1):
        net.vpc(name, f"10.{index}.0.0/16", a=f"10.{index}.1.0/24")
        net.table(name, f"{name}Table", "a", routes={"10.0.0.0/8": {"Ref": "Tgw"}})
        net.attach(name, "a")
    net.transit_table("Transit", of=("AAt", "BAt"))
    return net


def a_route() -> Case:
    net = apart()
    del net.resources["ATableRoute0"]
    body = {"RouteTableId": "rtb-1", "DestinationCidrBlock": "10.0.0.0/8", "TransitGatewayId": "tgw-1"}
    return net, {"Type": "AWS::EC2::Route", "Properties": body}, ISOLATED, "rtb-1", "Net/ATable may have more routes"


def a_transit_route() -> Case:
    body = {"TransitGatewayRouteTableId": "tgw-rtb-1", "DestinationCidrBlock": "10.2.0.0/16", "TransitGatewayAttachmentId": "tgw-attach-1"}  # noqa: E501  # fmt: skip
    resource = {"Type": "AWS::EC2::TransitGatewayRoute", "Properties": body}
    return apart(), resource, ISOLATED, "tgw-rtb-1", "Net/Transit may have more routes"


def a_transit_propagation() -> Case:
    body = {"TransitGatewayRouteTableId": "tgw-rtb-1", "TransitGatewayAttachmentId": "tgw-attach-1"}
    resource = {"Type": "AWS::EC2::TransitGatewayRouteTablePropagation", "Properties": body}
    return apart(), resource, ISOLATED, "tgw-rtb-1", "Net/Transit may have more routes"


def an_association() -> Case:
    net = apart()
    for number in range(2):
        del net.resources[f"TransitAssociates{number}"]
    body = {"TransitGatewayRouteTableId": "tgw-rtb-1", "TransitGatewayAttachmentId": "tgw-attach-1"}
    resource = {"Type": "AWS::EC2::TransitGatewayRouteTableAssociation", "Properties": body}
    return net, resource, ISOLATED, "tgw-attach-1", "the route table of Net/AAt"


def a_peering() -> Case:
    net = apart()
    net.add("Peering", "EC2::VPCPeeringConnection", VpcId="vpc-1", PeerVpcId={"Ref": "B"})
    net.route("ATable", "10.2.0.0/16", {"Ref": "Peering"})
    resource = {"Type": "AWS::SNS::Topic"}
    return net, resource, ISOLATED, "vpc-1", "whether Other is of Net/A"


def a_gateway_of_a_vpc() -> Case:
    net = apart()
    net.add("Igw", "EC2::InternetGateway")
    net.route("ATable", "0.0.0.0/0", {"Ref": "Igw"})
    body = {"VpcId": "vpc-1", "InternetGatewayId": {"Fn::ImportValue": "igw"}}
    resource = {"Type": "AWS::EC2::VPCGatewayAttachment", "Properties": body}
    return net, resource, isolated("internet", "Aa"), "vpc-1", "attaches a gateway to a VPC"


def a_block_of_a_vpc() -> Case:
    resource = {"Type": "AWS::EC2::VPCCidrBlock", "Properties": {"VpcId": "vpc-1", "CidrBlock": "172.16.0.0/16"}}
    return apart(), resource, isolated("Aa", "172.16.0.0/16"), "vpc-1", "Net/A has more addresses"


def a_subnet_of_a_vpc() -> Case:
    body = {"VpcId": "vpc-1", "CidrBlock": "10.1.9.0/24", "AvailabilityZone": "eu-west-1a"}
    return apart(), {"Type": "AWS::EC2::Subnet", "Properties": body}, isolated("Aa", "10.1.9.0/24"), "vpc-1", "is a subnet of a VPC"  # noqa: E501  # fmt: skip


def a_rule_of_a_network_acl() -> Case:
    net = two_vpcs()
    net.acl("Acl", "Aa", inbound=["allow all * 0.0.0.0/0"], outbound=[])
    body = {"NetworkAclId": "acl-1", "RuleNumber": 1, "Protocol": -1, "RuleAction": "allow", "Egress": True, "CidrBlock": "0.0.0.0/0"}  # noqa: E501  # fmt: skip
    resource = {"Type": "AWS::EC2::NetworkAclEntry", "Properties": body}
    return net, resource, ISOLATED, "acl-1", "the network ACL of Net/Aa"


def another_acl_of_a_subnet() -> Case:
    net = two_vpcs()
    net.acl("Acl", "Aa", inbound=["allow all * 0.0.0.0/0"], outbound=[])
    body = {"NetworkAclId": "acl-1", "SubnetId": "subnet-1"}
    return net, {"Type": "AWS::EC2::SubnetNetworkAclAssociation", "Properties": body}, ISOLATED, "subnet-1", "the network ACL of Net/Aa"  # noqa: E501  # fmt: skip


def guarded() -> Topology:
    net = two_vpcs()
    net.host("Client", "Aa")
    net.add("Guard", "EC2::SecurityGroup", GroupDescription="g", SecurityGroupIngress=[])
    net.host("Server", "Ba")
    net.resources["Server"]["Properties"]["GroupSet"] = [{"Ref": "Guard"}]
    return net


def a_rule_of_a_security_group() -> Case:
    body = {"GroupId": "sg-1", "IpProtocol": "-1", "CidrIp": "0.0.0.0/0"}
    resource = {"Type": "AWS::EC2::SecurityGroupIngress", "Properties": body}
    return guarded(), resource, isolated("Client", "Server"), "sg-1", "the security groups of Net/Server"


def a_peer_of_a_rule() -> Case:
    net = guarded()
    rule = {"IpProtocol": "-1", "SourceSecurityGroupId": "sg-1"}
    net.resources["Guard"]["Properties"]["SecurityGroupIngress"] = [rule]
    return net, {"Type": "AWS::SNS::Topic"}, isolated("Client", "Server"), "sg-1", "names, may be"


def an_association_of_a_subnet() -> Case:
    net = two_vpcs()
    del net.resources["ATableOfa"]
    net.table("A", "Empty")
    body = {"RouteTableId": "rtb-1", "SubnetId": "subnet-1"}
    resource = {"Type": "AWS::EC2::SubnetRouteTableAssociation", "Properties": body}
    return net, resource, ISOLATED, "subnet-1", "the route table of Net/Aa"


def a_gateway_endpoint() -> Case:
    body = {"VpcId": "vpc-1", "ServiceName": "com.amazonaws.eu-west-1.s3", "RouteTableIds": ["rtb-1"]}
    return two_vpcs(), {"Type": "AWS::EC2::VPCEndpoint", "Properties": body}, isolated("Aa", "s3"), "rtb-1", "Other adds a route to a table"  # noqa: E501  # fmt: skip


def an_address() -> Case:
    net = two_vpcs()
    net.route("ATable", "0.0.0.0/0", net.internet_gateway("A"))
    net.host("Host", "Aa")
    body = {"NetworkInterfaceId": "eni-1", "AllocationId": "eipalloc-1"}
    resource = {"Type": "AWS::EC2::EIPAssociation", "Properties": body}
    return net, resource, isolated("internet", "Host"), "eni-1", "gives a public address to an interface"


def an_attachment() -> Case:
    """Of a VPC outside, by default association and propagation."""
    net = two_vpcs()
    del net.resources["BAt"]
    body = {"VpcId": "vpc-1", "TransitGatewayId": {"Ref": "Tgw"}, "SubnetIds": ["subnet-1"]}
    resource = {"Type": "AWS::EC2::TransitGatewayAttachment", "Properties": body}
    return net, resource, ISOLATED, "vpc-1", "attaches a VPC"


def an_attachment_to_a_gateway() -> Case:
    net = two_vpcs()
    net.resources["BAt"]["Properties"]["TransitGatewayId"] = "tgw-1"
    return net, {"Type": "AWS::SNS::Topic"}, ISOLATED, "tgw-1", "Net/BAt may be attached to Net/Tgw"


CASES = [
    a_route,
    a_transit_route,
    a_transit_propagation,
    an_association,
    a_peering,
    a_gateway_of_a_vpc,
    a_block_of_a_vpc,
    a_subnet_of_a_vpc,
    a_rule_of_a_network_acl,
    another_acl_of_a_subnet,
    a_rule_of_a_security_group,
    a_peer_of_a_rule,
    an_association_of_a_subnet,
    a_gateway_endpoint,
    an_address,
    an_attachment,
    an_attachment_to_a_gateway,
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.__name__)
@pytest.mark.parametrize("by_parameter", [False, True], ids=["as text", "by a parameter"])
def test_it_may_be_any(case: Callable[[], Case], by_parameter: bool) -> None:
    net, resource, promise, identity, words = case()
    text = json.dumps({"Net": {**net.template(), "Resources": {**net.resources, "Other": resource}}})
    contracts: Any = {"ids": {identity: {"resource": "none"}}}
    if by_parameter:
        template = json.loads(text.replace(f'"{identity}"', '{"Ref": "Given"}'))["Net"]
        template["Parameters"] = {"Given": {"Type": "String", "Default": identity}}
        text = json.dumps({"Net": template})
        contracts = {"parameters": {"Net": {"Given": {"resource": "none"}}}}
    templates = json.loads(text)
    words = words.replace("Other is", "Net/Peering is").replace("Other adds", "Net/Other adds")
    proof = Network.from_templates(templates).prove(promise)
    assert proof.verdict is Verdict.UNKNOWN, proof
    causes = [reason for reason in proof.unknown if words in reason]
    assert causes, proof
    if "whether" not in words and "may be attached" not in words:
        assert "(contract: ids)" in causes[0], causes
    lifted = Network.from_templates(templates, contracts=contracts).prove(promise)
    assert not [reason for reason in lifted.unknown if words in reason], lifted
    if case is an_attachment:
        prefixes = {**contracts, "prefixes": {"Other": ["10.9.0.0/16"]}}
        lifted = Network.from_templates(templates, contracts=prefixes).prove(promise)
    if case is not a_peering:
        assert lifted.verdict is Verdict.HOLDS, lifted


class TestWhichItIs:
    """`{resource: PATH}` says which resource an id is, across the stacks of a set."""

    def templates(self) -> dict[str, Any]:
        net = two_vpcs()
        spoke = {name: net.resources.pop(name) for name in list(net.resources) if name.startswith("B")}
        text = json.dumps(spoke).replace('{"Ref": "Tgw"}', '{"Ref": "Gateway"}')
        parameters = {"Gateway": {"Type": "String", "Default": "tgw-0123456789abcdef0"}}
        return {"Hub": net.template(), "Spoke": {"Parameters": parameters, "Resources": json.loads(text)}}

    PROMISE = reaches("Aa", "Ba")

    def test_without_a_contract(self) -> None:
        network = Network.from_templates(self.templates())
        unknown(network, self.PROMISE, "Spoke/BAt may be attached to Hub/Tgw")
        unknown(network, isolated("Aa", "Ba"), "Spoke/BAt may be attached to Hub/Tgw")

    @pytest.mark.parametrize(
        "contracts",
        [
            {"parameters": {"Spoke": {"Gateway": {"resource": "Hub/Tgw"}}}},
            {"parameters": {"Spoke": {"Gateway": {"resource": "Tgw"}}}},
            {"ids": {"tgw-0123456789abcdef0": {"resource": "Tgw"}}},
        ],
    )
    def test_with_one(self, contracts: Any) -> None:
        proof = Network.from_templates(self.templates(), contracts=contracts).prove(self.PROMISE)
        assert proof.verdict is Verdict.HOLDS, proof

    def test_as_a_parameter(self) -> None:
        given = {"Spoke": {"Gateway": {"resource": "Hub/Tgw"}}}
        holds(Network.from_templates(self.templates(), parameters=given), self.PROMISE)

    def test_on_the_command_line(self, tmp_path: Path) -> None:
        for name, template in self.templates().items():
            (tmp_path / f"{name}.json").write_text(json.dumps(template))
        files = [str(tmp_path / "Hub.json"), str(tmp_path / "Spoke.json")]
        arguments = ["trace", *files, "--source", "Aa", "--destination", "Ba"]
        statuses = {"tgw-1": 2, "{resource: Hub/Tgw}": 0, "{resource: none}": 1, "{resource: Nat}": 3}
        for value, status in statuses.items():
            result = CliRunner().invoke(app, [*arguments, "--parameter", f"Spoke.Gateway={value}"])
            assert result.exit_code == status, result.output
        assert "parameter Gateway of Spoke: no resource is named 'Nat'" in result.output

    @pytest.mark.parametrize("section", ["imports", "ssm"])
    def test_what_is_imported(self, section: str) -> None:
        templates = self.templates()
        if section == "imports":
            text = json.dumps(templates["Spoke"]).replace('{"Ref": "Gateway"}', '{"Fn::ImportValue": "tgw"}')
            templates["Spoke"] = json.loads(text)
        else:
            parameter = {"Type": "AWS::SSM::Parameter::Value<String>", "Default": "tgw"}
            templates["Spoke"]["Parameters"]["Gateway"] = parameter
        unknown(Network.from_templates(templates), self.PROMISE, f"(contract: {section})")
        contracts = {section: {"tgw": {"resource": "Hub/Tgw"}}}
        holds(Network.from_templates(templates, contracts=contracts), self.PROMISE)

    def test_another_id_of_one_that_is_known(self) -> None:
        """Two ids are not one table."""
        net = apart()
        body = {"TransitGatewayRouteTableId": "tgw-rtb-2", "DestinationCidrBlock": "10.2.0.0/16", "Blackhole": True}
        net.resources["Other"] = {"Type": "AWS::EC2::TransitGatewayRoute", "Properties": body}
        tables = {"tgw-rtb-1": {"resource": "Transit"}, "tgw-rtb-0": {"resource": "Tgw"}}
        unknown(net.network(), ISOLATED, "Net/Transit may have more routes")
        holds(net.network(contracts={"ids": tables}), ISOLATED)

    def test_a_contract_that_says_nothing(self) -> None:
        with pytest.raises(ContractError, match=r"ids of rtb-1 must be \{resource: PATH\}"):
            Network.from_templates(self.templates(), contracts={"ids": {"rtb-1": "Hub/Tgw"}})
        with pytest.raises(TemplateError, match="ids of rtb-1: no resource is named 'Hub/Tgv'; did you mean 'Hub/Tgw'"):
            Network.from_templates(self.templates(), contracts={"ids": {"rtb-1": {"resource": "Hub/Tgv"}}}).views()


def test_every_cause_is_told_at_once() -> None:
    """On the way there and back, each with its element, what causes it, and what lifts it."""
    net = two_vpcs()
    for number, table in enumerate(("ATable", "BTable", "ATable")):
        body = {"ServiceToken": "arn", "Table": {"Ref": table}}
        net.resources[f"Code{number}"] = {"Type": "Custom::Code", "Properties": body}
    given = {"TransitGatewayRouteTableId": "tgw-rtb-1", "DestinationCidrBlock": "10.9.0.0/16", "Blackhole": True}
    net.resources["Given"] = {"Type": "AWS::EC2::TransitGatewayRoute", "Properties": given}
    proof = net.network().prove(reaches("Aa", "Ba"))
    assert proof.verdict is Verdict.UNKNOWN
    told = "\n".join(proof.unknown)
    for words in (
        "the custom resource Net/Code0 is given Net/ATable, and may change it (contract: harmless or returns",
        "the custom resource Net/Code2 is given Net/ATable",
        "the custom resource Net/Code1 is given Net/BTable",
        "Net/Tgw default route table may have more routes: Net/Given is a route in a table that is not known: transit",
        "transit gateway route table tgw-rtb-1 may be any of the set (contract: ids)",
    ):
        assert words in told, told
    contracts = {"harmless": ["Code*"], "ids": {"tgw-rtb-1": {"resource": "none"}}}
    holds(net.network(contracts=contracts), reaches("Aa", "Ba"))


class TestNestedStacks:
    """A nested stack whose template is among the arguments is found, whatever its TemplateURL."""

    def load(
        self, folder: Path, url: Any, *, child: str = "spokes.yaml", logical: str = "Child", **options: Any
    ) -> Network:
        net = two_vpcs()
        route = net.resources.pop("ATableRoute0")
        route["Properties"]["RouteTableId"] = {"Ref": "Table"}
        route["Properties"]["TransitGatewayId"] = {"Ref": "Gateway"}
        parameters = {"Table": {"Type": "String"}, "Gateway": {"Type": "String"}}
        inner = {"Parameters": parameters, "Resources": {"Route": route}}
        given = {"Table": {"Ref": "ATable"}, "Gateway": {"Ref": "Tgw"}}
        net.add(logical, "CloudFormation::Stack", TemplateURL=url, Parameters=given)
        (folder / "root.json").write_text(json.dumps(net.template()))
        (folder / child).write_text(json.dumps(inner))
        other = {"Resources": {"V": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.9.0.0/16"}}}}
        (folder / "other.yaml").write_text(json.dumps(other))
        return Network.load(folder / "root.json", folder / child, folder / "other.yaml", **options)

    @pytest.mark.parametrize(
        ("url", "child", "logical"),
        [
            ("https://s3.amazonaws.com/bucket/path/spokes.yaml", "spokes.yaml", "Child"),
            ("https://s3.amazonaws.com/bucket/spokes.template.json?versionId=1", "spokes.yaml", "Child"),
            ({"Fn::Sub": "https://${AWS::URLSuffix}/spokes.yml"}, "spokes.yaml", "Child"),
            ({"Fn::Sub": "https://bucket/0123456789abcdef.json"}, "spokes.yaml", "Spokes"),
            ({"Ref": "AWS::URLSuffix"}, "anything.yaml", "Child"),
            ("spokes.yaml", "spokes.yaml", "Child"),
        ],
    )
    def test_it_is_found(self, tmp_path: Path, url: Any, child: str, logical: str) -> None:
        network = self.load(tmp_path, url, child=child, logical=logical)
        holds(network, reaches("Aa", "Ba"))
        assert f"root/{logical}" in {stack.name for stack in network.stacks.stacks}
        assert child.split(".")[0] not in {stack.name for stack in network.stacks.stacks}

    def test_by_its_shape_it_is_said(self, tmp_path: Path) -> None:
        proof = self.load(tmp_path, "https://bucket/x").prove(reaches("Aa", "Ba"))
        assert "the nested stack root/Child is taken to be spokes, by its parameters and outputs" in proof.notes

    def test_by_a_contract(self, tmp_path: Path) -> None:
        network = self.load(tmp_path, "https://bucket/other.yaml", contracts={"nested": {"root/Child": "spokes"}})
        holds(network, reaches("Aa", "Ba"))
        with pytest.raises(TemplateError, match="no template of the set is 'spoke'; did you mean 'spokes'"):
            self.load(tmp_path, "https://bucket/x", contracts={"nested": {"root/Child": "spoke"}})

    def test_one_that_is_not_there(self) -> None:
        net = two_vpcs()
        net.add("Child", "CloudFormation::Stack", TemplateURL="https://bucket/child.yaml")
        unknown(net.network(), reaches("Aa", "Ba"), "Net/Child is not in the set (contract: nested)")


def test_what_only_replies_meet_is_told_with_the_rest() -> None:
    net = Topology()
    net.vpc("V", "10.0.0.0/16", a="10.0.1.0/24", b="10.0.2.0/24")
    for subnet in "ab":
        net.table("V", f"Of{subnet}", subnet)
        body = {"ServiceToken": "arn", "Table": {"Ref": f"Of{subnet}"}}
        net.resources[f"Code{subnet}"] = {"Type": "Custom::Code", "Properties": body}
    told = "\n".join(net.network().prove(reaches("Va", "Vb")).unknown)
    assert "Net/Codea is given Net/Ofa" in told
    assert "Net/Codeb is given Net/Ofb" in told
    # What becomes of replies does not matter to isolation.
    assert "Net/Codeb" not in "\n".join(net.network().prove(isolated("Va", "Vb")).unknown)

"""Resources that are not modelled and name what they stand in from outside: by text, a parameter, an import, a group.

Held over every type that adds or changes ways, as `types.json` lists them, and over every property by which it does.
"""

from __future__ import annotations

import json
from functools import reduce
from typing import Any

import pytest

from patternkit.routes import Promise, TemplateError, Verdict, isolated, reaches
from patternkit.routes.classes import ADDS, CHANGES
from patternkit.routes.classes.deriving import FILE
from tests.patternkit.routes.doubts.networks import connected
from tests.patternkit.routes.reasons import badly_told
from tests.patternkit.routes.topologies import Topology

TYPES: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))["types"]
NAMED = [(kind, path, word) for kind, entry in TYPES.items() for path, word in entry.get("names", {}).items() if word]
ADDING = [one for one in NAMED if TYPES[one[0]]["class"] == ADDS]
CHANGING = [one for one in NAMED if TYPES[one[0]]["class"] == CHANGES and one[2] != "resource"]
# What tells of an element of the set, in whose VPC the rest of an object then is.
TELLING: dict[str, Any] = {"VPC": {"Ref": "A"}, "subnet": {"Ref": "Aa"}, "security group": {"Ref": "Guard"}}
BETWEEN = isolated("Aa", "Ba")
ELSEWHERE = isolated("Ca", "Ba")
TEXTS = {
    "text": "id-0123456789abcdef0",
    "an ARN": {"Fn::Sub": "arn:${AWS::Partition}:ec2:${AWS::Region}:${AWS::AccountId}:thing/id-0123456789abcdef0"},
    "a parameter": {"Ref": "Open"},
    "an import": {"Fn::ImportValue": "other"},
    "a stored value": "{{resolve:ssm:/other}}",
    "a custom resource": {"Fn::GetAtt": ["Finder", "Id"]},
}
SECTIONS = {
    "text": "ids",
    "an ARN": "ids",
    "a parameter": "parameters",
    "an import": "imports",
    "a stored value": "ssm",
    "a custom resource": "returns",
}


def apart() -> Topology:
    """Three VPCs on a transit gateway whose tables lead nowhere, with a custom resource that concerns none of them."""
    net = connected(isolated=True)
    net.subnet("A", "b", "10.1.2.0/24")
    net.vpc("C", "10.3.0.0/16", a="10.3.1.0/24")
    net.add("Guard", "EC2::SecurityGroup", GroupDescription="g", VpcId={"Ref": "A"})
    net.resources["Finder"] = {"Type": "Custom::Finder", "Properties": {"ServiceToken": "arn"}}
    return net


def within(path: str, value: Any) -> dict[str, Any]:
    """The properties in which a value is at a path."""
    name, _, only = path.rpartition("/")[2].partition("?")
    inner: dict[str, Any] = {name: value}
    if only:
        inner[only.partition("=")[0]] = only.partition("=")[2].split("|")[0]
    heads = path.split("/")[:-1]
    return reduce(lambda node, head: {head: [node] if head == "OptionSettings" else node}, reversed(heads), inner)


def joined(one: Any, other: Any) -> Any:
    """Two trees of properties in one."""
    if isinstance(one, list) and isinstance(other, list):
        return [*one, *other]
    if isinstance(one, dict) and isinstance(other, dict):
        return {name: joined(one[name], other[name]) if name in one and name in other else (one | other)[name]
                for name in one | other}  # fmt: skip
    return one


def proved(net: Topology, promise: Promise, **contracts: Any) -> tuple[Verdict, str]:
    network = net.network(contracts=contracts)
    proof = network.prove(promise)
    assert not badly_told(network, proof)
    return proof.verdict, str(proof)


class TestEveryType:
    def test_what_adds_or_changes_ways_says_as_what_it_names_things(self) -> None:
        told = {kind for kind, entry in TYPES.items() if entry["class"] in (ADDS, CHANGES)}
        assert {kind for kind, entry in TYPES.items() if "names" in entry} == told
        for kind in told:
            assert set(TYPES[kind]["properties"]) <= set(TYPES[kind]["names"]), kind

    @pytest.mark.parametrize(("kind", "path"), [one[:2] for one in ADDING])
    def test_what_it_names_as_text_may_be_any(self, kind: str, path: str) -> None:
        for value in ("id-0123456789abcdef0", ["id-0123456789abcdef0"]):
            net = apart()
            net.add("Unseen", kind.removeprefix("AWS::"), **within(path, value))
            found, told = proved(net, BETWEEN)
            assert found is Verdict.UNKNOWN, told
            assert f"Net/Unseen ({kind}) may " in told
            assert "(contract: ids, or harmless, Net/Unseen)" in told
            assert proved(net, reaches("Aa", "Ab"))[0] is Verdict.HOLDS, "a further way breaks none that there is"
            lifted = proved(net, BETWEEN, harmless=["Unseen"])
            assert (lifted[0], "leans on contracts: harmless Unseen" in lifted[1]) == (Verdict.HOLDS, True), lifted[1]
            none = proved(net, BETWEEN, ids={"id-0123456789abcdef0": {"resource": "none"}})
            assert none[0] is Verdict.HOLDS, none[1]

    @pytest.mark.parametrize(("kind", "path"), [one[:2] for one in CHANGING])
    def test_what_it_may_change(self, kind: str, path: str) -> None:
        net = connected()
        net.vpn_gateway("A")
        net.add("List", "EC2::PrefixList", AddressFamily="IPv4", MaxEntries=1, PrefixListName="l", Entries=[{"Cidr": "0.0.0.0/0"}])  # noqa: E501  # fmt: skip
        net.resources["TARoute0"]["Properties"]["DestinationPrefixListId"] = {"Ref": "List"}
        del net.resources["TARoute0"]["Properties"]["DestinationCidrBlock"]
        assert proved(net, reaches("Aa", "Ba"))[0] is Verdict.HOLDS
        net.add("Unseen", kind.removeprefix("AWS::"), **within(path, "id-1"))
        found, told = proved(net, reaches("Aa", "Ba"))
        assert found is Verdict.UNKNOWN, told
        assert f"Net/Unseen ({kind}) may " in told
        assert "(contract: ids, or harmless, Net/Unseen)" in told
        assert proved(net, reaches("Aa", "Ba"), harmless=["Unseen"])[0] is Verdict.HOLDS
        assert proved(net, reaches("Aa", "Ba"), ids={"id-1": {"resource": "none"}})[0] is Verdict.HOLDS

    @pytest.mark.parametrize(
        ("kind", "path", "other"),
        [
            (kind, path, other)
            for kind, path, word in ADDING
            for of, other, beside in ADDING
            if kind == of
            and path.rpartition("/")[0] == other.rpartition("/")[0]
            and path != other
            and word in TELLING
            and (beside in TELLING or beside == "Client VPN endpoint")
        ],
    )
    def test_what_is_known_tells_where_the_rest_is(self, kind: str, path: str, other: str) -> None:
        net = apart()
        known = within(path, TELLING[TYPES[kind]["names"][path]])
        net.add("Unseen", kind.removeprefix("AWS::"), **joined(known, within(other, "id-1")))
        found, told = proved(net, BETWEEN)
        assert (found, f"Net/Unseen ({kind}) is given Net/" in told) == (Verdict.UNKNOWN, True), told
        assert proved(net, ELSEWHERE)[0] is Verdict.HOLDS
        # What is said of the one says it of the other.
        net.resources["Unseen"]["Properties"] = joined(within(path, "id-2"), within(other, "id-1"))
        assert proved(net, ELSEWHERE)[0] is Verdict.UNKNOWN
        said = proved(net, ELSEWHERE, ids={"id-2": TELLING[TYPES[kind]["names"][path]] and {"resource": {"VPC": "A", "subnet": "Aa", "security group": "Guard"}[TYPES[kind]["names"][path]]}})  # noqa: E501  # fmt: skip
        assert said[0] is Verdict.HOLDS, said[1]


class TestEveryWayToNameIt:
    @pytest.mark.parametrize("way", TEXTS)
    @pytest.mark.parametrize("listed", [False, True])
    def test_it_is_not_known(self, way: str, *, listed: bool) -> None:
        net = apart()
        net.add("Unseen", "ApiGatewayV2::VpcLink", SubnetIds=[TEXTS[way]] if listed else TEXTS[way])
        for promise in (BETWEEN, ELSEWHERE, isolated("internet", "Aa"), isolated("Aa", "internet")):
            found, told = proved(net, promise)
            assert (found, f"(contract: {SECTIONS[way]}, or harmless, Net/Unseen)" in told) == (Verdict.UNKNOWN, True), told  # noqa: E501  # fmt: skip
            assert "Net/Unseen (AWS::ApiGatewayV2::VpcLink) may stand in Net/" in told

    @pytest.mark.parametrize(
        ("way", "contract"),
        [
            ("text", {"ids": {"id-0123456789abcdef0": "given"}}),
            ("an ARN", {"ids": {"id-0123456789abcdef0": "given"}}),
            ("a parameter", {"parameters": {"Net": {"Open": "given"}}}),
            ("an import", {"imports": {"other": "given"}}),
            ("a stored value", {"ssm": {"/other": "given"}}),
            ("a custom resource", {"returns": {"Finder": {"Id": "given"}}}),
        ],
        ids=str,
    )
    def test_a_contract_says_which_it_is(self, way: str, contract: dict[str, Any]) -> None:
        net = apart()
        net.add("Unseen", "ApiGatewayV2::VpcLink", SubnetIds=[TEXTS[way]])
        for resource, in_a in (("none", Verdict.HOLDS), ("Aa", Verdict.UNKNOWN)):
            if (way, resource) == ("a custom resource", "none"):
                # What a custom resource returns is said of the set alone.
                continue
            given = json.loads(json.dumps(contract).replace('"given"', json.dumps({"resource": resource})))
            assert proved(net, isolated("Aa", "internet"), **given)[0] is in_a
            assert proved(net, ELSEWHERE, **given)[0] is Verdict.HOLDS

    def test_a_contract_says_which_several_are(self) -> None:
        net = apart()
        net.extra["Parameters"]["Several"] = {"Type": "List<AWS::EC2::Subnet::Id>"}
        net.add("Unseen", "ApiGatewayV2::VpcLink", SubnetIds={"Ref": "Several"})
        given = {"parameters": {"Net": {"Several": {"resource": ["Aa", "Ab"]}}}}
        found, told = proved(net, BETWEEN, **given)
        assert found is Verdict.UNKNOWN
        assert all(f"Net/Unseen (AWS::ApiGatewayV2::VpcLink) is given Net/{one}," in told for one in ("Aa", "Ab")), told
        assert proved(net, ELSEWHERE, **given)[0] is Verdict.HOLDS
        given["parameters"]["Net"]["Several"]["resource"][1] = "Nobody"
        with pytest.raises(TemplateError, match="parameter Several of Net 2: no resource is named 'Nobody'"):
            proved(net, BETWEEN, **given)

    @pytest.mark.parametrize("subnets", [["subnet-1"], {"Ref": "Open"}], ids=str)
    def test_a_group_of_subnets_is_read_through(self, subnets: Any) -> None:
        net = apart()
        net.add("Group", "Redshift::ClusterSubnetGroup", Description="g", SubnetIds=subnets)
        net.add("Unseen", "Redshift::EndpointAccess", EndpointName="e", SubnetGroupName={"Ref": "Group"})
        assert proved(net, ELSEWHERE)[0] is Verdict.UNKNOWN
        net.resources["Group"]["Properties"]["SubnetIds"] = [{"Ref": "Aa"}]
        assert proved(net, ELSEWHERE)[0] is Verdict.HOLDS
        assert proved(net, BETWEEN)[0] is Verdict.UNKNOWN
        net.resources["Unseen"]["Properties"]["SubnetGroupName"] = "elsewhere"
        assert proved(net, ELSEWHERE)[0] is Verdict.UNKNOWN

    def test_what_names_a_resource_of_the_set_is_where_that_is(self) -> None:
        net = apart()
        net.add("Door", "EC2::ClientVpnEndpoint", VpcId={"Ref": "A"})
        net.add("Unseen", "EC2::ClientVpnRoute", ClientVpnEndpointId={"Ref": "Door"}, TargetVpcSubnetId="subnet-1")
        assert proved(net, ELSEWHERE)[0] is Verdict.HOLDS
        net.resources["Door"]["Properties"]["VpcId"] = "vpc-1"
        found, told = proved(net, ELSEWHERE)
        assert found is Verdict.UNKNOWN
        assert "Net/Door (AWS::EC2::ClientVpnEndpoint) may stand in Net/" in told
        assert "Net/Unseen (AWS::EC2::ClientVpnRoute) may stand in Net/" in told

    def test_a_group_that_further_vpcs_use_does_not_tell_where(self) -> None:
        net = apart()
        net.add("Unseen", "ApiGatewayV2::VpcLink", SubnetIds=["subnet-1"], SecurityGroupIds=[{"Ref": "Guard"}])
        assert proved(net, ELSEWHERE)[0] is Verdict.HOLDS
        net.add("Shared", "EC2::SecurityGroupVpcAssociation", GroupId={"Ref": "Guard"}, VpcId="vpc-1")
        assert proved(net, ELSEWHERE)[0] is Verdict.UNKNOWN

    def test_a_group_given_as_text_stands_where_the_subnets_are(self) -> None:
        net = apart()
        net.add("Unseen", "EC2::VerifiedAccessEndpoint", SecurityGroupIds=["sg-1"], CidrOptions={"SubnetIds": [{"Ref": "Aa"}]})  # noqa: E501  # fmt: skip
        assert proved(net, ELSEWHERE)[0] is Verdict.HOLDS

    def test_what_is_none_of_the_set_tells_where_the_rest_is(self) -> None:
        net = apart()
        net.add("Unseen", "ApiGatewayV2::VpcLink", SubnetIds=["subnet-1", "subnet-2"])
        assert proved(net, BETWEEN)[0] is Verdict.UNKNOWN
        assert proved(net, BETWEEN, ids={"subnet-2": {"resource": "none"}})[0] is Verdict.HOLDS

    def test_an_object_that_is_not_known_is_where_the_rest_is(self) -> None:
        net = apart()
        net.add("Unseen", "EC2::VerifiedAccessEndpoint", SecurityGroupIds=[{"Ref": "Guard"}], CidrOptions={"Ref": "Open"})  # noqa: E501  # fmt: skip
        assert proved(net, ELSEWHERE)[0] is Verdict.HOLDS
        net.resources["Unseen"]["Properties"]["SecurityGroupIds"] = ["sg-1"]
        found, told = proved(net, ELSEWHERE)
        # It tells where the groups are, which are then no reason of their own.
        assert (found, "sg-1" in told) == (Verdict.UNKNOWN, False), told

    def test_a_vpc_with_another_id_is_another(self) -> None:
        net = apart()
        net.add("Unseen", "VpcLattice::ServiceNetworkVpcAssociation", VpcIdentifier="vpc-1")
        ids = {"vpc-2": {"resource": "B"}, "vpc-3": {"resource": "C"}}
        assert proved(net, ELSEWHERE, ids=ids)[0] is Verdict.HOLDS
        assert proved(net, BETWEEN, ids=ids)[0] is Verdict.UNKNOWN
        net.resources["Unseen"]["Properties"]["VpcIdentifier"] = {"Ref": "Open"}
        assert proved(net, ELSEWHERE, ids=ids)[0] is Verdict.UNKNOWN, "a parameter may have that id"

    @pytest.mark.parametrize("gateway", ["tgw-1", {"Ref": "Open"}], ids=str)
    def test_a_gateway_that_is_not_known_is_any(self, gateway: Any) -> None:
        net = apart()
        net.add("Unseen", "EC2::ClientVpnEndpoint", TransitGatewayConfiguration={"TransitGatewayId": gateway})
        assert proved(net, BETWEEN)[0] is Verdict.UNKNOWN
        assert proved(net, isolated("Ca", "internet"))[0] is Verdict.HOLDS, "it is attached to none"

    def test_a_gateway_that_is_not_known_may_be_that_of_an_attachment(self) -> None:
        net = apart()
        net.add("CAt", "EC2::TransitGatewayAttachment", VpcId={"Ref": "C"}, TransitGatewayId="tgw-9", SubnetIds=[{"Ref": "Ca"}])  # noqa: E501  # fmt: skip
        net.add("Unseen", "EC2::ClientVpnEndpoint", TransitGatewayConfiguration={"TransitGatewayId": "tgw-1"})
        others = {"ids": {"tgw-8": {"resource": "Tgw"}}}
        assert proved(net, isolated("Ca", "internet"), **others)[0] is Verdict.UNKNOWN
        assert proved(net, isolated("Aa", "internet"), **others)[0] is Verdict.HOLDS
        assert proved(net, isolated("Ca", "internet"), ids={"tgw-9": {"resource": "none"}})[0] is Verdict.HOLDS
        net.resources["Unseen"]["Properties"] = {"TransitGatewayConfiguration": {"TransitGatewayId": {"Ref": "Tgw"}}}
        assert proved(net, isolated("Ca", "internet"))[0] is Verdict.HOLDS

    @pytest.mark.parametrize(
        ("kind", "name"),
        [
            ("NetworkManager::SiteToSiteVpnAttachment", "VpnConnectionArn"),
            ("NetworkManager::DirectConnectGatewayAttachment", "DirectConnectGatewayArn"),
            ("EC2::TransitGatewayMulticastGroupMember", "NetworkInterfaceId"),
        ],
    )
    def test_a_connection_may_be_that_of_a_site(self, kind: str, name: str) -> None:
        net = apart()
        net.vpn("Vpn", tgw="Tgw")
        asked = isolated("Vpn", "internet")
        prefixes = {"prefixes": {"Vpn": ["192.168.0.0/16"]}, "sites": {"Vpn": {"passes-on": False}}}
        assert proved(net, asked, **prefixes)[0] is Verdict.HOLDS
        net.add("Unseen", kind, **{name: "arn:of:another"})
        ours = "NetworkInterface" not in name
        assert proved(net, asked, **prefixes)[0] is (Verdict.UNKNOWN if ours else Verdict.HOLDS)

    def test_options_tell_of_each_other(self) -> None:
        net = apart()
        options = [
            {"Namespace": "aws:ec2:vpc", "OptionName": "VPCId", "Value": {"Ref": "A"}},
            {"Namespace": "aws:ec2:vpc", "OptionName": "Subnets", "Value": "subnet-1,subnet-2"},
            {"Namespace": "aws:ec2:vpc", "OptionName": "ELBScheme", "Value": "internal"},
        ]
        net.add("Unseen", "ElasticBeanstalk::Environment", ApplicationName="a", OptionSettings=options)
        assert proved(net, ELSEWHERE)[0] is Verdict.HOLDS
        net.resources["Unseen"]["Properties"]["OptionSettings"] = options[1:]
        assert proved(net, ELSEWHERE)[0] is Verdict.UNKNOWN
        net.resources["Unseen"]["Properties"]["OptionSettings"] = options[2:]
        assert proved(net, BETWEEN)[0] is Verdict.HOLDS

    def test_one_table_does_not_tell_of_another(self) -> None:
        net = connected()
        tables = [{"Ref": "TB"}, "rtb-1"]
        net.add("Unseen", "FSx::FileSystem", FileSystemType="ONTAP", SubnetIds=["subnet-1"], OntapConfiguration={"RouteTableIds": tables})  # noqa: E501  # fmt: skip
        found, told = proved(net, reaches("Aa", "Ba"))
        assert (found, "Net/TA may have more routes" in told) == (Verdict.UNKNOWN, True), told

    @pytest.mark.parametrize(
        ("arn", "verdict"),
        [
            ("arn:aws:ec2:eu-west-1:1:transit-gateway/tgw-1", Verdict.UNKNOWN),
            ({"Ref": "Open"}, Verdict.UNKNOWN),
            ("arn:aws:ec2:eu-west-1:1:prefix-list/pl-1", Verdict.HOLDS),
        ],
        ids=str,
    )
    def test_what_is_shared_may_be_of_the_set(self, arn: Any, verdict: Verdict) -> None:
        net = connected()
        net.resources["Tgw"]["Properties"] |= {"AutoAcceptSharedAttachments": "enable", "DefaultRouteTablePropagation": "enable"}  # noqa: E501  # fmt: skip
        net.add("Unseen", "RAM::ResourceShare", Name="s", ResourceArns=[arn])
        assert proved(net, reaches("Aa", "Ba"))[0] is verdict
        net.resources["Unseen"]["Properties"]["ResourceArns"] = ["arn:aws:ec2:eu-west-1:1:subnet/subnet-1"]
        assert proved(net, isolated("internet", "Aa"))[0] is Verdict.UNKNOWN


def handed(by: str, value: str) -> tuple[str, dict[str, Any]]:
    """What hands a text to code, by its type."""
    handing: dict[str, tuple[str, dict[str, Any]]] = {
        "CloudFormation::CustomResource": (by, {"ServiceToken": "arn", "Given": {"In": [value]}}),
        "Lambda::Function": (by, {"Environment": {"Variables": {"GIVEN": f"a,{value}"}}}),
        "CodeBuild::Project": (by, {"Source": {"BuildSpec": f"aws ec2 do-it --id {value}"}}),
        "CloudFormation::StackSet": (by, {"Parameters": [{"ParameterKey": "P", "ParameterValue": value}]}),
    }
    return handing[by]


HANDED = ["CloudFormation::CustomResource", "Lambda::Function", "CodeBuild::Project", "CloudFormation::StackSet"]


def passed_by_all() -> Topology:
    """A flow from one VPC to another by whatever code may be handed, and the site of a VPN."""
    net = connected()
    net.vpn("Vpn", tgw="Tgw")
    net.add("Guard", "EC2::SecurityGroup", GroupDescription="g", VpcId={"Ref": "B"}, SecurityGroupIngress=[{"IpProtocol": "-1", "CidrIp": "0.0.0.0/0"}])  # noqa: E501  # fmt: skip
    net.host("Host", "Ba")
    net.resources["Host"]["Properties"]["GroupSet"] = [{"Ref": "Guard"}]
    net.acl("Acl", "Aa", inbound=["allow all * 0.0.0.0/0"], outbound=["allow all * 0.0.0.0/0"])
    return net


class TestCodeThatIsHandedAText:
    @pytest.mark.parametrize("by", HANDED)
    @pytest.mark.parametrize("prefix", ["rtb", "tgw", "tgw-attach", "tgw-rtb", "acl", "sg", "vpc", "subnet"])
    @pytest.mark.parametrize("rest", ["0a1b2c3d", "0123456789abcdef0"])
    def test_it_may_change_what_that_is_the_id_of(self, by: str, prefix: str, rest: str) -> None:
        net = passed_by_all()
        asked = reaches("Aa", "Host", port=443)
        assert proved(net, asked)[0] is Verdict.HOLDS
        kind, properties = handed(by, f"{prefix}-{rest}")
        net.add("Code", kind, **properties)
        found, text = proved(net, asked)
        assert found is Verdict.UNKNOWN, text
        assert f"{prefix}-{rest} may be any of the set (contract: ids, or harmless, Net/Code)" in text
        assert proved(net, asked, harmless=["Code"])[0] is Verdict.HOLDS
        assert proved(net, asked, ids={f"{prefix}-{rest}": {"resource": "none"}})[0] is Verdict.HOLDS

    @pytest.mark.parametrize("by", HANDED)
    @pytest.mark.parametrize(
        "text", ["rtb-1", "my-rtb-0a1b2c3d", "rtb-0a1b2c3d4", "rtb-0a1b2c3d-old", "ami-0a1b2c3d", "vpce-0a1b2c3d"]
    )
    def test_what_is_no_such_id(self, by: str, text: str) -> None:
        net = passed_by_all()
        kind, properties = handed(by, text)
        net.add("Code", kind, **properties)
        assert proved(net, reaches("Aa", "Host", port=443))[0] is Verdict.HOLDS

    def test_what_has_another_id_is_another(self) -> None:
        net = passed_by_all()
        kind, properties = handed("Lambda::Function", "rtb-0a1b2c3d")
        net.add("Code", kind, **properties)
        ids = {f"rtb-{number}": {"resource": name} for number, name in enumerate(("TA", "TB"))}
        assert proved(net, reaches("Aa", "Host", port=443), ids=ids)[0] is Verdict.HOLDS
        # Of an id within a longer text it is known, too, which it is.
        found, text = proved(net, reaches("Aa", "Host", port=443), ids={"rtb-0a1b2c3d": {"resource": "TA"}})
        assert (found, "may be given Net/TA, and may change it: rtb-0a1b2c3d is its id" in text) == (
            Verdict.UNKNOWN,
            True,
        )
        assert proved(net, isolated("Ba", "internet"), ids={"rtb-0a1b2c3d": {"resource": "TA"}})[0] is Verdict.HOLDS

    @pytest.mark.parametrize("prefix", ["vpn", "pcx"])
    def test_connections(self, prefix: str) -> None:
        net = passed_by_all()
        known = {"prefixes": {"Vpn": ["192.168.0.0/16"]}}
        net.vpc("C", "10.3.0.0/16", a="10.3.1.0/24")
        net.table("C", "TC", "a", routes={"10.2.0.0/16": net.peering("Peering", "C", "B")})
        net.route("TB", "10.3.0.0/16", {"Ref": "Peering"})
        asked = reaches("Ca", "Host", port=443) if prefix == "pcx" else isolated("Vpn", "Host")
        before = proved(net, asked, **known)
        assert before[0] is Verdict.HOLDS, before[1]
        net.add("Code", "Lambda::Function", Environment={"Variables": {"GIVEN": f"{prefix}-0a1b2c3d"}})
        found, text = proved(net, asked, **known)
        assert (found, f"{prefix}-0a1b2c3d may be any of the set" in text) == (Verdict.UNKNOWN, True), text

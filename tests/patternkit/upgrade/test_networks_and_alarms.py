"""Wider groups, network ACLs and routes; alarms that tell nobody any more; functions under another name."""

from __future__ import annotations

from typing import Any, ClassVar

import pytest

from patternkit.upgrade import Change, Kind, compare

Resources = dict[str, Any]


def resource(kind: str, /, **properties: Any) -> dict[str, Any]:
    return {"Type": f"AWS::{kind}", "Properties": properties}


def changes(old: Resources, new: Resources) -> list[Change]:
    return list(compare({"Resources": old}, {"Resources": new}))


def said(old: Resources, new: Resources) -> list[str]:
    return [one.reason for one in changes(old, new) if one.dangerous]


def rule(peer: str = "10.0.0.0/16", first: int = 443, last: int | None = None, protocol: str = "tcp") -> dict[str, Any]:
    name = "SourcePrefixListId" if peer.startswith("pl-") else "CidrIpv6" if ":" in peer else "CidrIp"
    return {"IpProtocol": protocol, "FromPort": first, "ToPort": last or first, name: peer}


def group(*rules: dict[str, Any], **more: Any) -> Resources:
    return {"G": resource("EC2::SecurityGroup", SecurityGroupIngress=list(rules), **more)}


class TestGroups:
    @pytest.mark.parametrize(
        "wider",
        [
            rule("10.0.0.0/8"),
            rule(last=444),
            rule(first=442, last=443),
            rule(protocol="-1"),
            rule(protocol="udp"),
            rule("pl-12345678"),
            rule("2001:db8::/32"),
            {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "SourceSecurityGroupId": "sg-1"},
            {"IpProtocol": "tcp", "FromPort": {"Ref": "Port"}, "ToPort": 443, "CidrIp": "10.0.0.0/16"},
            {"Fn::If": ["C", rule("10.0.0.0/8"), rule()]},
        ],
    )
    def test_wider(self, wider: dict[str, Any]) -> None:
        (reason,) = said(group(rule()), group(rule(), wider))
        assert reason.startswith("G lets ")
        separate = {"R": resource("EC2::SecurityGroupIngress", GroupId={"Fn::GetAtt": ["G", "GroupId"]}, **wider)}
        if "Fn::If" not in wider:
            assert said(group(rule()), group(rule()) | separate) == [reason]
        assert not said(group(rule(), wider), group(rule()))

    @pytest.mark.parametrize("narrower", [rule("10.0.1.0/24"), rule(first=443), rule(protocol="6")])
    def test_narrower(self, narrower: dict[str, Any]) -> None:
        assert not said(group(rule(first=80, last=500)), group(narrower))
        assert not said(group(rule(protocol="-1")), group(narrower))

    def test_the_whole_internet_is_told_once(self) -> None:
        assert said(group(), group(rule("0.0.0.0/0"))) == ["tcp port 443 is open to 0.0.0.0/0"]

    def test_a_group_that_is_new_is_none(self) -> None:
        assert not said({}, group(rule()))

    def test_what_is_new_too_is_a_note(self) -> None:
        peer = {
            "IpProtocol": "tcp",
            "FromPort": 1,
            "ToPort": 1,
            "SourceSecurityGroupId": {"Fn::GetAtt": ["N", "GroupId"]},
        }
        new = group(peer) | {"N": resource("EC2::SecurityGroup", GroupDescription="x")}
        (note,) = changes(group(), new)
        assert not note.dangerous

    def test_outbound(self) -> None:
        closed = group(SecurityGroupEgress=[rule()])
        assert said(closed, group(SecurityGroupEgress=[rule("10.0.0.0/8")])) == [
            "G lets tcp port 443 to 10.0.0.0/8 through, and did not"
        ]
        assert said(closed, group()) == ["G lets every port to 0.0.0.0/0 through, and did not"]
        assert not said(group(), closed)


def entry(action: str = "allow", block: str = "10.0.0.0/16", number: int = 1, **more: Any) -> dict[str, Any]:
    ports = {"PortRange": {"From": 443, "To": 443}, "Protocol": 6, **more}
    return resource(
        "EC2::NetworkAclEntry",
        NetworkAclId={"Ref": "Acl"},
        CidrBlock=block,
        RuleAction=action,
        RuleNumber=number,
        **ports,
    )


class TestNetworkAcls:
    ACL: ClassVar[Resources] = {"Acl": resource("EC2::NetworkAcl", VpcId="vpc-1")}

    def test_wider(self) -> None:
        old = self.ACL | {"E": entry()}
        assert said(old, self.ACL | {"E": entry(block="10.0.0.0/8")}) == [
            "Acl lets tcp port 443 from 10.0.0.0/8 through, and did not"
        ]
        assert said(old, old | {"F": entry(Egress=True)}) == [
            "Acl lets tcp port 443 to 10.0.0.0/16 through, and did not"
        ]
        assert not said(self.ACL | {"E": entry(block="10.0.0.0/8")}, old)

    def test_a_denial_that_goes(self) -> None:
        old = self.ACL | {"E": entry("deny")}
        assert said(old, self.ACL) == ["Acl denied tcp port 443 from 10.0.0.0/16, and does not any more"]
        assert not said(old, self.ACL | {"F": entry("deny", "10.0.0.0/8")})
        assert not said(old, {})


def route(target: str, destination: str = "10.0.0.0/16", **more: Any) -> dict[str, Any]:
    return resource(
        "EC2::Route", RouteTableId={"Ref": "Table"}, DestinationCidrBlock=destination, **{target: "x"}, **more
    )


class TestRoutes:
    TABLE: ClassVar[Resources] = {"Table": resource("EC2::RouteTable", VpcId="vpc-1")}

    @pytest.mark.parametrize(
        ("new", "words"),
        [
            (route("TransitGatewayId", "10.0.0.0/8"), "to 10.0.0.0/8 leads to x, and led nowhere of its own"),
            (route("TransitGatewayId", "0.0.0.0/0"), "to 0.0.0.0/0 leads to x"),
        ],
    )
    def test_wider(self, new: dict[str, Any], words: str) -> None:
        old = self.TABLE | {"R": route("TransitGatewayId")}
        (reason,) = said(old, old | {"S": new})
        assert words in reason
        assert not said(old | {"S": new}, old)

    def test_another_target(self) -> None:
        old = resource(
            "EC2::Route", RouteTableId={"Ref": "Table"}, DestinationCidrBlock="10.0.0.0/16", VpcEndpointId="fw"
        )
        assert said(self.TABLE | {"R": old}, self.TABLE | {"R": route("GatewayId")}) == [
            "the route of Table to 10.0.0.0/16 leads to x, and led to fw"
        ]

    def test_a_table_that_is_new_is_none(self) -> None:
        assert not said({}, self.TABLE | {"R": route("GatewayId", "0.0.0.0/0")})

    def test_what_was_dropped(self) -> None:
        table = {"Table": resource("EC2::TransitGatewayRouteTable", TransitGatewayId="tgw-1")}
        hole = resource(
            "EC2::TransitGatewayRoute",
            TransitGatewayRouteTableId={"Ref": "Table"},
            DestinationCidrBlock="10.0.0.0/16",
            Blackhole=True,
        )
        assert said(table | {"R": hole}, table) == ["Table dropped what goes to 10.0.0.0/16, and does not any more"]


def alarm(**more: Any) -> dict[str, Any]:
    return resource("CloudWatch::Alarm", **{"MetricName": "Errors", "AlarmActions": [{"Ref": "Topic"}], **more})


TOPIC = resource("SNS::Topic", TopicName="alarms")
MAIL = resource("SNS::Subscription", TopicArn={"Ref": "Topic"}, Protocol="email", Endpoint="a@example.com")


class TestGateways:
    def test_a_network_that_was_there(self) -> None:
        vpc = {"Vpc": resource("EC2::VPC", CidrBlock="10.0.0.0/16")}
        attachment = resource("EC2::VPCGatewayAttachment", VpcId={"Ref": "Vpc"}, InternetGatewayId="igw-1")
        assert said(vpc, vpc | {"A": attachment}) == ["Vpc gets an internet gateway, and had none here"]
        assert not said({}, vpc | {"A": attachment})


class TestAlarms:
    OLD: ClassVar[Resources] = {"A": alarm(), "Topic": TOPIC, "Mail": MAIL}

    @pytest.mark.parametrize(
        ("new", "words"),
        [
            ({"A": alarm(ActionsEnabled=False)}, "ActionsEnabled was true and is false: it tells nobody"),
            ({"A": alarm(ActionsEnabled={"Ref": "P"})}, "is P, which is not known before deployment"),
            ({"A": alarm(AlarmActions=[])}, "AlarmActions was Topic and is empty: it tells nobody"),
            ({"A": alarm(AlarmActions=[{"Ref": "AWS::NoValue"}])}, "AlarmActions was Topic and is empty"),
            ({"A": {**alarm(), "Condition": "C"}}, "only if the condition C holds now"),
            ({"A": None}, "the alarm is not in the new template: nobody is told of Errors"),
            ({"Mail": None}, "the subscription Mail of the topic Topic is gone: its alarms tell nobody any more"),
        ],
    )
    def test_nobody_is_told(self, new: Resources, words: str) -> None:
        after = {name: one for name, one in (self.OLD | new).items() if one is not None}
        (reason,) = said(self.OLD, after)
        assert words in reason
        assert not [one for one in said(after, self.OLD) if words in one]

    def test_an_alarm_under_another_name_is_none(self) -> None:
        after = {"B": alarm(), "Topic": TOPIC, "Mail": MAIL}
        assert not said(self.OLD, after)

    def test_a_topic_that_nobody_hears(self) -> None:
        after = self.OLD | {"A": alarm(AlarmActions=[{"Ref": "Silent"}]), "Silent": TOPIC}
        assert any("tells nobody" in one for one in said(self.OLD, after))

    def test_one_of_several_is_a_note(self) -> None:
        both = alarm(AlarmActions=["arn:aws:sns:eu-west-1:1:a", {"Ref": "Topic"}])
        (note,) = changes(self.OLD | {"A": both}, self.OLD)
        assert (note.kind, note.dangerous) == (Kind.ALARMS, False)
        mail = {"Other": MAIL}
        assert not said(self.OLD | mail, self.OLD)


class TestFunctions:
    def test_renamed(self) -> None:
        function = resource("Lambda::Function", Handler="a.b", Runtime="python3.13", Code={})
        (reason,) = said({"Old": function}, {"New": function})
        assert "New runs the same: was it renamed? who calls it by the name or ARN that it had fails" in reason
        other = resource("Lambda::Function", Handler="c.d", Runtime="python3.13", Code={})
        assert not said({"Old": function}, {"New": other})
        assert not said({"Old": function}, {"Old": function, "New": function})

    def test_another_name(self) -> None:
        (reason,) = said(
            {"F": resource("Lambda::Function", FunctionName="a", Code={})},
            {"F": resource("Lambda::Function", FunctionName="b", Code={})},
        )
        assert 'FunctionName changes from "a" to "b"' in reason
        assert reason.endswith("who calls it by the name or ARN that it had fails")

"""The connections of a site: two tunnels for each device, logged and watched."""

from ipaddress import IPv4Network
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_logs as logs
from aws_cdk import aws_sns as sns

from patterns.building_blocks.settings import Settings
from patterns.network.hub.customer_site import CustomerSite
from patterns.network.hub.site_to_site_vpn import SiteToSiteVpn, destinations, site_vpns
from tests.patterns.building_blocks.made import own_arn, properties

TUNNEL = {
    "DPDTimeoutAction": "restart",
    "IKEVersions": [{"Value": "ikev2"}],
    "LogOptions": {
        "CloudwatchLogOptions": {
            "BgpLogEnabled": True,
            "BgpLogGroupArn": own_arn("logs", "log-group:own"),
            "BgpLogOutputFormat": "json",
            "LogEnabled": True,
            "LogGroupArn": own_arn("logs", "log-group:own"),
            "LogOutputFormat": "json",
        }
    },
    "Phase1DHGroupNumbers": [{"Value": 19}, {"Value": 20}, {"Value": 21}],
    "Phase1EncryptionAlgorithms": [{"Value": "AES256-GCM-16"}],
    "Phase1IntegrityAlgorithms": [{"Value": "SHA2-256"}, {"Value": "SHA2-384"}, {"Value": "SHA2-512"}],
    "Phase2DHGroupNumbers": [{"Value": 19}, {"Value": 20}, {"Value": 21}],
    "Phase2EncryptionAlgorithms": [{"Value": "AES256-GCM-16"}],
    "Phase2IntegrityAlgorithms": [{"Value": "SHA2-256"}, {"Value": "SHA2-384"}, {"Value": "SHA2-512"}],
}


def site(**more: Any) -> CustomerSite:
    return CustomerSite(**({"name": "Mail", "addresses": ["203.0.113.1"]} | more))


def vpn(scope: cdk.Stack, of: CustomerSite, **more: Any) -> SiteToSiteVpn:
    group = logs.LogGroup.from_log_group_name(scope, "Log", "own")
    given: dict[str, Any] = {"transit_gateway_id": "tgw-1"}
    return SiteToSiteVpn(scope, "Vpn", site=of, log_group=group, **(given | more))


def test_tunnels_speak_new_ciphers_alone_and_are_logged(scope: cdk.Stack) -> None:
    vpn(scope, site())
    assert properties(scope) == {
        "Vpn/Connection1": {
            "CustomerGatewayId": {"Fn::GetAtt": ["Vpn/Device1", "CustomerGatewayId"]},
            "PreSharedKeyStorage": "SecretsManager",
            "StaticRoutesOnly": False,
            "Tags": [{"Key": "Name", "Value": "Test/Vpn/1"}],
            "TransitGatewayId": "tgw-1",
            "Type": "ipsec.1",
            "VpnTunnelOptionsSpecifications": [TUNNEL, TUNNEL],
        },
        "Vpn/Device1": {
            "BgpAsn": 65000,
            "IpAddress": "203.0.113.1",
            "Tags": [{"Key": "Name", "Value": "Test/Vpn/1"}],
            "Type": "ipsec.1",
        },
    }


def test_each_device_has_a_connection_as_it_is_asked_for(scope: cdk.Stack) -> None:
    of = acm.Certificate.from_certificate_arn
    arns = [f"arn:aws:acm:eu-west-1:111122223333:certificate/{one}" for one in (1, 2)]
    made = vpn(
        scope,
        site(
            addresses=["203.0.113.1", "203.0.113.2"],
            certificates=[of(scope, f"C{number}", arn) for number, arn in enumerate(arns)],
            asn=2147483648,
        ),
        accelerated=True,
        ipv6=True,
        transport_attachment_id="tgw-attach-1",
        inside=["169.254.32.0/30", "169.254.32.4/30", "169.254.32.8/30", "169.254.32.12/30"],
    )
    assert [len(one) for one in (made.customer_gateways, made.connections)] == [2, 2]
    gateways = properties(scope, "AWS::EC2::CustomerGateway")
    assert gateways == {
        f"Vpn/Device{number}": {
            "BgpAsnExtended": 2147483648,
            "CertificateArn": arns[number - 1],
            "IpAddress": f"203.0.113.{number}",
            "Tags": [{"Key": "Name", "Value": f"Test/Vpn/{number}"}],
            "Type": "ipsec.1",
        }
        for number in (1, 2)
    }
    found = properties(scope, "AWS::EC2::VPNConnection")
    inside = [
        [one.pop("TunnelInsideCidr") for one in each["VpnTunnelOptionsSpecifications"]] for each in found.values()
    ]
    assert inside == [["169.254.32.0/30", "169.254.32.4/30"], ["169.254.32.8/30", "169.254.32.12/30"]]
    for number, one in enumerate(found.values(), start=1):
        del one["VpnTunnelOptionsSpecifications"]
        assert one == {
            "CustomerGatewayId": {"Fn::GetAtt": [f"Vpn/Device{number}", "CustomerGatewayId"]},
            "EnableAcceleration": True,
            "OutsideIpAddressType": "PrivateIpv4",
            "StaticRoutesOnly": False,
            "Tags": [{"Key": "Name", "Value": f"Test/Vpn/{number}"}],
            "TransitGatewayId": "tgw-1",
            "TransportTransitGatewayAttachmentId": "tgw-attach-1",
            "TunnelInsideIpVersion": "ipv6",
            "Type": "ipsec.1",
        }


@pytest.mark.parametrize(("asn", "name"), [(2147483647, "BgpAsn"), (2147483648, "BgpAsnExtended")])
def test_a_large_number_stands_in_another_property(scope: cdk.Stack, asn: int, name: str) -> None:
    vpn(scope, site(asn=asn))
    [found] = properties(scope, "AWS::EC2::CustomerGateway").values()
    assert {one: found.get(one) for one in ("BgpAsn", "BgpAsnExtended")} == {
        "BgpAsn": None,
        "BgpAsnExtended": None,
        name: asn,
    }


def test_static_routes_need_no_log_of_bgp(scope: cdk.Stack) -> None:
    vpn(scope, site(routing="static", prefixes=["10.8.0.0/16"]), transit_gateway_id=None, vpn_gateway_id="vgw-1")
    [found] = properties(scope, "AWS::EC2::VPNConnection").values()
    assert (found["StaticRoutesOnly"], found["VpnGatewayId"], "TransitGatewayId" in found) == (True, "vgw-1", False)
    options = found["VpnTunnelOptionsSpecifications"][1]["LogOptions"]["CloudwatchLogOptions"]
    assert sorted(options) == ["LogEnabled", "LogGroupArn", "LogOutputFormat"]


def alarms(scope: cdk.Stack) -> dict[str, Any]:
    return properties(scope, "AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm")


def settings(scope: cdk.Stack) -> Settings:
    arn = "arn:aws:sns:eu-west-1:111122223333:on-call"
    return Settings(alarm_topic=sns.Topic.from_topic_arn(scope, "Topic", arn))


def test_each_tunnel_and_the_site_are_watched(scope: cdk.Stack) -> None:
    made = vpn(scope, site())
    made.watch_tunnels([["192.0.2.1", "192.0.2.2"]], settings(scope))
    assert [one.node.id for one in made.alarms] == ["Tunnel1ADown", "Tunnel1BDown", "SiteDown"]
    assert alarms(scope) == {
        "Vpn/SiteDown": {
            "AlarmActions": ["arn:aws:sns:eu-west-1:111122223333:on-call"],
            "AlarmDescription": "No tunnel to Mail is up: the site is cut off.",
            "AlarmName": "TestVpnSiteDown574EDAB4",
            "AlarmRule": {
                "Fn::Join": [
                    "",
                    [
                        '(ALARM("',
                        {"Fn::GetAtt": ["Vpn/Tunnel1ADown", "Arn"]},
                        '") AND ALARM("',
                        {"Fn::GetAtt": ["Vpn/Tunnel1BDown", "Arn"]},
                        '"))',
                    ],
                ]
            },
            "OKActions": ["arn:aws:sns:eu-west-1:111122223333:on-call"],
        },
        "Vpn/Tunnel1ADown": {
            "AlarmActions": ["arn:aws:sns:eu-west-1:111122223333:on-call"],
            "AlarmDescription": "A tunnel to Mail is down: the site hangs by the others. Read the VPN log.",
            "ComparisonOperator": "LessThanThreshold",
            "Dimensions": [
                {"Name": "TunnelIpAddress", "Value": "192.0.2.1"},
                {"Name": "VpnId", "Value": {"Fn::GetAtt": ["Vpn/Connection1", "VpnConnectionId"]}},
            ],
            "EvaluationPeriods": 1,
            "MetricName": "TunnelState",
            "Namespace": "AWS/VPN",
            "OKActions": ["arn:aws:sns:eu-west-1:111122223333:on-call"],
            "Period": 300,
            "Statistic": "Minimum",
            "Threshold": 1,
            "TreatMissingData": "breaching",
        },
        "Vpn/Tunnel1BDown": {
            "AlarmActions": ["arn:aws:sns:eu-west-1:111122223333:on-call"],
            "AlarmDescription": "A tunnel to Mail is down: the site hangs by the others. Read the VPN log.",
            "ComparisonOperator": "LessThanThreshold",
            "Dimensions": [
                {"Name": "TunnelIpAddress", "Value": "192.0.2.2"},
                {"Name": "VpnId", "Value": {"Fn::GetAtt": ["Vpn/Connection1", "VpnConnectionId"]}},
            ],
            "EvaluationPeriods": 1,
            "MetricName": "TunnelState",
            "Namespace": "AWS/VPN",
            "OKActions": ["arn:aws:sns:eu-west-1:111122223333:on-call"],
            "Period": 300,
            "Statistic": "Minimum",
            "Threshold": 1,
            "TreatMissingData": "breaching",
        },
    }


def test_connections_are_watched_where_tunnels_are_not_known(scope: cdk.Stack) -> None:
    made = vpn(scope, site())
    made.watch_connections(settings(scope))
    assert [one.node.id for one in made.alarms] == ["Connection1Degraded", "Connection1Down", "SiteDown"]
    assert alarms(scope) == {
        "Vpn/Connection1Degraded": {
            "AlarmActions": ["arn:aws:sns:eu-west-1:111122223333:on-call"],
            "AlarmDescription": "A connection to Mail is degraded. Read the VPN log.",
            "ComparisonOperator": "LessThanThreshold",
            "Dimensions": [{"Name": "VpnId", "Value": {"Fn::GetAtt": ["Vpn/Connection1", "VpnConnectionId"]}}],
            "EvaluationPeriods": 1,
            "MetricName": "TunnelState",
            "Namespace": "AWS/VPN",
            "OKActions": ["arn:aws:sns:eu-west-1:111122223333:on-call"],
            "Period": 300,
            "Statistic": "Average",
            "Threshold": 1,
            "TreatMissingData": "breaching",
        },
        "Vpn/Connection1Down": {
            "AlarmActions": ["arn:aws:sns:eu-west-1:111122223333:on-call"],
            "AlarmDescription": "A connection to Mail is down. Read the VPN log.",
            "ComparisonOperator": "LessThanThreshold",
            "Dimensions": [{"Name": "VpnId", "Value": {"Fn::GetAtt": ["Vpn/Connection1", "VpnConnectionId"]}}],
            "EvaluationPeriods": 1,
            "MetricName": "TunnelState",
            "Namespace": "AWS/VPN",
            "OKActions": ["arn:aws:sns:eu-west-1:111122223333:on-call"],
            "Period": 300,
            "Statistic": "Average",
            "Threshold": 0.01,
            "TreatMissingData": "breaching",
        },
        "Vpn/SiteDown": {
            "AlarmActions": ["arn:aws:sns:eu-west-1:111122223333:on-call"],
            "AlarmDescription": "No tunnel to Mail is up: the site is cut off.",
            "AlarmName": "TestVpnSiteDown574EDAB4",
            "AlarmRule": {"Fn::Join": ["", ['(ALARM("', {"Fn::GetAtt": ["Vpn/Connection1Down", "Arn"]}, '"))']]},
            "OKActions": ["arn:aws:sns:eu-west-1:111122223333:on-call"],
        },
    }


@pytest.mark.parametrize(
    ("given", "tunnel", "down"),
    [
        (
            {"ipv6": True},
            "A tunnel of IPv6 to Mail is down: the site hangs by the others. Read the VPN log.",
            "No tunnel of IPv6 to Mail is up: the site is cut off by IPv6.",
        ),
        (
            {"beside": "its circuits"},
            "A tunnel to Mail is down: the site hangs by the others and by its circuits. Read the VPN log.",
            "No tunnel to Mail is up: the site hangs by its circuits alone.",
        ),
    ],
)
def test_alarms_say_what_else_leads_there(scope: cdk.Stack, given: dict[str, Any], tunnel: str, down: str) -> None:
    vpn(scope, site(), **given).watch_tunnels([["192.0.2.1", "192.0.2.2"]], Settings())
    found = alarms(scope)
    assert found["Vpn/Tunnel1ADown"]["AlarmDescription"] == tunnel
    assert found["Vpn/SiteDown"]["AlarmDescription"] == down
    assert "AlarmActions" not in found["Vpn/SiteDown"]


def test_a_spoke_sends_the_organizations_ranges_and_what_is_beyond_them() -> None:
    networks = [IPv4Network("10.0.0.0/8"), IPv4Network("192.168.0.0/16")]
    sites = [site(prefixes=["10.8.0.0/16", "172.16.0.0/12"]), site(prefixes=["172.16.0.0/12", "100.64.0.0/16"]), site()]
    assert destinations(networks, sites) == ["10.0.0.0/8", "192.168.0.0/16", "172.16.0.0/12", "100.64.0.0/16"]


@pytest.mark.parametrize("ipv6", [False, True])
def test_a_connection_carries_either_family_and_both_end_on_the_same_devices(scope: cdk.Stack, ipv6: bool) -> None:
    group = logs.LogGroup.from_log_group_name(scope, "Log", "own")
    of = site(ipv6_prefixes=["2001:db8::/48"] if ipv6 else [])
    made = site_vpns(scope, "Vpn", site=of, log_group=group, transit_gateway_id="tgw-1", accelerated=True, beside="b")
    assert [(one.node.id, one.ipv6) for one in made] == [("Vpn", False), *([("VpnIpv6", True)] if ipv6 else [])]
    assert len(properties(scope, "AWS::EC2::CustomerGateway")) == 1
    found = properties(scope, "AWS::EC2::VPNConnection")
    assert [one["EnableAcceleration"] for one in found.values()] == [True] * len(made)
    assert all(one.customer_gateways == made[0].customer_gateways for one in made)

"""Every route table of the hub by name, its tunnels, and what its methods refuse."""

import json
import re
from functools import cache
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_ec2 as ec2

from patternkit.testing.synthesis import Synthesis
from patterns.building_blocks.vpc.cidr_block import ORGANIZATION_NETWORKS
from patterns.network.hub.attachment_vpc import AttachmentVpc
from patterns.network.hub_and_spoke_vpn import CustomerSite, HubAndSpokeVpn
from tests.conftest import ENVIRONMENTS
from tests.patterns.network.synthesized import network, properties
from tests.patterns.network.tables import read_tables

BERLIN = CustomerSite(name="Berlin", addresses=["198.51.100.1", "198.51.100.2"], asn=65010, prefixes=["192.168.0.0/24"])
ROME = CustomerSite(
    name="Rome", addresses=["198.51.100.3"], prefixes=["192.168.1.0/24", "100.65.0.0/24"], routing="static"
)
BLACKHOLES = dict.fromkeys(ORGANIZATION_NETWORKS, "blackhole")
BY_BGP = {f"*attachment of Hub/SiteBerlin/{n}": f"attachment of Hub/SiteBerlin/{n}" for n in (1, 2)}
BY_HAND = dict.fromkeys(ROME.prefixes, "attachment of Hub/SiteRome/1")


def add_hub(app: cdk.App, *sites: CustomerSite, env: cdk.Environment | None = None, **options: Any) -> HubAndSpokeVpn:
    stack = cdk.Stack(app, "Network", env=env)
    hub = HubAndSpokeVpn(stack, "Hub", sites=sites, **options)
    for number, (name, group) in enumerate(
        (("Orders", "Shop"), ("Billing", "Shop"), ("Mail", None), ("Wiki", None)), start=1
    ):
        vpc = AttachmentVpc(
            stack,
            name,
            cidr=f"10.{number}.0.0/24",
            availability_zones=hub.availability_zones,
            tiers={"Workload": 27},
        )
        hub.add_spoke(vpc.vpc, group=group)
    return hub


@cache
def hub(environment: str = "agnostic", **options: Any) -> Synthesis:
    return network(lambda app: add_hub(app, BERLIN, ROME, env=ENVIRONMENTS[environment], **options))


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_isolated_spokes_know_the_sites_and_drop_each_other(environment: str) -> None:
    found = read_tables(hub(environment).template)
    assert found.gateway["Isolated"] == {**BLACKHOLES, **BY_BGP, **BY_HAND}
    assert found.associations["Isolated"] == ["Mail", "Wiki"]


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_a_group_knows_the_sites_and_its_members(environment: str) -> None:
    found = read_tables(hub(environment).template)
    assert found.gateway["GroupShop"] == {
        **BLACKHOLES,
        **BY_BGP,
        **BY_HAND,
        "*Orders": "Orders",
        "*Billing": "Billing",
    }
    assert found.associations["GroupShop"] == ["Orders", "Billing"]


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_sites_know_every_spoke_and_no_site(environment: str) -> None:
    found = read_tables(hub(environment).template)
    assert found.gateway["Sites"] == {f"*{name}": name for name in ("Orders", "Billing", "Mail", "Wiki")}
    assert found.associations["Sites"] == [*BY_BGP.values(), "attachment of Hub/SiteRome/1"]


def test_spokes_send_the_organization_and_the_sites_to_the_gateway() -> None:
    found = read_tables(hub().template)
    for spoke in ("Orders", "Billing", "Mail", "Wiki"):
        for zone in (1, 2):
            assert found.vpc[f"{spoke}/Workload{zone}"] == {
                **dict.fromkeys([*ORGANIZATION_NETWORKS, "100.65.0.0/24"], "transit gateway")
            }
            assert found.vpc[f"{spoke}/Attachment{zone}"] == {}


def test_each_device_has_a_connection_and_its_attachment_is_asked_for() -> None:
    made = hub()
    addresses = [one["IpAddress"] for one in properties(made, "AWS::EC2::CustomerGateway")]
    assert addresses == ["198.51.100.1", "198.51.100.2", "198.51.100.3"]
    connections = made.resources("AWS::EC2::VPNConnection")
    assert [one["Properties"]["StaticRoutesOnly"] for one in connections.values()] == [False, False, True]
    asked = [one["ResourceId"]["Fn::GetAtt"][0] for one in properties(made, "Custom::TransitGatewayAttachment")]
    assert asked == list(connections)


def test_tunnels_are_strong_logged_and_hold_no_key() -> None:
    made = hub()
    for connection in properties(made, "AWS::EC2::VPNConnection"):
        assert connection["PreSharedKeyStorage"] == "SecretsManager"
        assert len(connection["VpnTunnelOptionsSpecifications"]) == 2
        for tunnel in connection["VpnTunnelOptionsSpecifications"]:
            assert "PreSharedKey" not in tunnel
            assert values(tunnel["IKEVersions"]) == ["ikev2"]
            for phase in ("Phase1", "Phase2"):
                assert values(tunnel[f"{phase}EncryptionAlgorithms"]) == ["AES256-GCM-16"]
                assert values(tunnel[f"{phase}IntegrityAlgorithms"]) == ["SHA2-256", "SHA2-384", "SHA2-512"]
                assert values(tunnel[f"{phase}DHGroupNumbers"]) == [19, 20, 21]
            log = tunnel["LogOptions"]["CloudwatchLogOptions"]
            assert log["LogEnabled"] is True
            assert log.get("BgpLogEnabled") is (None if connection["StaticRoutesOnly"] else True)
            assert ":*" not in json.dumps(log["LogGroupArn"])


def values(listed: list[dict[str, Any]]) -> list[Any]:
    return [one["Value"] for one in listed]


def test_certificates_replace_keys() -> None:
    def build(app: cdk.App) -> None:
        stack = cdk.Stack(app, "Network")
        arn = "arn:aws:acm:eu-west-1:111122223333:certificate/12345678-1234-1234-1234-123456789012"
        certificate = acm.Certificate.from_certificate_arn(stack, "Certificate", arn)
        site = CustomerSite(name="Berlin", addresses=["198.51.100.1"], asn=4200000001, certificates=[certificate])
        HubAndSpokeVpn(stack, "Hub", sites=[site], accelerated=True)

    made = network(build)
    [device] = properties(made, "AWS::EC2::CustomerGateway")
    assert device["CertificateArn"].startswith("arn:aws:acm:")
    assert device["BgpAsnExtended"] == 4200000001
    assert "BgpAsn" not in device
    [connection] = properties(made, "AWS::EC2::VPNConnection")
    assert "PreSharedKeyStorage" not in connection
    assert connection["EnableAcceleration"] is True


def test_each_tunnel_has_an_alarm_and_each_site_one_for_all_of_them() -> None:
    made = hub()
    alarms = made.resources("AWS::CloudWatch::Alarm")
    tunnels = {
        name: one["Properties"] for name, one in alarms.items() if one["Properties"]["MetricName"] == "TunnelState"
    }
    assert len(tunnels) == 6
    seen = set()
    for alarm in tunnels.values():
        dimensions = {one["Name"]: one["Value"] for one in alarm["Dimensions"]}
        placement, attribute = dimensions["TunnelIpAddress"]["Fn::GetAtt"]
        asked = made.resources("Custom::TransitGatewayAttachment")[placement]["Properties"]["ResourceId"]
        assert asked == dimensions["VpnId"]
        assert attribute in {"Tunnel1Address", "Tunnel2Address"}
        seen.add((placement, attribute))
        assert alarm["TreatMissingData"] == "breaching"
    assert len(seen) == 6
    composites = properties(made, "AWS::CloudWatch::CompositeAlarm")
    counted = sorted(json.dumps(one["AlarmRule"]).count("ALARM(") for one in composites)
    assert counted == [2, 4]
    assert all(" AND " in json.dumps(one["AlarmRule"]) for one in composites)


def test_flows_are_spread_unless_all_sites_are_static() -> None:
    for sites, expected in (((BERLIN,), "enable"), ((BERLIN, ROME), "enable"), ((ROME,), "disable")):
        made = network(lambda app, sites=sites: add_hub(app, *sites))  # type: ignore[misc]
        assert properties(made, "AWS::EC2::TransitGateway")[0]["VpnEcmpSupport"] == expected


def test_spokes_that_cannot_be() -> None:
    app = cdk.App(context={"aws:cdk:bundling-stacks": []})
    made = add_hub(app, BERLIN)
    stack = cdk.Stack.of(made)

    def spoke(name: str, cidr: str) -> ec2.IVpc:
        return AttachmentVpc(stack, name, cidr=cidr, availability_zones=made.availability_zones).vpc

    for message, vpc, group in (
        ("group must be letters and digits, got 'my shop'", spoke("A", "10.9.0.0/24"), "my shop"),
        (
            "vpc Network/B/Vpc must not overlap spoke Network/Orders/Vpc (10.1.0.0/24), got 10.1.0.0/24",
            spoke("B", "10.1.0.0/24"),
            None,
        ),
        (
            "vpc Network/C/Vpc must not overlap site Berlin (192.168.0.0/24), got 192.168.0.0/24",
            spoke("C", "192.168.0.0/24"),
            None,
        ),
    ):
        with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
            made.add_spoke(vpc, group=group)

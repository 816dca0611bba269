"""What a site's device is told, line by line."""

from ipaddress import IPv4Network
from typing import Any
from unittest.mock import Mock

import pytest
from aws_cdk import aws_certificatemanager as acm

from patterns.network.hub.customer_site import CustomerSite
from patterns.network.vpn_per_vpc.device_configuration import Tunnel, device_configuration

OWN, ASN = "198.51.100.1", 64512
TUNNELS = [
    Tunnel(
        name=f"{vpc}-{number % 2 or 2}",
        vpc=vpc,
        number=number,
        outside=f"203.0.113.{number}",
        inside=IPv4Network(f"169.254.10.{4 * number}/30"),
        connection_id=f"vpn-{vpc}",
        network=network,
    )
    for number, (vpc, network) in enumerate(
        [("shop", "10.1.0.0/16"), ("shop", "10.1.0.0/16"), ("till", "10.2.0.0/16"), ("till", "10.2.0.0/16")], start=1
    )
]


def told(**given: Any) -> list[str]:
    site = CustomerSite(name="office", addresses=[OWN], **given)
    return device_configuration(site, OWN, ASN, TUNNELS).splitlines()


@pytest.mark.parametrize("certificates", [False, True])
def test_each_tunnel_is_a_connection_by_key_or_by_certificate(certificates: bool) -> None:
    certificate = Mock(spec=acm.ICertificate, certificate_arn="arn:aws:acm:eu-west-1:111122223333:certificate/1")
    lines = told(
        prefixes=["192.168.0.0/16"], routing="static", **({"certificates": [certificate]} if certificates else {})
    )
    auth = "pubkey" if certificates else "psk"
    assert lines[:10] == [
        "# swanctl.conf",
        "connections {",
        "  shop-1 {",
        "    version = 2; remote_addrs = 203.0.113.1; if_id_in = 1; if_id_out = 1",
        "    proposals = aes256gcm16-prfsha384-ecp384; dpd_delay = 10s",
        f"    local {{ auth = {auth}; id = {OWN} }}",
        f"    remote {{ auth = {auth}; id = 203.0.113.1 }}",
        "    children { shop-1 {",
        "      esp_proposals = aes256gcm16-ecp384; start_action = start; dpd_action = restart",
        "      local_ts = 0.0.0.0/0; remote_ts = 0.0.0.0/0 } }",
    ]
    keys = [line for line in lines if "pre-shared key" in line]
    assert keys == [
        f"# The pre-shared key of {one.name}: AWS Secrets Manager, of {one.connection_id}"
        for one in TUNNELS
        if not certificates
    ]
    assert sum("version = 2" in line for line in lines) == len(TUNNELS)


def test_each_tunnel_is_an_interface_with_the_devices_end_of_its_inside_range() -> None:
    lines = told(prefixes=["192.168.0.0/16"])
    start = lines.index("# interfaces")
    assert lines[start + 1 : start + 4] == [
        "ip link add xfrm1 type xfrm if_id 1",
        "ip address add 169.254.10.6/30 dev xfrm1",
        "ip link set xfrm1 up mtu 1436",
    ]
    assert sum(line.startswith("ip link add") for line in lines) == len(TUNNELS)


def test_with_static_routes_the_first_tunnel_is_taken_while_it_is_there() -> None:
    lines = told(prefixes=["192.168.0.0/16"], routing="static")
    start = lines.index("# routes: the second tunnel is the first one's spare")
    assert lines[start + 1 :] == [
        "ip route add 10.1.0.0/16 dev xfrm1 metric 100",
        "ip route add 10.1.0.0/16 dev xfrm2 metric 101",
        "ip route add 10.2.0.0/16 dev xfrm3 metric 100",
        "ip route add 10.2.0.0/16 dev xfrm4 metric 101",
    ]


@pytest.mark.parametrize("prefixes", [["192.168.0.0/16", "172.16.0.0/16"], []])
def test_with_bgp_only_its_own_ranges_are_announced_and_only_a_vpcs_are_learnt(prefixes: list[str]) -> None:
    lines = told(prefixes=prefixes, asn=65010)
    start = lines.index("# frr.conf")
    missing = ["# Nothing is announced until the ranges of the site stand here: ip prefix-list OWN permit RANGE"]
    neighbors = [
        ("169.254.10.5", "shop"),
        ("169.254.10.9", "shop"),
        ("169.254.10.13", "till"),
        ("169.254.10.17", "till"),
    ]
    assert lines[start + 1 :] == [
        *([f"ip prefix-list OWN permit {one}" for one in prefixes] or missing),
        "ip prefix-list OWN deny any",
        "ip prefix-list shop permit 10.1.0.0/16",
        "ip prefix-list till permit 10.2.0.0/16",
        "router bgp 65010",
        *(
            line
            for address, _ in neighbors
            for line in (f"  neighbor {address} remote-as {ASN}", f"  neighbor {address} timers 10 30")
        ),
        "  address-family ipv4 unicast",
        *(f"    network {one}" for one in prefixes),
        *(
            line
            for address, vpc in neighbors
            for line in (
                f"    neighbor {address} prefix-list OWN out",
                f"    neighbor {address} prefix-list {vpc} in",
            )
        ),
        "    maximum-paths 1",
    ]

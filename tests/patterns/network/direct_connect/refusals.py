from typing import Any

from aws_cdk import aws_directconnect as directconnect
from aws_cdk import aws_ec2 as ec2

from patterns.network.direct_connect import Circuit
from tests.patterns.network.site_refusals import site
from tests.refusals import Refusal

CIRCUIT: dict[str, Any] = {"name": "One", "location": "EqDC2", "vlan": 101}
OFFICE: dict[str, Any] = {"prefixes": ["192.168.0.0/20"]}


def refused(message: str, *, office: dict[str, Any] | None = None, **arguments: Any) -> Refusal:
    given = {"site": site(**OFFICE | (office or {})), "circuits": [Circuit(**CIRCUIT)]}
    return Refusal(message, lambda _: given | arguments)


def existing(scope: Any) -> dict[str, Any]:
    port = directconnect.CfnConnection(scope, "Port", bandwidth="10Gbps", connection_name="port", location="EqDC2")
    return {"site": site(**OFFICE), "circuits": [Circuit(**CIRCUIT, connection=port)], "encryption": "macsec"}


def same_port(scope: Any) -> dict[str, Any]:
    del scope
    own: dict[str, Any] = {"location": "EqDC2", "vlan": 100, "connection": "dxcon-ffabc123"}
    return {"site": site(**OFFICE), "circuits": [Circuit(name=one, **own) for one in ("One", "Two")]}


def existing_gateway(scope: Any) -> dict[str, Any]:
    gateway = ec2.CfnTransitGateway.from_transit_gateway_id(scope, "Gateway", "tgw-0123456789abcdef0")
    arguments = {"site": site(**OFFICE), "circuits": [Circuit(**CIRCUIT)]}
    return arguments | {"interfaces": "private", "transit_gateway": gateway}


def same_vlan(scope: Any) -> dict[str, Any]:
    port = directconnect.CfnConnection(scope, "Port", bandwidth="10Gbps", connection_name="port", location="EqDC2")
    own: dict[str, Any] = {"location": "EqDC2", "vlan": 100, "connection": port}
    return {"site": site(**OFFICE), "circuits": [Circuit(name=one, **own) for one in ("One", "Two")]}


REFUSALS = [
    refused("circuits must hold 1 to 30 circuits, got none", circuits=[]),
    refused("circuits must have different names, got One twice", circuits=[Circuit(**CIRCUIT), Circuit(**CIRCUIT)]),
    Refusal("circuits[Two]: vlan must be free on its connection, got 100, which is that of One", same_vlan),
    refused("circuits[One]: vlan must be between 1 and 4094, got 4095", circuits=[Circuit(**CIRCUIT | {"vlan": 4095})]),
    refused(
        "circuits[One]: bandwidth must be 10Gbps or more with MACsec, got 1Gbps",
        circuits=[Circuit(**CIRCUIT, bandwidth="1Gbps")],
        encryption="macsec",
    ),
    Refusal(
        "circuits[One]: connection must have request_mac_sec with MACsec, which is asked for when a port is ordered",
        existing,
    ),
    refused("interfaces must be one of private, transit, got 'public'", interfaces="public"),
    refused(
        'encryption must be none or macsec with interfaces="private", got vpn: a VPN between private addresses ends on '
        "a transit gateway",
        interfaces="private",
        encryption="vpn",
        private_address="172.31.0.1",
    ),
    Refusal(
        'transit_gateway must come with interfaces="transit": AWS joins it to no private interface', existing_gateway
    ),
    refused('private_address must come with encryption="vpn", and with no other', encryption="vpn"),
    refused('private_address must come with encryption="vpn", and with no other', private_address="10.9.0.1"),
    refused(
        "private_address must be a private IPv4 address (RFC 1918 or RFC 6598), got 8.8.8.8",
        encryption="vpn",
        private_address="8.8.8.8",
    ),
    refused(
        'gateway_cidr must come with encryption="vpn": nothing else takes addresses from it',
        gateway_cidr="100.64.1.0/24",
    ),
    refused(
        "gateway_cidr must not overlap networks (10.0.0.0/8), got 10.1.0.0/24",
        encryption="vpn",
        private_address="172.31.0.1",
        gateway_cidr="10.1.0.0/24",
    ),
    refused(
        "circuit_asn must differ from the transit gateway's, got 64512 for both: AWS joins no such two",
        circuit_asn=64512,
    ),
    refused("site: asn must differ from circuit_asn, got 64513 for both", office={"asn": 64513}),
    refused("site: asn must differ from the gateway's, got 64512 for both", office={"asn": 64512}),
    refused("site: routing must be bgp, which Direct Connect speaks, got static", office={"routing": "static"}),
    refused("site: prefixes must be 1 to 100, more than which ends the BGP session, got 0", office={"prefixes": []}),
    refused(
        "site: ipv6_prefixes must be at most 100, more than which ends the BGP session, got 101",
        office={"ipv6_prefixes": [f"2001:db8:{number:x}::/48" for number in range(101)]},
    ),
    refused(
        "site: prefixes must be 1 to 100, more than which ends the BGP session, got 101",
        office={"prefixes": [f"192.168.{number}.0/24" for number in range(101)]},
    ),
    refused(
        "networks must be at most 200, as many as a circuit takes, got 201",
        networks=[f"10.{number}.0.0/16" for number in range(201)],
    ),
    Refusal("circuits[Two]: vlan must be free on its connection, got 100, which is that of One", same_port),
    refused(
        "circuits[One]: connection must be the id of a connection, such as dxcon-ffabc123, got 'dxlag-ffabc123'",
        circuits=[Circuit(**CIRCUIT, connection="dxlag-ffabc123")],
    ),
]

"""What the site's device is told: tunnels of strongSwan and sessions of FRRouting, as text."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network

from patterns.network.hub.customer_site import CustomerSite


@dataclass(frozen=True, slots=True, kw_only=True)
class Tunnel:
    """One tunnel, as the device sees it.

    Attributes:
        name: What it is called on the device.
        vpc: What its VPC is called on the device.
        number: Its number on the device, from 1: the interface `xfrm1`.
        outside: The address that it ends at in AWS, known when it is deployed.
        inside: Its inside range, whose first address is AWS's and whose second the device's.
        connection_id: Its VPN connection, known when it is deployed.
        network: The range of the VPC behind it.
    """

    name: str
    vpc: str
    number: int
    outside: str
    inside: IPv4Network
    connection_id: str
    network: str


def device_configuration(site: CustomerSite, address: str, gateway_asn: int, tunnels: Sequence[Tunnel]) -> str:
    """Write the configuration of one of a site's devices.

    Args:
        site: The site.
        address: The device's own public address.
        gateway_asn: The BGP number of AWS's side.
        tunnels: Its tunnels, two for each VPC.

    Returns:
        `swanctl.conf`, the commands that make the interfaces, and `frr.conf`, one after the other. No secret is in it:
        it says where each pre-shared key is.
    """
    parts = [_swanctl(site, address, tunnels), _interfaces(tunnels)]
    parts.append(_static_routes(tunnels) if site.routing == "static" else _frr(site, gateway_asn, tunnels))
    return "\n".join(line for part in parts for line in part) + "\n"


def _swanctl(site: CustomerSite, address: str, tunnels: Sequence[Tunnel]) -> Iterator[str]:
    yield "# swanctl.conf"
    yield "connections {"
    for one in tunnels:
        auth = "pubkey" if site.certificates else "psk"
        yield f"  {one.name} {{"
        yield f"    version = 2; remote_addrs = {one.outside}; if_id_in = {one.number}; if_id_out = {one.number}"
        yield "    proposals = aes256gcm16-prfsha384-ecp384; dpd_delay = 10s"
        yield f"    local {{ auth = {auth}; id = {address} }}"
        yield f"    remote {{ auth = {auth}; id = {one.outside} }}"
        yield f"    children {{ {one.name} {{"
        yield "      esp_proposals = aes256gcm16-ecp384; start_action = start; dpd_action = restart"
        yield "      local_ts = 0.0.0.0/0; remote_ts = 0.0.0.0/0 } }"
        yield "  }"
    yield "}"
    for one in tunnels if not site.certificates else ():
        yield f"# The pre-shared key of {one.name}: AWS Secrets Manager, of {one.connection_id}"


def _interfaces(tunnels: Sequence[Tunnel]) -> Iterator[str]:
    yield "# interfaces"
    for one in tunnels:
        yield f"ip link add xfrm{one.number} type xfrm if_id {one.number}"
        yield f"ip address add {one.inside[2]}/{one.inside.prefixlen} dev xfrm{one.number}"
        # 1436 with GCM, less the headers of TCP and IP: https://docs.aws.amazon.com/vpn/latest/s2svpn/your-cgw.html
        yield f"ip link set xfrm{one.number} up mtu 1436"


def _static_routes(tunnels: Sequence[Tunnel]) -> Iterator[str]:
    yield "# routes: the second tunnel is the first one's spare"
    for one in tunnels:
        yield f"ip route add {one.network} dev xfrm{one.number} metric {101 - one.number % 2}"


def _frr(site: CustomerSite, gateway_asn: int, tunnels: Sequence[Tunnel]) -> Iterator[str]:
    yield "# frr.conf"
    # What is learnt from one VPC is announced to no other: the site does not lead from VPC to VPC.
    for prefix in site.prefixes:
        yield f"ip prefix-list OWN permit {prefix}"
    if not site.prefixes:
        yield "# Nothing is announced until the ranges of the site stand here: ip prefix-list OWN permit RANGE"
    yield "ip prefix-list OWN deny any"
    # Without a filter of what comes in, FRRouting takes no route of a neighbor with another number (RFC 8212).
    for vpc, network in {one.vpc: one.network for one in tunnels}.items():
        yield f"ip prefix-list {vpc} permit {network}"
    yield f"router bgp {site.asn}"
    for one in tunnels:
        yield f"  neighbor {one.inside[1]} remote-as {gateway_asn}"
        yield f"  neighbor {one.inside[1]} timers 10 30"
    yield "  address-family ipv4 unicast"
    for prefix in site.prefixes:
        yield f"    network {prefix}"
    for one in tunnels:
        yield f"    neighbor {one.inside[1]} prefix-list OWN out"
        yield f"    neighbor {one.inside[1]} prefix-list {one.vpc} in"
    yield "    maximum-paths 1"

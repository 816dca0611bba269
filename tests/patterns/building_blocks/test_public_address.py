"""Which addresses are one host's on the internet."""

from ipaddress import ip_address

import pytest

from patterns.building_blocks.public_address import is_public


@pytest.mark.parametrize(
    "one", ["1.1.1.1", "192.0.2.1", "198.51.100.255", "203.0.113.0", "2606:4700::1111", "2001:db8::1"]
)
def test_public(one: str) -> None:
    assert is_public(ip_address(one))


@pytest.mark.parametrize(
    "one",
    [
        *("0.0.0.0", "10.0.0.1", "100.64.0.1", "127.0.0.1", "169.254.1.1", "172.16.0.1", "192.168.0.1"),
        *("192.0.0.1", "198.18.0.1", "224.0.0.1", "239.1.2.3", "240.0.0.1", "255.255.255.255"),
        *("::", "::1", "fc00::1", "fe80::1", "ff0e::1"),
    ],
)
def test_not_public(one: str) -> None:
    assert not is_public(ip_address(one))

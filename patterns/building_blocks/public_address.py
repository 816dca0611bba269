"""Addresses that are reached over the internet."""

import ipaddress

# They are not global; examples and tests use them in place of a reader's own.
# https://www.rfc-editor.org/rfc/rfc5737 and https://www.rfc-editor.org/rfc/rfc3849
_DOCUMENTATION = tuple(
    ipaddress.ip_network(one) for one in ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32")
)


def is_public(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    """Say whether an address is one host's on the internet, or one of those kept for documentation.

    Args:
        address: The address.
    """
    # To Python, multicast and what is reserved for later are global.
    if address.is_multicast or (address.version == 4 and address.is_reserved):
        return False
    return address.is_global or any(
        address.version == network.version and address in network for network in _DOCUMENTATION
    )

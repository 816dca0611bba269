"""Addresses that stand for those that only AWS knows, so that answers can be sent."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from hashlib import sha256

from patternkit.dns.errors import QuestionError

IPV4 = ipaddress.ip_network("198.18.0.0/15")
"""Reserved for benchmarks, so that no program takes a stand-in for a real address: RFC 2544."""
IPV6 = ipaddress.ip_network("2001:db8:ac::/48")


class StandIns:
    """Gives each resource one address of each family, the same one every time.

    Args:
        given: Addresses by what people call a resource, which count instead.
        labels: What people call each identity.
    """

    def __init__(self, given: Mapping[str, str], labels: Mapping[str, str]) -> None:
        self._labels = labels
        self._given: dict[tuple[str, int], str] = {}
        known = {label: identity for identity, label in labels.items()}
        for name, text in given.items():
            found = [identity for label, identity in known.items() if label == name or label.endswith(f"/{name}")]
            if len(found) != 1:
                raise QuestionError(f"{len(found)} resources are named {name!r}: an address is given to just one")
            try:
                address = ipaddress.ip_address(text)
            except ValueError:
                raise QuestionError(f"the address of {name} must be an IP address, got {text!r}") from None
            self._given[found[0], address.version] = text
        self.used: dict[str, str] = {}

    def address(self, identity: str, version: int) -> str:
        """The address of a resource.

        Args:
            identity: Its identity.
            version: 4 or 6.
        """
        given = self._given.get((identity, version))
        if given is not None:
            return given
        block = IPV4 if version == 4 else IPV6
        hosts = block.num_addresses - 2
        number = int.from_bytes(sha256(identity.encode()).digest()[:8], "big") % hosts + 1
        text = str(block[number])
        self.used[self._labels.get(identity, identity)] = text
        return text

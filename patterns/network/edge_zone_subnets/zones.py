"""Zones outside of a Region: what they are called, which gateway they allow, whose addresses they have."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from string import ascii_lowercase
from typing import Annotated

from annotated_types import Interval, Len

from patterns.building_blocks.bounds import Known, Matches
from patterns.building_blocks.vpc.cidr_block import PrivateCidr

SubnetName = Annotated[
    str,
    Matches(r"[A-Z][A-Za-z0-9]{0,30}", "named with letters and digits, the first a capital"),
    Known("the ids of constructs"),
]
AddressCount = Annotated[int, Interval(ge=0, le=20), Known("the number of addresses")]


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalZone:
    """A subnet in a Local Zone, close to a city.

    Attributes:
        name: What the subnet is called, such as "City".
        zone: The zone, such as "us-west-2-lax-1a".
        cidr: The subnet's range, in the VPC's.
        internet: Whether it has a route to the internet gateway, as the Region's subnets have. Default: yes.
        addresses: How many public addresses of the zone's border group are kept for it. Default: none.
        ipv6: Whether it has IPv6, too, of its border group, in a zone that supports it; the internet comes in by it as
            it goes out. Default: no.
    """

    name: SubnetName
    zone: Annotated[
        str,
        Matches(r"[a-z]{2}(-[a-z]+)+-\d-[a-z]{3}-\d[a-z]", "Local Zones such as us-west-2-lax-1a"),
        Known("the group of the zone"),
    ]
    cidr: PrivateCidr
    internet: bool = True
    addresses: AddressCount = 0
    ipv6: bool = False

    @property
    def border_group(self) -> str:
        """Whose public addresses it has, which is also what is opted in: us-west-2-lax-1 of us-west-2-lax-1a."""
        return self.zone[:-1]

    @property
    def zone_group(self) -> str:
        """What is opted in."""
        return self.border_group


@dataclass(frozen=True, slots=True, kw_only=True)
class WavelengthZone:
    """A subnet in a Wavelength Zone, in the network of a mobile carrier.

    Attributes:
        name: What the subnet is called, such as "City".
        zone: The zone, such as "us-east-1-wl1-bos-wlz-1" or "eu-west-3-cmn-wlz-1a".
        cidr: The subnet's range, in the VPC's.
        carrier: Whether it has a route to the carrier gateway. Default: yes.
        addresses: How many addresses of the carrier are kept for it. Default: none.
    """

    name: SubnetName
    zone: Annotated[
        str,
        Matches(
            r"[a-z]{2}(-[a-z]+)+-\d-(wl\d-[a-z]{3}-wlz-\d|[a-z]{3}-wlz-\d[a-z])",
            "Wavelength Zones such as us-east-1-wl1-bos-wlz-1 or eu-west-3-cmn-wlz-1a",
        ),
    ]
    cidr: PrivateCidr
    carrier: bool = True
    addresses: AddressCount = 0

    @property
    def border_group(self) -> str:
        """Whose addresses it has: its own, or, of a zone with a letter, eu-west-3-cmn-wlz-1 of eu-west-3-cmn-wlz-1a."""
        return self.zone.rstrip(ascii_lowercase)

    @property
    def zone_group(self) -> str:
        """What is opted in: us-east-1-wl1 of us-east-1-wl1-bos-wlz-1; of a zone with a letter, its border group."""
        found = re.match(r".*-wl\d(?=-)", self.zone)
        return found[0] if found else self.border_group


@dataclass(frozen=True, slots=True, kw_only=True)
class OutpostSubnet:
    """A subnet on an Outpost, in a data center of one's own.

    Attributes:
        name: What the subnet is called, such as "City".
        outpost_arn: The Outpost, such as "arn:aws:outposts:us-west-2:111122223333:outpost/op-0123456789abcdef0".
        zone: The zone of the Region that the Outpost is homed to, such as "us-west-2a".
        cidr: The subnet's range, in the VPC's.
        local_gateway_id: The Outpost's local gateway, such as "lgw-0123456789abcdef0".
        local_gateway_route_table_id: Its route table, such as "lgw-rtb-0123456789abcdef0".
        destinations: The ranges of the data center's network that it reaches by the local gateway.
    """

    name: SubnetName
    outpost_arn: Annotated[
        str, Matches(r"arn:aws[\w-]*:outposts:[a-z0-9-]+:\d{12}:outpost/op-[0-9a-f]+", "ARNs of Outposts")
    ]
    zone: Annotated[str, Matches(r"[a-z]{2}(-[a-z]+)+-\d[a-z]", "availability zones such as eu-west-1a")]
    cidr: PrivateCidr
    local_gateway_id: Annotated[str, Matches(r"lgw-[0-9a-f]+", "ids such as lgw-0123456789abcdef0")]
    local_gateway_route_table_id: Annotated[str, Matches(r"lgw-rtb-[0-9a-f]+", "ids such as lgw-rtb-0123456789abcdef0")]
    destinations: Annotated[Sequence[PrivateCidr], Len(1, 50)]


EdgeZone = LocalZone | WavelengthZone | OutpostSubnet

"""The private BGP number of a gateway, and the one that AWS gives."""

from typing import Annotated

from patterns.building_blocks.bounds import Known, Passes

#: The private BGP number that AWS gives a transit gateway unless told otherwise.
DEFAULT_ASN = 64512


def _check_gateway_asn(argument: str, asn: int) -> None:
    if not (64512 <= asn <= 65534 or 4200000000 <= asn <= 4294967294):
        raise ValueError(f"{argument} must be in 64512-65534 or 4200000000-4294967294, got {asn}")


GatewayAsn = Annotated[
    int,
    Passes(_check_gateway_asn, "64512 to 65534, or 4200000000 to 4294967294"),
    Known("which numbers of sites differ from it"),
]
"""The private BGP number of a transit gateway, or of a virtual private one."""

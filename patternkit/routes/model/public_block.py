"""VPC Block Public Access: a setting of an account in a Region, whose exceptions are those of subnets."""

from __future__ import annotations

from dataclasses import dataclass

from patternkit.routes.model.elements import Subnet

BOTH_WAYS, EGRESS = "allow-bidirectional", "allow-egress"


@dataclass(frozen=True, slots=True)
class PublicBlock:
    """What internet gateways and egress-only ones do not carry.

    Attributes:
        path: The resource that sets it.
        mode: "block-bidirectional", or "block-ingress": then what NAT gateways and egress-only gateways begin goes on.
    """

    path: str
    mode: str

    def lets_in(self, subnet: Subnet) -> bool:
        """Whether hosts of a subnet are reached from the internet, and answer."""
        return subnet.public_exception == BOTH_WAYS

    def lets_out(self, subnet: Subnet) -> bool:
        """Whether what a NAT gateway or an egress-only gateway begins for a subnet goes on."""
        return self.mode == "block-ingress" or subnet.public_exception in (BOTH_WAYS, EGRESS)

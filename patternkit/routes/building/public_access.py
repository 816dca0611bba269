"""VPC Block Public Access: the setting of the account, and what it makes an exception of."""

from __future__ import annotations

from patternkit.resolving import Stack
from patternkit.resolving.values import Unknown, lifted
from patternkit.routes.building.draft import Draft, Properties, shown
from patternkit.routes.model import Subnet, Vpc
from patternkit.routes.model.public_block import PublicBlock

_MODES = ("block-bidirectional", "block-ingress")


def add_public_block(draft: Draft, stack: Stack, logical: str, properties: Properties) -> None:
    """Add an `AWS::EC2::VPCBlockPublicAccessOptions`."""
    mode, path = draft.get(stack, properties, "InternetGatewayBlockMode"), stack.path(logical)
    if mode in _MODES:
        draft.model.public_block = PublicBlock(path, mode)
    elif mode != "off":
        draft.model.blocked_public = f"{path} may block public access ({shown(mode)}){lifted('parameters')}"


def add_public_exception(draft: Draft, stack: Stack, logical: str, properties: Properties) -> None:
    """Add an `AWS::EC2::VPCBlockPublicAccessExclusion`."""
    mode, path = draft.get(stack, properties, "InternetGatewayExclusionMode"), stack.path(logical)
    by_subnet = "SubnetId" in properties
    group = draft.model.subnets if by_subnet else draft.model.vpcs
    found = draft.ours(
        group, draft.get(stack, properties, "SubnetId" if by_subnet else "VpcId"), "subnet" if by_subnet else "VPC"
    )
    if isinstance(found, Unknown) or not isinstance(mode, str):
        draft.model.blocked_public = f"{path} may let public access through anywhere{lifted('ids, parameters')}"
    elif isinstance(found, Subnet):
        found.public_exception = mode
    elif isinstance(found, Vpc):
        for subnet in found.subnets:
            # A subnet's own comes first.
            subnet.public_exception = subnet.public_exception or mode

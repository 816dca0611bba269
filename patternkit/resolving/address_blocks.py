"""The blocks of VPCs and subnets that their templates do not write out."""

from __future__ import annotations

from typing import Any

from patternkit.resolving.given import matching
from patternkit.resolving.identities import custom_names
from patternkit.resolving.resolver import Resolver
from patternkit.resolving.stacks import Stack
from patternkit.resolving.values import Unknown, lifted


def ipv6_blocks(resolver: Resolver, stack: Stack, logical: str) -> Any:
    """The IPv6 blocks of a VPC: those given, and a stand-in for each that Amazon provides.

    Which /56 Amazon provides is not known, but it is global, and no other VPC has it. The stand-in is
    both.
    """
    blocks = []
    for other, resource in stack.resources.items():
        if resource["Type"] != "AWS::EC2::VPCCidrBlock" or not resolver.exists(stack, resource):
            continue
        properties = resource.get("Properties") or {}
        if resolver.resolve(stack, properties.get("VpcId")) != stack.ids[logical]:
            continue
        if "Ipv6CidrBlock" in properties:
            blocks.append(resolver.resolve(stack, properties["Ipv6CidrBlock"]))
        elif str(properties.get("AmazonProvidedIpv6CidrBlock", "")).lower() == "true":
            blocks.append(stand_in_ipv6(stack.name, other))
        elif "Ipv6Pool" in properties or "Ipv6IpamPoolId" in properties:
            reason = f"a pool decides the IPv6 block of {stack.path(logical)}{lifted('blocks')}"
            names = ((stack, other), (stack, logical))
            blocks += [text for text in declared_blocks(resolver, *names) if ":" in text] or [Unknown(reason)]
    return blocks


def declared_blocks(resolver: Resolver, *resources: tuple[Stack, str]) -> tuple[str, ...]:
    """The blocks that contracts say a pool to give to any of some resources, which are one VPC or subnet."""
    for stack, logical in resources:
        declared = matching(resolver.contracts.blocks, custom_names(stack, logical, ""))
        if declared is not None:
            resolver.leans.add(f"blocks {declared}")
            return resolver.contracts.blocks[declared]
    return ()


def stand_in_ipv6(stack: str, logical: str) -> str:
    """A /56 that no other VPC of the set has."""
    digest = 0
    for character in f"{stack}/{logical}":
        digest = (digest * 1000003 + ord(character)) & 0xFFFFFFFFFFFF
    # Its last letters count in the last digits.
    text = f"{digest:012x}"[3:]
    # 2a05:d000::/25 is Amazon's; 48 - 12 bits are enough to tell VPCs apart.
    return f"2a05:d{text[0:3]}:{text[3:7]}:{text[7:9]}00::/56"

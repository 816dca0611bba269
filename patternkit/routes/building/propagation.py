"""What is known only when everything is made: main tables, local routes, propagation."""

from __future__ import annotations

from patternkit.resolving import custom_names
from patternkit.resolving.given import matching
from patternkit.resolving.values import CLOSE, Choice, Unknown, lifted
from patternkit.routes.building.draft import LOCAL, Draft
from patternkit.routes.building.unknown_ids import doubt_all_candidates
from patternkit.routes.model import (
    Attachment,
    Route,
    RouteTable,
    TransitGateway,
    TransitTable,
    VpnGateway,
)


def finish(draft: Draft) -> None:
    """Fill the route tables of a network that is otherwise made."""
    doubt_all_candidates(draft)
    for table in (*draft.model.tables.values(), *draft.model.transit_tables.values()):
        for route in table.routes:
            if route.prefix_list in draft.changed_lists:
                table.unknown.append(draft.changed_lists[route.prefix_list])
    for reason in draft.unknown_associations:
        for attachment in draft.model.attachments.values():
            for side in draft.peering_sides.get(attachment.identity, [attachment]):
                if not side.associated:
                    side.association = Unknown(reason)
    for vpc in draft.model.vpcs.values():
        main = vpc.unassociated if vpc.unassociated is not None else vpc.main_table
        for subnet in vpc.subnets:
            if subnet.table is None:
                subnet.table = main
            if subnet.acl is None and draft.default_acls:
                subnet.acl = draft.default_acls.get(f"{vpc.identity[:-1]}.DefaultNetworkAcl{CLOSE}")
        for table in (*vpc.tables, *([vpc.main_table] if vpc.main_table else [])):
            table.routes += [Route(block, LOCAL, "local", contracts=vpc.contracts) for block in vpc.blocks]
    for acl in (*draft.model.network_acls.values(), *draft.default_acls.values()):
        acl.inbound.sort(key=lambda rule: rule.number)
        acl.outbound.sort(key=lambda rule: rule.number)
    for attachment in draft.model.attachments.values():
        if attachment.appliance_contracts:
            attachment.tainted = ""
        _fill(draft, attachment)
    for table in draft.model.transit_tables.values():
        _settle_overlapping_blocks(draft, table)
    _number_vpn_gateways(draft)
    names = {zone.text for zone in draft.resolver.zones} | {
        subnet.zone for subnet in draft.model.subnets.values() if isinstance(subnet.zone, str)
    }
    if any(name.startswith("dummy1") for name in names):
        draft.model.notes.append("the availability zones dummy1a, ... are CDK's stand-ins until its lookup has run")


def _fill(draft: Draft, attachment: Attachment) -> None:
    for table in dict.fromkeys(attachment.propagated_to):
        if attachment.vpc is not None:
            vpc = attachment.vpc
            # "When disabled, [...] IPv6 routes do not propagate. The setting does not filter IPv6 traffic.":
            # https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateTransitGatewayVpcAttachmentRequestOptions.html
            for family, reason in vpc.unknown_blocks.items():
                if family == 4 or attachment.ipv6:
                    table.unknown.append(reason.reason)
            if isinstance(attachment.ipv6, Unknown) and vpc.covers(6):
                table.unknown.append(attachment.ipv6.reason)
            blocks = vpc.blocks if attachment.ipv6 else vpc.covers(4)
            table.routes += [Route(block, attachment, "vpc", contracts=vpc.contracts) for block in blocks]
        elif attachment.site is not None:
            site = attachment.site
            table.contracts = table.contracts | site.contracts
            if site.unknown_prefixes is not None:
                table.unknown.append(site.unknown_prefixes.reason)
            # https://docs.aws.amazon.com/vpn/latest/s2svpn/VPNRoutingTypes.html: a static connection on a
            # transit gateway gets its routes in the gateway's table, it does not propagate.
            learnt = [block for block, origin in site.prefixes if origin != "vpn static"]
            table.routes += [Route(block, attachment, site.medium, contracts=site.contracts) for block in learnt]
        elif attachment.medium == "vpc":
            _fill_from_outside(draft, attachment, table)


def _fill_from_outside(draft: Draft, attachment: Attachment, table: TransitTable) -> None:
    """What the attachment of a VPC that is not in the set propagates: only a contract says it."""
    stack, logical = draft.resolver.stacks.by_id[attachment.identity]
    declared = matching(draft.contracts.prefixes, custom_names(stack, logical, ""))
    if declared is None:
        table.unknown.append(f"the VPC of {attachment.path} is not in the set{lifted('prefixes')}")
        return
    contract = frozenset({f"prefixes {declared}"})
    table.contracts = table.contracts | contract
    table.routes += [
        Route(block, attachment, "vpc", contracts=contract) for block in draft.contracts.prefixes[declared]
    ]


def _settle_overlapping_blocks(draft: Draft, table: TransitTable) -> None:
    # https://docs.aws.amazon.com/vpc/latest/tgw/tgw-route-tables.html: of VPCs with identical blocks the route of
    # the one that is attached first stays. A block that overlaps one of a VPC that is attached already does not get
    # into the default propagation table:
    # https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateTransitGatewayVpcAttachment.html
    gateway = table.gateway
    default = isinstance(gateway, TransitGateway) and gateway.default_table is table
    routes = [route for route in table.routes if route.origin == "vpc"]
    routes.sort(key=lambda route: (route.prefix.family, route.prefix.first, -route.prefix.last))
    losers: set[int] = set()
    over: list[Route] = []
    for route in routes:
        while over and (over[-1].prefix.family != route.prefix.family or over[-1].prefix.last < route.prefix.first):
            over.pop()
        for other in over:
            if id(other) in losers or id(route) in losers or other.target is route.target:
                continue
            if default or other.prefix == route.prefix:
                losers.add(id(route if _attached_first(draft, other, route) is other else other))
        over.append(route)
    if losers:
        table.routes = [route for route in table.routes if id(route) not in losers]


def _attached_first(draft: Draft, one: Route, other: Route) -> Route:
    assert isinstance(one.target, Attachment)
    assert isinstance(other.target, Attachment)
    if _depends_on(draft, other.target.identity, one.target.identity):
        return one
    if _depends_on(draft, one.target.identity, other.target.identity):
        return other
    paths = sorted([one.target.path, other.target.path])
    choice = Choice(
        "attached first " + " ".join(paths),
        tuple(paths),
        "of two VPCs with overlapping blocks {option} is attached first",
    )
    return one if draft.resolver.world.option(choice) == one.target.path else other


def _depends_on(draft: Draft, later: str, earlier: str) -> bool:
    stack, logical = draft.resolver.stacks.by_id[later]
    other, earlier_logical = draft.resolver.stacks.by_id[earlier]
    if stack is not other:
        return False
    seen: set[str] = set()
    waiting = [logical]
    while waiting:
        name = waiting.pop()
        if name in seen or name not in stack.resources:
            continue
        seen.add(name)
        depends = stack.resources[name].get("DependsOn") or []
        waiting += depends if isinstance(depends, list) else [depends]
    return earlier_logical in seen


def _number_vpn_gateways(draft: Draft) -> None:
    for gateway in [item for item in draft.targets.values() if isinstance(item, VpnGateway)]:
        _advertise(gateway)
        table = RouteTable(f"{gateway.identity}.routes", f"{gateway.path} routes", "AWS::EC2::VPNGateway")
        for site in gateway.sites:
            table.contracts = table.contracts | site.contracts
            if site.unknown_prefixes is not None:
                table.unknown.append(site.unknown_prefixes.reason)
            table.routes += [Route(block, site, origin, contracts=site.contracts) for block, origin in site.prefixes]
        gateway.table = table
        blocks = [(site, block) for site in gateway.sites for block in dict.fromkeys(b for b, _ in site.prefixes)]
        for index, (site, block) in enumerate(blocks):
            for other, other_block in blocks[index + 1 :]:
                if (
                    other is not site
                    and site.customer_gateway != other.customer_gateway
                    and site.medium == other.medium == "vpn"
                    and block.overlaps(other_block)
                ):
                    # https://docs.aws.amazon.com/vpn/latest/s2svpn/VPN_CloudHub.html
                    draft.model.notes.append(
                        f"the sites {site.path} and {other.path} on {gateway.path} have "
                        f"overlapping ranges: {block} and {other_block}"
                    )


def _advertise(gateway: VpnGateway) -> None:
    """What a virtual private gateway announces to Direct Connect: the ranges of its VPC that are allowed whole.

    https://docs.aws.amazon.com/directconnect/latest/UserGuide/allowed-to-prefixes.html
    """
    for site in gateway.sites:
        if site.medium != "direct-connect" or gateway.vpc is None:
            continue
        if isinstance(site.allowed, Unknown):
            site.advertised = site.allowed
            continue
        blocks = gateway.vpc.blocks
        if site.allowed is not None:
            blocks = [block for block in blocks if any(allowed.covers(block) for allowed in site.allowed)]
        site.advertised = tuple(blocks)

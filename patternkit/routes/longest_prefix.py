"""Longest prefix match over whole sets of destinations.

A table is compiled once into ascending, disjoint segments, each with what decides there. A lookup then cuts a
set of destinations at the segments' ends, so that a walk splits only where packets really part.
"""

from __future__ import annotations

from bisect import bisect_right

from patternkit.resolving.values import Unknown, not_lifted
from patternkit.routes.addresses import IPV4_END, IPV4_EXTENDED_END, PUBLIC_IPV4, SERVICES, Spans, intersect, span_of
from patternkit.routes.model import (
    RANKS,
    Ambiguous,
    Attachment,
    Blackhole,
    Decision,
    Endpoint,
    Interface,
    Local,
    NatGateway,
    Route,
    RouteTable,
    Site,
    TransitGateway,
    TransitTable,
)

Segments = tuple[list[int], list[Decision]]

_RULE_WITHIN_LOCAL = (
    "more specific than local it must be a whole subnet's CIDR, to a NAT gateway, a network interface, or a "
    "firewall or gateway load balancer endpoint"
)
_RULE_AT_EDGE = (
    "in a gateway's route table it must be the CIDR of the VPC or of a whole subnet, to local, a network "
    "interface or an endpoint"
)


def decide(table: RouteTable, family: int, destinations: Spans, edge: str = "") -> list[tuple[Spans, Decision]]:
    """Cut a set of destinations by the route that each takes.

    Args:
        table: The table that is looked up.
        family: 4 or 6.
        destinations: The packets' destinations.
        edge: "internet" or "vpn" for the route table of a gateway.

    Returns:
        Disjoint parts, each with its route, several equal routes, an ambiguity, or None where no route
        matches.
    """
    key = family if not edge else family + (10 if edge == "internet" else 20)
    segments = table.compiled.get(key)
    if segments is None:
        segments = table.compiled[key] = _compile(table, family, edge)
    starts, decisions = segments
    parts: dict[int, list[tuple[int, int]]] = {}
    order: list[Decision] = []
    for first, last in destinations:
        index = bisect_right(starts, first) - 1
        while first <= last:
            end = starts[index + 1] - 1 if index + 1 < len(starts) else last
            stop = min(end, last)
            decision = decisions[index]
            found = parts.get(id(decision))
            if found is None:
                parts[id(decision)] = [(first, stop)]
                order.append(decision)
            elif found[-1][1] + 1 == first:
                found[-1] = (found[-1][0], stop)
            else:
                found.append((first, stop))
            first = stop + 1
            index += 1
    return [(tuple(parts[id(decision)]), decision) for decision in order]


def _compile(table: RouteTable, family: int, edge: str) -> Segments:
    routes = [route for route in table.routes if route.prefix.family == family]
    if isinstance(table, TransitTable):
        pass
    elif table.vpc is not None:
        routes = _gateway_routes(table, routes, edge) if edge else _subnet_routes(table, routes)
    groups: dict[tuple[int, int], list[Route]] = {}
    for route in routes:
        ((first, last),) = span_of(route.prefix)
        groups.setdefault((first, last), []).append(route)
    narrow = [route for route in routes if family == 4 and _is_public_range(route)]
    points: dict[int, Decision] = {0: None}
    open_blocks: list[tuple[int, int, list[Route]]] = []

    def close(before: int) -> None:
        while open_blocks and open_blocks[-1][1] < before:
            _, last, _ = open_blocks.pop()
            points[last + 1] = _winner(table, open_blocks)

    for (first, last), group in sorted(groups.items(), key=lambda item: (item[0][0], -item[0][1])):
        close(first)
        open_blocks.append((first, last, group))
        points[first] = _winner(table, open_blocks)
    close(1 << 130)
    if narrow:
        _doubt_services(table, points, narrow)
    starts = sorted(points)
    return starts, [points[start] for start in starts]


def _is_public_range(route: Route) -> bool:
    block = route.prefix
    return block.length > 0 and block.first <= IPV4_END and bool(intersect(span_of(block), PUBLIC_IPV4))


def _doubt_services(table: RouteTable, points: dict[int, Decision], narrow: list[Route]) -> None:
    """Whether a public range covers a service's addresses is not in the template; a VPC's own leads out to none."""
    leads_out = any(route.origin != "local" for route in narrow)
    starts = sorted(points)
    known = {stand_in: points[starts[bisect_right(starts, stand_in) - 1]] for stand_in in SERVICES.values()}
    points.setdefault(IPV4_EXTENDED_END + 1, None)
    for stand_in, decision in known.items():
        by_endpoint = isinstance(decision, Route) and decision.prefix_list.startswith("aws ")
        reason = f"a public route of {table.path} may cover the service{not_lifted()}"
        undecided = not by_endpoint and (decision is not None or leads_out)
        points[stand_in] = Ambiguous((), reason) if undecided else decision


def _winner(table: RouteTable, blocks: list[tuple[int, int, list[Route]]]) -> Decision:
    if not blocks:
        return None
    group = blocks[-1][2]
    if len(group) == 1:
        best = group
    else:
        rank = min(RANKS[route.origin] for route in group)
        best = [route for route in group if RANKS[route.origin] == rank]
    winner = best[0]
    if winner.origin == "prefix list" and not winner.prefix_list.startswith("aws "):
        # "If your route table references multiple prefix lists that have overlapping CIDR blocks to different
        # targets, we randomly choose which route takes priority":
        # https://docs.aws.amazon.com/vpc/latest/userguide/route-tables-priority.html
        for _, _, others in blocks:
            for other in others:
                if (
                    other.origin == "prefix list"
                    and other.prefix_list != winner.prefix_list
                    and not other.prefix_list.startswith("aws ")
                    and other.target is not winner.target
                ):
                    return Ambiguous(
                        (winner, other), f"two prefix lists of {table.path} overlap at {winner.prefix}" + not_lifted()
                    )
    targets = {id(route.target) for route in best}
    if len(targets) == 1:
        return winner
    if isinstance(table, TransitTable) and all(
        isinstance(route.target, Attachment)
        and route.target.site is not None
        and route.origin not in ("static", "prefix list")
        for route in best
    ):
        gateway = table.gateway
        if isinstance(gateway, TransitGateway) and gateway.ecmp:
            return tuple(best)
        return Ambiguous(tuple(best), f"{table.path} has several equal routes to {winner.prefix}{not_lifted()}")
    if all(isinstance(route.target, Site) for route in best):
        # A virtual private gateway takes one of several equal paths: https://docs.aws.amazon.com/vpn/latest/s2svpn/VPNRoutingTypes.html
        return tuple(best)
    return Ambiguous(tuple(best), f"{table.path} has two {winner.origin} routes to {winner.prefix}, which AWS refuses")


def _subnet_routes(table: RouteTable, routes: list[Route]) -> list[Route]:
    # https://docs.aws.amazon.com/vpc/latest/userguide/route-tables-priority.html and subnet-route-tables.html
    assert table.vpc is not None
    local = [route.prefix for route in routes if route.origin == "local"]
    kept = []
    for route in routes:
        inside = route.origin != "local" and any(block.covers(route.prefix) for block in local)
        if not inside:
            kept.append(route)
        elif route.origin == "propagated" or isinstance(route.target, Local):
            continue  # local wins even over a more specific propagated route
        elif isinstance(route.target, Unknown) or (
            isinstance(route.target, (NatGateway, Interface, Endpoint)) and _is_whole_subnet(table, route)
        ):
            kept.append(route)
        else:
            kept.append(_refused(route, table, _RULE_WITHIN_LOCAL))
    return kept


def _gateway_routes(table: RouteTable, routes: list[Route], edge: str) -> list[Route]:
    # https://docs.aws.amazon.com/vpc/latest/userguide/gateway-route-tables.html
    assert table.vpc is not None
    replaced = {route.prefix for route in routes if route.origin != "local"}
    kept = []
    for route in routes:
        if route.origin == "local":
            if route.prefix not in replaced:
                kept.append(route)
        elif isinstance(route.target, (Local, Unknown, Blackhole)):
            # AWS takes no blackhole here, but what a route leads to may be lost.
            kept.append(route)
        elif not isinstance(route.target, (Interface, Endpoint)) or not (
            route.prefix in table.vpc.blocks or _is_whole_subnet(table, route)
        ):
            kept.append(_refused(route, table, _RULE_AT_EDGE))
        elif edge == "vpn" and isinstance(route.target, Endpoint):
            reason = f"a virtual private gateway's route table cannot send to an endpoint: {route.target.path}"
            kept.append(Route(route.prefix, Blackhole(reason), route.origin, route.path, route.contracts))
        else:
            kept.append(route)
    return kept


def _is_whole_subnet(table: RouteTable, route: Route) -> bool:
    assert table.vpc is not None
    return any(route.prefix in subnet.blocks for subnet in table.vpc.subnets)


def _refused(route: Route, table: RouteTable, rule: str) -> Route:
    reason = f"AWS refuses the route {route.prefix} of {table.path}: {rule}"
    return Route(route.prefix, Unknown(reason), route.origin, route.path, route.contracts)

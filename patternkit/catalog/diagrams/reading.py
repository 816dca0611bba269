"""Read a graph out of an app's templates: what is shown, what is folded, what stands where."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from patternkit.catalog.diagrams.flows import flows, wholes
from patternkit.catalog.diagrams.kinds import kinds
from patternkit.catalog.diagrams.names import title, unnumbered
from patternkit.catalog.diagrams.networks import Networks, callers, sites
from patternkit.catalog.diagrams.ordering import mark_ways_back
from patternkit.catalog.diagrams.resources import Resource, Resources
from patternkit.drawing.graph import Edge, Graph, Group, Node

_CLIENTS = "clients"


def graph(templates: Mapping[str, Mapping[str, Any]], paths: Mapping[str, str]) -> Graph:
    """Read what an app's templates show.

    Args:
        templates: The templates by name.
        paths: Construct paths by logical id.

    Returns:
        The graph; without nodes where there is nothing to show.
    """
    resources = Resources(templates, paths)
    networks, at = Networks(resources), sites(resources)
    shown = {one.id: one for one in resources if one.type in kinds().shown and _is_drawn(resources, one)}
    made = Graph()
    for group in [*_stacks(shown), *networks.groups(), *at.values()]:
        made.groups[group.id] = group
    placed = {name: at[name].id if name in at else networks.place(one) for name, one in shown.items()}
    _place_in_stacks(made, placed)
    found = Graph()
    for edge in [*networks.edges(placed), *flows(resources)]:
        found.connect(edge)
    for called, who in callers(resources, found.edges):
        found.nodes[_CLIENTS] = Node(id=_CLIENTS, title=who, service="", icon="resource/Users")
        found.connect(Edge(source=_CLIENTS, target=called, label="requests"))
    known = {*shown, *made.groups, _CLIENTS}
    edges = [edge for edge in found.edges if edge.source in known and edge.target in known]
    joined = {end for edge in edges for end in (edge.source, edge.target)}
    # A bucket of access logs has no part in what flows.
    drawn = {name: one for name, one in shown.items() if name in joined} or shown
    same = _alike(drawn, placed)
    if _CLIENTS in found.nodes:
        made.nodes[_CLIENTS] = found.nodes[_CLIENTS]
    for name, one in drawn.items():
        if same[name] == name:
            number = sum(1 for other in same.values() if other == name)
            made.nodes[name] = _node(one, resources, placed[name], number)
    for edge in edges:
        made.connect(
            replace(edge, source=same.get(edge.source, edge.source), target=same.get(edge.target, edge.target))
        )
    _number_by_zone(made, resources)
    _join_tiers(made)
    _fold_empty(made)
    mark_ways_back(made)
    return made


def _stacks(shown: Mapping[str, Resource]) -> list[Group]:
    """Make the group of each stack, where there are several."""
    names = list(dict.fromkeys(name.partition(".")[0] for name in shown))
    return [Group(id=f"stack {name}", title=name, kind="stack") for name in names] if len(names) > 1 else []


def _place_in_stacks(made: Graph, placed: dict[str, str | None]) -> None:
    """Put what stands nowhere else into its stack; a site is outside of all."""
    for name, group in placed.items():
        stack = f"stack {name.partition('.')[0]}"
        if group is None and stack in made.groups:
            placed[name] = stack
    for group_id, one in made.groups.items():
        stack = f"stack {group_id.partition('.')[0]}"
        if one.kind == "vpc" and stack in made.groups:
            made.groups[group_id] = replace(one, group=stack)


def _is_drawn(resources: Resources, one: Resource) -> bool:
    if one.type == "AWS::EC2::EIP" and any(
        one.id in user.to("AllocationId") for user in resources.users.get(one.id, [])
    ):
        # A NAT gateway's address is part of it.
        return False
    return wholes(resources, one.id) == [one.id] and not _serves_a_deployment(resources, one)


def _serves_a_deployment(resources: Resources, one: Resource) -> bool:
    """Whether only CloudFormation invokes a function: the handler of a custom resource, or what that calls."""
    if one.type != "AWS::Lambda::Function":
        return False
    users = resources.users.get(one.id, [])
    return any(one.id in user.to("ServiceToken") for user in users) or any(
        one.id in user.to("Environment") and _serves_a_deployment(resources, user) for user in users if user is not one
    )


def _node(one: Resource, resources: Resources, group: str | None, number: int) -> Node:
    service, icon = _kind(one, resources)
    called = service if one.type in kinds().plain else title(one.path)
    return Node(id=one.id, title=called, service=service, icon=icon, group=group, number=number)


def _kind(one: Resource, resources: Resources) -> tuple[str, str]:
    tasks = [one.properties, *(resources[end].properties for end in one.to("TaskDefinition"))]
    if any("FARGATE" in task.get("RequiresCompatibilities", []) for task in tasks):
        return "ECS on Fargate", "architecture-service/AWSFargate"
    return kinds().shown[one.type]


def _alike(drawn: Mapping[str, Resource], placed: Mapping[str, str | None]) -> dict[str, str]:
    first: dict[tuple[object, ...], str] = {}
    same = {}
    for name, one in drawn.items():
        numbered = any(part[-1:].isdigit() for part in one.path)
        key = (one.type, placed[name], tuple(unnumbered(part) for part in one.path) if numbered else name)
        same[name] = first.setdefault(key, name)
    return same


def _number_by_zone(made: Graph, resources: Resources) -> None:
    """Leave out how many there are where there is one in each zone, which the group says."""
    zones: dict[str, int] = {}
    for subnet in resources.of("AWS::EC2::Subnet"):
        for vpc in subnet.to("VpcId"):
            tier = f"{vpc}/{unnumbered([p for p in subnet.path if p not in {'Subnet', 'Resource'}][-1])}"
            zones[tier] = zones.get(tier, 0) + 1
    for name, node in made.nodes.items():
        if node.group and node.number == zones.get(node.group):
            made.nodes[name] = replace(node, number=1)


def _join_tiers(made: Graph) -> None:
    """Draw tiers of a VPC as one where nothing stands in them and packets leave them the same way."""
    ways: dict[tuple[str | None, frozenset[str]], list[Group]] = {}
    for group in made.groups.values():
        if group.kind in ("public", "private") and not made.members(group.id):
            beyond = frozenset(
                end
                for edge in made.edges
                if group.id in (edge.source, edge.target)
                for end in (edge.source, edge.target)
            )
            ways.setdefault((group.group, beyond - {group.id}), []).append(group)
    for (_, beyond), groups in ways.items():
        first, *others = groups
        if not beyond or not others:
            continue
        *names, last = [one.title.removesuffix("s").removesuffix(" subnet") for one in groups]
        made.groups[first.id] = replace(first, title=f"{', '.join(names)} and {last} subnets")
        for one in others:
            made.edges = [edge for edge in made.edges if one.id not in (edge.source, edge.target)]
            del made.groups[one.id]


def _fold_empty(made: Graph) -> None:
    """Leave out groups that nothing stands in and no edge leads to, but for tiers of subnets beside others."""
    tiers = {name: one for name, one in made.groups.items() if one.kind in ("public", "private")}
    _fold(made)
    for name, one in tiers.items():
        # A tier without any way in or out is what somebody wants to see.
        if one.group in made.groups:
            made.groups.setdefault(name, one)


def _fold(made: Graph) -> None:
    joined = {end for edge in made.edges for end in (edge.source, edge.target)}
    while True:
        full = {one.group for one in made.nodes.values()} | {one.group for one in made.groups.values()}
        empty = [name for name in made.groups if name not in full and name not in joined]
        if not empty:
            return
        for name in empty:
            del made.groups[name]

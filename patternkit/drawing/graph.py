"""What a diagram shows: nodes in groups, and what flows between them."""

from dataclasses import dataclass, field, replace
from typing import Literal

GroupKind = Literal["stack", "vpc", "zones", "public", "private", "site"]
Flow = Literal["event", "failure", "route", "there", "back"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """One resource, or several alike that are drawn once.

    Attributes:
        id: What edges call it.
        title: Its role in the pattern.
        service: What it is.
        icon: The icon's file, without its ending.
        group: The group it stands in, if any.
        number: How many it stands for.
    """

    id: str
    title: str
    service: str
    icon: str
    group: str | None = None
    number: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A boundary around nodes.

    Attributes:
        id: What nodes, groups and edges call it.
        title: What stands on it.
        kind: What boundary it is.
        group: The group it stands in, if any.
    """

    id: str
    title: str
    kind: GroupKind
    group: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """What flows from one node to another.

    Attributes:
        source: Where it comes from.
        target: Where it goes.
        label: What it is, or nothing.
        flow: An event or request, what failed, packets by a route, or those of a traced flow and its replies.
        both: Whether it goes both ways.
        back: Whether it leads back to where everything comes from: a diagram that starts there is simpler.
    """

    source: str
    target: str
    label: str = ""
    flow: Flow = "event"
    both: bool = False
    back: bool = False


@dataclass(slots=True, kw_only=True)
class Graph:
    """A diagram before it is laid out.

    Attributes:
        nodes: By id.
        groups: By id.
        edges: Each pair of nodes at most once.
    """

    nodes: dict[str, Node] = field(default_factory=dict)
    groups: dict[str, Group] = field(default_factory=dict)
    edges: list[Edge] = field(default_factory=list)

    def connect(self, edge: Edge) -> None:
        """Add an edge, or what it says to the one that joins the same two already.

        Args:
            edge: The edge.
        """
        if edge.source == edge.target:
            return
        for index, known in enumerate(self.edges):
            if (known.source, known.target) == (edge.source, edge.target):
                # What is said of a flow says more than a permission or a route that takes the same way.
                if not known.label:
                    self.edges[index] = replace(edge, both=known.both or edge.both)
                return
            if (known.target, known.source) == (edge.source, edge.target):
                if "route" in (known.flow, edge.flow):
                    self.edges[index] = replace(known, both=True)
                elif edge.label and not known.label:
                    self.edges[index] = edge
                return
        self.edges.append(edge)

    def members(self, group: str) -> list[str]:
        """Find the nodes that stand in a group itself, not in a group within it."""
        return [node.id for node in self.nodes.values() if node.group == group]

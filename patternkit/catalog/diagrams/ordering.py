"""Edges that lead back, so that a layout without cycles reads from source to destination."""

from collections.abc import Iterator
from dataclasses import replace

from patternkit.drawing.graph import Edge, Graph


def mark_ways_back(graph: Graph) -> None:
    """Mark the edges that would close a cycle, between nodes or between groups that stand beside each other.

    What is said of a flow counts most, then failures and routes; a permission leads back first.

    Args:
        graph: The graph, whose edges are replaced.
    """
    ways: dict[str, set[str]] = {}
    for index in sorted(range(len(graph.edges)), key=lambda index: _rank(graph.edges[index])):
        edge = graph.edges[index]
        source, target = _beside(graph, edge)
        if edge.back:
            source, target = target, source
        elif source in _reached(ways, target):
            graph.edges[index] = replace(edge, back=True)
            source, target = target, source
        if target not in _reached(ways, source):
            ways.setdefault(source, set()).add(target)


def _rank(edge: Edge) -> int:
    return (
        0 if edge.label and edge.flow == "event" else 1 if edge.flow == "failure" else 2 if edge.flow == "route" else 3
    )


def _beside(graph: Graph, edge: Edge) -> tuple[str, str]:
    """What of the two ends stands beside each other: they themselves, or groups around them."""
    sources, targets = (list(_around(graph, end)) for end in (edge.source, edge.target))
    while len(sources) > 1 and len(targets) > 1 and sources[-1] == targets[-1]:
        sources.pop()
        targets.pop()
    return sources[-1], targets[-1]


def _around(graph: Graph, name: str | None) -> Iterator[str]:
    while name is not None:
        yield name
        name = (graph.nodes.get(name) or graph.groups[name]).group


def _reached(ways: dict[str, set[str]], start: str) -> set[str]:
    found, left = {start}, [start]
    while left:
        beyond = ways.get(left.pop(), set()) - found
        found |= beyond
        left += sorted(beyond)
    return found

"""A diagram of each pattern, made from its templates and construct paths; nothing in it is drawn by hand."""

from patternkit.catalog.diagrams.drawing import described, svg
from patternkit.catalog.diagrams.graph import Edge, Graph, Group, Node
from patternkit.catalog.diagrams.layout import laid_out
from patternkit.catalog.diagrams.reading import graph
from patternkit.catalog.diagrams.resources import construct_paths

__all__ = ["Edge", "Graph", "Group", "Node", "construct_paths", "described", "drawn", "graph"]


def drawn(graph: Graph, title: str) -> str:
    """Draw a graph as SVG: the same bytes on every machine.

    Args:
        graph: The graph.
        title: What it is a diagram of.

    Returns:
        The SVG, which needs no other file.

    Raises:
        CatalogError: If Node, ELK or an icon is missing.
    """
    return svg(graph, laid_out(graph), title)

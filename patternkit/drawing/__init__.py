"""The one engine that lays diagrams out and draws them: for the catalog's pages and for the networks of the prover."""

from patternkit.drawing.graph import Edge, Graph, Group, Node
from patternkit.drawing.layout import laid_out
from patternkit.drawing.packages import DrawingError
from patternkit.drawing.svg import described, svg

__all__ = ["DrawingError", "Edge", "Graph", "Group", "Node", "described", "drawn"]


def drawn(graph: Graph, title: str) -> str:
    """Draw a graph as SVG: the same bytes on every machine.

    Args:
        graph: The graph.
        title: What it is a diagram of.

    Returns:
        The SVG, which needs no other file.

    Raises:
        DrawingError: If Node, ELK or an icon is missing.
    """
    return svg(graph, laid_out(graph), title)

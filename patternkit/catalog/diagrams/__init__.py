"""A diagram of each pattern, made from its templates and construct paths; nothing in it is drawn by hand."""

from patternkit.catalog.diagrams.reading import graph
from patternkit.catalog.diagrams.resources import construct_paths
from patternkit.drawing import Edge, Graph, Group, Node, described, drawn

__all__ = ["Edge", "Graph", "Group", "Node", "construct_paths", "described", "drawn", "graph"]

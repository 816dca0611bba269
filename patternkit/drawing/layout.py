"""Where everything stands: ELK decides."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from patternkit.drawing.boxes import Box
from patternkit.drawing.elk import laid
from patternkit.drawing.graph import Graph, Group, Node
from patternkit.drawing.headings import first_place, free_place, room_for
from patternkit.drawing.lettering import HARD_SPACE, width, wrapped

PAGE = 920
"""How wide a diagram may be before it goes downwards: what a page shows without shrinking the text much."""
TITLE = SERVICE = LABEL = GROUP = 12.0
"""Sizes of text."""
ICON, GROUP_ICON = 40.0, 20.0
"""The sides of icons."""

_LINE = 16.0
_PADDING = 10.0
_TITLE_WIDTH = 112.0
# How often groups are made wider, each time where lines cross the headings of the time before.
_ROUNDS = 3
_OPTIONS = {
    "elk.algorithm": "layered",
    "elk.hierarchyHandling": "INCLUDE_CHILDREN",
    "elk.edgeRouting": "ORTHOGONAL",
    "elk.json.shapeCoords": "ROOT",
    "elk.json.edgeCoords": "ROOT",
    "elk.padding": "[top=16,left=16,bottom=16,right=16]",
    "elk.randomSeed": "1",
    "elk.spacing.nodeNode": "24",
    "elk.spacing.edgeNode": "14",
    "elk.spacing.edgeEdge": "12",
    "elk.spacing.edgeLabel": "4",
    "elk.layered.spacing.nodeNodeBetweenLayers": "28",
    "elk.layered.spacing.edgeNodeBetweenLayers": "12",
    "elk.layered.spacing.edgeEdgeBetweenLayers": "12",
    "elk.layered.nodePlacement.strategy": "NETWORK_SIMPLEX",
    "elk.layered.thoroughness": "30",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Where the parts of a graph stand.

    Attributes:
        width: How wide all is.
        height: How high.
        boxes: Nodes and groups, by id.
        lines: The points of each edge, in the order of the graph's edges.
        labels: Where each edge's label stands; None if it has none.
        headings: The left of each group's heading, by the group's id.
    """

    width: float
    height: float
    boxes: dict[str, Box]
    lines: list[list[tuple[float, float]]]
    labels: list[Box | None]
    headings: dict[str, float]


def words(node: Node) -> tuple[list[str], str]:
    """Say what stands under a node's icon.

    Args:
        node: The node.

    Returns:
        The lines of its title, and what it is unless the title says so.
    """
    number = f" ×{HARD_SPACE}{node.number}" if node.number > 1 else ""
    service = "" if node.service.lower() == node.title.lower() else node.service
    return wrapped(f"{node.title}{number}", TITLE, _TITLE_WIDTH), service


def laid_out(graph: Graph) -> Layout:
    """Lay a graph out, to the right where that fits a page, or downwards.

    Args:
        graph: The graph.

    Returns:
        Its layout.

    Raises:
        DrawingError: If Node or ELK is missing, or ELK fails.
    """
    right, down = laid([_elk(graph, "RIGHT", {}), _elk(graph, "DOWN", {})])
    direction = "RIGHT" if right["width"] <= PAGE or right["width"] < down["width"] else "DOWN"
    made, wider = _read(graph, right if direction == "RIGHT" else down), dict[str, float]()
    # A heading that a line crosses can be read; text that is shrunk to fit a page cannot.
    most = max(PAGE, made.width)
    for _ in range(_ROUNDS):
        crossed = [one for one in graph.groups.values() if one.id not in made.headings]
        room = {one.id: room_for(made.boxes[one.id], heading(one)[1], made.lines) for one in crossed}
        if not room:
            break
        # What stands in the middle of its group stays there, and so do the lines that lead to it.
        twice = {one.id: max(room[one.id], 2 * (heading(one)[1] + 14)) for one in crossed}
        # All of them, or else whichever can be.
        each = [{name: wide} for ways in (room, twice) for name, wide in ways.items()]
        for some in (room, twice, *each):
            again = _read(graph, laid([_elk(graph, direction, wider | some)])[0])
            if again.width <= most and len(again.headings) > len(made.headings):
                made, wider = again, wider | some
                if some in (room, twice):
                    break
    for one in graph.groups.values():
        # In most fonts text is narrower than it can be.
        box, (indent, _) = made.boxes[one.id], heading(one)
        narrow = free_place(box, indent + width(one.title, GROUP), made.lines)
        made.headings.setdefault(one.id, first_place(box) if narrow is None else narrow)
    return made


def heading(group: Group) -> tuple[float, float]:
    """Say how a group's heading is put together: how far in its text begins, beside an icon, and how wide all is."""
    indent = 0.0 if group.kind in ("stack", "zones") else GROUP_ICON + 6
    return indent, indent + width(group.title, GROUP, bold=True)


def _elk(graph: Graph, direction: str, wider: Mapping[str, float]) -> dict[str, Any]:
    children: dict[str | None, list[dict[str, Any]]] = {}
    for node in graph.nodes.values():
        title, service = words(node)
        wide = max([ICON, *(width(line, TITLE, bold=True) for line in title), width(service, SERVICE)])
        high = 2 * _PADDING + ICON + _LINE * (len(title) + bool(service)) + 2
        children.setdefault(node.group, []).append({"id": node.id, "width": wide + 2 * _PADDING, "height": high})
    # Groups come outermost first, so the innermost are filled first.
    for group in reversed(list(graph.groups.values())):
        within = children.get(group.id, [])
        wide = width(group.title, GROUP, bold=True) + 42
        wide = max(wide, wider.get(group.id, 0))
        one: dict[str, Any] = {"id": group.id, "children": within}
        if within:
            one["layoutOptions"] = {
                "elk.padding": "[top=36,left=12,bottom=12,right=12]",
                "elk.nodeSize.constraints": "MINIMUM_SIZE",
                # ELK turns a graph that goes downwards on its side, and forgets to turn this.
                "elk.nodeSize.minimum": f"({wide},40)" if direction == "RIGHT" else f"(40,{wide})",
            }
        else:
            one |= {"width": wide, "height": 40.0}
        children.setdefault(group.group, []).insert(0, one)
    edges = []
    for index, edge in enumerate(graph.edges):
        given: dict[str, Any] = {"id": f"edge {index}", "sources": [edge.source], "targets": [edge.target]}
        if edge.back:
            given["sources"], given["targets"] = given["targets"], given["sources"]
        given["layoutOptions"] = {"elk.layered.priority.direction": "1" if edge.flow == "route" else "10"}
        if edge.label:
            given["labels"] = [{"text": edge.label, "width": width(edge.label, LABEL) + 6, "height": _LINE}]
        edges.append(given)
    return {
        "id": "root",
        "layoutOptions": {**_OPTIONS, "elk.direction": direction},
        "children": children.get(None, []),
        "edges": edges,
    }


def _read(graph: Graph, made: dict[str, Any]) -> Layout:
    boxes: dict[str, Box] = {}
    _collect(made, boxes)
    lines: list[list[tuple[float, float]]] = []
    labels: list[Box | None] = []
    for edge in sorted(made["edges"], key=lambda one: int(one["id"].split()[1])):
        points = []
        for section in edge["sections"]:
            points += [section["startPoint"], *section.get("bendPoints", []), section["endPoint"]]
        if graph.edges[len(lines)].back:
            points.reverse()
        lines.append([(round(one["x"], 1), round(one["y"], 1)) for one in points])
        labels.append(_box(edge["labels"][0]) if edge.get("labels") else None)
    assert len(lines) == len(graph.edges)
    places = {one.id: free_place(boxes[one.id], heading(one)[1], lines) for one in graph.groups.values()}
    return Layout(
        width=round(made["width"]),
        height=round(made["height"]),
        boxes=boxes,
        lines=lines,
        labels=labels,
        headings={name: place for name, place in places.items() if place is not None},
    )


def _collect(made: dict[str, Any], boxes: dict[str, Box]) -> None:
    for one in made.get("children", []):
        boxes[one["id"]] = _box(one)
        _collect(one, boxes)


def _box(one: dict[str, Any]) -> Box:
    return Box(**{name: round(one[name], 1) for name in ("x", "y", "width", "height")})

"""Draw a laid-out graph as SVG, for light and dark pages alike."""

from collections.abc import Iterator
from html import escape

from patternkit.drawing.boxes import Box
from patternkit.drawing.graph import Edge, Graph, Group, Node
from patternkit.drawing.icons import CREDIT, symbol
from patternkit.drawing.layout import (
    GROUP,
    GROUP_ICON,
    ICON,
    LABEL,
    SERVICE,
    TITLE,
    Layout,
    heading,
    words,
)

_GROUP_ICONS = {
    "vpc": "architecture-group/VirtualprivatecloudVPC",
    "public": "architecture-group/Publicsubnet",
    "private": "architecture-group/Privatesubnet",
    "site": "architecture-group/Corporatedatacenter",
}
_CORNER = 6.0
# The colours of groups are those of AWS's icons for them.
_STYLE = f"""
.page {{ fill: #ffffff; stroke: #d5dbe3; }}
.card {{ fill: #ffffff; stroke: #c3cad4; }}
.plate {{ fill: #ffffff; }}
text {{ font-family: "Helvetica Neue", Helvetica, Arial, "Liberation Sans", sans-serif; fill: #16191f; }}
.title {{ font-size: {TITLE:g}px; font-weight: 600; text-anchor: middle; }}
.service {{ font-size: {SERVICE:g}px; fill: #545b64; text-anchor: middle; }}
.group {{ font-size: {GROUP:g}px; font-weight: 600; }}
.label {{ font-size: {LABEL:g}px; fill: #414750; text-anchor: middle; }}
.group, .label {{ stroke: #ffffff; stroke-width: 4px; stroke-linejoin: round; paint-order: stroke; }}
.flow {{ fill: none; stroke: #414d5c; stroke-width: 1.5px; }}
.failure {{ stroke: #c7350a; stroke-dasharray: 5 4; }}
.route {{ stroke: #7d5bd0; }}
.head {{ fill: #414d5c; }}
.failure-head {{ fill: #c7350a; }}
.route-head {{ fill: #7d5bd0; }}
.stack, .vpc, .zones, .public, .private, .site {{ fill: none; stroke-width: 1.5px; }}
.stack {{ stroke: #8d99a8; stroke-dasharray: 2 3; }}
.vpc {{ stroke: #8c4fff; }}
.zones {{ stroke: #00a4a6; stroke-dasharray: 6 4; }}
.public {{ stroke: #7aa116; }}
.private {{ stroke: #00a4a6; }}
.site {{ stroke: #7d8998; }}
@media (prefers-color-scheme: dark) {{
  .page {{ fill: #12161c; stroke: #333d4b; }}
  .card {{ fill: #1b222c; stroke: #414d5c; }}
  text {{ fill: #f1f3f6; }}
  .service {{ fill: #b6bec9; }}
  .label {{ fill: #d1d6de; }}
  .group, .label {{ stroke: #12161c; }}
  .flow {{ stroke: #b6bec9; }}
  .failure {{ stroke: #ff8a66; }}
  .route {{ stroke: #bfa4ff; }}
  .head {{ fill: #b6bec9; }}
  .failure-head {{ fill: #ff8a66; }}
  .route-head {{ fill: #bfa4ff; }}
}}
""".strip()
# Of the traced flow, in the drawings that have one.
_TRACE_STYLE = """
.there, .back { stroke: #c7350a; stroke-width: 2px; }
.back { stroke-dasharray: 6 4; }
.there-head, .back-head { fill: #c7350a; }
@media (prefers-color-scheme: dark) {
  .there, .back { stroke: #ff8a66; }
  .there-head, .back-head { fill: #ff8a66; }
}
""".strip()


def svg(graph: Graph, layout: Layout, title: str) -> str:
    """Draw a graph.

    Args:
        graph: What to draw.
        layout: Where it stands.
        title: What it is a diagram of.

    Returns:
        The SVG, which needs no other file.
    """
    return "\n".join(_lines(graph, layout, title)) + "\n"


def _lines(graph: Graph, layout: Layout, title: str) -> Iterator[str]:
    wide, high = f"{layout.width:g}", f"{layout.height:g}"
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{wide}" height="{high}" viewBox="0 0 {wide} {high}" '
        'role="img" aria-labelledby="title description">'
    )
    yield f'<title id="title">{escape(title)}</title>'
    yield f'<desc id="description">{escape(f"{described(graph)} {CREDIT}")}</desc>'
    traced = {edge.flow for edge in graph.edges} & {"there", "back"}
    style = f"{_STYLE}\n{_TRACE_STYLE}" if traced else _STYLE
    yield f"<style>\n{style}\n</style>"
    yield "<defs>"
    for name in ("head", "failure-head", "route-head", *sorted(f"{flow}-head" for flow in traced)):
        yield (
            f'<marker id="{name}" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" '
            'markerUnits="userSpaceOnUse" orient="auto-start-reverse">'
            f'<path class="{name}" d="M0 0 8 4 0 8z"/></marker>'
        )
    icons = [node.icon for node in graph.nodes.values()]
    icons += [_GROUP_ICONS[group.kind] for group in graph.groups.values() if group.kind in _GROUP_ICONS]
    names = {icon: f"icon-{index}" for index, icon in enumerate(dict.fromkeys(icons), start=1)}
    for icon, name in names.items():
        attributes, drawing = symbol(icon)
        yield f'<symbol id="{name}" {attributes}>{drawing}</symbol>'
    yield "</defs>"
    yield _rectangle("page", Box(x=0.5, y=0.5, width=layout.width - 1, height=layout.height - 1), _CORNER)
    # Outlines first, then what flows, then everything that is read.
    for group in graph.groups.values():
        yield _rectangle(group.kind, layout.boxes[group.id], 3)
    for edge, points in zip(graph.edges, layout.lines, strict=True):
        yield _edge(edge, points)
    for group in graph.groups.values():
        yield from _heading(group, layout, names)
    for node in graph.nodes.values():
        yield from _node(node, layout.boxes[node.id], names)
    for edge, box in zip(graph.edges, layout.labels, strict=True):
        if box is not None:
            yield _text("label", box.x + box.width / 2, box.y + box.height / 2 + 4, edge.label)
    yield "</svg>"


def _rectangle(style: str, box: Box, corner: float) -> str:
    place = f'x="{box.x:g}" y="{box.y:g}" width="{box.width:g}" height="{box.height:g}"'
    return f'<rect class="{style}" {place} rx="{corner:g}"/>'


def _heading(group: Group, layout: Layout, names: dict[str, str]) -> Iterator[str]:
    x, y = layout.headings[group.id], layout.boxes[group.id].y
    if group.kind in _GROUP_ICONS:
        yield _use(names[_GROUP_ICONS[group.kind]], x, y + 6, GROUP_ICON)
    yield _text("group", x + heading(group)[0], y + 20.5, group.title)


def _edge(edge: Edge, points: list[tuple[float, float]]) -> str:
    kind = "" if edge.flow == "event" else f" {edge.flow}"
    head = "head" if edge.flow == "event" else f"{edge.flow}-head"
    heads = f' marker-end="url(#{head})"' + (f' marker-start="url(#{head})"' if edge.both else "")
    return f'<path class="flow{kind}" d="{_rounded(points)}"{heads}/>'


def _rounded(points: list[tuple[float, float]]) -> str:
    drawn = [f"M{points[0][0]:g} {points[0][1]:g}"]
    for before, at, after in zip(points, points[1:], points[2:], strict=False):
        start, end = _towards(at, before), _towards(at, after)
        drawn.append(f"L{start[0]:g} {start[1]:g}Q{at[0]:g} {at[1]:g} {end[0]:g} {end[1]:g}")
    return "".join([*drawn, f"L{points[-1][0]:g} {points[-1][1]:g}"])


def _towards(at: tuple[float, float], other: tuple[float, float]) -> tuple[float, float]:
    """Find the point a corner's radius away from a bend; lines run along the axes."""
    x, y = other[0] - at[0], other[1] - at[1]
    length = abs(x) + abs(y)
    step = min(_CORNER, length / 2) / length if length else 0
    return round(at[0] + x * step, 1), round(at[1] + y * step, 1)


def _node(node: Node, box: Box, names: dict[str, str]) -> Iterator[str]:
    title, service = words(node)
    yield _rectangle("card", box, _CORNER)
    middle, top = box.x + box.width / 2, box.y + 10
    # Icons of resources are lines in dark colours, which need a light ground on a dark page too.
    if node.icon.startswith("resource/"):
        yield f'<rect class="plate" x="{middle - ICON / 2:g}" y="{top:g}" width="{ICON:g}" height="{ICON:g}" rx="4"/>'
    yield _use(names[node.icon], middle - ICON / 2, top, ICON)
    y = top + ICON + 15
    for line in title:
        yield _text("title", middle, y, line)
        y += 15
    if service:
        yield _text("service", middle, y, service)


def _use(name: str, x: float, y: float, side: float) -> str:
    return f'<use href="#{name}" x="{round(x, 1):g}" y="{round(y, 1):g}" width="{side:g}" height="{side:g}"/>'


def _text(style: str, x: float, y: float, text: str) -> str:
    return f'<text class="{style}" x="{round(x, 1):g}" y="{round(y, 1):g}">{escape(text)}</text>'


def described(graph: Graph) -> str:
    """Say in words what a graph shows, for readers who cannot see it.

    Args:
        graph: The graph.

    Returns:
        A sentence for each edge.
    """
    said = {one.id: one.title for one in graph.groups.values()}
    for node in graph.nodes.values():
        title, service = words(node)
        said[node.id] = " ".join(title) + (f" ({service})" if service else "")
    return " ".join(
        f"{said[edge.source]} to {said[edge.target]}{f': {edge.label}' if edge.label else ''}." for edge in graph.edges
    )

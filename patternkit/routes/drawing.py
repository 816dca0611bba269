"""Draw a network as SVG: VPCs with their subnets by availability zone, gateways, attachments, and a traced path.

networkx places the boxes; nothing of a proof depends on it. VPCs that behave alike are drawn once, with their number.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field
from itertools import pairwise
from xml.sax.saxutils import escape, quoteattr

import networkx as nx

from patternkit.routes.model import Model, RouteTable, Subnet, TransitGateway, Vpc
from patternkit.routes.symmetry import classify
from patternkit.routes.tracing import Flow

_CELL, _ROW, _GAP, _LAYER = 190, 40, 36, 190
# Names of constructs that repeat what the drawing shows.
_UNTOLD = {"Resource", "RouteTable", "Subnet"}
_COLOURS = {"vpc": "#1b6ca8", "transit": "#7b4bb7", "edge": "#2e7d32", "site": "#8d5a00", "path": "#c62828"}


@dataclass(slots=True)
class _Box:
    """A box of the drawing with the elements inside it."""

    title: str
    kind: str
    width: int = 170
    height: int = 64
    x: float = 0
    y: float = 0
    cells: dict[str, tuple[float, float, str]] = field(default_factory=dict)
    zones: list[str] = field(default_factory=list)


def draw(model: Model, flow: Flow | None = None) -> str:
    """Draw the network.

    Args:
        model: The network.
        flow: A traced flow to draw upon it.

    Returns:
        The SVG document.
    """
    drawing = _Drawing(model, flow)
    drawing.lay_out()
    return drawing.text()


class _Drawing:
    def __init__(self, model: Model, flow: Flow | None) -> None:
        self.model = model
        self.flow = flow
        self.boxes: dict[str, _Box] = {}
        # A stack's name in front of every path tells nothing where there is only one stack.
        stacks = {one.path.partition("/")[0] for one in [*model.vpcs.values(), *model.transit_gateways.values()]}
        self.prefix = f"{stacks.pop()}/" if len(stacks) == 1 else ""
        self.graph: nx.Graph[str] = nx.Graph()
        self.where: dict[str, str] = {}

    def lay_out(self) -> None:
        """Make the boxes and give each a place: sites, spokes, transit gateways, the VPCs behind, the internet."""
        touched = self._touched()
        kept = self._one_of_each_kind(touched)
        hubs = {
            e.subnet.vpc.identity
            for f in self.model.firewalls.values()
            for e in f.endpoints
            if isinstance(e.subnet, Subnet)
        }
        for vpc, count in kept:
            attached = any(attachment.medium == "vpc" for attachment in vpc.attachments)
            layer = 3 if vpc.identity in hubs or (vpc.internet_gateway and attached) else 1
            self._add(vpc.identity, self._vpc_box(vpc, count), layer)
            if vpc.internet_gateway is not None:
                self._add("internet", _Box("Internet", "edge"), 4)
                self.graph.add_edge(vpc.identity, "internet", label="internet gateway")
                self.where[vpc.internet_gateway.identity] = "internet"
            if vpc.vpn_gateway is not None:
                self.where[vpc.vpn_gateway.identity] = vpc.identity
        for gateway in self.model.transit_gateways.values():
            self._add(gateway.identity, _Box(self._short(gateway.path), "transit", height=120), 2)
            for attachment in gateway.attachments:
                self.where[attachment.identity] = gateway.identity
                if attachment.vpc is not None and attachment.vpc.identity in self.boxes:
                    table = (
                        self._short(attachment.association.path).rpartition("/")[2]
                        if isinstance(attachment.association, RouteTable)
                        else "no table"
                    )
                    self.graph.add_edge(gateway.identity, attachment.vpc.identity, label=table)
                elif attachment.peer is not None and isinstance(attachment.peer.gateway, TransitGateway):
                    self.graph.add_edge(gateway.identity, attachment.peer.gateway.identity, label="peering")
        for site in self.model.sites.values():
            self._add(site.identity, _Box(self._short(site.path), "site"), 0)
            end = site.attachment.gateway if site.attachment is not None else None
            if isinstance(end, TransitGateway):
                self.graph.add_edge(site.identity, end.identity, label=site.medium)
            elif site.gateway is not None and site.gateway.vpc is not None:
                self.graph.add_edge(site.identity, site.gateway.vpc.identity, label=site.medium)
        for peering in self.model.peerings.values():
            if isinstance(peering.requester, Vpc) and isinstance(peering.accepter, Vpc):
                self.graph.add_edge(peering.requester.identity, peering.accepter.identity, label="peering")
        self._place()

    def _short(self, path: str) -> str:
        parts = [part for part in path.removeprefix(self.prefix).split("/") if part not in _UNTOLD]
        return "/".join(parts) or path

    def _touched(self) -> set[str]:
        if self.flow is None:
            return set()
        legs = [leg for leg in (self.flow.forward, self.flow.back) if leg is not None]
        found = {hop.identity for leg in legs for hop in leg.walk.hops}
        return {s.vpc.identity for s in self.model.subnets.values() if s.identity in found}

    def _one_of_each_kind(self, touched: set[str]) -> list[tuple[Vpc, int]]:
        keys = classify(self.model, dict.fromkeys(touched, "touched"))
        groups: dict[Hashable, list[Vpc]] = {}
        for identity, vpc in self.model.vpcs.items():
            groups.setdefault((keys[identity], identity if identity in touched else ""), []).append(vpc)
        return [(group[0], len(group)) for group in groups.values()]

    def _add(self, identity: str, box: _Box, layer: int) -> None:
        if identity not in self.boxes:
            self.boxes[identity] = box
            self.where[identity] = identity
            self.graph.add_node(identity, layer=layer)

    def _vpc_box(self, vpc: Vpc, count: int) -> _Box:
        zones = sorted({str(subnet.zone) for subnet in vpc.subnets})
        rows = {zone: [subnet for subnet in vpc.subnets if str(subnet.zone) == zone] for zone in zones}
        height = 46 + _ROW * max([len(listed) for listed in rows.values()] or [1])
        blocks = ", ".join(map(str, vpc.blocks[:2]))
        alike = f" (and {count - 1} alike)" if count > 1 else ""
        box = _Box(
            f"{self._short(vpc.path)} {blocks}{alike}", "vpc", max(1, len(zones)) * _CELL + 10, height, zones=zones
        )
        for column, zone in enumerate(zones):
            for row, subnet in enumerate(rows[zone]):
                name = self._short(subnet.path)
                table = self._short(subnet.table.path) if isinstance(subnet.table, RouteTable) else "?"
                label = name.rpartition("/")[2] + ("" if table == name else f" | {table.rpartition('/')[2]}")
                box.cells[subnet.identity] = (5 + column * _CELL, 40 + row * _ROW, label)
                self.where[subnet.identity] = vpc.identity
        for element in self.model.targets.values():
            place = getattr(element, "subnet", None)
            if isinstance(place, Subnet) and place.identity in box.cells:
                x, y, _ = box.cells[place.identity]
                box.cells[element.identity] = (x, y, "")
        return box

    def _place(self) -> None:
        if not self.boxes:
            return
        layers: dict[int, list[str]] = {}
        for identity in self.boxes:
            layers.setdefault(self.graph.nodes[identity]["layer"], []).append(identity)
        x = 20.0
        for layer in sorted(layers):
            listed = layers[layer]
            y = 30.0
            for identity in listed:
                box = self.boxes[identity]
                box.x, box.y = x, y
                y += box.height + _GAP
            x += max(self.boxes[identity].width for identity in listed) + _LAYER
        tallest = max(box.y + box.height for box in self.boxes.values())
        for listed in layers.values():
            used = max(self.boxes[identity].y + self.boxes[identity].height for identity in listed)
            for identity in listed:
                self.boxes[identity].y += (tallest - used) / 2

    def _centre(self, identity: str) -> tuple[float, float] | None:
        box = self.boxes.get(self.where.get(identity, ""))
        if box is None:
            for candidate in self.boxes.values():
                if identity in candidate.cells:
                    box = candidate
                    break
        if box is None:
            return None
        if identity in box.cells:
            x, y, _ = box.cells[identity]
            # At the right, where no label is.
            return box.x + x + _CELL - 28, box.y + y + (_ROW - 8) / 2
        return box.x + box.width / 2, box.y + box.height / 2

    def _between(self, one: str, other: str) -> tuple[float, float]:
        # On the line, half way between the sides that face each other.
        left, right = sorted((self.boxes[one], self.boxes[other]), key=lambda box: box.x)
        ends = [(box.x + box.width / 2, box.y + box.height / 2) for box in (left, right)]
        x = (left.x + left.width + right.x) / 2
        across = ends[1][0] - ends[0][0]
        share = (x - ends[0][0]) / across if across else 0.5
        return x, ends[0][1] + share * (ends[1][1] - ends[0][1]) - 5

    def text(self) -> str:
        """The drawing as SVG."""
        width = max([box.x + box.width for box in self.boxes.values()] or [100]) + 30
        height = max([box.y + box.height for box in self.boxes.values()] or [60]) + 40
        parts = [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}">',
            # The halo keeps a label readable where a line crosses it.
            "<style>text { font: 11px sans-serif; paint-order: stroke; stroke: #ffffff; stroke-width: 3px }</style>",
            f'<rect width="{width:.0f}" height="{height:.0f}" fill="#ffffff"/>',
            '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" orient="auto">',
            f'<path d="M0 0 L8 4 L0 8 z" fill="{_COLOURS["path"]}"/></marker></defs>',
        ]
        for one, other, data in self.graph.edges(data=True):
            start, end = self._centre(one), self._centre(other)
            if start and end:
                parts.append(_line(start, end, "#9e9e9e", 1.5))
                parts.append(_text(self._between(one, other), str(data.get("label", "")), "#616161", anchor="middle"))
        parts += [line for box in self.boxes.values() for line in _box(box)]
        parts += [*self._path(), *self._legend(height)]
        # Words above lines.
        parts.sort(key=lambda part: part.startswith("<text"))
        return "\n".join([*parts, "</svg>", ""])

    def _legend(self, height: float) -> list[str]:
        if self.flow is None:
            return []
        names = f"{self._short(self.flow.source.name)} to {self._short(self.flow.destination.name)}"
        parts = []
        for x, dashes, text in ((20, "", f"there: {names}"), (420, "6 4", "back: the replies")):
            parts.append(_line((x, height - 14), (x + 40, height - 14), _COLOURS["path"], 2, dashes, tip=True))
            parts.append(_text((x + 48, height - 10), text, _COLOURS["path"]))
        return parts

    def _path(self) -> list[str]:
        if self.flow is None:
            return []
        parts = []
        for leg, dashes, shift in ((self.flow.forward, "", -5), (self.flow.back, "6 4", 5)):
            if leg is None:
                continue
            points: list[tuple[float, float]] = []
            for hop in leg.walk.hops:
                centre = self._centre(hop.identity)
                if centre is not None and (not points or points[-1] != (centre[0], centre[1] + shift)):
                    points.append((centre[0], centre[1] + shift))
            for start, end in pairwise(points):
                parts.append(_line(start, end, _COLOURS["path"], 2, dashes, tip=True))
            if points and leg.outcome.value != "delivered":
                x, y = points[-1]
                cross = f"M{x - 7:.0f} {y - 7:.0f} l14 14 m0 -14 l-14 14"
                parts.append(f'<path d="{cross}" stroke="{_COLOURS["path"]}" stroke-width="3"/>')
        return parts


def _box(box: _Box) -> list[str]:
    colour = _COLOURS[box.kind]
    parts = [
        f"<g><title>{escape(box.title)}</title>",
        f'<rect x="{box.x:.0f}" y="{box.y:.0f}" width="{box.width}" height="{box.height}" rx="6" fill="#fafafa"',
        f' stroke="{colour}" stroke-width="1.5"/>',
        _text((box.x + 6, box.y + 15), box.title, colour, weight="bold"),
    ]
    for column, zone in enumerate(box.zones):
        parts.append(_text((box.x + 8 + column * _CELL, box.y + 32), zone, "#616161"))
    for x, y, label in box.cells.values():
        if label:
            parts.append(
                f'<rect x="{box.x + x:.0f}" y="{box.y + y:.0f}" width="{_CELL - 10}" height="{_ROW - 8}" rx="3" '
                f'fill="#e3f2fd" stroke="#90caf9"/>'
            )
            parts.append(_text((box.x + x + 5, box.y + y + 20), label, "#263238"))
    return [*parts, "</g>"]


def _line(
    start: tuple[float, float],
    end: tuple[float, float],
    colour: str,
    width: float,
    dashes: str = "",
    *,
    tip: bool = False,
) -> str:
    style = f' stroke-dasharray="{dashes}"' if dashes else ""
    marker = ' marker-end="url(#tip)"' if tip else ""
    return (
        f'<line x1="{start[0]:.0f}" y1="{start[1]:.0f}" x2="{end[0]:.0f}" y2="{end[1]:.0f}" stroke="{colour}" '
        f'stroke-width="{width}"{style}{marker}/>'
    )


def _text(at: tuple[float, float], text: str, colour: str, *, anchor: str = "start", weight: str = "normal") -> str:
    return (
        f'<text x="{at[0]:.0f}" y="{at[1]:.0f}" fill="{colour}" text-anchor={quoteattr(anchor)} '
        f'font-weight="{weight}">{escape(text)}</text>'
    )

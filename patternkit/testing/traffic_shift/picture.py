"""Walks through a shift as a picture: how much traffic the new version has, minute by minute."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html import escape

from patternkit.testing.traffic_shift.walk import Walk

WIDTH, HEIGHT, LEFT, TOP, LINE = 720, 96, 56, 40, 56
_STYLE = """
.page { fill: #ffffff; stroke: #d5dbe3; }
text { font-family: "Helvetica Neue", Helvetica, Arial, "Liberation Sans", sans-serif; font-size: 12px; fill: #16191f; }
.title { font-size: 13px; font-weight: 600; }
.mark { fill: #545b64; text-anchor: middle; }
.axis { fill: none; stroke: #c3cad4; }
.weight { fill: #414d5c; fill-opacity: 0.18; stroke: #414d5c; stroke-width: 2px; }
.undone { fill: #c7350a; fill-opacity: 0.18; stroke: #c7350a; stroke-width: 2px; }
@media (prefers-color-scheme: dark) {
  .page { fill: #12161c; stroke: #333d4b; }
  text { fill: #f1f3f6; }
  .mark { fill: #b6bec9; }
  .axis { stroke: #414d5c; }
  .weight { fill: #b6bec9; stroke: #b6bec9; }
  .undone { fill: #ff8a66; stroke: #ff8a66; }
}
""".strip()


def drawn(walks: Mapping[str, Walk], *, title: str) -> str:
    """Draw walks below each other, on one scale of time.

    Args:
        walks: The walks, by what happens in each.
        title: What the picture shows.

    Returns:
        The SVG, which needs no other file.
    """
    return "\n".join(_lines(walks, title)) + "\n"


def _lines(walks: Mapping[str, Walk], title: str) -> Iterator[str]:
    longest = max((one.minutes for one in walks.values()), default=0) or 1
    high = TOP + len(walks) * (HEIGHT + LINE) + 8
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{high}" viewBox="0 0 {WIDTH} {high}" '
        'role="img" aria-labelledby="title description">'
    )
    yield f'<title id="title">{escape(title)}</title>'
    told = "; ".join(f"{name}: {one.outcome} after {one.minutes:g} minutes" for name, one in walks.items())
    yield f'<desc id="description">{escape(told)}</desc>'
    yield f"<style>\n{_STYLE}\n</style>"
    yield f'<rect class="page" x="0.5" y="0.5" width="{WIDTH - 1}" height="{high - 1}" rx="6"/>'
    for number, (name, one) in enumerate(walks.items()):
        yield from _panel(TOP + number * (HEIGHT + LINE), name, one, (WIDTH - LEFT - 40) / (longest * 1.08))
    yield "</svg>"


def _panel(top: float, name: str, walk: Walk, scale: float) -> Iterator[str]:
    bottom = top + HEIGHT
    yield f'<text class="title" x="{LEFT}" y="{top - 10:g}">{escape(f"{name}: {walk.outcome}")}</text>'
    for percent in (0, 50, 100):
        y = bottom - HEIGHT * percent / 100
        yield f'<path class="axis" d="M{LEFT} {y:g}H{WIDTH - 24}"/>'
        yield f'<text class="mark" x="{LEFT - 24}" y="{y + 4:g}">{percent}%</text>'
    path = f"M{LEFT} {bottom:g}"
    for step in walk.steps:
        path += f"H{LEFT + step.minute * scale:.1f}V{bottom - HEIGHT * step.weight / 100:g}"
    end = f"H{WIDTH - 24}V{bottom:g}Z"
    kind = "weight" if walk.outcome == "shifted" else "undone"
    yield f'<path class="{kind}" d="{path}{end}"/>'
    shown: set[float] = set()
    for step in walk.steps:
        if step.minute not in shown:
            shown.add(step.minute)
            at = LEFT + step.minute * scale
            yield f'<text class="mark" x="{at:.1f}" y="{bottom + 14:g}">{step.minute:g} min</text>'

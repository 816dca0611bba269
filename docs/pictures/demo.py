"""Draw what `make demo` left in `demo-output/`: python docs/pictures/demo.py writes demo.svg beside this file."""

import base64
import html
import json
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
PHOTOGRAPH = ROOT / "examples" / "photographs" / "grace_hopper.jpg"
SIZE = 'width="1160" height="386" viewBox="0 0 1160 386"'
STYLE = """
.ground { fill: #ffffff; stroke: #d5dbe3; }
.card { fill: #f4f6f9; }
text { fill: #16191f; font: 13px "Helvetica Neue", Helvetica, Arial, "Liberation Sans", sans-serif; }
.what { font-weight: 600; }
.small { fill: #545b64; font-size: 12px; }
.record { font: 12px ui-monospace, "SFMono-Regular", Menlo, Consolas, "Liberation Mono", monospace; }
.flow { fill: none; stroke: #414d5c; stroke-width: 1.5px; }
.head { fill: #414d5c; }
@media (prefers-color-scheme: dark) {
  .ground { fill: #14181e; stroke: #3a424d; }
  .card { fill: #1f252d; }
  text { fill: #e6e9ee; }
  .small { fill: #a9b1bc; }
  .flow { stroke: #a9b1bc; }
  .head { fill: #a9b1bc; }
}
"""


def picture(output: Path) -> str:
    """Draw the photograph, its thumbnails and the record of it.

    Args:
        output: What the demo wrote.

    Returns:
        An SVG.
    """
    record: dict[str, Any] = json.loads((output / "record.json").read_text(encoding="utf-8"))
    large, small = (next(one for one in record["thumbnails"] if one["width"] == width) for width in (256, 128))
    size = f"{record['source_width']} × {record['source_height']}, {record['source_bytes']:,} bytes"
    parts = [
        _image(PHOTOGRAPH, 24, 62, 256, 300),
        _caption(24, record["source_key"], f"{size}, uploaded"),
        '<path class="flow" d="M296 212H350"/><path class="head" d="M350 206.500L361 212L350 217.500Z"/>',
        _image(output / "256.jpg", 378, 137, 192, 225),
        _image(output / "128.jpg", 586, 250, 96, 112),
        _caption(378, "its thumbnails", f"{_told(large)} and {_told(small)}"),
        _caption(716, "its record in the table", f"status {record['status']}"),
        '<rect class="card" x="716" y="62" width="420" height="300" rx="8"/>',
    ]
    shown = {
        name: record[name]
        for name in (
            "source_key", "source_format", "source_width", "source_height", "source_bytes", "etag", "uploaded_at",
            "processed_at", "status",
        )
    }  # fmt: skip
    lines = json.dumps(shown, indent=2).splitlines()[:-1]
    lines[-1] += ","
    lines += ['  "thumbnails": [']
    lines += [f"    {json.dumps({name: one[name] for name in ('key', 'bytes')})}" for one in (small, large)]
    lines += ["  ]", "}"]
    for number, line in enumerate(lines):
        parts.append(_text(732, 86 + 18 * number, line, "record"))
    described = f"{record['source_key']}, {size}, became {_told(large)} and {_told(small)}, and a record in a table."
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" {SIZE} role="img" aria-labelledby="title description">',
            '<title id="title">What make demo shows</title>',
            f'<desc id="description">{html.escape(described)}</desc>',
            f"<style>{STYLE}</style>",
            '<rect class="ground" x="0.5" y="0.5" width="1159" height="385" rx="10"/>',
            *parts,
            "</svg>\n",
        ]
    )


def _told(thumbnail: dict[str, Any]) -> str:
    return f"{thumbnail['width']} × {thumbnail['height']}"


def _caption(x: int, what: str, more: str) -> str:
    return _text(x, 30, what, "what") + _text(x, 48, more, "small")


def _text(x: int, y: int, said: str, kind: str) -> str:
    return f'<text class="{kind}" x="{x}" y="{y}" xml:space="preserve">{html.escape(said)}</text>'


def _image(path: Path, x: int, y: int, width: int, height: int) -> str:
    data = base64.b64encode(path.read_bytes()).decode("ascii")
    return f'<image x="{x}" y="{y}" width="{width}" height="{height}" href="data:image/jpeg;base64,{data}"/>'


if __name__ == "__main__":
    Path(__file__).with_suffix(".svg").write_text(picture(ROOT / "demo-output"), encoding="utf-8")

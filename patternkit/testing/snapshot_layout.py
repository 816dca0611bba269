"""The layout of snapshot files: JSON with short values on one line, and differences between templates."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

WIDTH = 120
_WRITTEN_OUT = 3


def laid_out(value: Any) -> str:
    """Write JSON for reading and for `git diff`: what fits into a line stands on one, the rest an entry a line.

    The sections of a template and its resources are always written out, however short.

    Args:
        value: What to write.

    Returns:
        The text, with a newline at its end. The same value always gives the same text.
    """
    return "\n".join(_lines(value, "", "", 0)) + "\n"


def _lines(value: Any, indent: str, key: str, depth: int) -> Iterator[str]:
    line = f"{indent}{key}{json.dumps(value, sort_keys=True)}"
    mapping = isinstance(value, Mapping)
    # Below the width, and not at it: a comma may follow.
    short = len(line) < WIDTH and not (mapping and depth < _WRITTEN_OUT)
    if short or not value or not isinstance(value, Mapping | list):
        yield line
        return
    opened, closed = "{}" if mapping else "[]"
    yield f"{indent}{key}{opened}"
    entries = sorted(value.items()) if isinstance(value, Mapping) else [(None, one) for one in value]
    for number, (name, one) in enumerate(entries, 1):
        *before, last = _lines(one, f"{indent}  ", "" if name is None else f"{json.dumps(name)}: ", depth + 1)
        yield from before
        yield last if number == len(entries) else f"{last},"
    yield f"{indent}{closed}"


def patch(old: Any, new: Any, path: str = "") -> list[dict[str, Any]]:
    """The difference between two templates, as a JSON Patch (RFC 6902).

    Args:
        old: The template to begin with.
        new: The template to end with.
        path: Where in the template, as a JSON Pointer.

    Returns:
        The operations `add`, `remove` and `replace`, in the order of their paths. None where both are the same.
    """
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        operations = []
        for name in sorted(old.keys() | new.keys()):
            where = f"{path}/{name.replace('~', '~0').replace('/', '~1')}"
            if name not in new:
                operations.append({"op": "remove", "path": where})
            elif name not in old:
                operations.append({"op": "add", "path": where, "value": new[name]})
            else:
                operations.extend(patch(old[name], new[name], where))
        return operations
    if isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        pairs = enumerate(zip(old, new, strict=True))
        return [one for index, (before, after) in pairs for one in patch(before, after, f"{path}/{index}")]
    return [] if same(old, new) else [{"op": "replace", "path": path, "value": new}]


def same(one: Any, other: Any) -> bool:
    """Whether two values are the same in JSON, where, unlike in Python, 1 is not `true`."""
    return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)

"""Damage, generated: any part of a template or a manifest made something else, and any byte of a file."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

WRONG: tuple[Any, ...] = (
    None,
    True,
    0,
    -1,
    10**40,
    1.5,
    1e308,
    "",
    "x",
    "AWS::NoValue",
    "10.0.0.0/33",
    "\x1b[31m",
    "\u2028",
    "*",
    "/../../..",
    "x" * 70_000,
    [],
    [[]],
    [None],
    ["x"],
    [{}],
    {},
    {"": ""},
    {"x": {"x": {}}},
    {"Ref": "AWS::Region"},
    {"Ref": "Nothing"},
    {"Ref": []},
    {"Fn::GetAtt": ["Nothing", "Arn"]},
    {"Fn::GetAtt": "x"},
    {"Fn::If": ["Nothing", 1, {"Ref": "AWS::NoValue"}]},
    {"Fn::If": []},
    {"Fn::Sub": "${Nothing}${"},
    {"Fn::Sub": ["${a}", {"a": []}]},
    {"Fn::Join": ["", {"Ref": "AWS::Region"}]},
    {"Fn::Join": [",", [{}, [], 1]]},
    {"Fn::Select": [99, ["x"]]},
    {"Fn::Select": ["x", []]},
    {"Fn::Split": ["", "x"]},
    {"Fn::FindInMap": ["x", "y", "z"]},
    {"Fn::ImportValue": {"Ref": "AWS::StackName"}},
    {"Fn::Transform": {"Name": "x"}},
    {"Fn::ForEach::x": []},
    {"Fn::Cidr": ["x", 1, 1]},
    {"Condition": "x"},
)


def places(value: Any, way: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place in a value, as the keys that lead to it."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in pairs:
        yield (*way, key)
        yield from places(inner, (*way, key))


def damaged(value: Any, chance: random.Random, times: int = 1) -> Any:
    """A copy of a value, damaged in places that are chosen."""
    result = copy.deepcopy(value)
    for _ in range(times):
        ways = list(places(result))
        if not ways:
            return result
        *before, key = chance.choice(ways)
        holder = result
        for one in before:
            holder = holder[one]
        match chance.randrange(8):
            case 0:
                del holder[key]
            case 1:
                holder[key] = [holder[key]]
            case 2 if isinstance(holder, dict):
                holder[chance.choice(["Ref", "Fn::Sub", "x", "", "Fn::ForEach::a", "Type"])] = holder.pop(key)
            case 3:
                other = result
                for one in chance.choice(ways):
                    other = other[one] if isinstance(other, dict) and one in other else other
                holder[key] = copy.deepcopy(other)
            case _:
                holder[key] = copy.deepcopy(chance.choice(WRONG))
    return result


def damaged_text(text: bytes, chance: random.Random) -> bytes:
    """A file's bytes, damaged."""
    at = chance.randrange(len(text) + 1)
    match chance.randrange(6):
        case 0:
            return text[:at]
        case 1:
            return text[:at] + bytes([chance.randrange(256)]) + text[at + 1 :]
        case 2:
            return (
                text[:at]
                + chance.choice([b"{" * 5_000, b"[" * 5_000, b"*a", b"&a *a", b'"', b"\0", b"\xff"])
                + text[at:]
            )
        case 3:
            return text[:at] + text[at // 2 :]
        case 4:
            return text[: at // 2] + text[at:]
    return text.replace(b'"', chance.choice([b"'", b"", b"`"]))


def damage_folder(folder: Path, chance: random.Random) -> None:
    """Damage one file of a cloud assembly, or what is in its place."""
    files = sorted(path for path in folder.rglob("*.json") if path.is_file())
    if not files:
        return
    file = chance.choice(files)
    match chance.randrange(8):
        case 0:
            file.unlink()
        case 1:
            file.unlink()
            file.mkdir()
        case 2:
            file.unlink()
            file.symlink_to(chance.choice(["/etc/passwd", "/dev/zero", ".", file.name, "manifest.json"]))
        case 3:
            file.write_bytes(damaged_text(file.read_bytes(), chance))
        case 4:
            # One file of the assembly in the place of another.
            file.write_bytes(chance.choice(files).read_bytes())
        case _:
            text = file.read_bytes()
            try:
                value = damaged(json.loads(text), chance, chance.choice([1, 1, 1, 3]))
            except (ValueError, RecursionError):
                # Damaged before.
                file.write_bytes(damaged_text(text, chance))
            else:
                file.write_text(json.dumps(value), encoding="utf-8")

"""Annotations are read from source: types, bounds, and the aliases that other modules define."""

from pathlib import Path

import pytest

from patternkit.catalog.annotations import annotations

SHARED = """
from datetime import timedelta
from typing import Annotated, Literal
from annotated_types import Interval
from aws_cdk import Duration

Timeout = Annotated[Duration, Interval(ge=timedelta(seconds=1), le=timedelta(minutes=15))]
Routing = Literal["bgp", "static"]
MOST = 16
"""
CONSTRUCT = """
import patterns.never.imported
from patterns.shared import MOST, Routing, Timeout as Limit
from patterns.building_blocks.bounds import Known, Matches, Passes, mebibytes

Port = Annotated[int, Interval(ge=1, le=65535)]

class Office:
    def __init__(self, scope, construct_id, *, argument: {annotation} = None) -> None: ...
"""


@pytest.mark.parametrize(
    ("annotation", "kind", "allowed"),
    [
        ("int", "int", ""),
        ("kms.IKey | None", "kms.IKey | None", ""),
        ("Port", "int", "1 to 65535"),
        ("Port | None", "int | None", "1 to 65535"),
        ("Limit | None", "Duration | None", "1 second to 15 minutes"),
        ("Routing", 'Literal["bgp", "static"]', ""),
        ('Literal["a"] | None', 'Literal["a"] | None', ""),
        ("Annotated[int, Interval(ge=1, le=MOST), Unit('sites')]", "int", "1 to 16 sites"),
        ("Annotated[Size, Interval(ge=mebibytes(1))] | None", "Size | None", "at least 1 MiB"),
        ('Annotated[str, Matches(r"[a-z]+", "small letters")]', "str", "small letters"),
        ('Annotated[Mapping[str, Any], Passes(check_json, "JSON")]', "Mapping[str, Any]", "JSON"),
        ("Sequence[Port]", "Sequence[int]", "each 1 to 65535"),
        ("Annotated[Sequence[Port], Len(1, 4)]", "Sequence[int]", "1 to 4 of them, each 1 to 65535"),
        ("Annotated[Sequence[str], Len(1), Unit('sites')]", "Sequence[str]", "at least 1 site"),
        ("Annotated[str, Len(1, 8)]", "str", "1 to 8 characters"),
        ("Mapping[str, Annotated[str, Len(1, 8)]]", "Mapping[str, str]", "each value 1 to 8 characters"),
        (
            'Mapping[Annotated[str, Matches("[a-z]+", "small letters")], Annotated[Sequence[str], Len(1, 9)]]',
            "Mapping[str, Sequence[str]]",
            "each key small letters, each value 1 to 9 of them",
        ),
    ],
)
def test_an_annotation_says_its_type_and_what_is_allowed(
    tmp_path: Path, annotation: str, kind: str, allowed: str
) -> None:
    (tmp_path / "patterns").mkdir()
    (tmp_path / "patterns" / "shared.py").write_text(SHARED, encoding="utf-8")
    source = tmp_path / "patterns" / "construct.py"
    source.write_text(CONSTRUCT.replace("{annotation}", annotation), encoding="utf-8")
    read = annotations(source, "Office", tmp_path)["argument"]
    assert (read.type, read.allowed) == (kind, allowed)

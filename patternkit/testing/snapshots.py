"""Snapshots of templates: what does not matter is normalized, and a difference names resources and properties."""

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode
from syrupy.location import PyTestLocation

from patternkit.errors import PatternkitError
from patternkit.testing.snapshot_layout import laid_out, same

_ASSET = re.compile(r"\b[0-9a-f]{64}\b")
_ABSENT = object()
FORMAT = 1
"""The format of snapshot files. A file says its format only from 2 on."""
_FORMAT_KEY = "SnapshotFormat"


class SnapshotError(PatternkitError):
    """A snapshot's file cannot be compared; the message names it and says why, in one line."""


def normalized(template: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out of a template what changes without its meaning changing.

    The hashes of assets become `<asset 1>`, `<asset 2>`, in the order that they occur in, so that two assets stay
    two; the CDK's own metadata goes.

    Args:
        template: The template.

    Returns:
        A copy.
    """
    seen: dict[str, str] = {}

    def name(match: re.Match[str]) -> str:
        return seen.setdefault(match[0], f"<asset {len(seen) + 1}>")

    text = _ASSET.sub(name, json.dumps(template, sort_keys=True))
    copy: dict[str, Any] = json.loads(text)
    resources = copy.get("Resources", {})
    resources.pop("CDKMetadata", None)
    for resource in resources.values():
        metadata = resource.get("Metadata", {})
        for key in [key for key in metadata if key.startswith(("aws:cdk:", "aws:asset:"))]:
            del metadata[key]
        if not metadata:
            resource.pop("Metadata", None)
    return copy


def differences(old: Any, new: Any, path: tuple[str, ...] = ()) -> Iterator[str]:
    """List what changed from one template to another, a line each.

    Args:
        old: What it was.
        new: What it is.
        path: Where in the template.

    Yields:
        Lines as `~ Resources.Bucket.Properties.Versioning: ... -> ...`.
    """
    if isinstance(old, dict) and isinstance(new, dict):
        for key in sorted(old.keys() | new.keys()):
            yield from differences(old.get(key, _ABSENT), new.get(key, _ABSENT), (*path, key))
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        for index, (before, after) in enumerate(zip(old, new, strict=True)):
            yield from differences(before, after, (*path, str(index)))
    elif old is _ABSENT:
        yield f"+ {'.'.join(path)}: {_short(new)}"
    elif new is _ABSENT:
        yield f"- {'.'.join(path)}: {_short(old)}"
    elif not same(old, new):
        yield f"~ {'.'.join(path)}: {_short(old)} -> {_short(new)}"


def _short(value: Any) -> str:
    # A whole resource that came or went is named by its type; its properties are in the snapshot's own diff.
    if isinstance(value, dict) and "Type" in value:
        return str(value["Type"])
    return json.dumps(value, sort_keys=True)


def snapshot_of(request: pytest.FixtureRequest) -> SnapshotAssertion:
    """Make syrupy's assertion of a test, without its fixture: other plugins have one named `snapshot` as well.

    Args:
        request: The test's.

    Returns:
        The assertion.
    """
    options = request.config.option
    return SnapshotAssertion(
        session=request.config._syrupy,  # type: ignore[attr-defined]  # noqa: SLF001 - as syrupy's own fixture does
        extension_class=TemplateSnapshotExtension,
        test_location=PyTestLocation(request.node),
        update_snapshots=options.update_snapshots,
        update_new_snapshots_only=getattr(options, "update_new_snapshots_only", False),
    )


class TemplateSnapshotExtension(SingleFileSnapshotExtension):
    """Keeps each template in a JSON file of its own, named by the test, for `git diff` to show."""

    _write_mode = WriteMode.TEXT
    file_extension = "json"
    folder: str | None = None

    @classmethod
    @cache
    def in_folder(cls, folder: str) -> type["TemplateSnapshotExtension"]:
        """Make an extension that keeps its files in a folder, wherever the test is.

        Args:
            folder: The folder.

        Returns:
            The extension.
        """
        return type(cls.__name__, (cls,), {"folder": folder})

    @classmethod
    def dirname(cls, *, test_location: PyTestLocation) -> str:
        """The folder of the files."""
        return cls.folder or super().dirname(test_location=test_location)

    @classmethod
    def get_snapshot_name(cls, *, test_location: PyTestLocation, index: int | str = 0) -> str:
        """Name the file: by the name that the test gave, or by the test."""
        if isinstance(index, str):
            return index
        return super().get_snapshot_name(test_location=test_location, index=index)

    def check(self, path: Path, kind: type = dict) -> None:
        """Refuse a file that cannot be compared.

        Args:
            path: The file; it need not exist.
            kind: What it holds: a template is a dictionary, a difference from another template a list.

        Raises:
            SnapshotError: If it is no snapshot, or of a newer format than this version reads.
        """
        if not path.exists():
            return
        try:
            held = json.loads(path.read_text(encoding="utf-8"))
        except (json.JSONDecodeError, UnicodeDecodeError) as error:
            raise SnapshotError(f"{path}: not a whole snapshot ({error}): take it from version control") from None
        if not isinstance(held, kind):
            raise SnapshotError(f"{path}: not a snapshot of a {'template' if kind is dict else 'difference'}")
        if isinstance(held, dict) and (version := held.get(_FORMAT_KEY, FORMAT)) != FORMAT:
            raise SnapshotError(
                f"{path}: a snapshot of format {version}, written by a newer version; this one reads format {FORMAT}: "
                "update cdk-pattern-catalog"
            )

    def serialize(self, data: Any, **_: Any) -> str:
        """Write a template, or a difference between two, as people read it."""
        return laid_out(normalized(data) if isinstance(data, Mapping) else data)

    def matches(self, *, serialized_data: Any, snapshot_data: Any) -> bool:
        """Compare what is said and not how it is laid out, which older versions did otherwise."""
        return bool(serialized_data in (snapshot_data, laid_out(json.loads(str(snapshot_data)))))

    def diff_lines(self, serialized_data: Any, snapshot_data: Any) -> Iterator[str]:
        """Name what changed, by logical id and property."""
        yield from differences(json.loads(str(snapshot_data)), json.loads(str(serialized_data)))

"""Where templates come from: files, folders of an assembly, and git revisions of both."""

import json
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from patternkit.errors import PatternkitError

_SUFFIX = ".template.json"


class SourceError(PatternkitError):
    """Something that is given is not a template that can be compared; the message names it and says why."""


def read_source(source: str) -> dict[str, dict[str, Any]]:
    """Read a template, or those of a cloud assembly.

    Args:
        source: A file (JSON or YAML), a folder with `*.template.json`, or either of a git revision as `REV:path`.

    Returns:
        Templates by their name; the name of a single file's is "".

    Raises:
        SourceError: If it is not there, half written, or no CloudFormation template.
    """
    path = Path(source)
    if path.is_dir():
        found = {
            str(one.relative_to(path)).removesuffix(_SUFFIX): _parse(str(one), _text(one))
            for one in sorted(path.rglob(f"*{_SUFFIX}"))
        }
        if not found:
            raise SourceError(f"{source}: the folder holds no *{_SUFFIX}: is it a cloud assembly?")
        return found
    if path.exists():
        return {"": _parse(source, _text(path))}
    revision, colon, inside = source.partition(":")
    if colon and revision:
        return _of_revision(source, revision, inside)
    raise SourceError(f"{source}: there is no such file or folder, and it is no git revision (REV:path)")


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SourceError(f"{path}: cannot be read: {_line(error)}") from None


def _of_revision(source: str, revision: str, inside: str) -> dict[str, dict[str, Any]]:
    if revision.startswith("-"):
        raise SourceError(f"{source}: a git revision does not begin with a dash")
    # "REV:./path" is relative to this folder for git, "REV:path" to the top of the repository.
    kind = _git(source, "cat-file", "-t", f"{revision}:{inside}").strip()
    if kind == "blob":
        return {"": _parse(source, _git(source, "show", f"{revision}:{inside}"))}
    names = _git(source, "ls-tree", "-r", "--name-only", f"{revision}:{inside}").splitlines()
    found = {
        name.removesuffix(_SUFFIX): _parse(f"{source}/{name}", _git(source, "show", f"{revision}:{inside}/{name}"))
        for name in names
        if name.endswith(_SUFFIX)
    }
    if not found:
        raise SourceError(f"{source}: the folder holds no *{_SUFFIX}: is it a cloud assembly?")
    return found


def _git(source: str, *arguments: str) -> str:
    try:
        done = subprocess.run(["git", *arguments], capture_output=True, text=True, check=False, timeout=60)
    except (OSError, subprocess.TimeoutExpired, UnicodeDecodeError) as error:
        raise SourceError(f"{source}: git could not be asked: {_line(error)}") from None
    if done.returncode:
        said = done.stderr.strip().splitlines() or ["no reason given"]
        raise SourceError(f"{source}: {said[-1].removeprefix('fatal: ')}")
    return done.stdout


def _parse(name: str, text: str) -> dict[str, Any]:
    if not text.strip():
        raise SourceError(f"{name}: the file is empty")
    try:
        template = json.loads(text)
    except json.JSONDecodeError as error:
        if text.lstrip().startswith("{"):
            raise SourceError(f"{name}: not whole JSON: {error}") from None
        template = _yaml(name, text)
    if not isinstance(template, dict) or not isinstance(template.get("Resources"), dict) or not template["Resources"]:
        raise SourceError(f"{name}: not a CloudFormation template: it has no Resources")
    for logical_id, resource in template["Resources"].items():
        if not isinstance(resource, Mapping) or not isinstance(resource.get("Type"), str):
            raise SourceError(f"{name}: not a CloudFormation template: resource {logical_id} has no Type")
    if transforms := template.get("Transform"):
        given = ", ".join(transforms) if isinstance(transforms, list) else str(transforms)
        raise SourceError(f"{name}: it is processed by {given}: compare the processed templates")
    return template


def _yaml(name: str, text: str) -> Any:
    from cfnlint.decode import decode_str

    try:
        template, wrong = decode_str(text)
    except Exception as error:
        raise SourceError(f"{name}: not YAML: {_line(error)}") from None
    if wrong:
        raise SourceError(
            f"{name}: not a whole template: line {wrong[0].linenumber}: {' '.join(wrong[0].message.split())}"
        )
    # Without the places that cfn-lint keeps with every value.
    return json.loads(json.dumps(template, default=str))


def _line(error: Exception) -> str:
    return " ".join(str(error).split())

"""Where templates come from: files, folders of an assembly, and git revisions of both."""

import os
import subprocess
from pathlib import Path
from typing import Any

from patternkit.errors import PatternkitError
from patternkit.templates import TemplateError, as_template, parse, read_text
from patternkit.templates.assemblies import inside
from patternkit.templates.files import LARGEST_TEMPLATE, decode
from patternkit.templates.transforms import transforms

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
    try:
        return _read_source(source)
    except TemplateError as error:
        raise SourceError(str(error)) from None


def _read_source(source: str) -> dict[str, dict[str, Any]]:
    path = Path(source)
    if "\0" in source:
        raise SourceError(f"{source!a}: no file has such a name")
    if path.is_dir():
        names = sorted(one.relative_to(path).as_posix() for one in path.rglob(f"*{_SUFFIX}"))
        files = {name: inside(path, path, name, f"the folder {source}") for name in names}
        found = {name.removesuffix(_SUFFIX): _parse(str(one), read_text(one)) for name, one in files.items()}
        if not found:
            raise SourceError(f"{source}: the folder holds no *{_SUFFIX}: is it a cloud assembly?")
        return found
    if path.exists():
        return {"": _parse(source, read_text(path))}
    revision, colon, inner = source.partition(":")
    if colon and revision:
        return _of_revision(source, revision, inner)
    raise SourceError(f"{source}: there is no such file or folder, and it is no git revision (REV:path)")


def _of_revision(source: str, revision: str, inner: str) -> dict[str, dict[str, Any]]:
    if revision.startswith("-"):
        raise SourceError(f"{source}: a git revision does not begin with a dash")
    # "REV:./path" is relative to this folder for git, "REV:path" to the top of the repository.
    kind = _git(source, "cat-file", "-t", f"{revision}:{inner}").strip()
    if kind == b"blob":
        return {"": _parse(source, _blob(source, f"{revision}:{inner}", source))}
    listed = _git(source, "ls-tree", "-r", "-z", "--name-only", f"{revision}:{inner}").split(b"\0")
    names = [os.fsdecode(name) for name in listed if name.endswith(_SUFFIX.encode())]
    found = {
        name.removesuffix(_SUFFIX): _parse(
            f"{source}/{name}", _blob(source, f"{revision}:{inner}/{name}", f"{source}/{name}")
        )
        for name in names
    }
    if not found:
        raise SourceError(f"{source}: the folder holds no *{_SUFFIX}: is it a cloud assembly?")
    return found


def _blob(source: str, name: str, what: str) -> str:
    # Asked first, as all that git prints is held in memory.
    size = int(_git(source, "cat-file", "-s", name))
    too_large = size > LARGEST_TEMPLATE
    return decode(b"" if too_large else _git(source, "cat-file", "blob", name), what, size=size)


def _git(source: str, *arguments: str) -> bytes:
    try:
        done = subprocess.run(["git", *arguments], capture_output=True, check=False, timeout=60)
    except (OSError, ValueError, subprocess.TimeoutExpired) as error:
        raise SourceError(f"{source}: git could not be asked: {' '.join(str(error).split())}") from None
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip().splitlines() or ["no reason given"]
        raise SourceError(f"{source}: {said[-1].removeprefix('fatal: ')}")
    return done.stdout


def _parse(name: str, text: str) -> dict[str, Any]:
    if not text.strip():
        raise SourceError(f"{name}: the file is empty")
    template = as_template(parse(text, name), name)
    if not template["Resources"]:
        raise SourceError(f"{name} is not a CloudFormation template: it has no Resources")
    if given := transforms(template):
        raise SourceError(f"{name}: it is processed by {', '.join(given)}: compare the processed templates")
    return template

"""Files that are written from templates: placeholders in their text and in their names are filled in."""

from collections.abc import Iterator, Mapping
from importlib.resources.abc import Traversable
from pathlib import PurePosixPath
from string import Template

_SUFFIX = ".tmpl"


def filled(folder: Traversable, words: Mapping[str, str]) -> Iterator[tuple[PurePosixPath, str]]:
    """Fill in the templates of a folder.

    Args:
        folder: The folder; files that are no templates are passed over.
        words: What stands where the templates have a placeholder.

    Yields:
        Each file's place below the folder, and its text.

    Raises:
        KeyError: If a template has a placeholder for which there is no word.
    """
    for relative, template in _templates(folder, PurePosixPath()):
        name = Template(str(relative)).substitute(words).removesuffix(_SUFFIX)
        yield PurePosixPath(name), Template(template.read_text(encoding="utf-8")).substitute(words)


def _templates(folder: Traversable, below: PurePosixPath) -> Iterator[tuple[PurePosixPath, Traversable]]:
    for entry in sorted(folder.iterdir(), key=lambda one: one.name):
        if entry.is_dir():
            yield from _templates(entry, below / entry.name)
        elif entry.name.endswith(_SUFFIX):
            yield below / entry.name, entry

"""YAML, JSON and TOML files of declarations and promises, within the limits on bad input."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import tomli

from patternkit.templates.documents import parse
from patternkit.templates.errors import TemplateError
from patternkit.templates.files import read_text


def read_data(path: Path, error: type[Exception]) -> Any:
    """Read a YAML, JSON or TOML file.

    Args:
        path: The file.
        error: What to raise.

    Raises:
        error: The file cannot be read.
    """
    try:
        text = read_text(path)
        return tomli.loads(text) if path.suffix == ".toml" else parse(text, str(path))
    except TemplateError as failure:
        raise error(str(failure)) from None
    except tomli.TOMLDecodeError as failure:
        raise error(f"{path} is not TOML: {failure}") from None

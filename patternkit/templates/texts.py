"""Texts that functions of a template make, within limits: a short template can ask for more than a machine holds."""

from __future__ import annotations

from collections.abc import Iterable

from patternkit.templates.errors import TemplateError

LONGEST_TEXT = 2_000_000
"""CloudFormation takes templates of 1 MB; nothing that one makes is longer."""


def joined(delimiter: str, parts: Iterable[str]) -> str:
    """Join texts.

    Args:
        delimiter: What stands between them.
        parts: The texts.

    Returns:
        One text.

    Raises:
        TemplateError: It has more characters than are made.
    """
    texts = list(parts)
    check_length("Fn::Join", sum(map(len, texts)) + len(delimiter) * max(len(texts) - 1, 0))
    return delimiter.join(texts)


def check_length(function: str, characters: int) -> None:
    """Refuse what a function makes where it is too long.

    Args:
        function: The function's name.
        characters: How many it makes.

    Raises:
        TemplateError: They are too many.
    """
    if characters > LONGEST_TEXT:
        raise TemplateError(f"{function} makes more than {LONGEST_TEXT:,} characters, which no template of AWS does")

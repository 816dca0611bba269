"""How wide text is, from a table: a font measured at run time would differ from machine to machine."""

# Advance widths of Helvetica (and so of Arial) in thousandths of the size, from U+0020 to U+007E.
_WIDTHS = (
    "278 278 355 556 556 889 667 191 333 333 389 584 278 333 278 278 556 556 556 556 556 556 556 556 556 556 278 278 "
    "584 584 584 556 1015 667 667 722 722 667 611 778 722 278 500 667 556 833 722 778 667 778 722 667 611 722 667 944 "
    "667 667 611 278 278 278 469 556 333 556 556 500 556 556 278 556 556 222 222 500 222 833 556 556 556 556 333 500 "
    "278 556 500 722 500 500 500 334 260 334 584"
)
_TABLE = [int(one) for one in _WIDTHS.split()]
# Other fonts of a machine without either are up to so much wider, and bold ones wider still.
_MARGIN, _BOLD_MARGIN = 1.14, 1.3
HARD_SPACE = "\u00a0"
"""A space that lines do not break at."""


def width(text: str, size: float, *, bold: bool = False) -> float:
    """Say how wide text can be.

    Args:
        text: The text.
        size: The font's size.
        bold: Whether it is bold.

    Returns:
        The width, in the unit of the size.
    """
    total = sum(_TABLE[ord(one) - 32] if 32 <= ord(one) < 127 else 600 for one in text)
    return round(total * size * (_BOLD_MARGIN if bold else _MARGIN) / 1000, 1)


def wrapped(text: str, size: float, limit: float) -> list[str]:
    """Break bold text into lines.

    Args:
        text: The text.
        size: The font's size.
        limit: How wide a line may be; a longer word stands alone.

    Returns:
        The lines.
    """
    lines: list[str] = []
    for word in text.split(" "):
        if lines and width(f"{lines[-1]} {word}", size, bold=True) <= limit:
            lines[-1] = f"{lines[-1]} {word}"
        else:
            lines.append(word)
    return lines

"""What a document says of itself: its text, its title, its pages."""

import hashlib
import io
from dataclasses import dataclass

from pypdf import PdfReader

MOST_BYTES = 20 * 1024 * 1024
MOST_PAGES = 2_000
READ_PAGES = 200
"""Of how many pages the text is read."""
MOST_TEXT = 1_000_000
_LONGEST_TITLE = 200


class UnreadableError(Exception):
    """A document cannot be read, and will not be if it is tried again; the message says why."""


@dataclass(frozen=True, slots=True)
class Contents:
    """What is in a document.

    Attributes:
        sha256: The digest of the file.
        text: Its text, of the first pages where it has many.
        title: The first line of the text; empty: there is no text.
        pages: How many pages it has; None: it has no pages.
    """

    sha256: str
    text: str
    title: str
    pages: int | None

    @property
    def words(self) -> int:
        """How many words the text has."""
        return len(self.text.split())


def read(kind: str, body: bytes) -> Contents:
    """Read a document.

    Args:
        kind: Its media type.
        body: The file.

    Returns:
        What is in it.

    Raises:
        UnreadableError: If it cannot be read.
    """
    if len(body) > MOST_BYTES:
        raise UnreadableError(f"it has more than {MOST_BYTES} bytes")
    if kind == "application/pdf":
        text, pages = _pdf(body)
    elif kind == "text/plain":
        text, pages = _plain(body), None
    else:
        raise UnreadableError(f"{kind} is not read here")
    return Contents(hashlib.sha256(body).hexdigest(), text, _title(text), pages)


def _pdf(body: bytes) -> tuple[str, int]:
    try:
        reader = PdfReader(io.BytesIO(body))
        if reader.is_encrypted:
            raise UnreadableError("it is protected by a password")
        pages = len(reader.pages)
        if pages > MOST_PAGES:
            raise UnreadableError(f"it has more than {MOST_PAGES} pages")
        parts: list[str] = []
        length = 0
        for page in reader.pages[:READ_PAGES]:
            parts.append(page.extract_text())
            length += len(parts[-1])
            if length > MOST_TEXT:
                break
    except UnreadableError:
        raise
    # Of a malformed file anything is raised, too deep recursion and no more memory among it.
    except Exception as error:
        raise UnreadableError(f"it is no sound PDF: {type(error).__name__}") from error
    return "\n".join(parts)[:MOST_TEXT], pages


def _plain(body: bytes) -> str:
    try:
        return body.decode("utf-8-sig")[:MOST_TEXT]
    except UnicodeDecodeError:
        raise UnreadableError("it is no text in UTF-8") from None


def _title(text: str) -> str:
    for line in text.splitlines():
        shown = " ".join("".join(one if one.isprintable() else " " for one in line).split())
        if shown:
            return shown[:_LONGEST_TITLE]
    return ""

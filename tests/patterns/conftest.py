"""What is held of whatever the code of patterns does while their tests run."""

import json
import logging
import re
from collections.abc import Iterator
from typing import Any

import pytest

WORDS = re.compile(r"[a-z][a-z'-]*( [\w.,:;'()%-]+)*")
KEY = re.compile(r"[a-z][a-z0-9_]*|[a-z]+([A-Z][a-z]+)*")


def wrong(record: logging.LogRecord) -> str:
    """Say what is wrong with a line that a handler logs; empty if it is plain words, or JSON of named values."""
    text = record.getMessage()
    if not text.startswith("{"):
        return "" if _are_words(text) else f"not plain words: {text!r}"
    try:
        said = json.loads(text)
    except ValueError:
        return f"not JSON: {text!r}"
    keys = [key for key in said if not KEY.fullmatch(key)]
    if keys:
        return f"keys {keys} of {text!r}"
    return "" if _are_words(said.get("message", "words")) else f"not plain words: {said['message']!r}"


def _are_words(text: object) -> bool:
    """Whether a text is plain words, and nothing that is missing is said as Python writes it."""
    return isinstance(text, str) and WORDS.fullmatch(text) is not None and not re.search(r"\bNone\b", text)


@pytest.fixture(autouse=True)
def _every_log_line() -> Iterator[None]:
    """Handlers log one line of plain words, or one JSON object, whatever a test asks of them."""
    found: list[str] = []
    made = logging.getLogRecordFactory()

    def noted(*given: Any, **others: Any) -> logging.LogRecord:
        record = made(*given, **others)
        if "/handler/" in record.pathname and (fault := wrong(record)):
            found.append(f"{record.pathname}:{record.lineno}: {fault}")
        return record

    logging.setLogRecordFactory(noted)
    yield
    logging.setLogRecordFactory(made)
    assert not found, found

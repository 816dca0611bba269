"""What is held of whatever the code of patterns does while their tests run."""

import json
import logging
import re
import sys
import traceback
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from tests.answering import Aws, answering

CODE = re.compile(r"[A-Z]+(_[A-Z]+)*")
WORDS = re.compile(r"(\d+ of \d+|[a-z][a-z'-]*)( [\w.,:;'()%/=-]+)*")
# What a handler refuses at its start is a variable of its environment, or a field of the request.
NAMED = re.compile(r"([A-Z][A-Z_]+|ResponseURL) must be [\w.,'() -]+")
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
    return _wrong_words(said)


def _wrong_words(said: Mapping[str, Any]) -> str:
    """Say which of the texts for people is not plain words; empty if all are."""
    texts = [said[name] for name in ("message", "reason") if said.get(name) and isinstance(said[name], str)]
    return "".join(f"not plain words: {one!r}" for one in texts if not CODE.fullmatch(one) and not _are_words(one))


def _are_words(text: object) -> bool:
    """Whether a text is plain words, and nothing that is missing is said as Python writes it."""
    return isinstance(text, str) and WORDS.fullmatch(text) is not None and not re.search(r"\bNone\b", text)


class _Raises:
    """`pytest.raises` that looks at what handlers say."""

    def __init__(self, expected: Any, found: list[str]) -> None:
        self._expected, self._found = expected, found

    def __enter__(self) -> Any:
        self._info = self._expected.__enter__()
        return self._info

    def __exit__(self, *raised: Any) -> Any:
        ended = self._expected.__exit__(*raised)
        if raised[1] is not None and "/handler/" in traceback.extract_tb(raised[2])[-1].filename:
            text = str(raised[1].args[-1]) if raised[1].args else ""
            if text and not _are_words(text) and not NAMED.fullmatch(text):
                self._found.append(f"{raised[0].__name__}: not plain words: {text!r}")
        return ended


@pytest.fixture(autouse=True)
def _every_text(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Handlers log one line of plain words, or one JSON object, and answer and fail in plain words."""
    found: list[str] = []
    made, dumps, raises = logging.getLogRecordFactory(), json.dumps, pytest.raises

    def noted(*given: Any, **others: Any) -> logging.LogRecord:
        record = made(*given, **others)
        if "/handler/" in record.pathname and (fault := wrong(record)):
            found.append(f"{record.pathname}:{record.lineno}: {fault}")
        return record

    def written(value: Any, **options: Any) -> str:
        caller = sys._getframe(1).f_code.co_filename
        if "/handler/" in caller and isinstance(value, dict) and (fault := _wrong_words(value)):
            found.append(f"{caller}: {fault}")
        return dumps(value, **options)

    def raised(*given: Any, **others: Any) -> Any:
        expected = raises(*given, **others)
        return _Raises(expected, found) if hasattr(expected, "__exit__") else expected

    logging.setLogRecordFactory(noted)
    monkeypatch.setattr(json, "dumps", written)
    monkeypatch.setattr(pytest, "raises", raised)
    yield
    logging.setLogRecordFactory(made)
    assert not found, found


@pytest.fixture
def aws() -> Iterator[Aws]:
    """AWS, which answers what a test says, and notes what it is asked."""
    with answering() as one:
        yield one

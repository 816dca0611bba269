"""What the container reads of documents, and what it gives up on."""

import subprocess
import sys
import zlib

import pytest

from examples.document_portal.extraction_container.extraction import contents
from examples.document_portal.extraction_container.extraction.contents import UnreadableError, read
from tests.examples.document_portal.portal import CONTAINER, pdf


def test_a_title_is_the_first_line_that_shows_anything() -> None:
    found = read("text/plain", "\ufeff\n \x07\t\n  A\tlong \x1b[31m title \nrest".encode())
    assert (found.title, found.pages, found.words) == ("A long [31m title", None, 6)
    assert len(read("text/plain", b"x" * 500).title) == 200
    assert read("text/plain", b"").title == ""


def test_a_pdf_has_its_pages_and_their_words() -> None:
    found = read("application/pdf", pdf("One two", "three"))
    assert (found.title, found.pages, found.words) == ("One two", 2, 3)


@pytest.mark.parametrize(
    ("kind", "body", "why"),
    [
        ("application/pdf", b"", "it is no sound PDF"),
        ("application/pdf", b"%PDF-1.4\n" + b"<<" * 100_000, "it is no sound PDF"),
        ("application/pdf", pdf("x").replace(b"/Kids [5 0 R]", b"/Kids [2 0 R]"), "it is no sound PDF"),
        ("text/plain", b"\xff\xfe\0", "it is no text in UTF-8"),
        ("image/png", b"", "image/png is not read here"),
    ],
    ids=["nothing", "too deep", "a page that is its own parent", "no UTF-8", "another type"],
)
def test_what_cannot_be_read_says_why(kind: str, body: bytes, why: str) -> None:
    with pytest.raises(UnreadableError, match=why):
        read(kind, body)


def test_what_is_too_much_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contents, "MOST_BYTES", 1_000)
    with pytest.raises(UnreadableError, match="it has more than 1000 bytes"):
        read("text/plain", b"x" * 1_001)
    monkeypatch.setattr(contents, "MOST_BYTES", 10_000)
    monkeypatch.setattr(contents, "MOST_PAGES", 1)
    with pytest.raises(UnreadableError, match="it has more than 1 pages"):
        read("application/pdf", pdf("a", "b"))
    monkeypatch.setattr(contents, "MOST_PAGES", 2)
    monkeypatch.setattr(contents, "MOST_TEXT", 3)
    assert read("application/pdf", pdf("abcdef", "b")).text == "abc"


def test_a_stream_that_unfolds_without_end_is_given_up() -> None:
    large = zlib.compress(b"(x) Tj " * 11_000_000)
    plain = pdf("x")
    start = plain.index(b"<< /Length", plain.index(b"4 0 obj"))
    end = plain.index(b"endobj", start)
    stream = b"<< /Filter /FlateDecode /Length %d >>\nstream\n%s\nendstream\n" % (len(large), large)
    with pytest.raises(UnreadableError, match="it is no sound PDF: LimitReachedError"):
        read("application/pdf", plain[:start] + stream + plain[end:])


def test_who_works_for_too_long_is_told_so() -> None:
    script = """
import signal
from extraction import program
program.SECONDS = 1
def never(kind, body):
    try:
        while True:
            pass
    except Exception:
        return None
program.read, program._body = never, lambda _: b""
signal.signal(signal.SIGALRM, program._give_up)
signal.alarm(1)
print(program._extract({}, "text/plain"))
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=CONTAINER)
    assert done.stdout == "{'status': 'FAILED', 'reason': 'it was not read within 1 seconds'}\n"

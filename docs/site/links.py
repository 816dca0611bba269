"""Hold every link of the finished site to what is there: pages, files, anchors; of other sites' links the form."""

from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from urllib.parse import unquote, urlsplit

from bs4 import BeautifulSoup
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx.util.typing import ExtensionMetadata

logger = logging.getLogger(__name__)
_LEADS = {"a": "href", "link": "href", "img": "src", "script": "src", "source": "srcset", "iframe": "src"}
_OTHER_SCHEMES = {"data", "javascript", "mailto"}


def setup(app: Sphinx) -> ExtensionMetadata:
    """Take part in the build."""
    app.connect("build-finished", _check)
    return {"version": "1", "parallel_read_safe": True}


def _check(app: Sphinx, exception: Exception | None) -> None:
    if exception is not None or app.builder.format != "html":
        return
    for page, problem in problems(Path(app.outdir)):
        name = page.removesuffix(".html")
        logger.warning("%s", problem, location=name if name in app.env.found_docs else page, type="links")


def problems(site: Path) -> Iterator[tuple[str, str]]:
    """Find links that lead nowhere.

    Args:
        site: The folder of the site.

    Yields:
        The page, and what is wrong with which of its links.
    """
    anchors = cache(_anchors)
    for path in sorted(site.rglob("*.html")):
        page = path.relative_to(site).as_posix()
        if page.startswith("_static/"):
            continue
        for link in sorted(set(_links(path))):
            if problem := _problem(site, path, link, anchors):
                yield page, f"{problem}: {link}"


def _links(path: Path) -> Iterator[str]:
    soup = _soup(path)
    for tag, attribute in _LEADS.items():
        yield from (str(found[attribute]) for found in soup.find_all(tag, attrs={attribute: True}))


def _problem(site: Path, path: Path, link: str, anchors: Callable[[Path], set[str]]) -> str | None:
    try:
        parts = urlsplit(link)
        _ = parts.port
    except ValueError:
        return "no address"
    if parts.scheme in _OTHER_SCHEMES:
        return None
    if parts.scheme or parts.netloc:
        well_formed = parts.scheme == "https" and "." in (parts.hostname or "") and " " not in link
        return None if well_formed else "no https address"
    target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
    if target.is_dir():
        target /= "index.html"
    if not target.is_relative_to(site.resolve()) or not target.is_file():
        return "leads nowhere"
    fragment = unquote(parts.fragment)
    if fragment and target.suffix == ".html" and fragment not in anchors(target):
        return "there is no such anchor"
    return None


def _anchors(path: Path) -> set[str]:
    return {str(found["id"]) for found in _soup(path).find_all(id=True)}


def _soup(path: Path) -> BeautifulSoup:
    return BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")

"""The site, built once and served on loopback, and a browser to look at it with."""

import functools
import http.server
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page

from tests.patternkit.catalog.temporary import environment, run
from tests.site.browser import MODULES, Chromium

# Each pattern's listings are made by the tests that every pattern must pass; the site needs one of each kind.
LISTED = "thumbnailer inspection-vpc"
AXE = MODULES / "axe-core" / "axe.min.js"


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Say nothing: what goes wrong shows in the browser."""


class _Server(http.server.ThreadingHTTPServer):
    def handle_error(self, request: object, client_address: object) -> None:
        # A browser that is sent on hangs up on what it has asked for.
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the site, as `make site` builds it, with the listings of a few patterns."""
    build = tmp_path_factory.mktemp("build")
    done = run(
        "make", "--old-file=env", f"BIN={Path(sys.executable).parent}", f"BUILD={build}", f"LISTINGS={LISTED}", "site",
        # Sphinx says itself which of its warnings count.
        env=environment(PYTHONWARNINGS=""), deadline=800,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return build / "site"


@pytest.fixture(scope="session")
def address(site: Path) -> Iterator[str]:
    """Where the site is served."""
    handler = functools.partial(_Quiet, directory=str(site))
    with _Server(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture
def context(chromium: Chromium, address: str) -> Iterator[BrowserContext]:
    """A window of its own, in which links may leave out where the site is; in a new browser if the last one died."""
    opened = chromium.running().new_context(base_url=address, viewport={"width": 1280, "height": 900})
    yield opened
    if chromium.is_alive():
        opened.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    """A page in it."""
    return context.new_page()

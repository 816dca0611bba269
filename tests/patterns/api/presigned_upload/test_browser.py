"""The page that uploads, in the locked Chromium, against the local cloud."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.patterns.api.presigned_upload.conftest import Pages
from tests.patterns.api.presigned_upload.uploading import PNG, Uploader
from tests.site.browser import Chromium

pytestmark = pytest.mark.browser
PATIENCE = 120_000
"""Milliseconds until a deadline, of a machine that does other things as well."""


@pytest.fixture(scope="module")
def page(chromium: Chromium, uploader: Uploader, site: str) -> Page:
    api = uploader.deployment.physical_id("Uploads/Paged/Front/Api")
    Pages.config = {
        "url": f"{uploader.cloud.endpoint_url}/restapis/{api}/live/_user_request_/uploads",
        "headers": {"Authorization": "Bearer of-a-person"},
    }
    opened = chromium.running().new_context(base_url=site, ignore_https_errors=True).new_page()
    opened.goto("/index.html")
    return opened


def choose(page: Page, path: Path, body: bytes) -> None:
    """Choose a file and send it, and keep each share that the page shows of its progress."""
    page.evaluate(
        """() => {
            const progress = document.querySelector("progress");
            window.shares = [];
            const value = Object.getOwnPropertyDescriptor(HTMLProgressElement.prototype, "value");
            Object.defineProperty(progress, "value", {
                configurable: true,
                get() { return value.get.call(this); },
                set(share) { window.shares.push(share); value.set.call(this, share); },
            });
        }"""
    )
    path.write_bytes(body)
    page.get_by_label("File").set_input_files(path)
    page.get_by_role("button", name="Upload").click()


@pytest.mark.parametrize("megabytes", [1, 17], ids=["form", "parts"])
def test_a_file_is_uploaded_with_progress(page: Page, tmp_path: Path, megabytes: int) -> None:
    choose(page, tmp_path / "a.png", PNG + b"\0" * (megabytes * 1024 * 1024))
    expect(page.get_by_role("status")).to_have_text("Uploaded", timeout=PATIENCE)
    shares = page.evaluate("window.shares")
    assert shares == sorted(shares)
    assert (shares[0], shares[-1]) == (0, 1)


def test_a_file_that_is_refused_is_said_to_be(page: Page, tmp_path: Path) -> None:
    choose(page, tmp_path / "a.png", b"no picture")
    expect(page.get_by_role("status")).to_have_text(
        "Refused: the file does not begin as image/png does", timeout=PATIENCE
    )
    choose(page, tmp_path / "a.pdf", b"%PDF-1.7")
    expect(page.get_by_role("status")).to_have_text(
        "Failed: type must be one of image/png, text/plain", timeout=PATIENCE
    )

"""The locked browser draws whatever a page asks for, and one that dies costs the test at hand alone."""

import pytest
from playwright.sync_api import BrowserContext, Error, Page

from tests.site.browser import FONTS, Chromium

# The first of them waits for the site to be built.
pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("site"), pytest.mark.timeout(900)]

# A sample of each kind of script and symbol, most of which no locked font has.
GLYPHS = "a é ≥ → ✔ ⌘ 漢字 かな 한글 عربي हिन्दी ไทย 😀 🔍 \uf8d0 \U0010fff0 \u200d \ufffd"
FAMILIES = ("sans-serif", "serif", "monospace", "system-ui", "cursive", "emoji", "math", "'No Such Font'")


def test_no_glyph_ends_the_browser(page: Page, chromium: Chromium) -> None:
    lines = [
        f'<p style="font: {style} {weight} 14px {family}">{GLYPHS}</p><input value="{GLYPHS}">'
        for family in FAMILIES
        for style in ("normal", "italic")
        for weight in (300, 400, 900)
    ]
    page.set_content("\n".join(lines))
    page.screenshot()
    assert page.locator("p").count() == len(lines)
    assert chromium.is_alive()


def test_the_fonts_are_the_locked_ones(context: BrowserContext, page: Page) -> None:
    page.set_content("<p style='font-family: sans-serif'>Text</p><code style='font-family: monospace'>code</code>")
    session = context.new_cdp_session(page)
    session.send("DOM.enable")
    session.send("CSS.enable")
    root = session.send("DOM.getDocument")["root"]["nodeId"]
    used = []
    for selector in ("p", "code"):
        node = session.send("DOM.querySelector", {"nodeId": root, "selector": selector})["nodeId"]
        used += [one["familyName"] for one in session.send("CSS.getPlatformFontsForNode", {"nodeId": node})["fonts"]]
    assert used == ["DejaVu Sans", "DejaVu Sans Mono"]
    assert (FONTS / "DejaVuSans.ttf").is_file()


def test_a_dead_browser_is_started_anew(chromium: Chromium, address: str) -> None:
    starts = chromium.starts
    console = chromium.running().new_browser_cdp_session()
    with pytest.raises(Error):
        console.send("Browser.crash")
    opened = chromium.running().new_context(base_url=address).new_page()
    opened.goto("/search.html")
    assert opened.locator("#search-results").count() == 1
    assert chromium.starts == starts + 1
    opened.context.close()

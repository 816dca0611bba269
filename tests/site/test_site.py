"""The site in a real browser: people find, read, copy and get around in it. Deselect with -m 'not browser'."""

from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request, ViewportSize, expect

from patternkit import __version__
from patternkit.catalog.applications import applications
from patternkit.catalog.discovery import families, patterns
from tests.site.conftest import AXE

# The first of them waits for the site to be built.
pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("site"), pytest.mark.timeout(900)]

PATTERN = "/patterns/events/thumbnailer/README.html"
KINDS = {
    "home": "/docs/index.html",
    "patterns": "/docs/patterns.html",
    "a pattern": PATTERN,
    "a network": "/patterns/network/inspection_vpc/README.html",
    "an application": "/examples/company_network/README.html",
    "its routes": "/patterns/network/inspection_vpc/ROUTES.html",
    "a guide": "/docs/guides/get-started.html",
    "contributing": "/CONTRIBUTING.html",
    "the reference": "/docs/reference/routes.html",
    "a construct": "/docs/reference/constructs/thumbnailer.html",
    "the command line": "/docs/reference/command-line.html",
    "the tools": "/docs/tools.html",
    "a decision": "/docs/decisions/0002-two-packages.html",
    "the results": "/search.html?q=queue",
}
TELEPHONE = ViewportSize(width=360, height=740)
WINDOW = ViewportSize(width=1280, height=900)
PAGES_OF_PATTERNS = [f"/patterns/{one.family}/{one.folder.name}/README.html" for one in patterns().values()]
every_kind = pytest.mark.parametrize("where", KINDS.values(), ids=KINDS)


def test_no_page_has_a_fault(context: BrowserContext, site: Path, address: str) -> None:
    faults: list[str] = []
    page = context.new_page()

    def said(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            faults.append(f"{page.url}: {message.text}")

    def asked(request: Request) -> None:
        if not request.url.startswith((address, "data:")):
            faults.append(f"{page.url}: asks for {request.url}, outside the site")

    def failed(request: Request) -> None:
        # The browser gives up on a page's icon when it is sent to the next page.
        if request.failure != "net::ERR_ABORTED":
            faults.append(f"{page.url}: {request.url}: {request.failure}")

    page.on("console", said)
    page.on("pageerror", lambda error: faults.append(f"{page.url}: {error}"))
    page.on("request", asked)
    page.on("requestfailed", failed)
    page.on(
        "response", lambda got: faults.append(f"{page.url}: {got.url}: {got.status}") if got.status >= 400 else None
    )
    looked_at = 0
    for path in sorted(site.rglob("*.html")):
        name = path.relative_to(site).as_posix()
        if name.startswith("_static/") or name == "index.html":
            continue
        page.goto(f"/{name}")
        faults += [f"{page.url}: {source} does not show" for source in page.evaluate(_UNSEEN)]
        if f"/{name}" in PAGES_OF_PATTERNS:
            faults += [f"{page.url}: the table of {table} is cut" for table in page.evaluate(_CUT)]
        if f"/{name}" in PAGES_OF_PATTERNS and page.locator('article img[src*="diagram"]').count() != 1:
            faults.append(f"{page.url}: there is no diagram")
        page.set_viewport_size(TELEPHONE)
        faults += [f"{page.url}: on a telephone the end is lost of: {text}" for text in page.evaluate(_LOST)]
        page.set_viewport_size(WINDOW)
        looked_at += 1
    assert not faults, "\n".join(faults)
    assert looked_at > len(patterns()) + 20


# The tables that the window is too narrow for, by their first heading.
_CUT = """() => [...document.querySelectorAll("article table")]
    .filter((table) => table.scrollWidth > table.closest(".pst-scrollable-table-container").clientWidth + 1)
    .map((table) => table.querySelector("th").textContent)"""
# The texts that end beyond the edge of the window where nothing scrolls: the theme hides what a page is too wide for.
_LOST = """() => [...document.querySelectorAll("article :is(h1, h2, h3, p, li, dt, dt *, code)")]
    .filter((text) => !text.closest("table, pre, svg") && text.getClientRects().length > 0)
    .filter((text) => text.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
    .filter((text) => {
        for (let around = text.parentElement; around.closest("article") !== around; around = around.parentElement)
            if (["auto", "scroll"].includes(getComputedStyle(around).overflowX)) return false;
        return true;
    })
    .map((text) => text.textContent.slice(0, 60))"""
_UNSEEN = """async () => {
    const seen = [...document.images].map(async (image) => {
        image.loading = "eager";
        try { await image.decode(); } catch { return image.src; }
        return image.naturalWidth > 0 && image.naturalHeight > 0 ? null : image.src;
    });
    return (await Promise.all(seen)).filter((source) => source !== null);
}"""


def test_every_family_and_pattern_is_one_step_away(page: Page) -> None:
    page.goto(KINDS["home"])
    cards = page.locator(".families .sd-card")
    assert cards.count() == len({one.family for one in patterns().values()})
    for says in families().values():
        expect(page.locator(".families")).to_contain_text(says)
    page.goto(KINDS["patterns"])
    for one in patterns().values():
        expect(page.locator("article")).to_contain_text(f"{one.summary}.".replace("'", "’"))
    leads = {link.get_attribute("href") for link in page.locator("article a.sd-stretched-link").all()}
    assert leads == {f"..{where}" for where in PAGES_OF_PATTERNS}


def test_every_construct_has_a_page_of_reference_and_the_pattern_leads_to_it(page: Page) -> None:
    page.goto(PATTERN)
    page.get_by_role("article").get_by_role("link", name="Thumbnailer", exact=True).click()
    page.wait_for_url("**/docs/reference/constructs/thumbnailer.html")
    expect(page.locator("article dt").first).to_contain_text("Thumbnailer(")
    page.goto("/docs/reference/constructs.html")
    leads = {link.get_attribute("href") for link in page.locator("article li a").all()}
    assert leads == {f"constructs/{name}.html" for name in patterns()}


def test_every_command_is_described(page: Page) -> None:
    page.goto("/docs/reference/command-line.html")
    described = {one.removesuffix("#") for one in page.locator("article h3").all_inner_texts()}
    assert {f"patternkit {name}" for name in ("show", "list", "diff", "routes prove", "new")} <= described
    expect(page.locator("article")).to_contain_text("--permissions")


def test_the_version_is_on_every_page(page: Page) -> None:
    for where in (KINDS["home"], PATTERN):
        page.goto(where)
        expect(page.locator(".bd-header .catalog-version")).to_have_text(f"Version {__version__}")


def test_every_application_is_one_step_away(page: Page) -> None:
    page.goto("/docs/applications.html")
    leads = {link.get_attribute("href") for link in page.locator("article a.sd-stretched-link").all()}
    assert leads == {f"../examples/{one.folder.name}/README.html" for one in applications().values()}


@pytest.mark.parametrize(
    "where", ["/patterns/events/topic_fan_out/README.html", "/examples/company_network/README.html"]
)
def test_diagrams_keep_their_size_on_a_window_of_1440_pixels(where: str, page: Page) -> None:
    page.set_viewport_size({"width": 1440, "height": 900})
    page.goto(where)
    shown, drawn = page.locator('article img[src*="diagram"]').evaluate(
        "image => [image.clientWidth, image.naturalWidth]"
    )
    # The widest are drawn 920 pixels wide, with text of 12.
    assert drawn > 880
    assert shown >= 0.92 * drawn


def test_diagrams_keep_their_size_on_a_telephone(page: Page) -> None:
    page.set_viewport_size(TELEPHONE)
    page.goto("/patterns/events/topic_fan_out/README.html")
    shown, drawn, room, beyond = page.locator('article img[src*="diagram"]').evaluate("""image => {
        const around = image.parentElement;
        return [image.clientWidth, image.naturalWidth, around.clientWidth, around.scrollWidth];
    }""")
    assert shown == drawn == beyond > room
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_the_front_door_leads_home(page: Page) -> None:
    page.goto("/")
    page.wait_for_url("**/docs/index.html")


def test_search_finds(page: Page) -> None:
    page.goto(KINDS["home"])
    page.keyboard.press("Control+k")
    page.keyboard.type("appliance mode")
    page.keyboard.press("Enter")
    # Results come one after the other.
    found = page.locator('#search-results ul.search a[href*="inspection_vpc"]')
    expect(found.first).to_be_visible(timeout=15_000)
    found.first.click()
    expect(page.locator("article h1")).to_be_visible()


def test_search_knows_the_reference(page: Page) -> None:
    page.goto("/search.html?q=assert_holds")
    expect(page.locator("#search-results ul.search")).to_contain_text("patternkit.routes", timeout=15_000)


def test_search_says_when_there_is_nothing(page: Page) -> None:
    page.goto("/search.html?q=xylophone")
    expect(page.locator("#search-results")).to_contain_text("did not match any documents", timeout=15_000)


@pytest.mark.parametrize(
    ("where", "language", "begins"),
    [
        pytest.param(KINDS["home"], "console", "make demo\npatternkit show", id="commands without their prompts"),
        pytest.param(PATTERN, "python", "from aws_cdk import", id="code"),
    ],
)
def test_the_copy_button_copies(where: str, language: str, begins: str, context: BrowserContext, page: Page) -> None:
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(where)
    block = page.locator(f"div.highlight-{language} div.highlight").first
    block.hover()
    block.locator("button.copybtn").click()
    page.wait_for_function("navigator.clipboard.readText().then((text) => text.length > 0)")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith(begins)
    assert "$ " not in copied


@every_kind
def test_a_narrow_screen_shows_all_of_it(where: str, page: Page) -> None:
    page.set_viewport_size(TELEPHONE)
    page.goto(where)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360, "it scrolls sideways"


def test_a_narrow_screen_has_a_menu(page: Page) -> None:
    page.set_viewport_size(TELEPHONE)
    page.goto(PATTERN)
    inside = page.get_by_role("link", name="Cron function")
    expect(inside).to_be_hidden()
    page.locator("button.primary-toggle").click()
    expect(inside).to_be_visible()
    inside.click()
    page.wait_for_url("**/cron_function/README.html")


def test_the_keyboard_is_enough(page: Page) -> None:
    page.goto(PATTERN)
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_text("Skip to main content")
    page.keyboard.press("Enter")
    assert page.evaluate("location.hash") == "#main-content"
    page.goto(KINDS["patterns"])
    link = page.locator("article a.sd-stretched-link").first
    link.focus()
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{link_target()}")
    page.keyboard.press("Control+k")
    expect(page.locator("#pst-search-dialog input")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#pst-search-dialog")).to_be_hidden()


def link_target() -> str:
    return PAGES_OF_PATTERNS[0]


@every_kind
def test_axe_finds_no_barrier(where: str, page: Page) -> None:
    # What the dark changes is contrast: the rest is looked at once.
    found = barriers(page, where, "light", "{}") + barriers(page, where, "dark", '{runOnly: ["color-contrast"]}')
    assert not found, "\n".join(found)


def barriers(page: Page, where: str, scheme: Literal["light", "dark"], options: str) -> list[str]:
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    page.goto(where)
    expect(page.locator("html")).to_have_attribute("data-theme", scheme)
    # A colour on its way from light to dark has a contrast that nobody is shown.
    page.evaluate("Promise.allSettled(document.getAnimations().map((animation) => animation.finished))")
    page.add_script_tag(path=AXE)
    found: list[dict[str, Any]] = page.evaluate(f"axe.run({options}).then((result) => result.violations)")
    return [
        f"{scheme}: {one['id']}: {one['help']}: {', '.join(str(node['target'][0]) for node in one['nodes'][:5])}"
        for one in found
    ]

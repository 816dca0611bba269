"""What tests of patterns share: each example, synthesized once in each kind of environment."""

import asyncio
import gc
import json
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import hypothesis
import pytest

from patternkit.catalog.application import add_example
from patternkit.catalog.applications import applications
from patternkit.catalog.discovery import find
from patternkit.testing.synthesis import PACKS, Synthesis, synthesize
from tests.constructs import app_for_its_template
from tests.installing import build_wheel

if TYPE_CHECKING:
    from tests.site.browser import Chromium

ROOT = Path(__file__).parents[1]
# No test asserts how long it takes: machines are shared, and any example may be the one that waits.
hypothesis.settings.register_profile("untimed", deadline=None)
hypothesis.settings.load_profile("untimed")
# moto makes all of Amazon's images anew for every test; ours register what they need.
os.environ["MOTO_EC2_LOAD_DEFAULT_AMIS"] = "false"
ENVIRONMENTS = {"agnostic": None, "concrete": cdk.Environment(account="111122223333", region="eu-west-1")}

# Begun first, so that no process waits at the end for one long group.
LONGEST = (
    "tests/patternkit/catalog/test_new.py",
    "packaging",
    "site",
    "tests/test_cdk_cli.py",
    "tests/fuzz/test_every_construct.py",
    "inspection-vpc",
    "tests/patternkit/testing/test_plugin.py",
    "tests/patternkit/testing/test_fixtures.py",
)


def _group(module: Path) -> str:
    match module.parts:
        case ["tests", "patterns", _, folder, *_, _] | ["tests", "examples", folder, *_, _]:
            return folder.replace("_", "-")
    return module.as_posix()


@pytest.fixture(scope="session")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator["Chromium"]:
    """The locked Chromium, headless, with an empty profile: one in a process, for Playwright takes no second loop."""
    from playwright.sync_api import sync_playwright

    from tests.site.browser import BrowserMissing, Chromium, unpack

    try:
        program = unpack(tmp_path_factory.mktemp("browser"))
    except BrowserMissing as missing:
        if os.environ.get("CI"):
            pytest.fail(str(missing), pytrace=False)
        pytest.skip(str(missing))
    with sync_playwright() as playwright:
        one = Chromium(playwright.chromium, program)
        yield one
        one.close()


@contextmanager
def _without_the_browsers_loop(item: pytest.Item) -> Iterator[None]:
    """Playwright leaves its loop running in the thread, which no test but those of the browser is to meet."""
    loop = None if "chromium" in getattr(item, "fixturenames", ()) else asyncio._get_running_loop()
    if loop is not None:
        asyncio._set_running_loop(None)
    try:
        yield
    finally:
        if loop is not None:
            asyncio._set_running_loop(loop)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup(item: pytest.Item) -> Iterator[None]:
    """Set a test up as if no browser had been used in its process."""
    with _without_the_browsers_loop(item):
        return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    """Run a test as if no browser had been used in its process."""
    with _without_the_browsers_loop(item):
        return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[None]:
    """Leave the tests themselves out of Python's search for garbage, which takes half a second each time with them."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.collect()
        gc.freeze()
        gc.enable()


# Characters or bytes. A picture of eleven megabytes was once in the name of its test.
LONGEST_ID = 120


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Name a long value by its beginning and its length: names of tests go from process to process, and into caches."""
    if isinstance(val, str | bytes) and len(val) > LONGEST_ID:
        start = val[:40] if isinstance(val, str) else val[:10]
        return f"{argname}: {start!r} and {len(val) - len(start)} more"
    return None


def refuse_a_name_without_an_order(item: pytest.Item) -> None:
    """Refuse a test that is named by a set: each process orders it otherwise, and knows the test by another name."""
    values = item.callspec.params.values() if isinstance(item, pytest.Function) and hasattr(item, "callspec") else ()
    if any(isinstance(one, set | frozenset) and len(one) > 1 and str(one) in item.name for one in values):
        raise pytest.UsageError(f"{item.nodeid} is named by a set, which has another order in each process")
    if "Token[" in item.name:
        raise pytest.UsageError(f"{item.nodeid} is named by a token, which has another number in each process")
    if re.search(r" at 0x[0-9a-f]{6}", item.name):
        raise pytest.UsageError(f"{item.nodeid} is named by an address, which is another one in each process")


# Before pytest-xdist reads the groups.
@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep the tests of a module, and all of a pattern, in one process, which sets up once what they share."""
    groups: dict[pytest.Item, str] = {}
    for item in items:
        refuse_a_name_without_an_order(item)
        mark = item.get_closest_marker("xdist_group")
        groups[item] = mark.args[0] if mark else _group(item.path.relative_to(ROOT))
        if mark is None:
            item.add_marker(pytest.mark.xdist_group(groups[item]))
    items.sort(key=lambda item: LONGEST.index(groups[item]) if groups[item] in LONGEST else len(LONGEST))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what the fuzzing of constructs tried; the counts come with the reports, also from other processes."""
    reports = terminalreporter.getreports("passed")
    tried = sorted(value for one in reports for name, value in one.user_properties if name == "fuzz")
    if not tried:
        return
    terminalreporter.section("fuzz of every construct")
    terminalreporter.write_line(f"{'construct':16}{'calls':>8}{'accepted':>10}{'refusals':>10}{'linted':>8}")
    totals = ["together", *(sum(counts) for counts in list(zip(*tried, strict=True))[1:])]
    for name, *counts in [*tried, totals]:
        terminalreporter.write_line(
            f"{name:16}" + "".join(f"{n:>{w}}" for n, w in zip(counts, (8, 10, 10, 8), strict=True))
        )


@cache
def context() -> dict[str, Any]:
    """The feature flags of cdk.json."""
    flags: dict[str, Any] = json.loads((ROOT / "cdk.json").read_text(encoding="utf-8"))["context"]
    return flags


@cache
def example(name: str, environment: str) -> Synthesis:
    """A pattern's example or an example application, with every rule pack's findings."""
    env = ENVIRONMENTS[environment]

    def build(app: cdk.App) -> None:
        if name in applications():
            applications()[name].add(app, env=env)
        else:
            add_example(app, find(name), {}, env=env)

    return synthesize(build, context=context(), packs=PACKS)


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The catalog's wheel, for the tests of the group "packaging"."""
    return build_wheel(tmp_path_factory.mktemp("wheel"))


@pytest.fixture
def scope() -> cdk.Stack:
    """An empty stack of an app with the feature flags of cdk.json, which builds no handlers."""
    return cdk.Stack(app_for_its_template(), "Test")

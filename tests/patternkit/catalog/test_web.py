"""What a pattern says of serving requests is read with its limits, and what is wrong in it is one line."""

import re
from pathlib import Path

import pytest

from patternkit.catalog.discovery import read
from patternkit.catalog.errors import CatalogError
from tests.patternkit.catalog.temporary import PATTERN_TOML, write_catalog, write_pattern

WEB = """\
[web]
runs = ["containers"]
answer = "result"
scaling = "Tasks are added."
scales_within = "minutes"
burst = "Some are refused."
stateless = true
state = "It goes with the task."
zone_loss = "goes on"
failure_modes = ["A task is replaced."]
long_connections = true
unbounded = ["request_bytes", "response_bytes"]

"""
BOUNDED = 'bounds = "request_seconds"\nat = 29\nadjustable = true\nwas = "30 seconds"\n'
LIMITED = PATTERN_TOML.replace("as_of = 2026-11-21\n", f"as_of = 2026-11-21\n{BOUNDED}")
WHOLE = LIMITED.replace("[[alternatives]]", f"{WEB}[[alternatives]]")
SHARED = '[[limits]]\nshared = "quiet-time"\n\n'


@pytest.fixture
def package(tmp_path: Path) -> Path:
    package = write_catalog(tmp_path)
    shared = package / "building_blocks" / "limits.toml"
    shared.parent.mkdir()
    shared.write_text(
        '[quiet-time]\nwhat = "Silence"\nvalue = "a minute"\nas_of = 2026-11-21\nsource = "https://example.com"\n'
        'bounds = "request_seconds"\nat = 60\n\n[bad]\nwhat = "Nothing else"\n'
    )
    return package


def test_how_a_pattern_serves_requests_is_read(package: Path) -> None:
    pattern = read(write_pattern(package, "queues", "one_queue", WHOLE) / "pattern.toml")
    assert pattern.web is not None
    assert (pattern.web.runs, pattern.web.scales_within, pattern.web.stateless) == (("containers",), "minutes", True)
    assert pattern.web.unbounded == ("request_bytes", "response_bytes")
    (limit,) = pattern.limits
    assert (limit.bounds, limit.at, limit.adjustable, limit.was) == ("request_seconds", 29, True, "30 seconds")


def test_a_pattern_that_serves_no_requests_says_nothing_of_it(package: Path) -> None:
    assert read(write_pattern(package, "queues", "one_queue") / "pattern.toml").web is None


def test_a_shared_limit_stands_where_it_is_named(package: Path) -> None:
    text = PATTERN_TOML.replace("[[limits]]", f"{WEB}{SHARED}[[limits]]")
    pattern = read(write_pattern(package, "queues", "one_queue", text) / "pattern.toml")
    assert [(one.what, one.at) for one in pattern.limits] == [("Silence", 60), ("Size of a message", None)]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (WHOLE.replace("stateless", "statless"), "unknown field of web statless: did you mean stateless?"),
        (WHOLE.replace("stateless = true\n", ""), "the field stateless of web is missing"),
        (
            WHOLE.replace('"goes on"', '"stands"'),
            "the field zone_loss of web must be one of goes on, fails over, down, got 'stands'",
        ),
        (
            WHOLE.replace('"minutes"', '["minutes"]'),
            "the field scales_within of web must be one of at once, seconds, minutes, never, got ['minutes']",
        ),
        (
            WHOLE.replace("stateless = true", 'stateless = "yes"'),
            "the field stateless of web must be true or false, got 'yes'",
        ),
        (
            WHOLE.replace('["containers"]', '["pods"]'),
            "the field runs of web must be a list of machines, containers, functions, nothing, got ['pods']",
        ),
        (
            WHOLE.replace('["containers"]', "[]"),
            "the field runs of web must be a list of machines, containers, functions, nothing, got []",
        ),
        (
            WHOLE.replace('"Tasks are added."', '"tasks"'),
            "the field scaling of web must be a sentence, got 'tasks'",
        ),
        (
            WHOLE.replace('["A task is replaced."]', "[]"),
            "the field failure_modes of web must be a list of sentences, got []",
        ),
        (WHOLE.replace(BOUNDED, ""), "request_seconds is neither in a limit nor unbounded"),
        (
            WHOLE.replace('["request_bytes"', '["request_seconds", "request_bytes"'),
            "request_seconds is both bounded by a limit and unbounded",
        ),
        (LIMITED.replace("request_seconds", "request_second"), "unknown bound request_second: did you mean request_s"),
        (LIMITED.replace("at = 29\n", ""), "bounds and at of an entry of limits are given together, got request_sec"),
        (LIMITED.replace("at = 29", "at = 0"), "at of an entry of limits must be 1 or more, got 0"),
        (LIMITED.replace("at = 29", "at = true"), "at of an entry of limits must be a whole number, got True"),
        (
            LIMITED.replace("adjustable = true", "adjustable = 1"),
            "adjustable of an entry of limits must be true or false, got 1",
        ),
        (
            PATTERN_TOML + SHARED.replace("quiet-time", "quiet-tine"),
            "unknown shared limit quiet-tine: did you mean quiet-time?",
        ),
        (
            PATTERN_TOML + SHARED.strip() + "\nat = 3\n",
            "an entry of limits that is shared has nothing else, got at",
        ),
    ],
)
def test_what_is_wrong_is_one_line(package: Path, wrong: str, said: str) -> None:
    assert wrong not in (WHOLE, LIMITED, PATTERN_TOML)
    path = write_pattern(package, "queues", "one_queue", wrong) / "pattern.toml"
    with pytest.raises(CatalogError) as raised:
        read(path)
    assert str(raised.value).startswith(f"{path}: {said}")
    assert "\n" not in str(raised.value)


def test_what_is_wrong_in_a_shared_limit_names_its_file(package: Path) -> None:
    text = PATTERN_TOML + SHARED.replace("quiet-time", "bad")
    path = write_pattern(package, "queues", "one_queue", text) / "pattern.toml"
    with pytest.raises(CatalogError, match=re.escape(str(package / "building_blocks" / "limits.toml"))):
        read(path)

"""What a pattern says of working on events is read with its limits, and what is wrong in it is one line."""

from pathlib import Path

import pytest

from patternkit.catalog.discovery import read
from patternkit.catalog.errors import CatalogError
from tests.patternkit.catalog.temporary import PATTERN_TOML, write_catalog, write_pattern
from tests.patternkit.catalog.test_web import WHOLE as SERVING

ALIKE = 'runs = ["functions"]\nanswer = "receipt"\nzone_loss = "goes on"\n'
OWN = """\
[events]
starts = ["call"]
delivery = ["queued", "batched"]
delivered = "They wait."
order = "not kept"
ordering = "Nothing keeps it."
repeats = "at least once"
repeating = "Nothing is known again."
failing = "It is kept."
human = false
isolated = true
"""
BOUNDED = 'bounds = "payload_bytes"\nat = 1048576\n'
LIMITED = PATTERN_TOML.replace("as_of = 2026-11-21\n", f"as_of = 2026-11-21\n{BOUNDED}")
WHOLE = LIMITED.replace("[[alternatives]]", f"{OWN}{ALIKE}\n[[alternatives]]")
BOTH = SERVING.replace("[web]", f"{OWN}\n[web]")


@pytest.fixture
def package(tmp_path: Path) -> Path:
    return write_catalog(tmp_path)


def test_how_a_pattern_works_on_events_is_read(package: Path) -> None:
    pattern = read(write_pattern(package, "queues", "one_queue", WHOLE) / "pattern.toml")
    assert pattern.events is not None
    assert (pattern.events.delivery, pattern.events.isolated) == (("queued", "batched"), True)
    assert (pattern.events.runs, pattern.events.answer) == (("functions",), "receipt")
    assert pattern.web is None


def test_what_serves_requests_says_once_what_it_runs(package: Path) -> None:
    pattern = read(write_pattern(package, "queues", "one_queue", BOTH) / "pattern.toml")
    assert pattern.events is not None
    assert pattern.web is not None
    assert (pattern.events.runs, pattern.events.zone_loss) == (pattern.web.runs, pattern.web.zone_loss)


def test_a_schedule_hands_nothing_over_that_has_a_size(package: Path) -> None:
    text = WHOLE.replace(BOUNDED, "").replace('["call"]', '["schedule"]')
    pattern = read(write_pattern(package, "queues", "one_queue", text) / "pattern.toml")
    assert pattern.events is not None
    assert pattern.events.starts == ("schedule",)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (WHOLE.replace("ordering", "orderin"), "unknown field of events orderin: did you mean ordering?"),
        (WHOLE.replace("human = false\n", ""), "the field human of events is missing"),
        (
            WHOLE.replace('["call"]', '["calls"]'),
            "the field starts of events must be a list of file, change, schedule,",
        ),
        (WHOLE.replace('["call"]', "[]"), "the field starts of events must be a list of file, change, schedule, call"),
        (
            WHOLE.replace('"not kept"', '"kept?"'),
            "the field order of events must be one of kept, on request, not kept, got 'kept?'",
        ),
        (WHOLE.replace("human = false", "human = 0"), "the field human of events must be true or false, got 0"),
        (WHOLE.replace('"They wait."', '"waiting"'), "the field delivered of events must be a sentence, got 'waiting'"),
        (WHOLE.replace(ALIKE, ""), "the field runs of events is missing"),
        (
            BOTH.replace("isolated = true\n", f"isolated = true\n{ALIKE}"),
            "the field runs of events must be left out: web has it",
        ),
        (
            WHOLE.replace(BOUNDED, ""),
            "payload_bytes is in no limit: how large may what is handed over be?",
        ),
        (LIMITED.replace("payload_bytes", "payload_byte"), "unknown bound payload_byte: did you mean payload_bytes?"),
    ],
)
def test_what_is_wrong_is_one_line(package: Path, wrong: str, said: str) -> None:
    assert wrong not in (WHOLE, LIMITED, BOTH)
    path = write_pattern(package, "queues", "one_queue", wrong) / "pattern.toml"
    with pytest.raises(CatalogError) as raised:
        read(path)
    assert str(raised.value).startswith(f"{path}: {said}")
    assert "\n" not in str(raised.value)

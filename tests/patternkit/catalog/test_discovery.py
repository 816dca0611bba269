"""Patterns are found by their folders, and what is wrong in a `pattern.toml` is said in one line."""

import re
import tomllib
from pathlib import Path

import pytest

from patternkit.catalog.discovery import ExplainedFinding, explanation, find, patterns, read
from patternkit.catalog.errors import CatalogError, unknown
from tests.conftest import ROOT
from tests.patternkit.catalog.temporary import PATTERN_TOML, environment, run, write_catalog, write_pattern


@pytest.fixture
def package(tmp_path: Path) -> Path:
    return write_catalog(tmp_path)


def test_every_pattern_toml_is_a_pattern_of_its_folders_name() -> None:
    files = sorted((ROOT / "patterns").rglob("pattern.toml"))
    assert files
    assert [one.folder for one in patterns().values()] == [path.parent for path in files]
    for name, pattern in patterns().items():
        assert name == pattern.name == pattern.folder.name.replace("_", "-")
        assert pattern.family == pattern.folder.parent.name
        assert pattern.module == ".".join(pattern.folder.relative_to(ROOT).parts)


def test_a_whole_pattern_toml_is_read(package: Path) -> None:
    own = '[[findings]]\nid = "PCI.DSS.321-X"\nreason = "Why."\n'
    pattern = read(write_pattern(package, "queues", "one_queue", PATTERN_TOML + own) / "pattern.toml")
    fields = tomllib.loads(PATTERN_TOML)
    assert (pattern.name, pattern.family, pattern.module) == ("one-queue", "queues", "patterns.queues.one_queue")
    assert (pattern.title, pattern.construct, pattern.stack) == ("Queue", "OneQueue", "OneQueueStack")
    assert (pattern.services, pattern.when) == (("Amazon SQS",), ("Something is sent.",))
    assert [(one.name, one.instead_when) for one in pattern.alternatives] == [("a topic", "Many want it.")]
    assert pattern.limits[0].as_of == fields["limits"][0]["as_of"]
    assert pattern.sources[0].url == fields["sources"][0]["url"]
    assert explanation(pattern, "PCI.DSS.321-X") == ExplainedFinding(id="PCI.DSS.321-X", reason="Why.")


def test_a_pattern_explains_a_finding_before_the_catalog_does() -> None:
    pattern = find("thumbnailer")
    shared = explanation(pattern, "HIPAA.Security-LambdaInsideVPC")
    assert shared is not None
    assert shared.reason.startswith("Nobody reaches a function by the network")
    assert explanation(pattern, "HIPAA.Security-NoSuchRule") is None


@pytest.mark.parametrize("name", ["cron-function", "cron_function"])
def test_underscores_do_for_hyphens(name: str) -> None:
    assert find(name) is patterns()["cron-function"]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ("title = ", "Invalid value (at end of document)"),
        (PATTERN_TOML.replace('local = "runs"\n', ""), "the field local is missing"),
        ('sumary = "Keep"\n' + PATTERN_TOML, "unknown field sumary: did you mean summary?"),
        (
            "zzz = 1\n" + PATTERN_TOML,
            (
                "unknown field zzz: there are alternatives, construct, events, findings, limits, local, "
                "local_parameters, not_shown_locally, services, sources, stack, summary, title, web, when, when_not"
            ),
        ),
        (PATTERN_TOML.replace('title = "Queue"', "title = 7"), "the field title must be text, got 7"),
        (f"{PATTERN_TOML}\n[local_parameters]\nPort = 80\n", "local_parameters.Port must be text, got 80"),
        (
            PATTERN_TOML.replace('when = ["Something is sent."]', 'when = "Something is sent."'),
            "the field when must be a list of text, got 'Something is sent.'",
        ),
        (
            PATTERN_TOML.replace('when = ["Something is sent."]', "when = [1]"),
            "the field when must be a list of text, got [1]",
        ),
        (
            PATTERN_TOML.replace('local = "runs"', 'local = "perhaps"'),
            "the field local must be one of runs, partly, no, got perhaps",
        ),
        (
            re.sub(r"\[\[limits\]\]\n(.+\n)+", "", PATTERN_TOML).replace("[[alt", 'limits = ["1 MiB"]\n\n[[alt'),
            "the field limits must be a list of tables, got ['1 MiB']",
        ),
        (
            PATTERN_TOML.replace('name = "a topic"\n', 'name = "a topic"\npattern = "topic"\n'),
            "an entry of alternatives has instead_when, name, pattern, must have instead_when, one of name and pattern",
        ),
        (
            PATTERN_TOML.replace('name = "a topic"\n', ""),
            "an entry of alternatives has instead_when, must have instead_when, one of name and pattern",
        ),
        (
            PATTERN_TOML.replace("url =", "address ="),
            "an entry of sources has address, title, must have title, url",
        ),
        (
            PATTERN_TOML.replace("as_of = 2026-11-21", 'as_of = "2026-11-21"'),
            "as_of of an entry of limits must be a date, got '2026-11-21'",
        ),
        (PATTERN_TOML.replace('title = "Amazon SQS"', "title = 3"), "title of an entry of sources must be text, got 3"),
        (
            PATTERN_TOML + '[[findings]]\nid = "X"\nreason = "Y"\nwhy = "Z"\n',
            "an entry of findings has id, reason, why, must have id, reason, may have option",
        ),
    ],
)
def test_what_is_wrong_in_a_pattern_toml_is_one_line(package: Path, wrong: str, said: str) -> None:
    path = write_pattern(package, "queues", "one_queue", wrong) / "pattern.toml"
    with pytest.raises(CatalogError) as raised:
        read(path)
    assert str(raised.value) == f"{path}: {said}"


def test_a_pattern_toml_that_is_not_text_is_one_line(package: Path) -> None:
    path = write_pattern(package, "queues", "one_queue") / "pattern.toml"
    path.write_bytes(b'title = "\xff"')
    with pytest.raises(CatalogError, match=f"^{re.escape(str(path))}: 'utf-8' codec can't decode byte 0xff[^\n]*$"):
        read(path)


def test_the_command_line_says_which_file_is_wrong(package: Path) -> None:
    path = write_pattern(package, "queues", "one_queue", "title = 7") / "pattern.toml"
    done = run("patternkit", "list", env=environment(package))
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"error: {path}: the field construct is missing\n"


def test_two_patterns_of_one_name_are_refused(package: Path) -> None:
    first = write_pattern(package, "queues", "one_queue")
    second = write_pattern(package, "topics", "one-queue")
    done = run("patternkit", "list", env=environment(package))
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"error: {second}/pattern.toml: one-queue is the name of {first} too\n"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("thumbnail", "unknown pattern thumbnail: did you mean thumbnailer?"),
        ("zzzzz", "unknown pattern zzzzz: there are cron-function, thumbnailer"),
    ],
)
def test_an_unknown_name_is_said_with_the_nearest_one(given: str, said: str) -> None:
    assert str(unknown("pattern", given, ["thumbnailer", "cron-function"])) == said


def test_an_unknown_name_among_none_is_said_so() -> None:
    assert str(unknown("pattern", "x", [])) == "unknown pattern x: there are none"

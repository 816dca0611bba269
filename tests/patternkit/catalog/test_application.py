"""The CDK app builds what its context asks for, and says in one line what it cannot."""

import json
import sys
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk.assertions import Template

from patternkit.catalog import application
from patternkit.catalog.application import build, explain, feature_flags
from patternkit.catalog.applications import applications
from patternkit.catalog.discovery import patterns
from patternkit.catalog.errors import CatalogError
from patterns.building_blocks.python_code import HandlerBuildError
from tests.conftest import ROOT, context
from tests.patternkit.catalog.temporary import environment, run, write_catalog, write_pattern


@pytest.fixture
def app() -> cdk.App:
    return cdk.App(context={**context(), "aws:cdk:bundling-stacks": []})


def app_py(
    directory: Path, *, catalog: Path | None = None, validation: str = "false", **asked: Any
) -> tuple[int, str, str]:
    """Run `app.py` as the CDK CLI does: what it is asked for comes in the environment."""
    variables = {
        "CDK_VALIDATION": validation,
        "CDK_CONTEXT_JSON": json.dumps(asked),
        "CDK_OUTDIR": str(directory / "out"),
    }
    # Python looks for packages beside the script first: a temporary catalog has a copy of it.
    script = ROOT / "app.py"
    if catalog is not None:
        (catalog.parent / "app.py").write_bytes(script.read_bytes())
        script = catalog.parent / "app.py"
    done = run(sys.executable, str(script), cwd=directory, env=environment(catalog, **variables))
    return done.returncode, done.stdout, done.stderr


def test_every_pattern_has_its_stack(app: cdk.App) -> None:
    assert [stack.stack_name for stack in build(app)] == [one.stack for one in patterns().values()]


def test_one_pattern_is_built_with_its_options(app: cdk.App) -> None:
    [stack] = build(app, {"widths": "128,512", "architecture": "x86_64"}, pattern="thumbnailer")
    [function] = Template.from_stack(stack).find_resources("AWS::Lambda::Function").values()
    assert function["Properties"]["Environment"]["Variables"]["WIDTHS"] == "128,512"
    assert function["Properties"]["Architectures"] == ["x86_64"]


@pytest.mark.parametrize(
    ("pattern", "options", "said"),
    [
        ("thumbnail", {}, "unknown pattern thumbnail: did you mean thumbnailer?"),
        ("thumbnailer", {"width": "128"}, "unknown option width: did you mean widths?"),
        ("thumbnailer", {"max-pixels": "1"}, "unknown option max-pixels: did you mean max_pixels?"),
        ("thumbnailer", {"widths": "wide"}, "option widths must be a list, as a,b,c, each a whole number, got wide"),
        ("thumbnailer", {"widths": "0"}, "thumbnailer: widths must be between 1 and 4096 pixels, got 0"),
        (
            "thumbnailer",
            {"source_bucket": "mine"},
            "option source_bucket must be passed in Python: it is a resource, got mine",
        ),
        (None, {"widths": "128"}, "option widths needs a pattern: add -c pattern=NAME"),
    ],
)
def test_what_there_is_not_is_one_line(app: cdk.App, pattern: str | None, options: dict[str, str], said: str) -> None:
    with pytest.raises(CatalogError) as raised:
        build(app, options, pattern=pattern)
    assert str(raised.value) == said


def test_an_application_is_built_whole(app: cdk.App) -> None:
    stacks = build(app, application="order_intake")
    assert [stack.stack_name for stack in stacks] == ["OrderOperations", "OrderIntake", "OrderReports"]


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"application": "order-intaek"}, "unknown application order-intaek: did you mean order-intake?"),
        (
            {"application": "order-intake", "options": {"a": "b"}},
            "option a must be set in order-intake's app.py: it takes no options",
        ),
        (
            {"application": "order-intake", "pattern": "thumbnailer"},
            "pattern or application must be given, got thumbnailer and order-intake",
        ),
    ],
)
def test_an_application_that_there_is_not_is_one_line(app: cdk.App, asked: dict[str, Any], said: str) -> None:
    with pytest.raises(CatalogError) as raised:
        build(app, **asked)
    assert str(raised.value) == said


def test_app_py_says_which_applications_there_are(tmp_path: Path) -> None:
    status, out, said = app_py(tmp_path, application="x")
    assert (status, out) == (1, "")
    there = "chat, company-network, document-portal, image-service, order-intake, two-region-service"
    assert said == f"error: unknown application x: there are {there}\n"


def test_applications_are_folders_of_a_clone_and_nowhere_else(tmp_path: Path) -> None:
    found = applications()
    assert found["order-intake"].summary == "Take orders by an API, write each once to a table, and report on each day"
    (tmp_path / "examples" / "theirs").mkdir(parents=True)
    (tmp_path / "examples" / "theirs" / "app.py").write_text('"""Theirs."""\n')
    assert applications(tmp_path / "examples") == {}
    (tmp_path / "cdk.json").write_text("{}")
    assert list(applications(tmp_path / "examples")) == ["theirs"]


def test_app_py_says_it_without_a_traceback(tmp_path: Path) -> None:
    assert app_py(tmp_path, pattern="thumbnail") == (
        1,
        "",
        "error: unknown pattern thumbnail: did you mean thumbnailer?\n",
    )


def test_app_py_says_what_is_wrong_in_cdk_json(tmp_path: Path) -> None:
    (tmp_path / "cdk.json").write_text("{")
    status, out, said = app_py(tmp_path)
    assert (status, out) == (1, "")
    assert said.startswith("error: cdk.json: Expecting property name")
    assert said.count("\n") == 1


def test_app_py_builds_what_is_asked_for_and_leaves_the_cdks_own_context_alone(tmp_path: Path) -> None:
    package = write_catalog(tmp_path)
    write_pattern(package, "queues", "one_queue")
    write_pattern(package, "queues", "other_queue")
    foreign: dict[str, Any] = {
        "cli-telemetry": False,
        "acknowledged-issue-numbers": [34892],
        "availability-zones:account=111122223333:region=eu-west-1": ["eu-west-1a"],
    }
    assert app_py(tmp_path, catalog=package, pattern="one-queue", seconds="90", **foreign) == (0, "", "")
    [template] = (tmp_path / "out").glob("*.template.json")
    [queue] = json.loads(template.read_text())["Resources"].values()
    assert queue["Properties"] == {"MessageRetentionPeriod": 90}


def test_app_py_fails_on_a_finding(tmp_path: Path) -> None:
    package = write_catalog(tmp_path)
    write_pattern(package, "queues", "one_queue")
    status, out, said = app_py(tmp_path, catalog=package, pattern="one-queue", seconds="5", validation="true")
    assert (status, out) == (1, "")
    assert "MessageRetentionPeriod: 5 is less than the minimum of 60" in said
    assert said.splitlines()[-1] == "error: the template has findings: see above, and validation-report.json"


def test_the_working_folders_flags_go_before_the_catalogs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert feature_flags() == context()
    (tmp_path / "cdk.json").write_text('{"context": {"mine": true}}')
    assert feature_flags() == {"mine": True}


def test_a_fault_of_the_catalog_keeps_its_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(application, "build", fail)
    with pytest.raises(ZeroDivisionError):
        application.main()


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (CatalogError("no such thing"), "no such thing"),
        (HandlerBuildError("requirements.txt: no"), "requirements.txt: no"),
        (RuntimeError("«ValidationFailed» Validation failed."), True),
        (RuntimeError("Resolution error"), None),
        (ValueError("widths must"), None),
    ],
)
def test_what_a_user_can_put_right_is_explained(error: Exception, said: str | bool | None) -> None:
    expected = "the template has findings: see above, and validation-report.json" if said is True else said
    assert explain(error) == expected

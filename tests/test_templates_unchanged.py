"""The command that compares all templates with those of another commit."""

import subprocess
import sys
from typing import Any

from tests.conftest import ROOT
from tests.templates_unchanged import differences


def template(**properties: Any) -> dict[str, Any]:
    return {"Resources": {"Queue": {"Type": "AWS::SQS::Queue", "Properties": properties}}}


def test_each_property_that_differs_is_named() -> None:
    before = {"one.agnostic.One": template(DelaySeconds=1), "old.agnostic.Old": template()}
    after = {"one.agnostic.One": template(DelaySeconds=2), "new.agnostic.New": template()}
    assert list(differences(before, before)) == []
    assert list(differences(before, after)) == [
        "+ new.agnostic.New is new",
        "- old.agnostic.Old is not made any more",
        "~ one.agnostic.One Resources.Queue.Properties.DelaySeconds: 1 -> 2",
    ]


def test_what_is_no_commit_is_refused_in_one_line() -> None:
    command = [sys.executable, "-m", "tests.templates_unchanged", "no-such-branch"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr == "FROM must be a commit of this repository, got no-such-branch\n"

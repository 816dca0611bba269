"""Catalogs of patterns that exist for one test, and commands run upon them as users run them."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from tests.conftest import ROOT

PATTERN_TOML = """\
title = "Queue"
construct = "OneQueue"
stack = "OneQueueStack"
summary = "Keep what is sent"
services = ["Amazon SQS"]
when = ["Something is sent."]
when_not = ["Nothing is."]
local = "runs"
not_shown_locally = ["How it scales."]

[[alternatives]]
name = "a topic"
instead_when = "Many want it."

[[limits]]
what = "Size of a message"
value = "1 MiB"
as_of = 2026-11-21
source = "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html"

[[sources]]
title = "Amazon SQS"
url = "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/welcome.html"
"""

CONSTRUCT = '''\
from aws_cdk import aws_sqs as sqs
from constructs import Construct


class OneQueue(Construct):
    """Keep what is sent.

    Args:
        scope: Where it stands.
        construct_id: Its id.
        seconds: How long, in seconds. Default: 60.
    """

    def __init__(self, scope: Construct, construct_id: str, *, seconds: int = 60) -> None:
        if seconds == 13:
            raise ValueError("seconds must not be 13, got 13")
        super().__init__(scope, construct_id)
        sqs.CfnQueue(self, "Queue", message_retention_period=seconds)
'''

EXAMPLE = """\
from aws_cdk import Stack

from patterns.{family}.{folder} import OneQueue


class OneQueueStack(Stack):
    def __init__(self, scope, construct_id, *, env=None, **options):
        super().__init__(scope, construct_id, env=env)
        OneQueue(self, "One", **options)
"""


def write_catalog(root: Path) -> Path:
    """Make an empty package `patterns` that goes before the catalog's own, whose building blocks it still has."""
    package = root / "patterns"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text(f"__path__.append({str(ROOT / 'patterns')!r})\n")
    return package


def write_pattern(package: Path, family: str, folder: str, toml: str = PATTERN_TOML) -> Path:
    """Add a pattern of one queue; a retention that SQS does not offer makes a finding in its template."""
    pattern = package / family / folder
    pattern.mkdir(parents=True)
    (package / family / "__init__.py").touch()
    (pattern / "pattern.toml").write_text(toml)
    (pattern / "construct.py").write_text(CONSTRUCT)
    (pattern / "__init__.py").write_text(f"from patterns.{family}.{folder}.construct import OneQueue\n")
    (pattern / "example.py").write_text(EXAMPLE.format(family=family, folder=folder))
    return pattern


def environment(catalog: Path | None = None, **variables: str) -> dict[str, str]:
    """This process's environment, with this interpreter's programs first, and a temporary catalog before ours.

    The CDK's own validation is off: starting its engine is most of what a synthesis costs. A test of findings asks for
    it with `CDK_VALIDATION="true"`.
    """
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    own = {"PATH": path, "COLUMNS": "200", "PYTHONWARNINGS": "error", "CDK_VALIDATION": "false"}
    if catalog is not None:
        own["PYTHONPATH"] = str(catalog.parent)
        # A module that a test rewrites within the second would be taken from its bytecode.
        own["PYTHONDONTWRITEBYTECODE"] = "1"
    # The CDK prints no findings where it sees pytest's variables, and CI changes what some programs say.
    foreign = ("AWS_", "CDK_", "PYTEST_")
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(foreign) and name != "CI"}
    return inherited | own | variables


def run(
    *command: str, cwd: Path = ROOT, env: Mapping[str, str] | None = None, deadline: float = 120
) -> subprocess.CompletedProcess[str]:
    """Run a command to its end, and hand over what it said."""
    return subprocess.run(
        command, cwd=cwd, env=env or environment(), capture_output=True, text=True, check=False, timeout=deadline
    )

"""Every documented command in environments that hold the wheel with one extra each, or with none."""

import json
import os
import re
import subprocess
from pathlib import Path
from typing import NamedTuple

import pytest

from patternkit.catalog.cli import app
from tests.conftest import ROOT
from tests.installing import install

pytestmark = [pytest.mark.xdist_group("packaging"), pytest.mark.timeout(600)]

EXTRAS = ("", "node", "dns", "routes", "testing", "local", "all")
NETWORK = {
    "Resources": {
        "Vpc": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16"}},
        **{
            name: {
                "Type": "AWS::EC2::Subnet",
                "Properties": {"VpcId": {"Ref": "Vpc"}, "CidrBlock": block, "AvailabilityZone": "eu-west-1a"},
            }
            for name, block in (("One", "10.0.0.0/24"), ("Other", "10.0.1.0/24"))
        },
    }
}
YAML = "Resources:\n  Bucket:\n    Type: AWS::S3::Bucket\n"
NAMES = {
    "Resources": {
        "Zone": {"Type": "AWS::Route53::HostedZone", "Properties": {"Name": "example.com."}},
        "Www": {
            "Type": "AWS::Route53::RecordSet",
            "Properties": {
                "HostedZoneId": {"Ref": "Zone"},
                "Name": "www.example.com.",
                "Type": "A",
                "TTL": "60",
                "ResourceRecords": ["192.0.2.1"],
            },
        },
    }
}
ANSWERS = "- answers: {name: www.example.com, values: [192.0.2.1]}\n"
PROMISES = "- isolated: {source: One, destination: internet}\n"
GUARD = "rule vpcs_have_names when Resources exists {\n    Resources exists\n}\n"
CLONE = "in a clone"
NPM = "npm install"


class Ask(NamedTuple):
    """A command as a user types it, and how it ends where it works."""

    words: str
    status: int
    said: str


# By what the page calls them.
COMMANDS = {
    "--help": Ask("--help", 0, "Commands:"),
    "--version": Ask("--version", 0, "."),
    "list": Ask("list", 0, "cron-function"),
    "show": Ask("show cron-function", 0, "Parameters"),
    "show --permissions": Ask("show cron-function --permissions", 0, "InvokeFunction"),
    "show --findings": Ask("show cron-function --findings", 0, "LambdaDLQ"),
    "facts": Ask("facts --older-than 1200", 0, "no fact is older"),
    "docs": Ask("docs run-locally", 0, "local cloud"),
    "completion": Ask("completion bash", 0, "complete"),
    "init": Ask("init mine --pattern cron-function", 0, ""),
    "choose": Ask("choose --peak 500 --burst seconds", 0, "function-api"),
    "compare": Ask("compare cron-function", 0, "RESOURCES"),
    "synth": Ask("synth api-to-queue --output assembly", 0, "ApiToQueueStack.template.json"),
    "deploy": Ask("deploy api-to-queue -o no-such-option=1", 1, "unknown option no-such-option"),
    "destroy": Ask("destroy many-sites-vpn", 1, "is not deployed on this machine"),
    "deploy --aws": Ask("deploy cron-function --aws", 1, "the CDK CLI is not installed"),
    "destroy --aws": Ask("destroy cron-function --aws", 1, "the CDK CLI is not installed"),
    "diff": Ask("diff bucket.yaml renamed.json", 1, "replacement"),
    "rules": Ask("rules network.json one.guard", 0, ""),
    "dns trace": Ask("dns trace names.json --name www.example.com", 0, "HOLDS"),
    "dns prove": Ask("dns prove names.json --promises names.yaml", 0, "HOLDS"),
    "dns show": Ask("dns show names.json", 0, "public zone"),
    # It would go on: that it looks for whom it answers shows that all is there.
    "dns serve": Ask("dns serve names.json --view nobody", 3, "no source is named 'nobody'"),
    "routes trace": Ask("routes trace network.json --source One --destination Other", 0, "HOLDS"),
    "routes prove": Ask("routes prove network.json --promises promises.yaml", 0, "HOLDS"),
    "routes survive": Ask("routes survive network.json --promises promises.yaml", 0, "SURVIVES"),
    "routes show": Ask("routes show network.json --source One --destination Other", 0, ""),
    "routes show --svg": Ask("routes show network.json --svg net.svg", 3, NPM),
    "new": Ask("new events/upload-scan", 1, CLONE),
    "pages": Ask("pages cron-function", 1, CLONE),
}
# One interpreter that has imported the command line, and a child of it for each command.
EACH = """
import json, os, sys
from patternkit.__main__ import main
import patternkit.catalog.cli

ends = {}
for name, words in json.loads(sys.argv[1]).items():
    child = os.fork()
    if not child:
        for number, kind in ((1, "out"), (2, "err")):
            os.dup2(os.open(f"{len(ends)}.{kind}", os.O_WRONLY | os.O_CREAT), number)
        sys.argv = ["patternkit", *words.split()]
        main()
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    ends[name] = [status, *(open(f"{len(ends)}.{kind}").read() for kind in ("out", "err"))]
print(json.dumps(ends))
"""


@pytest.fixture(scope="module")
def ends(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, tuple[int, str, str]]]:
    """How each command ends, by extra: its status and what it says."""
    found = {}
    for extra in EXTRAS:
        directory = tmp_path_factory.mktemp(extra or "base")
        venv = install(wheel, extra)
        (directory / "network.json").write_text(json.dumps(NETWORK))
        (directory / "names.json").write_text(json.dumps(NAMES))
        (directory / "names.yaml").write_text(ANSWERS)
        (directory / "bucket.yaml").write_text(YAML)
        (directory / "renamed.json").write_text('{"Resources": {"Renamed": {"Type": "AWS::S3::Bucket"}}}')
        (directory / "one.guard").write_text(GUARD)
        (directory / "promises.yaml").write_text(PROMISES)
        done = subprocess.run(
            [str(venv / "bin" / "python"), "-c", EACH, json.dumps({name: ask.words for name, ask in COMMANDS.items()})],
            cwd=directory,
            # Nothing that the machine has besides: no Node, no uv, no CDK CLI. HOME has the CDK's own cache.
            env={"PATH": str(venv / "bin"), "HOME": str(Path.home()), "COLUMNS": "200", "CDK_VALIDATION": "false"}
            | {name: value for name, value in os.environ.items() if name == "PYTHONPYCACHEPREFIX"},
            capture_output=True,
            text=True,
            check=False,
            timeout=280,
        )
        assert done.returncode == 0, done.stderr
        found[extra] = json.loads(done.stdout)
    return found


def cell(extra: str, name: str, end: tuple[int, str, str]) -> str:
    """What the table says of a command: it works, needs an extra, or is for a clone."""
    status, out, err = end
    where = f"{name} with [{extra}]: {status} {out} {err}"
    assert "Traceback" not in err, where
    assert err.count("error: ") <= 1, where
    ask = COMMANDS[name]
    # One package, or for `init` the extras of all that the new project's tests need.
    needed = r"error: .* needs (?:the package .*|what is missing here): pip install 'cdk-pattern-catalog\[([\w,]+)\]'"
    if missing := re.search(needed, err):
        assert err.splitlines()[-1] == missing.string.splitlines()[-1], where
        answers = name.split()[0] in ("diff", "dns", "routes", "rules")
        assert (status, out) == (3 if answers else 1, ""), where
        return f"needs `[{missing[1]}]`"
    assert status == ask.status, where
    assert ask.said in out + err, where
    return {CLONE: CLONE, NPM: "needs `elkjs`"}.get(ask.said, "yes")


def test_each_command_works_or_names_the_extra(ends: dict[str, dict[str, tuple[int, str, str]]]) -> None:
    heads = ("Command", *(f"`[{extra}]`" if extra else "base" for extra in EXTRAS))
    rows = [(f"`{name}`", *(cell(extra, name, ends[extra][name]) for extra in EXTRAS)) for name in COMMANDS]
    table = "\n".join("| " + " | ".join(row) + " |" for row in [heads, tuple("---" for _ in heads), *rows])
    print(table)
    page = (ROOT / "docs" / "reference" / "command-line.md").read_text(encoding="utf-8")
    assert table in page, f"the page docs/reference/command-line.md must hold this table:\n{table}"


def test_every_command_of_the_command_line_is_among_them() -> None:
    asked = {name.split()[0] for name in COMMANDS if not name.startswith("-")}
    assert asked == {*app.commands, *app.elsewhere}

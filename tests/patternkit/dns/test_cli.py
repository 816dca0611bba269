"""The command line: what it prints, and how it ends."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import dns.resolver
import pytest
from click.testing import CliRunner, Result

from patternkit.dns.cli import app
from tests.patternkit.dns.zones import Dns

PROMISES = """
promises:
  - always_answers: {name: www.example.com}
  - fails_over: {name: www.example.com, when: primary, to: standby, within: 2 minutes, title: in time}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    dns_ = Dns()
    dns_.check("Check", "192.0.2.1", RequestInterval=10)
    dns_.record("www.example.com", "192.0.2.1", check="Check", id="primary", Failover="PRIMARY", logical="Primary")
    dns_.record("www.example.com", "192.0.2.2", id="standby", Failover="SECONDARY", logical="Standby")
    (tmp_path / "web.json").write_text(json.dumps(dns_.template, indent=1), encoding="utf-8")
    (tmp_path / "promises.yaml").write_text(PROMISES, encoding="utf-8")
    return tmp_path


def run(folder: Path, *words: str) -> Result:
    return CliRunner().invoke(
        app, [str(folder / word) if word.endswith((".json", ".yaml")) else word for word in words]
    )


def test_trace_prints_the_steps(folder: Path) -> None:
    done = run(folder, "trace", "web.json", "--name", "www.example.com", "--ill", "primary")
    assert done.exit_code == 0, done.output
    assert "primary: not chosen (ill)" in done.output
    assert "100 %  192.0.2.2, TTL 60" in done.output
    done = run(folder, "trace", "web.json", "--name", "nowhere.example.com", "--json")
    assert done.exit_code == 1
    assert json.loads(done.output)["queries"][0]["outcomes"][0]["status"] == "NXDOMAIN"
    assert run(folder, "trace", "web.json", "--name", "www.example.org").exit_code == 2


def test_prove_ends_with_the_worst_verdict(folder: Path) -> None:
    done = run(folder, "prove", "web.json", "--promises", "promises.yaml")
    assert done.exit_code == 0, done.output
    assert "HOLDS in time\n  takes 90 s: seen after 30 s" in done.output
    broken = PROMISES.replace("2 minutes", "1 minute")
    (folder / "promises.yaml").write_text(broken, encoding="utf-8")
    done = run(
        folder, "prove", "web.json", "--promises", "promises.yaml", "--json", "--sarif", str(folder / "log.sarif")
    )
    assert done.exit_code == 1
    found: list[dict[str, Any]] = json.loads(done.output)
    assert [one["verdict"] for one in found] == ["HOLDS", "FAILS"]
    assert found[1]["failover_time"] == {"seconds": 90, "seen": 30, "kept": 60}
    log = json.loads((folder / "log.sarif").read_text(encoding="utf-8"))
    result = log["runs"][0]["results"][1]
    where = result["locations"][0]["physicalLocation"]
    assert (result["ruleId"], result["level"]) == ("fails_over", "error")
    assert where["artifactLocation"]["uri"].endswith("web.json")
    line = (folder / "web.json").read_text(encoding="utf-8").splitlines()[where["region"]["startLine"] - 1]
    assert '"Standby"' in line


def test_show_prints_zones_checks_and_what_aws_refuses(folder: Path) -> None:
    done = run(folder, "show", "web.json")
    assert done.exit_code == 0, done.output
    assert "example.com (web/Zone, public zone)" in done.output
    assert "health check web/Check: looks at 192.0.2.1; a failure is seen after 30 s" in done.output
    shown = json.loads(run(folder, "show", "web.json", "--json").output)
    assert [record["policy"] for record in shown["zones"][0]["records"]] == ["failover primary", "failover secondary"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["trace", "nothing.json", "--name", "a.b"], "No such file or directory"),
        (["trace", "web.json", "--name", "a.b", "--source", "Vpc"], "no source is named 'Vpc'"),
        (["trace", "web.json", "--name", "a.b", "--country", "Germany"], "country must be two letters"),
        (["trace", "web.json", "--name", "a.b", "--coordinates", "here"], "--coordinates must be LATITUDE,LONGITUDE"),
        (["trace", "web.json", "--name", "a.b", "--ill", "x"], "nothing that may be ill is named 'x'"),
        (["prove", "web.json", "--promises", "web.json"], "unknown key 'Resources'"),
        (["show", "web.json", "--parameter", "x"], "--parameter must be STACK.NAME=VALUE"),
        (["serve", "web.json", "--client", "x"], "--client must be ADDRESS=SOURCE"),
        (["serve", "web.json", "--address", "Nothing=192.0.2.1"], "0 resources are named 'Nothing'"),
    ],
)
def test_bad_input_is_one_line_and_status_3(folder: Path, words: list[str], said: str) -> None:
    done = run(folder, *words)
    assert done.exit_code == 3, done.output
    assert done.output.startswith("error: ")
    assert said in done.output
    assert done.output.count("\n") == 1


def test_a_bad_promise_leaves_the_others_their_verdicts(folder: Path) -> None:
    (folder / "promises.yaml").write_text(PROMISES + "  - answers: {name: www.example.com}\n", encoding="utf-8")
    done = run(folder, "prove", "web.json", "--promises", "promises.yaml")
    assert done.exit_code == 3
    assert "HOLDS in time" in done.output
    assert "ERROR promise 3\n  answers needs values" in done.output


def test_serve_answers_and_is_switched_by_lines(folder: Path) -> None:
    command = [sys.executable, "-m", "patternkit", "dns", "serve", str(folder / "web.json"), "--port", "0", "--json"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=os.environ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            view = json.loads(process.stdout.readline())["views"][0]
            asking = dns.resolver.Resolver(configure=False)
            asking.nameservers, asking.port, asking.lifetime = [view["address"]], view["port"], 5
            assert asking.resolve("www.example.com")[0].to_text() == "192.0.2.1"
            process.stdin.write("ill primary\nill nonsense\n")
            process.stdin.flush()
            assert json.loads(process.stdout.readline()) == {"ill": ["primary"]}
            assert "nothing that may be ill" in json.loads(process.stdout.readline())["error"]
            assert asking.resolve("www.example.com")[0].to_text() == "192.0.2.2"
        finally:
            process.send_signal(signal.SIGINT)
        assert process.wait(timeout=20) == 130

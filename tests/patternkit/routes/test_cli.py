"""The command line: what it prints, and the four exit statuses."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from click.testing import CliRunner

from patternkit.routes.cli import app
from tests.patternkit.routes.test_mutants import endpoint_by_index, own_internet_gateway
from tests.patternkit.routes.topologies import Topology, inspection


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name, mutate in (("good", None), ("bad", own_internet_gateway), ("open", endpoint_by_index)):
        net: Topology = inspection()
        if mutate is not None:
            mutate(net)
        (tmp_path / f"{name}.json").write_text(json.dumps(net.template()))
    promises = "promises:\n  - same_az: {source: every spoke subnet, destination: internet}\n"
    (tmp_path / "promises.yaml").write_text(promises)
    toml = '[[promises]]\n[promises.no_bypass]\nsource = "every spoke subnet"\ndestination = "internet"\n'
    (tmp_path / "promises.toml").write_text(toml)
    return tmp_path


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, list(arguments))
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.output


@pytest.mark.usefixtures("folder")
def test_exit_statuses() -> None:
    assert run("prove", "good.json", "--promises", "promises.yaml")[0] == 0
    assert run("prove", "bad.json", "--promises", "promises.toml")[0] == 1
    assert run("prove", "open.json", "--promises", "promises.yaml")[0] == 2
    for wrong in (
        ["prove", "good.json", "--promises", "missing.yaml"],
        ["prove", "missing.json", "--promises", "promises.yaml"],
        ["prove", "good.json"],
        ["prove", "good.json", "--nonsense"],
        ["trace", "good.json", "--source", "S0a", "--destination", "S7b"],
        ["trace", "good.json", "--source", "S0a", "--destination", "S1a", "--port", "70000"],
        ["trace", "good.json", "--source", "S0a", "--destination", "S1a", "--parameter", "x"],
        ["show", "good.json", "--source", "S0a"],
    ):
        status, output = run(*wrong)
        assert status == 3, wrong
        assert "Traceback" not in output


@pytest.mark.usefixtures("folder")
def test_prove_prints_the_witness() -> None:
    _, output = run("prove", "bad.json", "--promises", "promises.toml")
    assert "FAILS no_bypass: every spoke subnet -> internet" in output
    assert "internet gateway bad/S1Igw: to the internet" in output


def test_prove_as_json_and_sarif(folder: Path) -> None:
    status, output = run("prove", "bad.json", "--promises", "promises.toml", "--json", "--sarif", "out.sarif")
    assert status == 1
    (proof,) = json.loads(output)
    assert proof["verdict"] == "FAILS"
    assert proof["witness"]["there"]["hops"][-1]["element"] == "bad/S1Igw"
    log = json.loads((folder / "out.sarif").read_text())
    (result,) = log["runs"][0]["results"]
    assert (log["version"], result["level"], result["kind"], result["ruleId"]) == (
        "2.1.0",
        "error",
        "fail",
        "no_bypass",
    )
    rules = log["runs"][0]["tool"]["driver"]["rules"]
    assert rules[result["ruleIndex"]]["id"] == "no_bypass"
    steps = result["codeFlows"][0]["threadFlows"][0]["locations"]
    names = [step["location"]["logicalLocations"][0]["fullyQualifiedName"] for step in steps]
    assert names[0] == "bad/S1a"
    assert "bad/S1Igw" in names


@pytest.mark.usefixtures("folder")
def test_trace() -> None:
    status, output = run("trace", "good.json", "--source", "S0a", "--destination", "internet", "--json")
    assert status == 0
    data = json.loads(output)
    assert data["verdict"] == "HOLDS"
    assert {hop["kind"] for hop in data["flows"][0]["there"]["hops"]} >= {"firewall endpoint", "NAT gateway"}


def test_show_prints_tables_and_draws(folder: Path) -> None:
    status, output = run("show", "good.json", "--svg", "net.svg", "--source", "S0a", "--destination", "internet")
    assert status == 0
    assert "good/SpokeTable" in output
    assert "0.0.0.0/0" in output
    root = ET.fromstring((folder / "net.svg").read_text())
    texts = {element.text for element in root.iter() if element.text}
    assert any(text.startswith("M ") for text in texts)
    tips = [element for element in root.iter() if element.get("marker-end")]
    assert len(tips) > 6
    plain = run("show", "good.json", "--svg", "plain.svg", "--json")
    assert json.loads(plain[1])["tables"][0]["table"] == "good/Tgw default route table"
    # Alike spokes are drawn once.
    assert ", and 1 alike" in (folder / "plain.svg").read_text()


def test_one_bad_promise_leaves_the_others_their_verdicts(folder: Path) -> None:
    (folder / "mixed.yaml").write_text(
        "promises:\n"
        "  - reaches: {source: S0a, destination: S1a, name: 1}\n"
        "  - isolated: {source: S0a, destination: S1a, name: apart}\n"
        "  - reaches: {source: S0a, destination: S9, port: 443}\n"
    )
    arguments = ["prove", "good.json", "--promises", "mixed.yaml"]
    status, output = run(*arguments, "--sarif", "out.sarif")
    assert status == 3
    assert "ERROR promise 1\n  name of reaches must be a text, got 1" in output
    assert "FAILS apart" in output
    assert "ERROR reaches: S0a -> S9, tcp 443\n  destination 'S9' is not in the network" in output
    status, output = run(*arguments, "--json")
    assert status == 3
    assert [answer["verdict"] for answer in json.loads(output)] == ["ERROR", "FAILS", "ERROR"]
    (log,) = json.loads((folder / "out.sarif").read_text())["runs"]
    assert [result["message"]["text"].split()[0] for result in log["results"]] == ["FAILS"]
    assert len(log["invocations"][0]["toolConfigurationNotifications"]) == 2

"""The lines of resources, by their identities and by the names that texts have of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from patternkit.resolving import StackSet
from patternkit.resolving.resource_lines import Lines, Spot
from patternkit.templates import StackSource, read_template

YAML = """\
Parameters:
  Vpc1: {Type: String}
Resources:
  Vpc: {Type: AWS::EC2::VPC, Metadata: {"aws:cdk:path": App/Vpc/Resource}}
  Fw:
    Type: AWS::NetworkFirewall::Firewall
  Vpn: {Type: AWS::EC2::VPNConnection}
Outputs:
  Vpc: {Value: x}
  Fw: {Value: y}
"""


@pytest.fixture
def lines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Lines:
    monkeypatch.chdir(tmp_path)
    Path("net.yaml").write_text(YAML)
    sources = [
        StackSource("Net", read_template(Path("net.yaml")), file=Path("net.yaml")),
        StackSource("Made", {"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}}),
    ]
    return Lines(StackSet(sources))


@pytest.mark.parametrize(
    ("identity", "line"),
    [
        ("⟨Net/Vpc⟩", 4),
        ("⟨Net/Vpc.main⟩", 4),
        ("⟨Net/Fw⟩", 5),
        ("⟨Net/Fw#0⟩", 5),
        ("⟨Net/Fw#12⟩", 5),
        ("⟨Net/Vpn.attachment⟩", 7),
        ("⟨Net/Vpn.attachment.routes⟩", 7),
        ("⟨Net/Vpc1⟩", None),
        ("⟨Net/Nothing⟩", None),
        ("⟨Made/Topic⟩", None),
        ("", None),
    ],
)
def test_the_line_of_an_element(lines: Lines, identity: str, line: int | None) -> None:
    assert lines.of_identity(identity) == (None if line is None else Spot("net.yaml", line))


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("it is lost: App/Vpc/Resource has no route", 4),
        ("Net/Vpc, which Net/Fw leads to", 4),
        ("Net/Fw, which Net/Vpc leads to", 5),
        ("of Made/Topic and (Net/Fw)", 5),
        ("by ⟨Net/Vpn⟩;", 7),
        ("'Net/Vpn': x", 7),
        ("Vpc", None),
        ("Net/Vpc1", None),
        ("", None),
    ],
)
def test_the_line_of_what_a_text_names(lines: Lines, text: str, line: int | None) -> None:
    assert lines.first_named(text) == (None if line is None else Spot("net.yaml", line))


@pytest.mark.parametrize(
    "text", ["Resources: [", "[1]", "", "Resources: text", "Resources: {Other: {}}", "Other: {Vpc: {}}"]
)
def test_what_has_no_lines(lines: Lines, text: str) -> None:
    """The file may have been written anew since it was read."""
    Path("net.yaml").write_text(text)
    assert lines.of_identity("⟨Net/Vpc⟩") is None


def test_a_file_is_read_once(lines: Lines) -> None:
    assert lines.of_identity("⟨Net/Vpc⟩") == Spot("net.yaml", 4)
    Path("net.yaml").write_text("")
    assert lines.of_identity("⟨Net/Fw⟩") == Spot("net.yaml", 5)

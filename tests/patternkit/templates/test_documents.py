"""JSON and YAML as they are read: the same values, and one line for what CloudFormation does not take."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
import yaml

from patternkit.templates import TemplateError, parse, read_text, yaml_documents
from patternkit.templates.documents import DEEPEST
from tests.conftest import ROOT

SNAPSHOTS = sorted((ROOT / "tests" / "patterns").rglob("snapshots/*agnostic*.json"))


class Short(yaml.SafeDumper):
    """Writes functions in their short forms."""


def _short(dumper: yaml.SafeDumper, value: dict[str, Any]) -> yaml.Node:
    if len(value) == 1:
        ((name, argument),) = value.items()
        tag = "!" + name.removeprefix("Fn::")
        if name == "Fn::GetAtt":
            return dumper.represent_scalar(tag, ".".join(argument))
        if name == "Ref" or name.startswith("Fn::"):
            if isinstance(argument, str):
                return dumper.represent_scalar(tag, argument)
            if isinstance(argument, list):
                return dumper.represent_sequence(tag, argument)
            return dumper.represent_mapping(tag, argument)
    return dumper.represent_mapping("tag:yaml.org,2002:map", value, flow_style=False)


Short.add_representer(dict, _short)
Short.ignore_aliases = lambda *_: True  # type: ignore[method-assign]


@pytest.mark.parametrize("path", SNAPSHOTS[::8], ids=lambda path: path.parent.parent.name)
def test_a_template_is_the_same_in_yaml_and_in_short_forms(path: Path) -> None:
    template = json.loads(path.read_text(encoding="utf-8"))
    assert parse(json.dumps(template), "t") == template
    assert parse(yaml.dump(template, Dumper=Short, sort_keys=False, width=10_000), "t") == template


@pytest.mark.parametrize("key", ["On", "off", "yes", "1", "0x10", "1.5", "2020-01-01", "~", "null", "1:30", "="])
def test_a_key_is_text(key: str) -> None:
    assert parse(f"Resources:\n  {key}: {{Type: A}}\n", "t") == {"Resources": {key: {"Type": "A"}}}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("on", True),
        ("No", False),
        ("~", None),
        ("", None),
        ("12", 12),
        ("-0x1F", -31),
        ("010", 8),
        ("0b11", 3),
        ("1_000", 1000),
        ("1:30", 90),
        ("1:30.5", 90.5),
        ("1.5e+3", 1500.0),
        (".", "."),
        ("012345678901", "012345678901"),
        ("2020-01-01", "2020-01-01"),
        ("'12'", "12"),
        ("!!str 12", "12"),
        ("!!int 12", 12),
        ("!!float 3", 3.0),
        ("!Ref On", {"Ref": "On"}),
        ("!GetAtt A.B.C", {"Fn::GetAtt": ["A", "B.C"]}),
        ("!GetAtt [A, B]", {"Fn::GetAtt": ["A", "B"]}),
        ("!Sub [x, {a: !Ref B}]", {"Fn::Sub": ["x", {"a": {"Ref": "B"}}]}),
        ("!Condition C", {"Condition": "C"}),
        ("!Transform {Name: M}", {"Fn::Transform": {"Name": "M"}}),
        ("&anchor text", "text"),
    ],
)
def test_yaml_values(text: str, value: Any) -> None:
    found = parse(f"a: {text}", "t")["a"]
    assert found == value
    assert type(found) is type(value)


LAUGHS = "a0: &-a0 [x, x]\n" + "".join(f"a{i}: &-a{i} [*-a{i - 1}, *-a{i - 1}]\n" for i in range(1, 40))
REFUSED = {
    "lists in JSON": ("[" * 100_000, "nested too deeply"),
    "mappings in JSON": ('{"a":' * 100_000, "nested too deeply"),
    "one level too many": ("[" * (DEEPEST + 1) + "]" * (DEEPEST + 1), "nested too deeply"),
    "lists in YAML": ("a: " + "[" * 100_000, "nested too deeply"),
    "mappings in YAML": ("a: " + "{a: " * 100_000, "nested too deeply"),
    "dashes": ("- " * 100_000, "nested too deeply"),
    "indented dashes": ("".join(" " * level + "-\n" for level in range(2_000)), "nested too deeply"),
    "aliases that multiply": (LAUGHS, "YAML aliases"),
    "an alias": ("a: &a [1]\nb: *a\n", "YAML aliases"),
    "an alias as a key": ("a: &a b\n*a : 1\n", "YAML aliases"),
    "an alias in a flow": ("a: &1 b\nc: [*1]", "YAML aliases"),
    "a merge key": ("a: {<<: {b: c}}", "merge keys"),
    "a key twice": ('{"a": 1, "a": 2}', "the key 'a' is there twice"),
    "a key twice in YAML": ("a: 1\na: 2", "the key 'a' is there twice"),
    "a key twice, once quoted": ("1: 1\n'1': 2", "the key '1' is there twice"),
    "many keys, one twice": ("{" + "".join(f'"k{n}":1,' for n in range(50_000)) + '"k49999":1}', "is there twice"),
    "a list as a key": ("? [a]\n: b", "a key is not a text"),
    "a short form as a key": ("!Ref a: b", "a key is not a text"),
    "binary": ("a: !!binary YQ==", "YAML tag"),
    "a set": ("a: !!set {b}", "YAML tag"),
    "a timestamp": ("a: !!timestamp 2020-01-01", "YAML tag"),
    "an object of Python": ("a: !!python/object/apply:os.getcwd []", "YAML tag"),
    "no truth value": ("a: !!bool abc", "'abc' is no bool"),
    "no integer": ("a: !!int ''", "'' is no int"),
    "two documents": ("a: 1\n---\nb: 2", "more than one YAML document"),
    "digits without end in JSON": ("[" + "1" * 1_000_000 + "]", "too many digits"),
    "digits without end in YAML": ("a: " + "1" * 1_000_000, "too many digits"),
    "sixties without end": ("a: 1" + ":1" * 500_000, "too many digits"),
    "hexadecimal without end": ("a: 0x" + "f" * 1_000_000, "too many digits"),
    "too large": ("[1e999]", "'1e999' is too large"),
    "NaN": ("[NaN]", "NaN"),
    "Infinity": ("[-Infinity]", "-Infinity"),
    "YAML's infinity": ("a: -.inf", "'-.inf' is no number"),
    "YAML's NaN": ("a: .NaN", "'.NaN' is no number"),
    "half a character": ('["\\ud800"]', "half a character"),
    "half a character as a key": ('{"\\udc00": 1}', "half a character"),
    "half a character in YAML": ('a: "\\ud800"', "invalid Unicode"),
    "a control character": ("a: \x07", "control characters"),
    "a null byte": ("a: \0", "control characters"),
    "half a file": ('{"Resources": {"A": ', "neither JSON nor YAML"),
    "a line break in a key": ('{"a\\nb": 1, "a\\nb": 2}', "is there twice"),
}


@pytest.mark.parametrize(("text", "words"), REFUSED.values(), ids=REFUSED)
def test_what_is_refused_is_one_line_in_bounded_time(text: str, words: str) -> None:
    used = time.process_time()
    with pytest.raises(TemplateError) as raised:
        parse(text, "file")
    assert time.process_time() - used < 5
    message = str(raised.value)
    assert words in message
    assert len(message.splitlines()) == 1
    assert len(message) < 250
    message.encode()


def test_a_whole_pair_of_surrogates_is_a_character() -> None:
    assert parse('["\\ud83d\\ude00"]', "t") == ["😀"]


def test_values_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(yaml_documents, "_MOST_EVENTS", 1_000)
    with pytest.raises(TemplateError, match="more than 1,000 values"):
        parse("a: [" + "[]," * 600 + "]", "t")


@pytest.mark.parametrize(
    "text", ["[" * 4_000_000, "a: " + "[" * 4_000_000, LAUGHS], ids=["JSON", "YAML", "aliases that multiply"]
)
def test_the_process_lives_in_little_memory(tmp_path: Path, text: str) -> None:
    """In a process of its own: it may be killed, or take what the machine has."""
    file = tmp_path / "damaged"
    file.write_text(text)
    program = (
        "import resource, sys; resource.setrlimit(resource.RLIMIT_AS, (2**30, 2**30))\n"
        "from pathlib import Path; from patternkit.templates import *\n"
        "try: parse(read_text(Path(sys.argv[1])), 'it')\nexcept TemplateError as error: print(error)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(file)], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert len(done.stdout.splitlines()) == 1


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"\xff\xfea\0", "it is UTF-16"),
        (b"\xfe\xff\0a", "it is UTF-16"),
        (b"\xff\xfe\0\0a\0\0\0", "it is UTF-32"),
        (b"a: \xe4", "not a text file in UTF-8: byte 4 is not"),
        (b" " * (4 * 1024 * 1024 + 1), "CloudFormation takes templates of at most 1 MB"),
    ],
    ids=["UTF-16 LE", "UTF-16 BE", "UTF-32", "Latin 1", "too large"],
)
def test_files_that_are_not_read(tmp_path: Path, data: bytes, words: str) -> None:
    (tmp_path / "t").write_bytes(data)
    with pytest.raises(TemplateError, match=words):
        read_text(tmp_path / "t")


def test_a_byte_order_mark_is_no_text(tmp_path: Path) -> None:
    (tmp_path / "t").write_bytes(b'\xef\xbb\xbf{"a": 1}')
    assert parse(read_text(tmp_path / "t"), "t") == {"a": 1}


@pytest.mark.parametrize("name", ["none", ".", "/dev/zero", "a\0b"])
def test_what_is_no_file(tmp_path: Path, name: str) -> None:
    with pytest.raises(TemplateError, match="cannot be read: "):
        read_text(Path(f"{tmp_path}/{name}") if name[0] != "/" else Path(name))

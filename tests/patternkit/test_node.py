"""The Node.js that jsii runs on: what is said when there is none that will do."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from patternkit import node
from patternkit.errors import MissingExtra
from patternkit.node import NodeError, check_node

CACHE = "JSII_RUNTIME_PACKAGE_CACHE"


def fake(folder: Path, script: str) -> str:
    path = folder / "node"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return str(path)


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("echo v16.20.2", "the CDK needs Node.js 22 or newer, got v16.20.2 at {node}: pip install '{package}[node]'"),
        ("echo v9.0.0-nightly", "the CDK needs Node.js 22 or newer, got v9.0.0-nightly at {node}: pip install"),
        ("echo broken >&2; exit 127", "the Node.js at {node} does not run: broken: pip install '{package}[node]'"),
        ("exit 3", "the Node.js at {node} does not run: exit status 3: pip install"),
        ("echo v22.1.0; exit 1", "the Node.js at {node} does not run: v22.1.0: pip install"),
    ],
)
def test_a_node_that_will_not_do_is_one_line(
    script: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JSII_NODE", path := fake(tmp_path, script))
    with pytest.raises(NodeError, match=re.escape(said.format(node=path, package="cdk-pattern-catalog"))) as error:
        check_node()
    assert "\n" not in str(error.value)


def test_the_oldest_that_will_do_is_taken_without_a_word(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JSII_NODE", fake(tmp_path, "echo v20.0.0"))
    check_node()


def test_no_node_at_all_is_told_with_both_ways_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("JSII_NODE", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(MissingExtra, match=r"pip install 'cdk-pattern-catalog\[node\]', or install Node\.js 22"):
        check_node()
    monkeypatch.setenv("JSII_NODE", str(tmp_path / "none"))
    with pytest.raises(NodeError, match=r"^JSII_NODE must be a Node\.js that runs, got .*/none$"):
        check_node()


def test_a_cache_that_cannot_be_written_is_gone_without(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in (CACHE, f"{CACHE}_ROOT"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    node._go_without_a_cache_that_cannot_be_written()
    assert (CACHE in os.environ, capsys.readouterr().err) == (False, "")
    (tmp_path / "file").touch()
    for home in ("/proc/nobody", str(tmp_path / "file")):
        monkeypatch.setenv("HOME", home)
        monkeypatch.delenv(CACHE, raising=False)
        node._go_without_a_cache_that_cannot_be_written()
        assert os.environ[CACHE] == "disabled"
        said = capsys.readouterr().err
        assert re.fullmatch(rf"note: {home}/\S+ cannot be written: the CDK starts some seconds later each time\n", said)
    # What the user has chosen stays.
    monkeypatch.setenv(CACHE, "enabled")
    node._go_without_a_cache_that_cannot_be_written()
    assert (os.environ[CACHE], capsys.readouterr().err) == ("enabled", "")


GROWS = "const memory = new WebAssembly.Memory({initial: 1}); for (let i = 0; i < 200; i++) memory.grow(16)"


def collections() -> int:
    """How often Node collects garbage while WebAssembly takes 200 MB in 200 steps."""
    path = node.packaged_node()
    assert path
    done = subprocess.run([path, "--trace-gc", "-e", GROWS], capture_output=True, text=True, check=True, timeout=60)
    return done.stdout.count("Mark-Compact")


def test_the_cdks_validation_does_not_collect_garbage_whenever_it_takes_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("JSII_NODE", raising=False)
    monkeypatch.delenv("NODE_OPTIONS", raising=False)
    without = collections()
    # Where it is installed is the user's matter.
    folder = tmp_path / 'of "theirs" \\ and ours'
    folder.mkdir()
    shutil.copy(Path(node.__file__).with_name("node_flags.cjs"), folder)
    monkeypatch.setattr(node, "__file__", str(folder / "node.py"))
    monkeypatch.setenv("NODE_OPTIONS", "--no-warnings")
    node.use_packaged_node()
    node.use_packaged_node()
    assert os.environ["NODE_OPTIONS"].count("--require") == 1
    assert os.environ["NODE_OPTIONS"].startswith("--no-warnings ")
    assert collections() < without / 10


@pytest.mark.parametrize("script", ["console.log(process.env.TMPDIR)", "console.log(require('os').tmpdir())"])
def test_node_keeps_its_temporary_folders_where_the_plugin_says(
    script: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    node.use_packaged_node()
    monkeypatch.setenv("PATTERNKIT_NODE_TMPDIR", str(tmp_path))
    said = subprocess.run([node.packaged_node() or "", "-e", script], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == str(tmp_path)

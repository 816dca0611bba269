"""Handlers are built for the Lambda platform without Docker, once, the same on any machine, and not for unit tests."""

import functools
import os
import shutil
import signal
import stat
import subprocess
import sys
import sysconfig
import threading
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import aws_cdk as cdk
import pytest
from aws_cdk import aws_lambda as lambda_

from patternkit.catalog.application import add_example
from patternkit.catalog.discovery import find, patterns
from patternkit.testing.synthesis import synthesize
from patterns.building_blocks import python_code as subject
from patterns.building_blocks.lambda_function import PYTHON
from patterns.building_blocks.python_code import HandlerBuildError, python_code
from tests.conftest import ROOT, context

ARM64, X86_64 = lambda_.Architecture.ARM_64, lambda_.Architecture.X86_64
NO_HASH = "pillow==12.0.0\n"
NOWHERE = f"no-such-package-at-all==1.0 --hash=sha256:{'0' * 64}\n"


@pytest.fixture(autouse=True)
def _cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    # What is not in uv's cache is not there: only the one test of a whole build may ask a registry.
    monkeypatch.setenv("UV_OFFLINE", "1")
    build = subject._build
    build.cache_clear()
    yield
    build.cache_clear()


@pytest.fixture
def handler(tmp_path: Path) -> Path:
    return write_handler(tmp_path / "handler")


def write_handler(folder: Path, requirements: str | None = None) -> Path:
    (folder / "package").mkdir(parents=True)
    (folder / "package" / "__init__.py").write_text("")
    (folder / "package" / "index.py").write_text("def handler(event, context): ...\n")
    if requirements is not None:
        (folder / "requirements.txt").write_text(requirements)
    return folder


def builds(*, local: bool = False) -> cdk.Stack:
    """A stack whose handlers are built."""
    extra = {subject.PLATFORM_CONTEXT: "local"} if local else {}
    return cdk.Stack(cdk.App(context={**context(), **extra}), "Builds")


def asset_hash(
    scope: cdk.Stack,
    handler: Path,
    *,
    runtime: lambda_.Runtime = PYTHON,
    architecture: lambda_.Architecture = ARM64,
) -> str:
    code = python_code(scope, handler, runtime=runtime, architecture=architecture)
    location = code.bind(cdk.Stack(cdk.App(), "Bound")).s3_location
    assert location is not None
    return location.object_key.removesuffix(".zip")


def built_archives(tmp_path: Path) -> list[Path]:
    return list((tmp_path / "cache" / "cdk-pattern-catalog" / "handlers").iterdir())


def files(archive: Path) -> list[str]:
    return zipfile.ZipFile(archive).namelist()


def test_the_same_inputs_have_the_same_hash_wherever_they_are(scope: cdk.Stack, handler: Path, tmp_path: Path) -> None:
    elsewhere = write_handler(tmp_path / "another" / "place")
    os.utime(elsewhere / "package" / "index.py", (1, 1))
    (elsewhere / "package" / "index.py").chmod(0o600)
    assert asset_hash(scope, handler) == asset_hash(scope, elsewhere)


@pytest.mark.parametrize("is_there", [False, True])
def test_where_no_cache_can_be_written_it_is_built_all_the_same(
    handler: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, is_there: bool
) -> None:
    kept = asset_hash(builds(), handler)
    subject._build.cache_clear()
    (tmp_path / "a-file").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / ("another" if is_there else "a-file")))
    # A superuser, as in a container, may write everywhere.
    monkeypatch.setattr(os, "access", lambda *_: False)
    assert asset_hash(builds(), handler) == kept
    assert not [one for one in (tmp_path / "another").rglob("*") if one.is_file()]


def edit_source(handler: Path) -> None:
    (handler / "package" / "index.py").write_text("def handler(event, context): return 1\n")


def rename_source(handler: Path) -> None:
    (handler / "package" / "index.py").rename(handler / "package" / "other.py")


def move_a_byte_between_files(handler: Path) -> None:
    text = (handler / "package" / "index.py").read_text()
    (handler / "package" / "__init__.py").write_text(text[0])
    (handler / "package" / "index.py").write_text(text[1:])


def add_requirements(handler: Path) -> None:
    (handler / "requirements.txt").write_text(NOWHERE)


@pytest.mark.parametrize("change", [edit_source, rename_source, move_a_byte_between_files, add_requirements])
def test_a_change_of_what_goes_in_changes_the_hash(
    scope: cdk.Stack, handler: Path, change: Callable[[Path], None]
) -> None:
    before = asset_hash(scope, handler)
    change(handler)
    assert asset_hash(scope, handler) != before


def test_a_change_of_the_platform_changes_the_hash(scope: cdk.Stack, handler: Path) -> None:
    hashes = [
        asset_hash(scope, handler),
        asset_hash(scope, handler, architecture=X86_64),
        asset_hash(scope, handler, runtime=lambda_.Runtime.PYTHON_3_13),
        asset_hash(builds(local=True), handler),
    ]
    assert len(set(hashes)) == len(hashes)


def test_what_is_no_code_does_not_change_the_hash_and_is_not_built(handler: Path, tmp_path: Path) -> None:
    before = asset_hash(builds(), handler)
    shutil.rmtree(tmp_path / "cache")
    subject._build.cache_clear()
    (handler / "package" / "__pycache__").mkdir()
    (handler / "package" / "__pycache__" / "index.cpython-314.pyc").write_bytes(b"\0")
    (handler / ".DS_Store").write_bytes(b"\0")
    (handler / "requirements.in").write_text("pillow\n")
    assert asset_hash(builds(), handler) == before
    [built] = built_archives(tmp_path)
    assert built.stem == subject._digest(handler, "3.14", "aarch64-manylinux_2_28")
    assert files(built) == ["package/__init__.py", "package/index.py"]


def test_the_archive_can_be_read_by_lambda_and_is_the_same_byte_for_byte(handler: Path, tmp_path: Path) -> None:
    before = os.umask(0o077)
    try:
        asset_hash(builds(), handler)
        [built] = built_archives(tmp_path)
        first = built.read_bytes()
        for entry in zipfile.ZipFile(built).infolist():
            assert stat.S_IMODE(entry.external_attr >> 16) == 0o644
        built.unlink()
        os.utime(handler / "package" / "index.py", (1, 1))
        os.umask(0o022)
        subject._build.cache_clear()
        asset_hash(builds(), handler)
        assert built.read_bytes() == first
    finally:
        os.umask(before)


def test_a_build_is_made_once(handler: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asset_hash(builds(), handler)
    [built] = built_archives(tmp_path)
    written = built.stat().st_mtime_ns
    subject._build.cache_clear()
    monkeypatch.setattr(shutil, "copyfile", None)
    asset_hash(builds(), handler)
    assert built.stat().st_mtime_ns == written


@pytest.mark.parametrize(
    ("requirements", "why"),
    [
        (NO_HASH, "In `--require-hashes` mode, all requirements must have a hash"),
        (NOWHERE, "no-such-package-at-all"),
        ("pillow>=12\n", "In `--require-hashes` mode, all requirements must have their versions pinned with `==`"),
    ],
)
def test_what_cannot_be_installed_is_one_line(tmp_path: Path, requirements: str, why: str) -> None:
    handler = write_handler(tmp_path / "handler", requirements)
    with pytest.raises(HandlerBuildError) as raised:
        asset_hash(builds(), handler)
    said = str(raised.value)
    assert said.startswith(f"{handler}/requirements.txt: cannot install for Python 3.14, aarch64-manylinux_2_28: ")
    assert why in said
    assert "\n" not in said
    assert built_archives(tmp_path) == []


def test_an_interrupted_build_is_not_taken_for_a_whole_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    handler = write_handler(tmp_path / "handler", NOWHERE)

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(subject, "_install", interrupt)
    with pytest.raises(KeyboardInterrupt):
        asset_hash(builds(), handler)
    assert built_archives(tmp_path) == []


KILLED = """
import os, signal, sys
from pathlib import Path
from patterns.building_blocks import python_code

def install(requirements, target, *_):
    (target / "half").touch()
    os.kill(os.getpid(), signal.SIGKILL)

python_code._install = install
python_code._build(Path(sys.argv[1]), "3.14", None, "digest")
"""


def test_a_killed_build_is_not_taken_for_a_whole_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    handler = write_handler(tmp_path / "handler", NOWHERE)
    done = subprocess.run([sys.executable, "-c", KILLED, str(handler)], cwd=ROOT, check=False)
    assert done.returncode == -signal.SIGKILL
    assert not (tmp_path / "cache" / "cdk-pattern-catalog" / "handlers" / "digest.zip").exists()
    monkeypatch.setattr(subject, "_install", lambda _requirements, target, *_: (target / "whole").touch())
    built = subject._build(handler, "3.14", None, "digest")
    assert "whole" in files(built)
    assert "half" not in files(built)


def test_parallel_builds_do_not_meet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    handler = write_handler(tmp_path / "handler", NOWHERE)
    together = threading.Barrier(3, timeout=30)

    def install(_requirements: Path, target: Path, *_: object) -> None:
        (target / f"by-{threading.get_ident()}").touch()
        together.wait()

    monkeypatch.setattr(subject, "_install", install)
    results: list[Path] = []
    # Past the cache of this process: as three processes would.
    build = subject._build.__wrapped__
    threads = [
        threading.Thread(target=lambda: results.append(build(handler, "3.14", None, "digest"))) for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(results) == 3
    assert len(set(results)) == 1
    assert built_archives(tmp_path) == [results[0]]
    assert len([name for name in files(results[0]) if name.startswith("by-")]) == 1


def test_unit_tests_build_nothing_and_ask_nobody(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a unit test builds")

    # The CDK's own Node process is started by the first construct of a process, whichever test that is in.
    cdk.App()
    for module, name in ((subject, "_build"), (subprocess, "run"), (subprocess, "Popen")):
        monkeypatch.setattr(module, name, refuse)
    functions = 0
    for pattern in patterns().values():
        made = synthesize(functools.partial(add_example, pattern=pattern, options={}), context=context())
        functions += len(made.resources("AWS::Lambda::Function"))
    assert functions
    assert not (tmp_path / "cache").exists()


def machine(library: Path) -> int:
    header = library.read_bytes()[:20]
    assert header[:4] == b"\x7fELF"
    return int.from_bytes(header[18:20], "little")


def test_a_whole_build_is_for_lambda_and_the_same_anywhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("UV_OFFLINE")
    monkeypatch.setenv("UV_COMPILE_BYTECODE", "1")
    pattern = find("thumbnailer")
    built_templates = synthesize(
        lambda app: add_example(app, pattern, {}), context=context(), build_assets=True, directory=tmp_path / "out"
    )
    [archive] = built_archives(tmp_path)
    built = tmp_path / "unpacked"
    zipfile.ZipFile(archive).extractall(built)
    for package in ("PIL", "aws_lambda_powertools", "thumbnailer"):
        assert (built / package / "__init__.py").is_file()
    libraries = list(built.rglob("*.so"))
    assert libraries
    assert {machine(library) for library in libraries} == {183}, "183 is EM_AARCH64"
    assert {library.name.split(".")[1] for library in libraries if ".cpython-" in library.name} == {
        "cpython-314-aarch64-linux-gnu"
    }
    assert not (built / "bin").exists()
    assert not list(built.rglob("__pycache__"))
    here = (tmp_path, ROOT, Path(sys.prefix), Path(sysconfig.get_path("stdlib")), Path.home() / ".cache")
    ours = {str(one).encode() for one in here}
    for path in built.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert not [one for one in ours if one in content], path
    # What is tested without a build is what is deployed with one.
    unbuilt = synthesize(lambda app: add_example(app, pattern, {}), context=context())
    assert unbuilt.template == built_templates.template
    # And once more, from nothing: byte for byte.
    first = archive.read_bytes()
    archive.unlink()
    subject._build.cache_clear()
    again = subject._build(pattern.folder / "handler", "3.14", "aarch64-manylinux_2_28", archive.stem)
    assert (again, again.read_bytes() == first) == (archive, True)


def test_uv_takes_nothing_from_the_callers_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = tmp_path / "seen"
    uv = tmp_path / "uv"
    uv.write_text(f"#!/bin/sh\nenv > {seen}\nexit 3\n")
    uv.chmod(0o755)
    monkeypatch.setattr("uv.find_uv_bin", lambda: str(uv))
    monkeypatch.setenv("VIRTUAL_ENV", "/somewhere")
    monkeypatch.setenv("UV_SYSTEM_PYTHON", "1")
    monkeypatch.setenv("UV_COMPILE_BYTECODE", "1")
    with pytest.raises(HandlerBuildError, match=r"this machine: uv exited with 3$"):
        asset_hash(builds(local=True), write_handler(tmp_path / "handler", NOWHERE))
    names = {line.partition("=")[0] for line in seen.read_text().splitlines()}
    assert "UV_PYTHON" in names
    assert not names & {"VIRTUAL_ENV", "UV_SYSTEM_PYTHON", "UV_COMPILE_BYTECODE"}

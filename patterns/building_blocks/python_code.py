"""Lambda code in Python, built for the Lambda platform without Docker.

A handler's folder holds its sources and a `requirements.txt` whose every line is pinned and hashed. The asset's hash is
that of what goes in (sources, requirements, platform), so it is the same on any machine, and a template can be
synthesized and tested without building anything: CDK's own `aws:cdk:bundling-stacks` context says whether to build.
"""

import functools
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

from aws_cdk import AssetHashType, Stack
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_s3_assets as s3_assets
from constructs import Construct

PLATFORM_CONTEXT = "patterns:handler-platform"
"""Context key: "lambda" (the default) builds for AWS; "local" builds for this interpreter and processor."""

# Amazon Linux 2023, which Python 3.12 and later run on, has glibc 2.34; wheels for 2.28 and older run there.
_PLATFORMS = {"arm64": "aarch64-manylinux_2_28", "x86_64": "x86_64-manylinux_2_28"}
_NOT_CODE = {"__pycache__", ".DS_Store", "requirements.in"}


class HandlerBuildError(Exception):
    """A handler's dependencies could not be installed; the message says which and why."""


def python_code(
    scope: Construct, directory: Path, *, runtime: lambda_.Runtime, architecture: lambda_.Architecture
) -> lambda_.Code:
    """Make Lambda code of a folder, with the dependencies that its `requirements.txt` names.

    Args:
        scope: Any construct of the stack that the code goes into.
        directory: The folder. Its `requirements.txt`, where there is one, must pin every package with hashes.
        runtime: The Python runtime to build for.
        architecture: The processor to build for.

    Returns:
        The code.

    Raises:
        HandlerBuildError: If a dependency cannot be installed for the platform.
    """
    if scope.node.try_get_context(PLATFORM_CONTEXT) == "local":
        version, platform = f"{sys.version_info.major}.{sys.version_info.minor}", None
    else:
        version, platform = runtime.name.removeprefix("python"), _PLATFORMS[architecture.name]
    digest = _digest(directory, version, platform or f"local {sys.platform} {os.uname().machine}")
    built = _build(directory, version, platform, digest) if Stack.of(scope).bundling_required else directory
    return lambda_.Code.from_asset(
        str(built),
        asset_hash=digest,
        asset_hash_type=AssetHashType.CUSTOM,
        exclude=[f"**/{n}" for n in sorted(_NOT_CODE)],
    )


def python_archive(
    scope: Construct, construct_id: str, directory: Path, *, python: str, platform: str
) -> s3_assets.Asset:
    """Make an archive of a folder with what its `requirements.txt` names, for what is no function.

    Args:
        scope: Parent construct.
        construct_id: Construct id.
        directory: The folder. Its `requirements.txt` must pin every package with hashes.
        python: The version of Python, such as "3.11".
        platform: The platform, as uv names it, such as "aarch64-manylinux_2_31".

    Returns:
        The asset: a zip file, in which no file is executable.

    Raises:
        HandlerBuildError: If a dependency cannot be installed for the platform.
    """
    digest = _digest(directory, python, platform)
    built = _build(directory, python, platform, digest) if Stack.of(scope).bundling_required else directory
    return s3_assets.Asset(
        scope, construct_id, path=str(built), asset_hash=digest, asset_hash_type=AssetHashType.CUSTOM
    )


def _sources(directory: Path) -> Iterator[Path]:
    for path in sorted(directory.rglob("*")):
        if path.is_file() and not _NOT_CODE.intersection(path.relative_to(directory).parts):
            yield path


def _digest(directory: Path, version: str, platform: str) -> str:
    digest = hashlib.sha256(f"python {version} {platform}".encode())
    for path in _sources(directory):
        content = path.read_bytes()
        digest.update(f"\0{path.relative_to(directory).as_posix()}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()


@functools.cache
def _build(directory: Path, version: str, platform: str | None, digest: str) -> Path:
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "cdk-pattern-catalog" / "handlers"
    # An archive, because CDK copies the asset into the assembly at each synthesis: a thousand files of Pillow and
    # Powertools took a second, one file takes none.
    built = cache / f"{digest}.zip"
    if built.is_file():
        return built
    if not _is_writable(cache):
        # Built anew by each process.
        cache = Path(_temporary().name)
        built = cache / built.name
    # Built aside and renamed, so that neither an interrupted build nor a parallel one is ever taken for a whole one.
    with tempfile.TemporaryDirectory(dir=cache, prefix="building-") as aside:
        target = Path(aside) / "handler"
        for source in _sources(directory):
            copy = target / source.relative_to(directory)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, copy)
        if (directory / "requirements.txt").exists():
            _install(directory / "requirements.txt", target, version, platform)
        archive = Path(aside) / "handler.zip"
        _zip(target, archive)
        archive.replace(built)
    return built


def _is_writable(cache: Path) -> bool:
    """Whether it can be made and written: a home may not be there, be read only, or be another user's."""
    try:
        cache.mkdir(parents=True, exist_ok=True)
    except OSError:
        return False
    return os.access(cache, os.W_OK)


@functools.cache
def _temporary() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="cdk-pattern-catalog-")


def _zip(folder: Path, archive: Path) -> None:
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as zipped:
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            # Whatever this machine's clock, owner and umask: Lambda's user must be able to read it.
            entry = zipfile.ZipInfo(path.relative_to(folder).as_posix(), (1980, 1, 1, 0, 0, 0))
            entry.create_system, entry.external_attr = 3, 0o100644 << 16
            zipped.writestr(entry, path.read_bytes(), zipfile.ZIP_DEFLATED)


def _install(requirements: Path, target: Path, version: str, platform: str | None) -> None:
    from uv import find_uv_bin

    command = [
        find_uv_bin(), "pip", "install", "--quiet", "--no-config", "--require-hashes", "--no-deps",
        "--only-binary", ":all:", "--link-mode", "copy", "--python-version", version,
        "--target", str(target), "--requirement", str(requirements),
    ]  # fmt: skip
    if platform:
        command += ["--python-platform", platform]
    # With these, uv would take the caller's own Python for the handler's, or leave bytecode with this machine's paths.
    foreign = {"VIRTUAL_ENV", "UV_SYSTEM_PYTHON", "UV_COMPILE_BYTECODE"}
    environment = {k: v for k, v in os.environ.items() if k not in foreign}
    environment["UV_PYTHON"] = sys.executable
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    if done.returncode:
        why = " ".join(done.stderr.split()) or f"uv exited with {done.returncode}"
        raise HandlerBuildError(
            f"{requirements}: cannot install for Python {version}, {platform or 'this machine'}: {why}"
        )
    # Console scripts carry this machine's path, and nothing in Lambda runs them.
    shutil.rmtree(target / "bin", ignore_errors=True)

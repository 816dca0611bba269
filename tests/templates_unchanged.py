"""Compare the templates of every pattern's example and every example application with those of another commit.

`make templates-unchanged FROM=main` synthesizes all of them here and there, in a stack for anywhere and in one for an
account and Region, and names each resource and property that differs. Those of a commit are kept in `build/templates`.
"""

import argparse
import io
import json
import os
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
KEPT = ROOT / "build" / "templates"
ENVIRONMENTS = {"agnostic": None, "concrete": ("111122223333", "eu-west-1")}

Templates = Mapping[str, Any]


def main() -> int:
    """Compare, and print what differs.

    Returns:
        The exit status: 1 if a template differs.
    """
    parser = argparse.ArgumentParser(prog="make templates-unchanged", description="Compare all templates.")
    parser.add_argument("commit", help="the commit to compare with: a branch, a tag, an id")
    parser.add_argument("--only", default="", help="patterns and applications whose name has this in it")
    given = parser.parse_args()
    there, here = templates_of(given.commit, given.only), synthesized(ROOT, given.only)
    lines = list(differences(there, here))
    for line in lines:
        print(line)
    print(
        f"{len(here)} templates here, {len(there)} in {given.commit}: {len({one.split()[1] for one in lines})} differ"
    )
    return 1 if lines else 0


def differences(before: Templates, after: Templates) -> Iterator[str]:
    """Name what differs between two sets of templates.

    Args:
        before: The templates of the commit, by name.
        after: The templates of this folder, by name.

    Yields:
        Lines as `~ thumbnailer.agnostic.Thumbnailer Resources.Bucket...: ... -> ...`.
    """
    from patternkit.testing.snapshots import differences as within
    from patternkit.testing.snapshots import normalized

    for name in sorted(before.keys() | after.keys()):
        if name not in after:
            yield f"- {name} is not made any more"
        elif name not in before:
            yield f"+ {name} is new"
        else:
            for line in within(normalized(before[name]), normalized(after[name])):
                yield f"{line[0]} {name} {line[2:]}"


def templates_of(commit: str, only: str = "") -> Templates:
    """Synthesize the templates of a commit, or take those that were kept.

    Args:
        commit: The commit.
        only: Patterns and applications whose name has this in it. Default: all.

    Returns:
        The templates by name.
    """
    sha = subprocess.run(
        ["git", "rev-parse", "--verify", "--quiet", f"{commit}^{{commit}}"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    ).stdout.strip()
    if not sha:
        sys.exit(f"FROM must be a commit of this repository, got {commit}")
    kept = KEPT / f"{sha}{f'-{only}' if only else ''}.json"
    if kept.is_file():
        held: Templates = json.loads(kept.read_text(encoding="utf-8"))
        return held
    with tempfile.TemporaryDirectory(prefix="templates-") as folder:
        archive = subprocess.run(["git", "archive", sha], cwd=ROOT, stdout=subprocess.PIPE, check=True).stdout
        with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
            tar.extractall(folder, filter="data")
        made = synthesized(Path(folder), only)
    kept.parent.mkdir(parents=True, exist_ok=True)
    kept.write_text(json.dumps(made), encoding="utf-8")
    return made


def synthesized(folder: Path, only: str = "") -> Templates:
    """Synthesize everything that a folder's own packages hold, in a process of its own.

    Args:
        folder: A working tree of this repository, of any commit.
        only: Patterns and applications whose name has this in it. Default: all.

    Returns:
        The templates by name.
    """
    # The folder's own packages, and not those that are installed.
    env = os.environ | {"PYTHONPATH": str(folder)}
    with tempfile.TemporaryDirectory(prefix="templates-") as out:
        file = Path(out) / "templates.json"
        command = [sys.executable, str(Path(__file__)), "--synthesize", str(file), only]
        if subprocess.run(command, cwd=folder, env=env, check=False).returncode:
            sys.exit(f"{folder} could not be synthesized: see above")
        made: Templates = json.loads(file.read_text(encoding="utf-8"))
    return made


def _synthesize(file: Path, only: str) -> None:
    # Runs in the other commit's tree, with its packages: only what every commit has may be used here.
    import aws_cdk as cdk

    from patternkit.catalog.application import add_example
    from patternkit.catalog.applications import applications
    from patternkit.catalog.discovery import patterns

    context = json.loads(Path("cdk.json").read_text(encoding="utf-8"))["context"]
    made: dict[str, Any] = {}
    with tempfile.TemporaryDirectory(prefix="assembly-") as out:
        for name in [*patterns(), *applications()]:
            if only not in name:
                continue
            for environment, place in ENVIRONMENTS.items():
                settings = {"aws:cdk:bundling-stacks": [], "@aws-cdk/core:failSynthOnValidationErrors": False}
                outdir = Path(out) / f"{name}.{environment}"
                app = cdk.App(context={**context, **settings}, outdir=str(outdir), analytics_reporting=False)
                env = cdk.Environment(account=place[0], region=place[1]) if place else None
                if name in patterns():
                    add_example(app, patterns()[name], {}, env=env)
                else:
                    applications()[name].add(app, env=env)
                app.synth()
                for path in sorted(outdir.rglob("*.template.json")):
                    template = json.loads(path.read_text(encoding="utf-8"))
                    made[f"{name}.{environment}.{path.name.removesuffix('.template.json')}"] = template
    file.write_text(json.dumps(made), encoding="utf-8")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--synthesize"]:
        sys.path.pop(0)  # this file's folder
        _synthesize(Path(sys.argv[2]), sys.argv[3])
    else:
        sys.exit(main())

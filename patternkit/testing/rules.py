"""A project's own rules, in Guard or Rego, evaluated by the CDK's validation of templates."""

import json
import os
import re
import subprocess
import tarfile
import tempfile
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

import aws_cdk as cdk

from patternkit.errors import PatternkitError

_ENGINE = "package/node_modules/@aws/cloudformation-validate/"
_SAY_WHY = """
const { CompositeEngine } = require(process.argv[1]);
try { new CompositeEngine(JSON.parse(process.argv[2])).free(); } catch (error) { process.stdout.write(String(error)); }
"""


class RulesError(PatternkitError):
    """A file of rules cannot be used; the message names it and says why, in one line."""


def rules_plugin(files: tuple[Path, ...]) -> cdk.CloudFormationValidatePlugin:
    """Get the CDK's validation with a project's own rules besides the CDK's.

    The engine of the same rules is made once a process: compiling them takes longer than to evaluate them.

    Args:
        files: The files: Guard rules (`.guard`), or Rego (`.rego`) whose `violation` rules are evaluated.

    Returns:
        The plugin.

    Raises:
        RulesError: If a file cannot be read or compiled, or checks nothing.
        ValueError: If a file is of another kind.

    Source: https://docs.aws.amazon.com/cfn-guard/latest/ug/writing-rules.html
    """
    for file in files:
        if file.suffix not in (".guard", ".rego"):
            raise ValueError(f"rules must be files named .guard or .rego, got {file}")
    return _plugin(tuple((str(file), _read(file)) for file in files))


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise RulesError(f"{file}: cannot be read: {getattr(error, 'strerror', None) or error}") from None


@cache
def _plugin(sources: tuple[tuple[str, str], ...]) -> cdk.CloudFormationValidatePlugin:
    for name, content in sources:
        # The engine takes such files and says nothing: a test that uses them could not fail.
        if name.endswith(".guard") and not re.search(r"^\s*rule\s", content, re.MULTILINE):
            raise RulesError(f"{name}: holds no rule")
        if name.endswith(".rego") and not re.search(r"^\s*violation\b", content, re.MULTILINE):
            raise RulesError(f"{name}: holds no rule named violation, which is what is evaluated")
    plugin = _compiled(sources)
    if plugin is None:
        wrong = next((one for one in sources if _compiled((one,)) is None), None)
        if wrong is None:
            raise RulesError(f"{', '.join(name for name, _ in sources)}: each compiles alone, but not together")
        raise RulesError(f"{wrong[0]}: {_why(*wrong)}")
    return plugin


def _compiled(sources: tuple[tuple[str, str], ...]) -> cdk.CloudFormationValidatePlugin | None:
    def of(suffix: str) -> list[cdk.ValidationRuleSource] | None:
        return [
            cdk.ValidationRuleSource(name=name, content=content) for name, content in sources if name.endswith(suffix)
        ] or None

    try:
        return cdk.CloudFormationValidatePlugin(guard_rules=of(".guard"), rego_rules=of(".rego"))
    except (RuntimeError, ValueError):
        # The engine throws a text, which jsii loses on its way here.
        return None


def _why(name: str, content: str) -> str:
    """Ask the engine itself, in a Node process of its own, which only a wrong file costs."""
    kind = "guardRules" if name.endswith(".guard") else "regoRules"
    [package] = [one for one in resources.files("aws_cdk._jsii").iterdir() if one.name.endswith(".jsii.tgz")]
    config = json.dumps({kind: [{"name": name, "content": content}]})
    with tempfile.TemporaryDirectory() as folder, resources.as_file(package) as path:
        with tarfile.open(path) as archive:
            # Files of a package that is imported anyway. Python 3.11 has filters from 3.11.4 on.
            safely: dict[str, Any] = {"filter": "data"} if hasattr(tarfile, "data_filter") else {}
            archive.extractall(folder, [one for one in archive if one.name.startswith(_ENGINE)], **safely)
        command = [os.environ.get("JSII_NODE", "node"), "-e", _SAY_WHY, str(Path(folder) / _ENGINE), config]
        said = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60).stdout
    return " ".join(said.split()) or "the CDK's validation cannot compile it"

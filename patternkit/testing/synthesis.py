"""Synthesize CDK apps in tests: one Node process, no network, no build, and findings as data."""

import atexit
import inspect
import json
import shutil
import sysconfig
import tempfile
import traceback
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import aws_cdk as cdk

from patternkit.errors import PatternkitError
from patternkit.testing.findings import Finding, read_findings
from patternkit.testing.rules import rules_plugin

PACKS = ("AwsSolutions", "Serverless", "NIST.800.53.R5", "HIPAA.Security", "PCI.DSS.321")
"""The rule packs of cdk-nag 3, by the names that their findings bear."""


class SynthesisError(PatternkitError):
    """An app could not be synthesized; the message is where, and the CDK's own reason, in one line."""


@dataclass(frozen=True)
class Synthesis:
    """What came of an app.

    Attributes:
        directory: The cloud assembly.
        findings: What the validations found, acknowledged findings left out.
    """

    directory: Path
    findings: tuple[Finding, ...] = field(default=())

    @cached_property
    def templates(self) -> dict[str, dict[str, Any]]:
        """The templates by the name of their artifact, nested stacks and stages included."""
        found = {}
        for path in sorted(self.directory.rglob("*.template.json")):
            found[path.name.removesuffix(".template.json")] = json.loads(path.read_text(encoding="utf-8"))
        return found

    @property
    def template(self) -> dict[str, Any]:
        """The template of an app that has just one."""
        if len(self.templates) != 1:
            raise SynthesisError(f"there are {len(self.templates)} templates: {', '.join(self.templates)}")
        return next(iter(self.templates.values()))

    def resources(self, resource_type: str) -> dict[str, dict[str, Any]]:
        """Find the resources of one type.

        Args:
            resource_type: As CloudFormation names it.

        Returns:
            Their definitions by logical id, over all templates. An id that several templates have is preceded by
            its template's: `Stack.Queue`.
        """
        found = [
            (name, logical_id, resource)
            for name, template in self.templates.items()
            for logical_id, resource in template.get("Resources", {}).items()
            if resource["Type"] == resource_type
        ]
        times = Counter(logical_id for _, logical_id, _ in found)
        return {
            logical_id if times[logical_id] == 1 else f"{name}.{logical_id}": resource
            for name, logical_id, resource in found
        }


def synthesize(
    build: Callable[[cdk.App], object],
    *,
    context: Mapping[str, Any] | None = None,
    packs: Iterable[str] = (),
    rules: Iterable[Path] = (),
    directory: Path | None = None,
    build_assets: bool = False,
) -> Synthesis:
    """Synthesize an app.

    Args:
        build: Adds stacks to the app.
        context: The app's context: feature flags, and what its constructs read. Default: none.
        packs: The rule packs of cdk-nag to check it with, by name. Default: none, only the CDK's own validation.
        rules: Files of a project's own rules, `.guard` or `.rego`, that the CDK's own validation evaluates too.
            Default: none.
        directory: Where the assembly goes. Default: a temporary folder, removed when Python ends.
        build_assets: Whether to bundle assets. Default: no, for unit tests.

    Returns:
        The assembly and the findings.

    Raises:
        SynthesisError: If the CDK refuses the app for another reason than a finding.
        RulesError: If a file of rules cannot be read, or checks nothing.
        ValueError: If there is no such pack, or a file of rules is of another kind. What `build` raises by itself is
            passed on.
    """
    if directory is None:
        directory = Path(tempfile.mkdtemp(prefix="synthesis-"))
        # Not sooner: templates are shared among the tests of a session.
        atexit.register(shutil.rmtree, directory, ignore_errors=True)
    # Findings are handed over as data: neither printed nor raised.
    settings: dict[str, Any] = {"@aws-cdk/core:failSynthOnValidationErrors": False}
    if not build_assets:
        settings["aws:cdk:bundling-stacks"] = []
    app = cdk.App(context={**(context or {}), **settings}, outdir=str(directory), analytics_reporting=False)
    _add_packs(app, packs)
    if files := tuple(rules):
        cdk.Validations.of(app).add_plugins(rules_plugin(files))
    try:
        build(app)
        app.synth()
    except RuntimeError as error:
        # What follows the reason is JavaScript's stack.
        lines = [line.strip() for line in str(error).splitlines()]
        reason = " ".join(line for line in lines if line and not line.startswith("at "))
        raise SynthesisError(f"{where(error, build)}: {reason}") from None
    return Synthesis(directory, read_findings(directory))


def where(error: BaseException, build: Callable[..., object]) -> str:
    """Say where in a project's own code an error comes from.

    Args:
        error: The error.
        build: What the project was asked to build.

    Returns:
        The file and the line; without a line, the file that defines `build`, for what only synthesis shows.
    """
    installed = (*{sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")},)
    own = [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if not frame.filename.startswith((*installed, "<")) and Path(frame.filename) != Path(__file__)
    ]
    if own:
        return f"{own[-1].filename}:{own[-1].lineno}"
    return inspect.getsourcefile(inspect.unwrap(build)) or str(getattr(build, "__name__", "the app"))


def _add_packs(app: cdk.App, packs: Iterable[str]) -> None:
    names = list(packs)
    if not names:
        return
    import cdk_nag

    known: dict[str, Callable[[cdk.App], Any]] = {
        "AwsSolutions": cdk_nag.AwsSolutionsChecks,
        "Serverless": cdk_nag.ServerlessChecks,
        "NIST.800.53.R5": cdk_nag.NIST80053R5Checks,
        "HIPAA.Security": cdk_nag.HIPAASecurityChecks,
        "PCI.DSS.321": cdk_nag.PCIDSS321Checks,
    }
    for name in names:
        if name not in known:
            raise ValueError(f"packs must be among {', '.join(known)}, got {name}")
    cdk.Validations.of(app).add_plugins(*(known[name](app) for name in names))

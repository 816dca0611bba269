"""Synthesize CDK apps in tests: one Node process, no network, no build, and findings as data."""

import inspect
import sysconfig
import tempfile
import traceback
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from importlib import metadata
from os import PathLike
from pathlib import Path
from typing import Any

import aws_cdk as cdk

from patternkit.errors import PatternkitError
from patternkit.templates import parse, read_text
from patternkit.testing.findings import AcknowledgedFinding, Finding, read_acknowledged, read_findings
from patternkit.testing.rules import rules_plugin
from patternkit.testing.session_folder import session_folder

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
    def acknowledged(self) -> tuple[AcknowledgedFinding, ...]:
        """What the validations found and the app acknowledges, with its reasons."""
        return read_acknowledged(self.directory)

    @cached_property
    def templates(self) -> dict[str, dict[str, Any]]:
        """The templates by the name of their artifact, nested stacks and stages included."""
        found = {}
        for path in sorted(self.directory.rglob("*.template.json")):
            found[path.name.removesuffix(".template.json")] = parse(read_text(path), str(path))
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
    packs: str | Iterable[str] = (),
    rules: str | PathLike[str] | Iterable[str | PathLike[str]] = (),
    directory: str | PathLike[str] | None = None,
    build_assets: bool = False,
) -> Synthesis:
    """Synthesize an app.

    Args:
        build: Adds stacks to the app.
        context: The app's context: feature flags, and what its constructs read. Default: none.
        packs: The rule packs of cdk-nag to check it with, by name: one, or several. Default: none, only the CDK's own
            validation.
        rules: Files of a project's own rules, `.guard` or `.rego`, that the CDK's own validation evaluates too: one,
            or several.
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
        # Removed when Python ends and not sooner: templates are shared among the tests of a session.
        directory = tempfile.mkdtemp(prefix="synthesis-", dir=session_folder())
    # Findings are handed over as data: neither printed nor raised.
    settings: dict[str, Any] = {"@aws-cdk/core:failSynthOnValidationErrors": False}
    if not build_assets:
        settings["aws:cdk:bundling-stacks"] = []
    app = cdk.App(context={**(context or {}), **settings}, outdir=str(directory), analytics_reporting=False)
    if plugins := packs_plugins(app, names(packs)):
        cdk.Validations.of(app).add_plugins(*plugins)
    if files := tuple(Path(one) for one in names(rules)):
        cdk.Validations.of(app).add_plugins(rules_plugin(files))
    try:
        build(app)
        app.synth()
    except RuntimeError as error:
        raise SynthesisError(f"{where(error, build)}: {reason(error)}") from None
    return Synthesis(Path(directory), read_findings(Path(directory)))


def reason(error: BaseException) -> str:
    """Take the CDK's own reason from an error of jsii, without JavaScript's stack.

    Args:
        error: The error.

    Returns:
        One line.
    """
    lines = [line.strip() for line in str(error).splitlines()]
    return " ".join(line for line in lines if line and not line.startswith("at "))


def where(error: BaseException, build: object) -> str:
    """The line of a project's own code that an error comes from.

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
    source = build if isinstance(build, type) or inspect.isroutine(build) else type(build)
    try:
        found = inspect.getsourcefile(inspect.unwrap(source))
    except TypeError:
        found = None
    return found or str(getattr(source, "__name__", "the app"))


def names(given: str | PathLike[str] | Iterable[Any]) -> list[Any]:
    """Take one for a list of one.

    Args:
        given: One name or path, or several.

    Returns:
        The list.
    """
    return [given] if isinstance(given, str | PathLike) else list(given)


def packs_plugins(app: Any, packs: list[str]) -> list[Any]:
    """Make the plugins of rule packs, for the validations of an app.

    Args:
        app: The app.
        packs: The packs, by name.

    Returns:
        The plugins.

    Raises:
        ValueError: If there is no such pack.
        SynthesisError: If the cdk-nag that is installed is older than 3.
    """
    for name in packs:
        if name not in PACKS:
            raise ValueError(f"packs must be among {', '.join(PACKS)}, got {name}")
    if not packs:
        return []
    if (version := metadata.version("cdk-nag")).partition(".")[0] == "2":
        raise SynthesisError(
            f"cdk-nag {version} is installed, and packs are those of cdk-nag 3: the two cannot share a project; "
            "install cdk-nag 3, and acknowledge by Validations.of(construct) instead of NagSuppressions"
        )
    import cdk_nag

    known: dict[str, Callable[[Any], Any]] = {
        "AwsSolutions": cdk_nag.AwsSolutionsChecks,
        "Serverless": cdk_nag.ServerlessChecks,
        "NIST.800.53.R5": cdk_nag.NIST80053R5Checks,
        "HIPAA.Security": cdk_nag.HIPAASecurityChecks,
        "PCI.DSS.321": cdk_nag.PCIDSS321Checks,
    }
    return [known[name](app) for name in packs]

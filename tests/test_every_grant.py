"""What each `grant_...` of each pattern permits, as `grants.toml` of its mirror says. Nothing here names a pattern.

    ["grant_upload with encryption_key"]
    "s3:PutObject" = ["arn:{AWS::Partition}:s3:::..."]

Of a resource of the template its type stands in braces. A row that is new, or differs, is shown as it would be written.
"""

import importlib
import inspect
import json
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any
from unittest import mock

import aws_cdk as cdk
import pytest
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct

from patternkit.catalog.discovery import Pattern, patterns
from tests.conftest import ROOT
from tests.constructs import app_for_its_template
from tests.four_ways import companion_of, construct_of

Granted = dict[str, list[str]]


def methods(pattern: Pattern) -> list[str]:
    return [name for name, _ in inspect.getmembers(construct_of(pattern), callable) if name.startswith("grant_")]


def takes_a_key(pattern: Pattern) -> bool:
    init = inspect.getattr_static(construct_of(pattern), "__init__")
    return "encryption_key" in inspect.signature(init).parameters


def row_of(method: str, *, with_key: bool) -> str:
    return f"{method}{' with encryption_key' * with_key}"


EVERY = [
    (one, method, with_key)
    for one in patterns().values()
    for method in methods(one)
    for with_key in ((False, True) if takes_a_key(one) else (False,))
]
GRANTS = [
    pytest.param(
        *one, id=f"{one[0].name}.{row_of(one[1], with_key=one[2])}", marks=pytest.mark.xdist_group(one[0].name)
    )
    for one in EVERY
]


def file_of(pattern: Pattern) -> Path:
    return ROOT / "tests" / pattern.folder.relative_to(ROOT) / "grants.toml"


@cache
def table(pattern: Pattern) -> dict[str, Granted]:
    file = file_of(pattern)
    return tomllib.loads(file.read_text(encoding="utf-8")) if file.exists() else {}


def granted(pattern: Pattern, method: str, *, with_key: bool) -> Granted:
    """What a role may do once it was granted, by action: the ARNs."""
    options: dict[str, Any] = {}
    for _ in range(3):
        try:
            return _granted(pattern, method, options, with_key=with_key)
        except ValueError as error:
            # A grant that is none where AWS IAM is not asked, say.
            wanted = companion_of("grantee", str(error))
            if wanted is None or wanted[0] in options:
                raise
            options[wanted[0]] = wanted[1]
    raise AssertionError(f"{method} needs more than {options}")


def _granted(pattern: Pattern, method: str, options: Mapping[str, Any], *, with_key: bool) -> Granted:
    app = app_for_its_template()
    construct, made = construct_of(pattern), []

    def make(scope: Construct, construct_id: str, **given: Any) -> Any:
        key = {"encryption_key": kms.Key(scope, "Key", enable_key_rotation=True)} if with_key else {}
        made.append(construct(scope, construct_id, **{**given, **key, **options}))
        return made[0]

    example = importlib.import_module(f"{pattern.module}.example")
    with mock.patch.object(example, pattern.construct, make):
        getattr(example, pattern.stack)(app, "Test")
    stack = cdk.Stack.of(made[0])
    role = iam.Role(stack, "Grantee", assumed_by=iam.AccountRootPrincipal())
    assert getattr(made[0], method)(role).success
    template = app.synth().get_stack_by_name(stack.stack_name).template
    resources: dict[str, Any] = template["Resources"]
    [name] = [one for one in resources if one.startswith("Grantee") and resources[one]["Type"] == "AWS::IAM::Role"]
    found: Granted = {}
    for one in resources.values():
        if one["Type"] == "AWS::IAM::Policy" and {"Ref": name} in one["Properties"]["Roles"]:
            for statement in one["Properties"]["PolicyDocument"]["Statement"]:
                conditions = "".join(
                    f" if {json.dumps(text(statement['Condition'], resources))}"
                    for _ in "1"
                    if "Condition" in statement
                )
                for action in listed(statement["Action"]):
                    arns = [f"{text(arn, resources)}{conditions}" for arn in listed(statement["Resource"])]
                    found.setdefault(action, []).extend(arns)
    return {action: sorted(arns) for action, arns in sorted(found.items())}


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def text(value: Any, resources: Mapping[str, Any]) -> Any:
    """Write what refers to resources with their types."""
    if isinstance(value, str):
        return value
    if isinstance(value, dict) and len(value) == 1:
        [(function, given)] = value.items()
        if function == "Fn::Join":
            return given[0].join(text(one, resources) for one in given[1])
        if function == "Fn::GetAtt":
            return f"{{{resources[given[0]]['Type']}.{given[1]}}}"
        if function == "Ref":
            return f"{{{resources[given]['Type'] if given in resources else given}}}"
    if isinstance(value, dict):
        return {name: text(one, resources) for name, one in value.items()}
    return [text(one, resources) for one in value]


def written(name: str, row: Granted) -> str:
    lines = [f'["{name}"]', *(f"{json.dumps(action)} = {json.dumps(arns)}" for action, arns in row.items())]
    return "\n".join(lines)


@pytest.mark.parametrize(("pattern", "method", "with_key"), GRANTS)
def test_a_grant_permits_what_the_table_says(pattern: Pattern, method: str, with_key: bool) -> None:
    name = row_of(method, with_key=with_key)
    found = granted(pattern, method, with_key=with_key)
    assert found, f"{name} permits nothing"
    assert [action for action in found if "*" in action] == []
    assert [arn for arns in found.values() for arn in arns if arn.startswith("*")] == []
    said = table(pattern).get(name)
    assert said == found, f"in {file_of(pattern).relative_to(ROOT)}:\n{written(name, found)}"


def test_no_row_is_left_over() -> None:
    tried = {(one.name, row_of(method, with_key=with_key)) for one, method, with_key in EVERY}
    assert {(one.name, row) for one in patterns().values() for row in table(one)} == tried

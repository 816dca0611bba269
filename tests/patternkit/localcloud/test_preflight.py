"""What AWS would refuse is said of a template, beside its deployment."""

import importlib.util
from pathlib import Path
from typing import Any

import pytest

from patternkit.localcloud import LocalCloud, preflight
from patternkit.localcloud.assembly import read_assembly
from patternkit.localcloud.preflight import FALSE, Held, Preflight, Refusal
from tests.patternkit.localcloud import apps


@pytest.fixture(scope="module")
def assembly(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return apps.synthesize(tmp_path_factory.mktemp("misdeployed"), apps.Misdeployed)


@pytest.fixture(scope="module")
def held(assembly: Path) -> Held:
    with Preflight(read_assembly(assembly).stack(None)) as running:
        return running.findings()


def test_what_aws_would_refuse_is_said(held: Held) -> None:
    [refusal] = [each for each in held.refused if each.rule == "pf-lambda-zipfile-handler-missing"]
    assert (refusal.logical_id, refusal.type, refusal.property) == ("Typo", "AWS::Lambda::Function", "Handler")
    assert str(refusal).startswith("Typo (AWS::Lambda::Function) Handler: Handler 'index.handle' names 'handle', which")
    assert refusal.source.startswith("https://docs.aws.amazon.com/")
    assert held.unchecked == ""


def test_a_rule_that_is_known_to_be_wrong_is_passed_over(held: Held) -> None:
    assert "Task" not in {each.logical_id for each in held.refused if each.rule == "pf-ecs-svc-binpack-field"}
    # The rule itself is at work: of another field it is right.
    assert "Wrong" in {each.logical_id for each in held.refused if each.rule == "pf-ecs-svc-binpack-field"}
    assert all(reason for _, reason in FALSE.values())


def test_a_data_source_that_is_named_by_its_attribute_is_there() -> None:
    rule = "pf-appsync-res-data-source-exists"
    said = "data source '{}' is never created on API 'Api' in this template"
    resources = {"Api": {"Type": "AWS::AppSync::GraphQLApi"}, "Table": {"Type": "AWS::AppSync::DataSource"}}
    assert preflight.is_wrong(rule, said.format("Table"), resources)
    assert not preflight.is_wrong(rule, said.format("Tabel"), resources)
    assert not preflight.is_wrong("pf-another", said.format("Table"), resources)


@pytest.mark.parametrize("rule", ["pf-appsync-schema-undefined-type-reference", "pf-appsync-schema-unknown-scalar"])
def test_words_of_a_schemas_descriptions_are_no_types(rule: str) -> None:
    schema = 'type Query {\n  "What it is: whatever it was."\n  it: Thing # a comment: odd\n}'
    resources = {"Schema": {"Type": "AWS::AppSync::GraphQLSchema", "Properties": {"Definition": schema}}}
    for word in ("whatever", "odd"):
        assert preflight.is_wrong(rule, f"field type '{word}' is never declared in the SDL", resources)
    assert not preflight.is_wrong(rule, "field type 'Thing' is never declared in the SDL", resources)
    # What is said otherwise, or of what is not read here, is believed.
    for elsewhere in ({}, {"Schema": {"Type": "AWS::AppSync::GraphQLSchema", "Properties": []}}):
        assert not preflight.is_wrong(rule, "field type 'whatever' is never declared in the SDL", elsewhere)
    assert not preflight.is_wrong(rule, "a field's type is never declared", {"Schema": {"Type": "AWS::SNS::Topic"}})


def test_the_report_of_a_deployment_has_it(monkeypatch: pytest.MonkeyPatch, small: Path) -> None:
    refusal = Refusal(logical_id="Queue", type="AWS::SQS::Queue", property="*", why="no", rule="r", source="")
    monkeypatch.setattr(Preflight, "findings", lambda _self: Held(refused=(refusal,)))
    with LocalCloud.start(preflight=True) as cloud:
        report = cloud.deploy(small).report
    assert (report.refused, report.unchecked) == ((refusal,), "")


def test_without_node_it_is_said_that_nothing_was_checked(
    monkeypatch: pytest.MonkeyPatch, assembly: Path, tmp_path: Path
) -> None:
    monkeypatch.setattr(preflight, "packaged_node", lambda: None)
    monkeypatch.setenv("PATH", str(tmp_path))
    with Preflight(read_assembly(assembly).stack(None)) as running:
        assert running.findings() == Held(
            unchecked="cdk-preflight needs Node.js: pip install 'cdk-pattern-catalog[node]'"
        )


def test_without_the_rules_too(monkeypatch: pytest.MonkeyPatch, assembly: Path) -> None:
    find = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name, package=None: None if name == "cdk_preflight" else find(name, package)
    )
    with Preflight(read_assembly(assembly).stack(None)) as running:
        assert "cdk_preflight is not installed" in running.findings().unchecked


def test_a_cache_that_cannot_be_written_is_said(
    monkeypatch: pytest.MonkeyPatch, assembly: Path, tmp_path: Path
) -> None:
    file = tmp_path / "file"
    file.touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(file))
    with Preflight(read_assembly(assembly).stack(None)) as running:
        assert "rules cannot be kept in" in running.findings().unchecked


def test_rules_that_break_are_said_to_have_broken(
    monkeypatch: pytest.MonkeyPatch, assembly: Path, tmp_path: Path
) -> None:
    (tmp_path / "node_modules").mkdir()
    monkeypatch.setattr(preflight, "modules", lambda: tmp_path)
    with Preflight(read_assembly(assembly).stack(None)) as running:
        assert running.findings() == Held(unchecked="cdk-preflight ended with status 1")


def test_the_rules_end_with_a_deployment_that_fails(assembly: Path) -> None:
    with pytest.raises(RuntimeError), Preflight(read_assembly(assembly).stack(None)) as running:  # noqa: PT012
        process: Any = running._process
        raise RuntimeError
    assert process.poll() is not None

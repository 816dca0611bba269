"""Apps are synthesized with findings as data, without a build, and with one line where the CDK refuses."""

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import aws_cdk as cdk
import jsii
import pytest
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sqs as sqs

from patternkit.testing.findings import AcknowledgedFinding, Finding, listed, read_findings
from patternkit.testing.synthesis import PACKS, Synthesis, SynthesisError, synthesize
from tests.conftest import context


@jsii.implements(cdk.IStableStringProducer)
class Fails:
    def produce(self) -> str:
        raise ValueError("the name\nis not known yet")


def two_buckets(app: cdk.App) -> None:
    stack = cdk.Stack(app, "Two")
    for name in ("One", "Other"):
        s3.Bucket(stack, name)


def too_slow(app: cdk.App) -> None:
    sqs.CfnQueue(cdk.Stack(app, "Slow"), "Queue", delay_seconds=901)


def test_a_finding_of_the_cdks_own_validation_is_data(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    made = synthesize(too_slow, context=context(), directory=tmp_path / "assembly")
    [finding] = made.findings
    assert (finding.pack, finding.rule, finding.severity) == ("CloudFormation Validate", "F3034", "error")
    assert finding.construct == "Slow/Queue"
    assert "901 is greater than the maximum of 900" in finding.description
    assert made.directory == tmp_path / "assembly"
    assert capfd.readouterr().err == ""


def test_a_pack_is_named_as_its_findings_are() -> None:
    made = synthesize(two_buckets, packs=PACKS)
    assert {one.pack for one in made.findings} <= {*PACKS, "CloudFormation Validate"}
    assert set(PACKS) - {one.pack for one in made.findings} <= {"Serverless"}
    assert {one.construct for one in made.findings if one.rule == "AwsSolutions-S1"} == {
        "Two/One/Resource",
        "Two/Other/Resource",
    }
    assert list(made.findings) == sorted(made.findings)


def test_the_serverless_pack_finds_what_is_serverless() -> None:
    def function(app: cdk.App) -> None:
        code = lambda_.Code.from_inline("def handler(event, context): ...")
        runtime = lambda_.Runtime.PYTHON_3_14
        lambda_.Function(cdk.Stack(app, "S"), "F", code=code, handler="index.handler", runtime=runtime)

    assert "Serverless-LambdaDLQ" in {one.rule for one in synthesize(function, packs=["Serverless"]).findings}


def test_only_the_packs_that_are_asked_for_are_run() -> None:
    assert [one for one in synthesize(two_buckets).findings if one.pack in PACKS] == []
    assert {one.pack for one in synthesize(two_buckets, packs=["AwsSolutions"]).findings} & set(PACKS) == {
        "AwsSolutions"
    }


def test_an_unknown_pack_is_refused() -> None:
    said = f"packs must be among {', '.join(PACKS)}, got CIS"
    with pytest.raises(ValueError, match=f"^{re.escape(said)}$"):
        synthesize(two_buckets, packs=["AwsSolutions", "CIS"])


def test_what_the_cdk_refuses_is_one_line() -> None:
    def build(app: cdk.App) -> None:
        sqs.CfnQueue(cdk.Stack(app, "Stack"), "Queue", queue_name=cdk.Lazy.string(Fails()))

    with pytest.raises(SynthesisError) as raised:
        synthesize(build)
    assert "the name is not known yet" in str(raised.value)
    assert "\n" not in str(raised.value)


def test_assets_are_bundled_only_on_request(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.mkdir()
    (source / "index.py").write_text("def handler(event, context): ...\n")

    @jsii.implements(cdk.ILocalBundling)
    class Bundle:
        def try_bundle(self, output_dir: str, *_: object, **__: object) -> bool:
            (Path(output_dir) / "bundled").touch()
            return True

    def build(app: cdk.App) -> None:
        bundling = cdk.BundlingOptions(image=cdk.DockerImage.from_registry("none"), local=Bundle())
        cdk.aws_s3_assets.Asset(cdk.Stack(app, "Stack"), "Asset", path=str(source), bundling=bundling)

    assert not list(synthesize(build).directory.rglob("bundled"))
    assert list(synthesize(build, build_assets=True).directory.rglob("bundled"))


def test_stages_and_nested_stacks_are_templates_too() -> None:
    def build(app: cdk.App) -> None:
        stack = cdk.Stack(cdk.Stage(app, "Stage"), "Stack")
        sqs.Queue(cdk.NestedStack(stack, "Nested"), "Queue")
        sqs.Queue(stack, "Queue")

    made = synthesize(build)
    assert len(made.templates) == 2
    # Both are called Queue: neither may hide the other.
    assert {one.rpartition(".")[0] for one in made.resources("AWS::SQS::Queue")} == set(made.templates)
    with pytest.raises(SynthesisError, match=r"^there are 2 templates: StageStack\w+, StageStackNested\w+\.nested$"):
        _ = made.template


def test_a_template_of_one_stack(tmp_path: Path) -> None:
    assert len(synthesize(two_buckets).template["Resources"]) == 2
    with pytest.raises(SynthesisError, match=r"^there are 0 templates: $"):
        _ = Synthesis(tmp_path).template


def test_an_assembly_without_a_report_has_no_findings(tmp_path: Path) -> None:
    assert read_findings(tmp_path) == ()


def test_a_report_is_read_in_order(tmp_path: Path) -> None:
    constructs = [{"constructPath": "S/B"}, {"constructPath": "S/A"}, {}]
    violation = {"ruleName": "R", "description": "Do.", "severity": "warning", "violatingConstructs": constructs}
    report = {"pluginReports": [{"pluginName": "P", "violations": [violation]}]}
    (tmp_path / "validation-report.json").write_text(json.dumps(report))
    found = read_findings(tmp_path)
    assert [one.construct for one in found] == ["?", "S/A", "S/B"]
    assert found[1] == Finding(pack="P", rule="R", construct="S/A", description="Do.", severity="warning")
    assert listed(found[1:2]) == "  S/A: R: Do."


def test_what_is_acknowledged_is_read_with_its_reason() -> None:
    def build(app: cdk.App) -> None:
        queue = sqs.Queue(cdk.Stack(app, "S"), "Q", enforce_ssl=True)
        cdk.Validations.of(queue).acknowledge(
            cdk.Acknowledgment(id="AwsSolutions::AwsSolutions-SQS3", reason="It is where failures end.")
        )

    made = synthesize(build, packs="AwsSolutions")
    assert made.findings == ()
    [one] = made.acknowledged
    assert one == AcknowledgedFinding("AwsSolutions", "AwsSolutions-SQS3", "S/Q/Resource", "It is where failures end.")


LEAVES = """
import sys, time
from patternkit.testing import plugin
import aws_cdk as cdk
from patternkit.testing.synthesis import synthesize

cdk.Stack(cdk.App(), "Theirs")
made = synthesize(lambda app: cdk.Stack(app, "Empty"))
assert made.directory.is_dir() and made.templates
print(made.directory, flush=True)
time.sleep(int(sys.argv[1]))
"""


def test_nothing_is_left_when_python_ends_nor_of_a_killed_one_by_the_next(tmp_path: Path) -> None:
    """Neither an assembly of ours nor one of an app that has no folder of its own, nor what jsii has unpacked."""
    environment = {**os.environ, "TMPDIR": str(tmp_path), "CDK_VALIDATION": "false"}
    # Alone in a group: a terminal, and a deadline of CI, end Node as well.
    with subprocess.Popen(
        [sys.executable, "-c", LEAVES, "600"],
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as killed:
        assert killed.stdout is not None
        theirs = Path(killed.stdout.readline().strip())
        os.killpg(killed.pid, signal.SIGKILL)
    assert theirs.is_dir(), "nobody could remove it"
    assert theirs.parent.parent == tmp_path
    assert list(theirs.parent.glob("cdk.out*")), "the CDK's own folders are elsewhere"
    ended = subprocess.run(
        [sys.executable, "-c", LEAVES, "0"], env=environment, capture_output=True, text=True, check=True
    )
    assert Path(ended.stdout.strip()).parent.parent == tmp_path
    # But for the copy of its runtime that the killed jsii kept by Python's means.
    assert [one.name[:3] for one in tmp_path.iterdir()] == ["tmp"]

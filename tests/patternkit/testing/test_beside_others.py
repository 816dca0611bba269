"""The plugin beside what else people have in their projects."""

import subprocess
import sys
from importlib import metadata

import pytest

from patternkit.testing.synthesis import SynthesisError, synthesize
from tests.patternkit.testing.conftest import run_here as run
from tests.patternkit.testing.test_synthesis import two_buckets

# As another plugin has them: pytest-snapshot a fixture `snapshot`, and any of them one with a short name.
THEIRS = """
    import pytest

    @pytest.fixture
    def snapshot():
        return "theirs"

    @pytest.fixture
    def network():
        return "theirs"

    @pytest.fixture
    def synthesized():
        return "theirs"
"""


def test_fixtures_of_others_are_left_alone_and_ours_go_on(project: pytest.Pytester) -> None:
    project.makeconftest(THEIRS)
    project.makepyfile(
        """
        def test_theirs(snapshot, network, synthesized):
            assert snapshot == network == synthesized == "theirs"

        def test_ours(patternkit_network, template_snapshot, no_lint, patternkit_synthesized):
            from their_stack import build, template
            template_snapshot(template(), name="ours")
            no_lint(build, accept="W3005")
            assert callable(patternkit_network)
        """
    )
    run(project, "--snapshot-update").assert_outcomes(passed=2)


def test_syrupys_own_snapshots_are_held_beside_ours(project: pytest.Pytester) -> None:
    project.makepyfile(
        """
        def test_both(snapshot, template_snapshot):
            assert {"a": 1} == snapshot
            template_snapshot({"Resources": {}}, name="ours")
        """
    )
    run(project, "--snapshot-update").assert_outcomes(passed=1)
    run(project).assert_outcomes(passed=1)
    assert {one.name for one in project.path.rglob("*") if one.suffix in (".ambr", ".json")} == {
        "test_syrupys_own_snapshots_are_held_beside_ours.ambr",
        "ours.json",
    }


def test_the_order_of_tests_does_not_matter(project: pytest.Pytester) -> None:
    project.makepyfile(
        """
        import pytest
        from their_stack import build, template

        @pytest.mark.parametrize("number", range(6))
        def test_one(template_snapshot, synthesized, number):
            template_snapshot(template(delay=number), name=f"n{number}")
            assert synthesized(build) is synthesized(build)
        """
    )
    project.makeini("[pytest]\naddopts = -p no:cacheprovider -p no:xdist\nfilterwarnings = error\n")
    for more in (["--snapshot-update"], []):
        shuffled = project.runpytest_inprocess(*more)
        shuffled.assert_outcomes(passed=6)
        shuffled.stdout.fnmatch_lines(["Using --randomly-seed=*"])


def test_permissions_are_proved_within_somebodys_moto(project: pytest.Pytester) -> None:
    from tests.patternkit.testing.test_fixtures import FUNCTION

    project.makepyfile(their_function=FUNCTION)
    project.makepyfile(
        """
        import boto3
        import pytest
        from moto import mock_aws
        from their_function import handler, template

        @pytest.fixture
        def aws(monkeypatch):
            monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
            monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
            with mock_aws():
                yield boto3.client("s3", region_name="us-east-1")

        def test_both(aws, permissions):
            aws.create_bucket(Bucket="theirs")
            log = "arn:aws:logs:*:*:log-group:*"
            permissions(template("logs:PutLogEvents", log), handler=handler, events={"one": 1})
            assert [one["Name"] for one in aws.list_buckets()["Buckets"]] == ["theirs"]
        """
    )
    run(project).assert_outcomes(passed=1)


def test_cdk_nag_2_is_refused_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    real = metadata.version
    monkeypatch.setattr(metadata, "version", lambda name: "2.37.55" if name == "cdk-nag" else real(name))
    with pytest.raises(SynthesisError) as refused:
        synthesize(two_buckets, packs="AwsSolutions")
    assert str(refused.value) == (
        "cdk-nag 2.37.55 is installed, and packs are those of cdk-nag 3: the two cannot share a project; "
        "install cdk-nag 3, and acknowledge by Validations.of(construct) instead of NagSuppressions"
    )
    assert synthesize(two_buckets).templates


def test_a_package_patterns_of_the_projects_own_is_told_in_one_line(project: pytest.Pytester) -> None:
    (project.path / "patterns").mkdir()
    (project.path / "patterns" / "__init__.py").touch()
    project.makepyfile(
        test_theirs="from patterns.events.thumbnailer import Thumbnailer\n\ndef test_it(): ...\n",
        test_late="def test_it():\n    from patterns.api.api_to_queue import ApiToQueue\n",
        test_other="def test_it():\n    import nowhere_at_all\n",
    )
    hidden = project.runpytest_subprocess("--import-mode=prepend", "--continue-on-collection-errors", timeout=120)
    hidden.assert_outcomes(errors=1, failed=2)
    said = f"{project.path / 'patterns'} hides the catalog's package patterns, which has patterns."
    hidden.stdout.fnmatch_lines([f"{said}events: rename the project's own"])
    hidden.stdout.fnmatch_lines([f"{said}api: rename the project's own"])
    hidden.stdout.fnmatch_lines(["E *ModuleNotFoundError: No module named 'nowhere_at_all'"])


def test_the_command_line_says_so_as_well(project: pytest.Pytester) -> None:
    (project.path / "patterns").mkdir()
    (project.path / "patterns" / "__init__.py").touch()
    done = subprocess.run(
        [sys.executable, "-m", "patternkit", "list"], cwd=project.path, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(f"error: {project.path / 'patterns'} hides the catalog's package patterns, ")
    assert done.stderr.count("\n") == 1

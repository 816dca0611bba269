"""The scripts of an instance: linted as they arrive, and run with stand-ins for AWS."""

import tarfile
from pathlib import Path

import pytest

from patterns.web.load_balanced_instances.user_data import SCRIPTS, user_data
from tests.patterns.web.shell import lint, run

METADATA = """
case "$*" in
  *api/token*) echo token ;;
  *target-lifecycle-state*) echo "$STATE" ;;
  *groupName*) echo the-group ;;
  *instance-id*) echo i-1 ;;
esac
"""


def script(**options: str) -> str:
    return user_data(
        **{
            "region": "eu-west-1",
            "application": None,
            "log_bucket": "logs",
            "log_paths": ["/var/log/a.log", "/srv/it's"],
            "health_check": None,
            **options,
        }  # type: ignore[arg-type]
    )


@pytest.mark.parametrize("options", [{}, {"health_check": "curl --fail 'http://localhost:8080/'"}])
def test_the_script_is_sound(options: dict[str, str]) -> None:
    made = script(**options)
    assert lint(made) == ""
    # What is inside the here-documents is only a string to shellcheck.
    for number, inner in enumerate(made.split("<<'SCRIPT'\n")[1:]):
        assert lint(inner.split("\nSCRIPT\n")[0] + "\n") == "", number


def test_the_linter_can_find_something() -> None:
    assert "SC2086" in lint("#!/bin/bash\nrm $1\n")


def test_it_fits_in_what_ec2_takes() -> None:
    assert len(script(health_check="true").encode()) < 8 * 1024


def test_the_application_starts_after_what_saves_its_log() -> None:
    made = script(application="start-it")
    assert made.index("enable --now send-logs.timer") < made.index("start-it")


@pytest.fixture
def logged(tmp_path: Path) -> dict[str, str]:
    (tmp_path / "app.log").write_text("line", encoding="utf-8")
    return {
        "LOG_PATHS": f"{tmp_path}/app.log {tmp_path}/missing.log",
        "LOG_BUCKET": "logs",
        "LIFECYCLE_HOOK": "save-logs",
        "STATE_FOLDER": str(tmp_path),
    }


STAND_INS = {
    "curl": METADATA,
    "journalctl": "echo journal",
    "aws": 'if [[ "$1" == s3 ]]; then cp "$4" "$KEPT"; fi',
}


def test_logs_are_sent_before_the_instance_goes(tmp_path: Path, logged: dict[str, str]) -> None:
    kept = tmp_path / "kept.tar.gz"
    environment = {**logged, "STATE": "Terminated", "KEPT": str(kept)}
    status, calls = run(SCRIPTS / "send_logs.sh", tmp_path, STAND_INS, environment)
    assert status == 0
    aws = [call for call in calls if call.startswith("aws")]
    assert "s3://logs/i-1/" in aws[0]
    assert aws[1] == (
        "aws autoscaling complete-lifecycle-action --lifecycle-action-result CONTINUE --instance-id i-1 "
        "--auto-scaling-group-name the-group --lifecycle-hook-name save-logs"
    )
    with tarfile.open(kept) as archive:
        names = {Path(name).name for name in archive.getnames()}
    assert names == {"journal.log", "app.log"}


def test_an_instance_in_service_sends_nothing(tmp_path: Path, logged: dict[str, str]) -> None:
    status, calls = run(SCRIPTS / "send_logs.sh", tmp_path, STAND_INS, {**logged, "STATE": "InService"})
    assert status == 0
    assert not [call for call in calls if call.startswith("aws")]


def test_an_instance_is_not_let_go_when_its_logs_could_not_be_sent(tmp_path: Path, logged: dict[str, str]) -> None:
    failing = {**STAND_INS, "aws": '[[ "$1" != s3 ]]'}
    status, calls = run(SCRIPTS / "send_logs.sh", tmp_path, failing, {**logged, "STATE": "Terminated"})
    assert status != 0
    assert not [call for call in calls if "complete-lifecycle-action" in call]


def test_the_third_failure_in_a_row_has_the_instance_replaced(tmp_path: Path) -> None:
    reported = []
    for check in ("false", "false", "true", "false", "false", "false"):
        environment = {"HEALTH_CHECK": check, "STATE_FOLDER": str(tmp_path), "STATE": ""}
        status, calls = run(SCRIPTS / "report_health.sh", tmp_path, {"curl": METADATA, "aws": ""}, environment)
        assert status == 0
        reported.append(sum(call.startswith("aws") for call in calls))
    assert reported == [0, 0, 0, 0, 0, 1]
    assert calls[-1] == "aws autoscaling set-instance-health --health-status Unhealthy --instance-id i-1"

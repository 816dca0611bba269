"""The scripts of an instance: linted as they arrive, and run with stand-ins for AWS."""

import tarfile
from pathlib import Path
from typing import Any

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


def script(**options: Any) -> str:
    return user_data(
        **{
            "region": "eu-west-1",
            "application": None,
            "log_bucket": "logs",
            "log_paths": ["/var/log/a.log", "/srv/it's"],
            "health_check": None,
            **options,
        }
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


@pytest.fixture
def starting(tmp_path: Path) -> dict[str, str]:
    (tmp_path / "uptime").write_text("60.5 1.0", encoding="utf-8")
    return {
        "LAUNCH_HOOK": "installed",
        "STATE_FOLDER": str(tmp_path),
        "RUN_FOLDER": str(tmp_path),
        "STATE": "",
        "UPTIME": str(tmp_path / "uptime"),
    }


def launches(tmp_path: Path, environment: dict[str, str], aws: str = "") -> int:
    """How often the launch hook was completed, of all runs."""
    status, calls = run(SCRIPTS / "complete_launch.sh", tmp_path, {"curl": METADATA, "aws": aws}, environment)
    assert status == 0
    return sum(
        call == "aws autoscaling complete-lifecycle-action --lifecycle-action-result CONTINUE --instance-id i-1 "
        "--auto-scaling-group-name the-group --lifecycle-hook-name installed"
        for call in calls
    )


def test_an_instance_is_let_into_the_warm_pool_only_when_it_is_installed(
    tmp_path: Path, starting: dict[str, str]
) -> None:
    assert launches(tmp_path, starting) == 0
    (tmp_path / "web-installed").touch()
    assert launches(tmp_path, starting) == 1
    # Once each time it starts.
    assert launches(tmp_path, starting) == 1
    (tmp_path / "web-launched").unlink()
    assert launches(tmp_path, starting) == 2


def test_an_instance_that_no_hook_holds_gives_up_after_a_while(tmp_path: Path, starting: dict[str, str]) -> None:
    (tmp_path / "web-installed").touch()
    assert launches(tmp_path, starting, aws="exit 1") == 1
    assert not (tmp_path / "web-launched").exists()
    (tmp_path / "uptime").write_text("1000.5 1.0", encoding="utf-8")
    assert launches(tmp_path, starting, aws="exit 1") == 2
    assert (tmp_path / "web-launched").exists()


def test_the_application_is_installed_before_the_instance_says_so() -> None:
    made = script(application="start-it", tells_installed=True)
    assert made.index("start-it") < made.index("touch /var/lib/web-installed")
    assert lint(made) == ""


def test_logs_are_uploaded_once_though_the_group_is_gone(tmp_path: Path, logged: dict[str, str]) -> None:
    kept = tmp_path / "kept.tar.gz"
    gone = {**STAND_INS, "aws": 'if [[ "$1" == s3 ]]; then cp "$4" "$KEPT"; else exit 1; fi'}
    for _ in range(2):
        status, calls = run(
            SCRIPTS / "send_logs.sh", tmp_path, gone, {**logged, "STATE": "Terminated", "KEPT": str(kept)}
        )
        assert status != 0
    assert sum(call.startswith("aws s3") for call in calls) == 1

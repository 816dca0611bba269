"""User data of an instance: the application, and timers that watch over it."""

import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path

SCRIPTS = Path(__file__).parent / "instance"
LIFECYCLE_HOOK = "save-logs"
LAUNCH_HOOK = "installed"


def user_data(
    *,
    region: str,
    application: str | None,
    log_bucket: str,
    log_paths: Sequence[str],
    health_check: str | None,
    tells_installed: bool = False,
) -> str:
    """Write the script.

    Args:
        region: The Region, a name or token.
        application: Shell commands that install and start the application. None: an example.
        log_bucket: The name of the bucket for logs of instances that go.
        log_paths: Files and folders that are sent there beside the journal.
        health_check: A shell command that fails when the instance should be replaced. None: there is no such check.
        tells_installed: Whether the instance completes the launch hook once it is installed. Default: no.

    Returns:
        A Bash script.
    """
    variables = {
        "AWS_REGION": region,
        "LIFECYCLE_HOOK": LIFECYCLE_HOOK,
        "LOG_BUCKET": log_bucket,
        "LOG_PATHS": " ".join(log_paths),
    }
    # The timers come first: an application that fails to start must not take its log with it.
    parts = ["#!/bin/bash", "set -euo pipefail", _timer("send_logs", 10, variables)]
    if health_check is not None:
        parts.append(_timer("report_health", 20, {"AWS_REGION": region, "HEALTH_CHECK": health_check}))
    if tells_installed:
        parts.append(_timer("complete_launch", 10, {"AWS_REGION": region, "LAUNCH_HOOK": LAUNCH_HOOK}))
    parts.append(application or (SCRIPTS / "example_application.sh").read_text(encoding="utf-8"))
    if tells_installed:
        parts.append("touch /var/lib/web-installed")
    return "\n".join(part.rstrip("\n") for part in parts) + "\n"


def _timer(name: str, seconds: int, variables: Mapping[str, str]) -> str:
    script = (SCRIPTS / f"{name}.sh").read_text(encoding="utf-8")
    unit = name.replace("_", "-")
    # Each variable is exported by the script itself: systemd's environment files have quoting rules of their own.
    exports = "\n".join(f"export {key}={shlex.quote(value)}" for key, value in variables.items())
    first, _, rest = script.partition("\n")
    return f"""cat >/usr/local/bin/{unit} <<'SCRIPT'
{first}
{exports}
{rest.rstrip()}
SCRIPT
chmod 755 /usr/local/bin/{unit}
cat >/etc/systemd/system/{unit}.service <<'UNIT'
[Service]
Type=oneshot
ExecStart=/usr/local/bin/{unit}
UNIT
cat >/etc/systemd/system/{unit}.timer <<'UNIT'
[Timer]
OnActiveSec=30
OnUnitInactiveSec={seconds}
AccuracySec=1
[Install]
WantedBy=timers.target
UNIT
systemctl enable --now {unit}.timer"""

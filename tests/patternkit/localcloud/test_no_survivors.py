"""However the one who started it ends, nothing of a local cloud is left: no process, no directory."""

import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from patternkit.localcloud.polling import polls
from tests.patternkit.localcloud import apps
from tests.patternkit.localcloud.conftest import Synth

# A function has run, so that a handler's process is there too.
PRELUDE = """
import io, sys, zipfile
from patternkit.localcloud import LocalCloud
def ready(cloud):
    code = io.BytesIO()
    with zipfile.ZipFile(code, "w") as archive:
        archive.writestr("index.py", "def handler(event, context): pass")
    functions = cloud.client("lambda")
    functions.create_function(
        FunctionName="f", Runtime="python3.11", Handler="index.handler", Code={"ZipFile": code.getvalue()},
        Role=f"arn:aws:iam::{cloud.account}:role/none",
    )
    functions.get_waiter("function_active_v2").wait(FunctionName="f")
    functions.invoke(FunctionName="f")
    print(cloud._server.process_group, cloud._server.directory, flush=True)
with LocalCloud.start() as cloud:
    ready(cloud)
"""


def processes(group: int) -> list[str]:
    """The living processes of a group; a zombie has ended."""
    listed = subprocess.run(["ps", "-A", "-ww", "-o", "pgid=,stat=,args="], capture_output=True, text=True, check=True)
    rows = (line.split(None, 2) for line in listed.stdout.splitlines())
    return [row[-1] for row in rows if row[0] == str(group) and not row[1].startswith("Z")]


class Parent:
    """A process that starts a local cloud."""

    def __init__(self, script: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            raise AssertionError(self.process.communicate(timeout=60)[1])
        group, directory = line.split()
        self.group, self.directory = int(group), Path(directory)

    def leaves_nothing(self, *, returncode: int) -> str:
        _, errors = self.process.communicate(timeout=60)
        assert self.process.returncode == returncode, errors
        for _ in polls(10):
            if not processes(self.group) and not self.directory.exists():
                break
        assert processes(self.group) == []
        assert not self.directory.exists()
        return errors


def parent(then: str) -> Parent:
    return Parent(PRELUDE + textwrap.indent(then, "    "))


WAIT = "import time; time.sleep(600)"


def test_there_is_something_to_survive() -> None:
    started = parent(WAIT)
    try:
        running = processes(started.group)
        assert any("embedded.py" in each for each in running)
        assert len(running) > 1, "no handler's process is in the group"
        assert started.directory.exists()
    finally:
        started.process.kill()
        started.leaves_nothing(returncode=-signal.SIGKILL)


def test_the_block_is_left() -> None:
    parent("pass").leaves_nothing(returncode=0)


def test_an_exception_leaves_the_block() -> None:
    assert "ZeroDivisionError" in parent("1 / 0").leaves_nothing(returncode=1)


def test_the_process_exits_without_leaving_the_block() -> None:
    parent("import os; os._exit(7)").leaves_nothing(returncode=7)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL, signal.SIGHUP])
def test_a_signal_ends_the_process(number: signal.Signals) -> None:
    started = parent(WAIT)
    os.kill(started.process.pid, number)
    errors = started.leaves_nothing(returncode=-number)
    assert ("KeyboardInterrupt" in errors) is (number is signal.SIGINT)


def test_nobody_stops_it() -> None:
    script = PRELUDE.replace("with LocalCloud.start() as cloud:", "if cloud := LocalCloud.start():")
    started = Parent(script)
    started.leaves_nothing(returncode=0)


def test_a_deployment_fails(synth: Synth) -> None:
    broken = synth(apps.Broken)
    errors = parent(f"cloud.deploy({str(broken)!r})").leaves_nothing(returncode=1)
    assert "DeploymentFailed" in errors


def test_a_custom_resource_is_pending(synth: Synth) -> None:
    pending = synth(apps.Pending)
    errors = parent(f"cloud.deploy({str(pending)!r}, deadline=2)").leaves_nothing(returncode=1)
    assert "waiting for Custom (AWS::CloudFormation::CustomResource)" in errors


DETACHED = """
import subprocess
def handler(event, context):
    subprocess.Popen(["sleep", "86399.5"], start_new_session=True)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only there are the processes of others' sessions found")
@pytest.mark.parametrize("then", ["pass", "import os; os.kill(os.getpid(), 9)"])
def test_what_a_function_started_in_a_session_of_its_own_ends_too(then: str) -> None:
    code = DETACHED.strip().replace("\n", "\\n")
    script = PRELUDE.replace("def handler(event, context): pass", code.replace('"', "'"))
    seen = (
        "import subprocess as s; assert 'sleep ' + '86399.5' in s.check_output(['ps', '-A', '-o', 'args='], text=True)"
    )
    started = Parent(script + textwrap.indent(f"{seen}\n{then}", "    "))
    started.leaves_nothing(returncode=0 if then == "pass" else -9)
    for _ in polls(10):
        listed = subprocess.run(["ps", "-A", "-o", "stat=,args="], capture_output=True, text=True, check=True).stdout
        left = [line for line in listed.splitlines() if "86399.5" in line and not line.startswith("Z")]
        if not left:
            break
    assert left == []

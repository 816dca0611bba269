"""A local deployment lasts until Ctrl-C or `patternkit destroy`, and leaves nothing behind."""

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from patternkit.localcloud.polling import polls
from tests.conftest import ROOT
from tests.patternkit.catalog.temporary import PATTERN_TOML, environment, run, write_catalog, write_pattern

pytestmark = pytest.mark.xdist_group("local deployment")


class Terminal:
    """A terminal in which `patternkit deploy` runs, with a state folder of its own."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.env = environment(XDG_STATE_HOME=str(directory / "state"), TMPDIR=str(directory))
        self.output = directory / "output"
        self.process: subprocess.Popen[bytes] | None = None

    def deploy(self, pattern: str) -> subprocess.Popen[bytes]:
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(
                ["patternkit", "deploy", pattern],
                cwd=ROOT, env=self.env, stdout=output, stderr=subprocess.STDOUT, process_group=0,
            )  # fmt: skip
        return self.process

    def press(self, number: signal.Signals) -> None:
        """Send a signal: as a terminal sends Ctrl-C, to the command and whatever it has started; others to itself."""
        assert self.process is not None
        (os.killpg if number is signal.SIGINT else os.kill)(self.process.pid, number)

    def wait_for(self, pattern: str, deadline: float = 90) -> re.Match[str]:
        assert self.process is not None
        for _ in polls(deadline):
            if found := re.search(pattern, self.output.read_text()):
                return found
            assert self.process.poll() is None, self.output.read_text()
        pytest.fail(f"{pattern} was not said within {deadline} seconds:\n{self.output.read_text()}")

    def left(self) -> list[str]:
        """What is in the folder for temporary files beside what this test put there."""
        return [one.name for one in self.directory.iterdir() if one.name not in {"output", "state"}]


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    made = Terminal(tmp_path)
    yield made
    if made.process is not None and made.process.poll() is None:
        made.process.kill()
        made.process.wait(30)


def started_by(pid: int) -> dict[int, str]:
    """The processes that a process has started, and those that they have, each with its moment of birth."""
    parents, births = {}, {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        parents[int(stat.parent.name)], births[int(stat.parent.name)] = int(fields[1]), fields[19]
    family = {pid}
    while found := {child for child, parent in parents.items() if parent in family} - family:
        family |= found
    return {one: births[one] for one in family - {pid}}


def still_there(pid: int, birth: str) -> bool:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return False
    return fields[19] == birth and fields[0] != "Z"


@contextmanager
def nothing_left(terminal: Terminal) -> Iterator[None]:
    """Hold that the block ends every process that runs before it, and clears the temporary folders away."""
    assert terminal.process is not None
    children = started_by(terminal.process.pid)
    assert children
    yield
    for _ in polls(20):
        alive = [pid for pid, birth in children.items() if still_there(pid, birth)]
        if not alive:
            break
    assert not alive
    assert terminal.left() == []


def test_destroy_in_another_terminal_ends_it(terminal: Terminal) -> None:
    destroyed = ["patternkit", "destroy", "cron-function"]
    assert run(*destroyed, env=terminal.env).stderr == "error: cron-function is not deployed on this machine\n"
    deployed = terminal.deploy("cron-function")
    port = int(terminal.wait_for(r"runs at http://127\.0\.0\.1:(\d+)\n")[1])
    terminal.wait_for(r"Ctrl-C, or patternkit destroy cron-function, ends it\.")
    assert re.search(r"^  Function = \S+$", terminal.output.read_text(), re.MULTILINE)
    assert "AWS would refuse" not in terminal.output.read_text(), "nobody waits for the rules"
    socket.create_connection(("127.0.0.1", port), timeout=5).close()

    again = run("patternkit", "deploy", "cron-function", env=terminal.env)
    assert (again.returncode, again.stdout) == (1, "")
    assert again.stderr == "error: cron-function is deployed here already: patternkit destroy cron-function\n"
    other = run("patternkit", "destroy", "thumbnailer", env=terminal.env)
    assert (other.returncode, other.stderr) == (1, "error: thumbnailer is not deployed on this machine\n")

    terminal.wait_for("Of CronFunctionStack, cdk-preflight's rules find nothing that AWS would refuse")
    with nothing_left(terminal):
        done = run(*destroyed, env=terminal.env)
        assert (done.returncode, done.stdout) == (0, "cron-function is gone from this machine\n")
        assert deployed.wait(30) == 0
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), timeout=5)
    assert terminal.output.read_text().endswith("\ncron-function is gone from this machine\n")
    assert run(*destroyed, env=terminal.env).stderr == "error: cron-function is not deployed on this machine\n"


def test_what_is_to_be_pasted_binds_a_terminal_that_leads_elsewhere(terminal: Terminal) -> None:
    terminal.env.update(
        AWS_PROFILE="production",
        AWS_DEFAULT_PROFILE="production",
        AWS_SESSION_TOKEN="real",
        AWS_ENDPOINT_URL_LAMBDA="http://127.0.0.1:9",
        http_proxy="http://127.0.0.1:9",
        no_proxy="intranet.example.com",
    )
    terminal.deploy("cron-function")
    name = terminal.wait_for(r"(?m)^  Function = (\S+)$")[1]
    terminal.wait_for("ends it")
    [pasted] = re.findall(r"\nTo talk to it from another terminal:\n((?:  .+\n)+)", terminal.output.read_text())
    asked = f"print(boto3.client('lambda').get_function(FunctionName='{name}')['Configuration']['FunctionName'])"
    found = run("sh", "-ec", pasted + '"$0" -c "$1"', sys.executable, f"import boto3; {asked}", env=terminal.env)
    assert (found.stdout, found.stderr) == (f"{name}\n", "")


def test_ctrl_c_ends_it(terminal: Terminal) -> None:
    deployed = terminal.deploy("cron-function")
    terminal.wait_for("ends it")
    with nothing_left(terminal):
        terminal.press(signal.SIGINT)
        assert deployed.wait(30) == 0
    assert terminal.output.read_text().endswith("ends it.\ncron-function is gone from this machine\n")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_can_be_ended_while_it_is_still_being_deployed(terminal: Terminal, number: signal.Signals) -> None:
    deployed = terminal.deploy("cron-function")
    terminal.wait_for("deploying CronFunctionStack")
    with nothing_left(terminal):
        terminal.press(number)
        assert deployed.wait(30) == 130
    said = terminal.output.read_text()
    assert "Traceback" not in said
    assert "runs at" not in said


def test_a_place_whose_process_was_killed_is_free(terminal: Terminal) -> None:
    deployed = terminal.deploy("cron-function")
    terminal.wait_for("ends it")
    children = started_by(deployed.pid)
    deployed.kill()
    deployed.wait(30)
    gone = run("patternkit", "destroy", "cron-function", env=terminal.env)
    assert (gone.returncode, gone.stderr) == (1, "error: cron-function is not deployed on this machine\n")
    for _ in polls(20):
        if not any(still_there(pid, birth) for pid, birth in children.items()):
            return
    pytest.fail("the local cloud outlives the process that started it")


def test_a_stranger_who_has_the_number_now_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "patternkit").mkdir()
    (tmp_path / "patternkit" / "cron-function").write_text(str(os.getpid()))
    done = run("patternkit", "destroy", "cron-function", env=environment(XDG_STATE_HOME=str(tmp_path)))
    assert (done.returncode, done.stderr) == (1, "error: cron-function is not deployed on this machine\n")


def test_what_the_local_cloud_cannot_run_is_refused_with_the_reason(tmp_path: Path) -> None:
    package = write_catalog(tmp_path)
    write_pattern(package, "queues", "one_queue", PATTERN_TOML.replace('local = "runs"', 'local = "no"'))
    done = run("patternkit", "deploy", "one-queue", env=environment(package, XDG_STATE_HOME=str(tmp_path / "state")))
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "error: one-queue does not run in the local cloud: How it scales.\n"

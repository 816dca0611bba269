"""`patternkit deploy --app` and `patternkit synth`: an app of one's own, and what is said of the user's slips."""

import json
import os
import pty
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from patternkit.catalog.deployment_lock import app_name
from tests.patternkit.catalog.temporary import environment, run
from tests.patternkit.catalog.test_local import Terminal, nothing_left

pytestmark = pytest.mark.xdist_group("local deployment")

APP = """
import json, os, sys
out = os.environ["CDK_OUTDIR"]
os.makedirs(out, exist_ok=True)
def stack(name, *needs, **template):
    file = f"{name}.template.json"
    json.dump(template, open(f"{out}/{file}", "w"))
    env = f"aws://{os.environ['CDK_DEFAULT_ACCOUNT']}/{os.environ['CDK_DEFAULT_REGION']}"
    properties = {"templateFile": file}
    kind = "aws:cloudformation:stack"
    return {"type": kind, "environment": env, "properties": properties, "dependencies": list(needs)}
context = json.loads(os.environ["CDK_CONTEXT_JSON"])
color, built_for = context["color"], str(context.get("patterns:handler-platform"))
queue = {"Queue": {"Type": "AWS::SQS::Queue"}}
artifacts = {
    "Base": stack("Base", Resources=queue, Parameters={"Kind": {"Type": "String"}},
                  Outputs={"Color": {"Value": color}, "Kind": {"Value": {"Ref": "Kind"}}, "For": {"Value": built_for}}),
    "Bad": stack("Bad", Resources={"Address": {"Type": "AWS::EC2::EIP"}}),
    "Worse": stack("Worse", "Bad", Resources=queue),
    "Stored": stack("Stored", Resources=queue, Outputs={"Limit": {"Value": {"Ref": "Limit"}}},
                    Parameters={"Limit": {"Type": "AWS::SSM::Parameter::Value<String>", "Default": "/shop/limit"}}),
}
json.dump({"version": "48.0.0", "artifacts": artifacts}, open(f"{out}/manifest.json", "w"))
print("synthesized", file=sys.stderr)
"""
COMMAND = f"{sys.executable} app.py"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "app.py").write_text(APP)
    (folder / "cdk.json").write_text(json.dumps({"app": "unused", "context": {"color": "blue"}}))
    return folder


class Closable(Terminal):
    """A terminal whose window can be closed."""

    def run(self, project: Path, *command: str) -> int:
        """Run a command as the leader of a session of its own, on a pseudo-terminal; return the process's id."""
        pid, self.master = pty.fork()
        if pid == 0:
            os.chdir(project)
            output = os.open(self.output, os.O_CREAT | os.O_WRONLY)
            os.dup2(output, 1)
            os.dup2(output, 2)
            os.execvpe(command[0], command, self.env)
        return pid

    def close(self) -> None:
        os.close(self.master)


@pytest.fixture
def terminal(tmp_path: Path) -> Closable:
    place = tmp_path / "terminal"
    place.mkdir()
    (place / "output").touch()
    return Closable(place)


class Running:
    """What `Terminal` needs to know of a process that it did not start by itself."""

    def __init__(self, pid: int) -> None:
        self.pid = pid

    def poll(self) -> None:
        return None


def test_an_app_runs_until_its_terminal_is_closed(terminal: Closable, project: Path) -> None:
    given = ("--parameter", "Base:Kind=small", "--ssm", "/shop/limit=7")
    pid = terminal.run(project, "patternkit", "deploy", "--app", COMMAND, *given)
    terminal.process = Running(pid)  # type: ignore[assignment]
    terminal.wait_for("ends it")
    said = terminal.output.read_text()
    for expected in (
        "synthesized\n",
        "  Color = blue\n",
        "  Kind = small\n",
        "  Limit = 7\n",
        "  For = local\n",
        "not deployed: Bad: the local cloud cannot run Address (AWS::EC2::EIP)\n",
        "not deployed: Worse needs Bad, which is not deployed\n",
        f"Ctrl-C, or patternkit destroy --app '{COMMAND}', ends it.",
    ):
        assert expected in said
    again = run("patternkit", "deploy", "--app", COMMAND, cwd=project, env=terminal.env)
    assert again.stderr.startswith(f"error: --app '{COMMAND}' is deployed here already: patternkit destroy --app")
    terminal.env["TMPDIR"] = str(terminal.directory)
    with nothing_left(terminal):
        terminal.close()
        os.waitpid(pid, 0)
    gone = run("patternkit", "destroy", "--app", COMMAND, cwd=project, env=terminal.env)
    assert gone.stderr == f"error: --app '{COMMAND}' is not deployed on this machine\n"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            ["deploy", "--app", "echo no such thing >&2; exit 3"],
            "no such thing\nerror: --app failed with exit status 3: ",
        ),
        (
            ["deploy", "--app", "no-app"],
            "error: --app failed with exit status 127: neither a folder of a cloud assembly nor a command: no-app\n",
        ),
        (["deploy", "--app", "true"], "error: --app wrote no assembly, does it call app.synth()?: true\n"),
        (
            ["synth", "--app", """mkdir -p $CDK_OUTDIR; echo '{"version": "48.0.0"}' > $CDK_OUTDIR/manifest.json"""],
            "error: --app has no stacks: mkdir",
        ),
        (["deploy", "--app", "."], "error: . is not a cloud assembly: it has no manifest.json"),
        (["deploy", "--app", "x", "--aws"], "error: --app runs on this machine only; in AWS the CDK CLI deploys it"),
        (
            ["deploy", "--app", "x", "-o", "a=b"],
            "error: --option is for a pattern, with --app use --parameter; got a=b",
        ),
        (
            ["deploy", "--app", "echo it ran >&2", "--parameter", "Kind"],
            "error: parameter must be NAME=VALUE or STACK:NAME=VALUE, got Kind",
        ),
        (
            ["deploy", "--app", "echo it ran >&2", "--parameter", "Kind=a", "--parameter", "Kind=b"],
            "error: parameter Kind must be given once, got a and b",
        ),
        (["deploy", "--app", "echo it ran >&2", "--ssm", "/a"], "error: ssm must be NAME=VALUE, got /a"),
        (["deploy", "cron-function", "--ssm", "/a"], "error: ssm must be NAME=VALUE, got /a"),
        (
            ["deploy", "thumbnailer", "--aws", "--ssm", "a=b"],
            "error: --ssm is for this machine; in AWS: aws ssm put-parameter",
        ),
        (
            ["deploy", "cron-function", "--parameter", "Kind"],
            "error: parameter must be NAME=VALUE or STACK:NAME=VALUE, got Kind",
        ),
        (["deploy", "--app", ""], "error: --app must be a command or a folder, got nothing\n"),
        (["synth", "--app", " "], "error: --app must be a command or a folder, got nothing\n"),
        (["destroy", "--app", ""], "error: --app must be a command or a folder, got nothing\n"),
        (["deploy"], "error: one pattern's NAME, or --app and STACKS, must be given, got none"),
        (
            ["deploy", "thumbnailer", "--aws", "--parameter", "a=b"],
            "error: --parameter is for this machine; in AWS: npx cdk deploy --parameters NAME=VALUE",
        ),
        (["destroy"], "error: a pattern's NAME or --app must be given, got neither"),
        (["synth", "x", "--app", "y"], "error: a pattern's NAME or --app must be given, got both"),
        (["synth", "--app", "."], "error: --app must be a command to synthesize by, . is a folder"),
    ],
)
def test_a_slip_is_one_line(tmp_path: Path, arguments: list[str], said: str) -> None:
    done = run("patternkit", *arguments, cwd=tmp_path, env=environment(XDG_STATE_HOME=str(tmp_path / "state")))
    assert done.returncode == 1
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert "it ran" not in done.stderr.partition("error: ")[0], "a slip is said before the app is run"


def test_what_a_template_does_not_allow_is_refused_before_a_cloud_starts(project: Path, tmp_path: Path) -> None:
    env = environment(
        XDG_STATE_HOME=str(tmp_path / "state"), CDK_OUTDIR="cdk.out", CDK_CONTEXT_JSON='{"color": "blue"}'
    )
    made = run(
        sys.executable, "app.py", cwd=project, env={**env, "CDK_DEFAULT_ACCOUNT": "0", "CDK_DEFAULT_REGION": "x"}
    )
    assert made.returncode == 0, made.stderr
    for arguments, said in (
        (
            ["--parameter", "Knd=x"],
            "parameter Knd is declared by no stack, got Knd=x; declared: Kind, Limit; did you mean Kind?",
        ),
        (["Bas"], "stack must be one of Base, Bad, Worse, Stored, got Bas"),
    ):
        done = run("patternkit", "deploy", "--app", "cdk.out", *arguments, cwd=project, env=env)
        assert (done.returncode, done.stdout) == (1, "")
        assert said in done.stderr
        assert len(done.stderr.splitlines()) == 1, "nothing was started"


def test_what_the_parameter_store_lacks_is_said_with_the_option_that_gives_it(project: Path, tmp_path: Path) -> None:
    env = environment(XDG_STATE_HOME=str(tmp_path / "state"))
    done = run("patternkit", "deploy", "--app", COMMAND, "Stored", cwd=project, env=env)
    assert done.returncode == 1
    assert done.stderr.endswith("SSM parameter '/shop/limit' does not exist: --ssm /shop/limit=VALUE gives it\n"), (
        done.stderr
    )


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_app_that_is_interrupted_says_nothing_and_ends(tmp_path: Path, number: int) -> None:
    (tmp_path / "app.py").write_text("import time\nprint('begun', flush=True)\ntime.sleep(60)\n")
    process = subprocess.Popen(
        ["patternkit", "deploy", "--app", f"true && {COMMAND}; true"],
        cwd=tmp_path,
        env=environment(XDG_STATE_HOME=str(tmp_path / "state")),
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stderr is not None
    while (line := process.stderr.readline()) != "begun\n":
        assert line
    # As a terminal sends Ctrl-C, to all that it runs, and as `patternkit destroy` ends the command alone.
    (os.killpg if number == signal.SIGINT else os.kill)(process.pid, number)
    # While the app lives, it holds standard error open.
    assert process.communicate(timeout=30)[1].strip() in ("", "starting the local cloud ...")
    assert process.returncode == 130


def test_synth_overwrites_only_what_it_wrote(project: Path) -> None:
    synth = ["patternkit", "synth", "--app", COMMAND, "--output", "made"]
    first = run(*synth, cwd=project)
    assert (first.returncode, first.stdout.splitlines()[0]) == (0, "made/Base.template.json")
    outputs = json.loads((project / "made/Base.template.json").read_text())["Outputs"]
    assert outputs["For"] == {"Value": "None"}, "handlers are built for AWS"
    (project / "app.py").write_text(APP.replace('"Bad": stack("Bad"', '"Good": stack("Good"'))
    assert run(*synth, cwd=project).returncode == 0
    assert not (project / "made" / "Bad.template.json").exists(), "what is no longer made is gone"
    (project / "made" / "manifest.json").write_text("{}")
    theirs = sorted((project / "made").iterdir())
    for command in (synth, ["patternkit", "synth", "thumbnailer", "--output", "made"]):
        done = run(*command, cwd=project)
        assert (done.returncode, done.stderr.count("\n")) == (1, 1)
        assert "--output made holds what patternkit synth did not write and would overwrite" in done.stderr
    assert sorted((project / "made").iterdir()) == theirs


def test_an_app_is_named_in_a_folder_whose_name_is_no_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Names of files are bytes on Linux."""
    folder = tmp_path / os.fsdecode(b"app\xff")
    try:
        folder.mkdir()
    except OSError:
        pytest.skip("no such name here")
    monkeypatch.chdir(folder)
    names = {app_name("python app.py"), app_name(os.fsdecode(b"python \xff.py"))}
    monkeypatch.chdir(tmp_path)
    assert len(names | {app_name("python app.py")}) == 3

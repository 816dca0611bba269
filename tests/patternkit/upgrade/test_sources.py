"""Where templates come from, and the command line over them: exit statuses and one clear line for each mistake."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from patternkit.catalog.cli import app
from patternkit.templates import TemplateError
from patternkit.templates.files import LARGEST_TEMPLATE
from patternkit.upgrade import Kind, SourceError, compare, compare_sources, read_source
from patternkit.upgrade.sources import _blob

OLD: dict[str, Any] = {"Resources": {"Q": {"Type": "AWS::SQS::Queue", "DeletionPolicy": "Retain"}}}
NEW: dict[str, Any] = {"Resources": {"Q": {"Type": "AWS::SQS::Queue"}}}


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "old.json").write_text(json.dumps(OLD))
    (tmp_path / "new.json").write_text(json.dumps(NEW))
    return tmp_path


def diff(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["diff", *arguments])


def test_the_exit_status_says_whether_it_is_dangerous(here: Path) -> None:
    (here / "newer.json").write_text(json.dumps({"Resources": {"T": {"Type": "AWS::SNS::Topic"}}}))
    assert diff("old.json", "old.json").exit_code == 0
    dangerous = diff("old.json", "new.json")
    assert dangerous.exit_code == 1
    assert dangerous.stdout == (
        "danger: retention: Q: DeletionPolicy was Retain and is Delete: the data goes with its stack\n"
    )
    assert dangerous.stderr == "1 dangerous, 0 to know of\n"
    worth_knowing = diff("old.json", "newer.json")
    assert worth_knowing.exit_code == 0
    assert worth_knowing.stdout.startswith("note: deletion: Q: ")


@pytest.mark.usefixtures("here")
def test_json() -> None:
    (one,) = json.loads(diff("old.json", "new.json", "--json").stdout)
    assert one == {
        "kind": "retention",
        "logical_id": "Q",
        "reason": "DeletionPolicy was Retain and is Delete: the data goes with its stack",
        "dangerous": True,
        "template": "",
    }
    assert json.loads(diff("old.json", "old.json", "--json").stdout) == []


def test_yaml_with_short_functions(here: Path) -> None:
    (here / "new.yaml").write_text(
        "Resources:\n  Q:\n    Type: AWS::SQS::Queue\n    DeletionPolicy: Retain\n    Properties:\n"
        "      QueueName: !Sub '${AWS::StackName}-q'\n"
    )
    assert "Q: QueueName changes from nothing to ${AWS::StackName}-q" in diff("old.json", "new.yaml").stdout


def test_assemblies_are_compared_template_by_template(here: Path) -> None:
    for name, made in (("before", [OLD, OLD]), ("after", [OLD, NEW])):
        folder = here / name / "assembly-Stage"
        folder.mkdir(parents=True)
        (here / name / "First.template.json").write_text(json.dumps(made[0]))
        (folder / "Second.template.json").write_text(json.dumps(made[1]))
    assert [line.partition(": D")[0] for line in diff("before", "after").stdout.splitlines()] == [
        "danger: retention: assembly-Stage/Second/Q"
    ]
    (here / "after" / "First.template.json").unlink()
    assert "note: deletion: First/Q: " in diff("before", "after").stdout


def test_git_revisions(here: Path) -> None:
    (here / "assembly").mkdir()
    (here / "assembly" / "One.template.json").write_text(json.dumps(OLD))
    git("init", "-q")
    git("add", ".")
    git("commit", "-qm", "one")
    (here / "old.json").write_text(json.dumps(NEW))
    (here / "assembly" / "One.template.json").write_text(json.dumps(NEW))
    assert diff("HEAD:old.json", "old.json").exit_code == 1
    assert diff("HEAD:old.json", "HEAD:old.json").exit_code == 0
    assert "One/Q" in diff("HEAD:assembly", "assembly").stdout
    with pytest.raises(SourceError, match=r"^HEAD:none\.json: "):
        read_source("HEAD:none.json")
    with pytest.raises(SourceError, match=r"^never:old\.json: "):
        read_source("never:old.json")


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("half.json", json.dumps(OLD)[:-20], "half.json is neither JSON nor YAML: "),
        (
            "half.yaml",
            'Resources:\n  Q:\n    Type: "AWS::SQS',
            "half.yaml is neither JSON nor YAML: while",
        ),
        ("empty.json", "", "empty.json: the file is empty"),
        ("list.json", "[]", "list.json is not a CloudFormation template: it has no Resources"),
        ("other.json", '{"name": "x"}', "other.json is not a CloudFormation template: it has no Resources"),
        ("prose.txt", "Not a template.\n", "prose.txt is not a CloudFormation template"),
        (
            "typeless.json",
            '{"Resources": {"Q": {}}}',
            "typeless.json: resource Q has no Type",
        ),
        (
            "sam.json",
            json.dumps(OLD | {"Transform": "AWS::Serverless-2016-10-31"}),
            "sam.json: it is processed by AWS::Serverless-2016-10-31: compare the processed templates",
        ),
        (
            "include.json",
            json.dumps(OLD | {"Fn::Transform": {"Name": "AWS::Include"}}),
            "include.json: it is processed by AWS::Include: compare the processed templates",
        ),
        ("binary.json", b"\xff\xfe\x00", "binary.json is not a text file in UTF-8: it is UTF-16"),
    ],
)
def test_what_is_no_template_is_one_line_and_exit_status_3(
    here: Path, name: str, text: str | bytes, message: str
) -> None:
    (here / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    for arguments in ((name, "old.json"), ("old.json", name)):
        result = diff(*arguments)
        assert result.exit_code == 3
        assert result.stdout == ""
        assert result.stderr.startswith(f"error: {message}")
        assert len(result.stderr.splitlines()) == 1


def test_what_is_not_there(here: Path) -> None:
    (here / "folder").mkdir()
    for source, message in (
        ("none.json", "none.json: there is no such file or folder, and it is no git revision (REV:path)"),
        ("folder", "folder: the folder holds no *.template.json: is it a cloud assembly?"),
    ):
        result = diff("old.json", source)
        assert (result.exit_code, result.stderr) == (3, f"error: {message}\n")
    (here / "folder" / "One.template.json").write_text(json.dumps(OLD))
    assert "one is a template, the other a folder of templates" in diff("old.json", "folder").stderr


def test_a_revision_is_no_option_of_git(here: Path) -> None:
    result = diff("--", "--output=written:old.json", "new.json")
    assert result.exit_code == 3
    assert "--output=written:old.json: a git revision does not begin with a dash" in result.stderr
    assert not (here / "written").exists()


def git(*arguments: str, folder: Path | None = None) -> None:
    identity = ["-c", "user.name=test", "-c", "user.email=test@example.com", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", *identity, *arguments], check=True, capture_output=True, cwd=folder)


@pytest.fixture(scope="module")
def committed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    here = tmp_path_factory.mktemp("repository")
    (here / "assembly" / "in").mkdir(parents=True)
    (here / "empty").mkdir()
    (here / "old.json").write_text(json.dumps(OLD))
    (here / "assembly" / "One.template.json").write_text(json.dumps(OLD))
    (here / "assembly" / "in" / "Two.template.json").write_text(json.dumps(NEW))
    (here / "assembly" / "manifest.json").write_text("{}")
    (here / "empty" / "manifest.json").write_text("{}")
    (here / "large.json").write_text(json.dumps(OLD) + " " * (4 << 20))
    (here / "empty.json").write_text(" ")
    (here / "a:b.json").write_text(json.dumps(OLD))
    for arguments in (["init", "-q"], ["add", "."], ["commit", "-qm", "one"]):
        git(*arguments, folder=here)
    return here


class TestRevisions:
    @pytest.fixture
    def repository(self, committed: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        monkeypatch.chdir(committed)
        return committed

    def test_what_is_read(self, repository: Path) -> None:
        assert read_source("HEAD:old.json") == {"": OLD}
        assert read_source("HEAD:assembly") == {"One": OLD, "in/Two": NEW} == read_source("assembly")
        assert read_source("HEAD:./assembly") == read_source("assembly")
        assert read_source("HEAD:a:b.json") == {"": OLD} == read_source("a:b.json")
        assert read_source(str(repository / "old.json")) == {"": OLD}

    @pytest.mark.parametrize(
        ("source", "message"),
        [
            ("HEAD:none.json", "HEAD:none.json: path 'none.json' does not exist in 'HEAD'"),
            ("never:old.json", "never:old.json: invalid object name 'never'."),
            ("HEAD:large.json", "HEAD:large.json has 4,194,"),
            ("HEAD:empty.json", "HEAD:empty.json: the file is empty"),
            (
                "HEAD:assembly/manifest.json",
                "HEAD:assembly/manifest.json is not a CloudFormation template: it has no Resources",
            ),
            (":old.jsn", ":old.jsn: there is no such file or folder, and it is no git revision (REV:path)"),
            ("HEAD", "HEAD: there is no such file or folder, and it is no git revision (REV:path)"),
            ("-x:old.json", "-x:old.json: a git revision does not begin with a dash"),
            (
                "HEAD:empty",
                "HEAD:empty: the folder holds no *.template.json: is it a cloud assembly?",
            ),
            ("a\0b", "'a\\x00b': no file has such a name"),
        ],
    )
    @pytest.mark.usefixtures("repository")
    def test_what_is_not(self, source: str, message: str) -> None:
        with pytest.raises(SourceError) as raised:
            read_source(source)
        assert str(raised.value).startswith(message)
        assert len(str(raised.value).splitlines()) == 1


@pytest.mark.usefixtures("here")
def test_without_git(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(
        SourceError, match=r"^HEAD:old\.json: git could not be asked: .*No such file or directory: 'git'$"
    ):
        read_source("HEAD:old.json")


def test_of_a_revision_that_is_too_large_only_the_size_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def git(_: str, *arguments: str) -> bytes:
        asked.append(arguments[1])
        return str(LARGEST_TEMPLATE + 1).encode()

    monkeypatch.setattr("patternkit.upgrade.sources._git", git)
    with pytest.raises(TemplateError, match=r"^large\.json has "):
        _blob("HEAD:large.json", "HEAD:large.json", "large.json")
    assert asked == ["-s"]


def test_what_leads_out_of_the_assembly_is_not_read(here: Path) -> None:
    folder = here / "assembly"
    folder.mkdir()
    (folder / "One.template.json").write_text(json.dumps(OLD))
    (here / "Two.template.json").write_text(json.dumps(NEW))
    (folder / "Two.template.json").symlink_to(here / "Two.template.json")
    assert diff("assembly", "assembly").stderr == (
        "error: the folder assembly names 'Two.template.json', which is outside of the assembly assembly\n"
    )


@pytest.mark.parametrize(
    ("transform", "named"),
    [
        ("AWS::Include", "AWS::Include"),
        (["Mine", {"Name": "AWS::Include", "Parameters": {}}], "Mine, AWS::Include"),
    ],
)
def test_what_is_processed_before_it_is_deployed(here: Path, transform: Any, named: str) -> None:
    (here / "sam.json").write_text(json.dumps(OLD | {"Transform": transform}))
    result = diff("sam.json", "old.json")
    assert result.stderr == f"error: sam.json: it is processed by {named}: compare the processed templates\n"


class TestComparison:
    def test_loops_are_not_compared(self, here: Path) -> None:
        loop = {"Resources": {"Fn::ForEach::Topics": ["T", ["a"], {"T${T}": {"Type": "AWS::SNS::Topic"}}]}}
        with pytest.raises(TemplateError) as raised:
            compare(loop, OLD)
        assert str(raised.value) == (
            "the old template: it is processed by what Fn::ForEach::Topics needs: compare the processed templates"
        )
        (here / "loop.json").write_text(json.dumps(loop))
        assert diff("old.json", "loop.json").stderr == (
            "error: loop.json: it is processed by what Fn::ForEach::Topics needs: compare the processed templates\n"
        )

    @pytest.mark.parametrize(("old", "new", "what"), [({}, OLD, "the old template"), (OLD, {}, "the new template")])
    def test_what_is_no_template(self, old: Any, new: Any, what: str) -> None:
        with pytest.raises(TemplateError, match=f"^{what} is not a CloudFormation template: it has no Resources"):
            compare(old, new)

    def test_properties_of_the_wrong_shape(self, here: Path) -> None:
        wrong = {"Resources": {"Q": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": ["x"]}}}}
        with pytest.raises(
            TemplateError, match=r"^the new template: resource Q: Properties\.QueueName must be a single"
        ):
            compare(OLD, wrong)
        (here / "assembly").mkdir()
        (here / "assembly" / "One.template.json").write_text(json.dumps(wrong))
        assert diff("assembly", "assembly").stderr.startswith(
            "error: assembly/One: resource Q: Properties.QueueName must"
        )

    def test_a_template_and_a_folder(self, here: Path) -> None:
        (here / "assembly").mkdir()
        (here / "assembly" / "One.template.json").write_text(json.dumps(OLD))
        for given in (("old.json", "assembly"), ("assembly", "old.json")):
            assert diff(*given).stderr == (
                f"error: {given[0]} and {given[1]}: one is a template, the other a folder of templates\n"
            )

    def test_the_dangerous_come_first_and_then_by_template_and_kind(self, here: Path) -> None:
        topic = {"Type": "AWS::SNS::Topic"}
        kept = {"Type": "AWS::SQS::Queue", "DeletionPolicy": "Retain"}
        for name, made in (("before", {"Q": kept, "R": kept}), ("after", {"R": topic | {"Type": "AWS::SQS::Queue"}})):
            (here / name).mkdir()
            for stack in ("B", "A"):
                template = {"Resources": {"T": topic, **made}}
                (here / name / f"{stack}.template.json").write_text(json.dumps(template))
        found = compare_sources("before", "after")
        assert [(one.dangerous, one.template, one.logical_id, one.kind) for one in found] == [
            (True, "A", "R", Kind.RETENTION),
            (True, "B", "R", Kind.RETENTION),
            (False, "A", "Q", Kind.DELETION),
            (False, "B", "Q", Kind.DELETION),
        ]
        (here / "after" / "C.template.json").write_text(json.dumps({"Resources": {"B": {"Type": "AWS::EC2::EIP"}}}))
        (here / "before" / "A.template.json").unlink()
        assert {one.template for one in compare_sources("before", "after")} == {"B"}

"""What the guides tell a reader to do is done here, in their order, in an empty folder.

A block's info string says how: `python` is a script, `python file=NAME` a file, of which a test file is run by pytest,
and any other language with `file=NAME` is only written;
`console` is commands and what they print, `exit=N` how the last one ends, and `not-run` is only for what needs AWS, an
installation or somebody's Ctrl-C. Guides that need more than that have tests of their own.
"""

import re
import shlex
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.patternkit.catalog.temporary import environment, run

OWN_TESTS = {"choose-a-web-architecture.md", "prove-your-network.md", "test-your-own-stack.md"}
GUIDES = sorted((ROOT / "docs" / "guides").glob("*.md"))
BLOCK = re.compile(r"^```(?P<language>\w+)(?P<info>[^\n]*)\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)
ON_OUR_NODE = "from patternkit.node import use_packaged_node\nuse_packaged_node()\n"
BUILDS_NOTHING = '{"aws:cdk:bundling-stacks": []}'


def done(command: list[str], cwd: Path, expected: int = 0) -> str:
    ended = run(*command, cwd=cwd, env=environment(CDK_OUTDIR=str(cwd / "out"), CDK_CONTEXT_JSON=BUILDS_NOTHING))
    assert ended.returncode == expected, f"{shlex.join(command)}\n{ended.stdout}{ended.stderr}"
    return ended.stdout + ended.stderr


def follow(language: str, info: str, body: str, cwd: Path) -> None:
    if language == "python" and "file=" in info:
        file = cwd / info.partition("file=")[2].split()[0]
        file.write_text(body, encoding="utf-8")
        runner = ["-m", "pytest", "-q", "-p", "no:cacheprovider"] if file.name.startswith("test_") else []
        done([sys.executable, *runner, file.name], cwd)
    elif "file=" in info:
        (cwd / info.partition("file=")[2].split()[0]).write_text(body, encoding="utf-8")
    elif language == "python":
        done([sys.executable, "-c", ON_OUR_NODE + body], cwd)
    elif language == "console" and "not-run" not in info:
        commands = re.split(r"^\$ ", body, flags=re.MULTILINE)[1:]
        for number, text in enumerate(commands, start=1):
            command, _, printed = text.partition("\n")
            status = int(info.partition("exit=")[2] or 0) if number == len(commands) else 0
            assert printed in done(shlex.split(command), cwd, status)


@pytest.mark.parametrize(
    "guide", [one for one in GUIDES if one.name not in OWN_TESTS and one.stem != "index"], ids=lambda path: path.stem
)
def test_the_guide_leads_where_it_says(guide: Path, tmp_path: Path) -> None:
    blocks = list(BLOCK.finditer(guide.read_text(encoding="utf-8")))
    assert blocks, f"{guide} shows nothing"
    for block in blocks:
        try:
            follow(block["language"], block["info"], block["body"], tmp_path)
        except AssertionError as error:
            pytest.fail(f"docs/guides/{guide.name}: mend this, then run pytest tests/{Path(__file__).name}:\n{error}")

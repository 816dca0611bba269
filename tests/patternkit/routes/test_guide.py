"""The guide's examples run, and print what the guide says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from patternkit.routes.promises import MEANINGS, load_promises

GUIDE = Path(__file__).parents[3] / "docs" / "guides" / "prove-your-network.md"
BLOCKS = re.findall(r"^```(\w+)([^\n]*)\n(.*?)^```$", GUIDE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)


def test_every_example_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    ran = 0
    for _, info, body in BLOCKS:
        if "file=" in info:
            Path(info.split("file=")[1].strip()).write_text(body, encoding="utf-8")
    for language, info, body in BLOCKS:
        if language == "python" and "fixture" not in info:
            exec(compile(body, str(GUIDE), "exec"), {})
            ran += 1
        elif "output" in info:
            assert capsys.readouterr().out == body
    assert ran == 5


def test_the_promise_file_loads(tmp_path: Path) -> None:
    file = tmp_path / "promises.yaml"
    file.write_text(next(body for _, info, body in BLOCKS if "promises.yaml" in info), encoding="utf-8")
    assert [str(promise) for promise in load_promises(file)] == [
        "isolated: Billing -> internet",
        "orders reach billing",
    ]


def test_the_table_of_promises_is_the_codes() -> None:
    text = GUIDE.read_text(encoding="utf-8")
    for kind, meaning in MEANINGS.items():
        assert f"| `{kind}` | {meaning} |" in text

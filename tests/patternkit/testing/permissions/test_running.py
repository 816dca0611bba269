"""A handler in this process: how it is imported, and what it is told of its invocation."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from patternkit.testing.permissions import ProofError
from patternkit.testing.permissions.recording import Recorder
from patternkit.testing.permissions.running import Invocation, imported

HANDLER = """
import sys

KEPT = sys.dont_write_bytecode

def handler(event, context):
    return KEPT
"""


@pytest.fixture
def recorder() -> Recorder:
    return cast("Recorder", SimpleNamespace(enforcing=False))


@pytest.mark.parametrize("before", [False, True])
def test_importing_a_handler_leaves_no_bytecode_beside_its_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, recorder: Recorder, before: bool
) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", before)
    (tmp_path / "cold.py").write_text(HANDLER)
    with imported("cold.handler", tmp_path, recorder) as handler:
        assert handler({}, None) is True
    assert sys.dont_write_bytecode is before
    assert "cold" not in sys.modules


def test_the_role_holds_while_a_handler_is_imported_and_no_longer(tmp_path: Path, recorder: Recorder) -> None:
    seen: list[bool] = []
    sys.modules["seen_at_import"] = cast("Any", SimpleNamespace(note=lambda: seen.append(recorder.enforcing)))
    try:
        (tmp_path / "cold.py").write_text("import seen_at_import\nseen_at_import.note()\nhandler = print\n")
        with imported("cold.handler", tmp_path, recorder) as handler:
            assert handler is print
            assert not recorder.enforcing
        (tmp_path / "broken.py").write_text("import seen_at_import\nseen_at_import.note()\nraise KeyError(1)\n")
        says = r"^handler broken\.handler could not be imported: KeyError: 1$"
        with pytest.raises(ProofError, match=says), imported("broken.handler", tmp_path, recorder):
            pass
        assert not recorder.enforcing
        assert seen == [True, True]
    finally:
        del sys.modules["seen_at_import"]


def test_a_handler_that_is_given_is_not_imported(recorder: Recorder) -> None:
    handler: Callable[..., Any] = print
    with imported(handler, None, recorder) as found:
        assert found is print


@pytest.mark.parametrize(
    ("properties", "memory", "timeout"),
    [({}, "128", 3), ({"MemorySize": 512, "Timeout": 20}, "512", 20), ({"Timeout": "7"}, "128", 7)],
)
def test_what_a_handler_is_told(properties: dict[str, Any], memory: str, timeout: int) -> None:
    told = Invocation.of(properties, "f", "eu-west-1", "123456789012")
    assert (told.function_name, told.memory_limit_in_mb, told.timeout) == ("f", memory, timeout)
    assert told.invoked_function_arn == "arn:aws:lambda:eu-west-1:123456789012:function:f"
    assert told.get_remaining_time_in_millis() == timeout * 1000

"""How wide a line is."""

import os
import shutil
import sys
from types import SimpleNamespace

import pytest

from patternkit.catalog.terminal import columns


@pytest.mark.parametrize("given", ["132", "40", "0", "-3", "wide", "", None])
@pytest.mark.parametrize("terminal", [97, 0, None])
def test_a_line_is_as_wide_as_the_standard_library_says(
    given: str | None, terminal: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def size(_descriptor: int) -> os.terminal_size:
        if terminal is None:
            raise OSError(25, "Inappropriate ioctl for device")
        return os.terminal_size((terminal, 24))

    monkeypatch.setattr(os, "get_terminal_size", size)
    monkeypatch.setattr(sys, "__stdout__", SimpleNamespace(fileno=lambda: 1))
    monkeypatch.delenv("COLUMNS", raising=False)
    if given is not None:
        monkeypatch.setenv("COLUMNS", given)
    assert columns() == shutil.get_terminal_size().columns


def test_a_process_without_a_standard_output_has_80_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    monkeypatch.setattr(sys, "__stdout__", None)
    assert columns() == shutil.get_terminal_size().columns == 80

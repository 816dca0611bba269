"""Where it is noted what runs on this machine."""

from pathlib import Path

import pytest

from patternkit.catalog.deployment_lock import deployment_lock
from patternkit.catalog.errors import CatalogError


def test_a_place_that_cannot_be_made_is_said_with_what_to_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a-file").write_text("")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "a-file"))
    said = rf"^{tmp_path}/a-file/patternkit cannot be made, .*: set XDG_STATE_HOME to a folder that can be written$"
    with pytest.raises(CatalogError, match=said), deployment_lock("thumbnailer"):
        pass

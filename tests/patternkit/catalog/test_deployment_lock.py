"""Where it is noted what runs on this machine."""

from pathlib import Path

import pytest

from patternkit.catalog.deployment_lock import deployment_lock
from patternkit.catalog.errors import CatalogError


@pytest.mark.parametrize("state", ["a-file", "a-folder"])
def test_a_place_that_cannot_be_written_is_said_with_what_to_set(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, state: str
) -> None:
    (tmp_path / "a-file").write_text("")
    (tmp_path / "a-folder" / "patternkit" / "thumbnailer").mkdir(parents=True)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / state))
    said = rf"^{tmp_path}/{state}/patternkit/thumbnailer cannot be written, .*: set XDG_STATE_HOME to a folder that can"
    with pytest.raises(CatalogError, match=said), deployment_lock("thumbnailer"):
        pass

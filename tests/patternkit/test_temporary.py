"""A private folder goes with its maker, or with the next who makes one."""

import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from patternkit.temporary import LOCK, PREFIX, temporary_directory


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", None)


def test_the_folder_of_a_killed_process_is_swept_and_that_of_a_living_one_stays(tmp_path: Path) -> None:
    script = (
        "import time; from patternkit.temporary import temporary_directory\n"
        "with temporary_directory() as folder: print(folder, flush=True); time.sleep(600)"
    )
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        theirs = Path(process.stdout.readline().strip())
        with temporary_directory() as ours:
            assert (ours.stat().st_mode & 0o777, ours.parent) == (0o700, tmp_path)
            assert theirs.exists()
        process.kill()
        process.wait()
    assert theirs.exists(), "nobody could remove it"
    with temporary_directory():
        assert not theirs.exists()
    assert list(tmp_path.iterdir()) == []


def test_what_is_not_ours_stays(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / f"{PREFIX}{name}").mkdir()
    (tmp_path / f"{PREFIX}link").symlink_to(tmp_path / f"{PREFIX}b")
    (tmp_path / f"{PREFIX}b" / LOCK).mkdir()
    with temporary_directory():
        assert len(list(tmp_path.iterdir())) == 4
    (tmp_path / f"{PREFIX}link").unlink()

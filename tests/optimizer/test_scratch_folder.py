"""Temporary folders: used alone, gone at the end, and swept after a kill."""

import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from perfbot.optimizer.scratch_folder import PREFIX, scratch_folder, sweep

HOLDS = """\
import time
from perfbot.optimizer.scratch_folder import scratch_folder
with scratch_folder() as folder:
    (folder / "file").write_text("x")
    print(folder, flush=True)
    time.sleep(600)
"""


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder for temporary files, seen by nobody else."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", None)
    return tmp_path


def test_a_folder_is_private_and_goes_at_the_end(own_folder: Path) -> None:
    """Nobody else may look into it, and nothing of it stays."""
    with scratch_folder() as folder:
        assert folder.stat().st_mode & 0o077 == 0
        (folder / "file").write_text("x")
    assert list(own_folder.iterdir()) == []


def test_a_killed_process_leaves_a_folder_for_the_next_to_remove(own_folder: Path) -> None:
    """A folder is kept while its process lives and removed by the next perfbot after it died."""
    process = subprocess.Popen([sys.executable, "-c", HOLDS], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    held = Path(process.stdout.readline().strip())
    sweep()
    assert (held / "file").exists()
    process.kill()
    process.wait()
    process.stdout.close()
    assert held.exists()
    with scratch_folder() as folder:
        assert list(own_folder.iterdir()) == [folder]


def test_what_is_not_perfbots_stays(own_folder: Path) -> None:
    """Other names, and a link that has our name, are left alone."""
    (own_folder / "perfbot-notes").mkdir()
    (own_folder / (PREFIX + "link")).symlink_to(own_folder / "perfbot-notes")
    sweep()
    assert len(list(own_folder.iterdir())) == 2

"""The lock that keeps two measurements apart, and what is said of the machine."""

import platform
import subprocess
import sys
from pathlib import Path

import pytest

from perfbot.sandbox.errors import MachineError
from perfbot.sandbox.host import cache_folder, fingerprint, measurement_lock

HOLDER = """
import sys
from pathlib import Path
from perfbot.sandbox.host import measurement_lock
with measurement_lock(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.readline()
"""

TRIER = """
import fcntl, sys
with open(sys.argv[1], "ab") as handle:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        sys.exit(7)
"""


def can_lock(folder: Path) -> bool:
    """Whether another process gets the lock at once."""
    command = [sys.executable, "-c", TRIER, str(folder / "measure.lock")]
    return subprocess.run(command, check=False).returncode == 0


def test_lock_excludes_other_processes_until_it_is_left(tmp_path: Path) -> None:
    """While it is held no other process gets it; afterwards one does."""
    with measurement_lock(tmp_path):
        assert not can_lock(tmp_path)
    assert can_lock(tmp_path)


def test_lock_outlives_no_holder(tmp_path: Path) -> None:
    """A holder that is killed frees the lock."""
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == b"held\n"
    assert not can_lock(tmp_path)
    holder.kill()
    holder.communicate()
    with measurement_lock(tmp_path):
        assert not can_lock(tmp_path)


def test_a_process_that_waits_says_so(tmp_path: Path) -> None:
    """One line on standard error, before it gets the lock."""
    command = [sys.executable, "-c", HOLDER, str(tmp_path)]
    with measurement_lock(tmp_path):
        waiting = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        assert waiting.stderr is not None
        assert b"another perfbot is measuring" in waiting.stderr.readline()
    assert waiting.stdout is not None
    assert waiting.stdout.readline() == b"held\n"
    waiting.kill()
    waiting.communicate()


def test_lock_is_freed_by_an_error(tmp_path: Path) -> None:
    """An exception inside leaves nothing locked."""
    with pytest.raises(ValueError, match="inside"), measurement_lock(tmp_path):
        raise ValueError("inside")
    assert can_lock(tmp_path)


def test_lock_that_cannot_be_made_says_what_to_do(tmp_path: Path) -> None:
    """A file in the folder's place is named in the message, with the way out."""
    (tmp_path / "file").write_text("")
    with pytest.raises(MachineError, match="XDG_CACHE_HOME"), measurement_lock(tmp_path / "file"):
        pass


def test_cache_folder_follows_the_xdg_rules(monkeypatch: pytest.MonkeyPatch) -> None:
    """An absolute XDG_CACHE_HOME counts; a relative or empty one is ignored, as the rules say."""
    monkeypatch.setenv("XDG_CACHE_HOME", "/somewhere")
    assert cache_folder() == Path("/somewhere/perfbot")
    for ignored in ("", "relative"):
        monkeypatch.setenv("XDG_CACHE_HOME", ignored)
        assert cache_folder() == Path.home() / ".cache" / "perfbot"


def test_fingerprint_does_not_name_the_machine() -> None:
    """It has the processor, the cores and the kernel, and nowhere the host's name."""
    facts = fingerprint()
    assert {"cpu", "cores", "kernel", "architecture", "load_1min"} <= set(facts)
    assert int(facts["cores"]) >= 1
    assert platform.node() not in facts.values()

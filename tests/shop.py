"""A little project with a slow function, in a git repository, and perfbot as a process on it."""

import os
import subprocess
import sys
from pathlib import Path

SHOP = '''\
"""A shop."""


def common(xs: list[int], ys: list[int]) -> list[int]:
    """The items of xs that are in ys, in order."""
    found = []
    for x in xs:
        if x in list(ys):
            found.append(x)
    return found


def cold(x: int) -> int:
    """One more."""
    return x + 1
'''
SUITE = """\
from shop import cold, common


def test_common():
    assert common(list(range(300)), list(range(150, 450))) == list(range(150, 300))


def test_cold():
    assert cold(1) == 2
"""
FAST = """\
def common(xs: list[int], ys: list[int]) -> list[int]:
    known = set(ys)
    return [x for x in xs if x in known]
"""
WRONG = FAST.replace("if x in known", "if x in known and x != 7")


def environment(home: Path) -> dict[str, str]:
    """The variables of a user whose home is `home`, and who has a name in git."""
    home.mkdir(parents=True, exist_ok=True)
    (home / ".gitconfig").write_text("[user]\n\tname = A Person\n\temail = a@person.example\n")
    return {
        "HOME": str(home),
        "PATH": os.environ["PATH"],
        "GIT_CONFIG_NOSYSTEM": "1",
        "TMPDIR": os.environ.get("TMPDIR", "/tmp"),
    }


def git(folder: Path, env: dict[str, str], *arguments: str) -> str:
    """The output of a git command."""
    done = subprocess.run(
        ["git", *arguments], cwd=folder, env=env, check=True, capture_output=True, text=True
    )
    return done.stdout.strip()


def repository(folder: Path, env: dict[str, str], **files: str) -> Path:
    """A repository with one commit of these files; a name's `__` is a `/`, its last `_` a dot."""
    folder.mkdir(parents=True)
    for name, text in files.items():
        stem, _, suffix = name.rpartition("_")
        path = folder / f"{stem.replace('__', '/')}.{suffix}"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    git(folder, env, "init", "-q", "-b", "main")
    git(folder, env, "add", "-A")
    git(folder, env, "commit", "-qm", "first")
    return folder


def command(*arguments: str) -> list[str]:
    """The command line that runs perfbot."""
    return [sys.executable, "-m", "perfbot.optimizer.cli", *arguments]


def perfbot(
    folder: Path, env: dict[str, str], *arguments: str
) -> "subprocess.CompletedProcess[str]":
    """A finished `perfbot` process."""
    return subprocess.run(
        command(*arguments), cwd=folder, env=env, capture_output=True, text=True, timeout=300
    )

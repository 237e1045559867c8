"""Runs git as a subprocess, in an environment that is the same on every machine.

perfbot works beside the user's checkout, so nothing here may wait for a password, run a hook,
sign with the user's key, refresh the index, or follow `GIT_DIR` out of the repository.
"""

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

from perfbot.sandbox.errors import MachineError, UsageError

# What git needs of the user's environment: where it lies, the user's config, and who the user is.
_KEPT = (
    "PATH",
    "HOME",
    "XDG_CONFIG_HOME",
    "USERPROFILE",
    "SYSTEMROOT",
    "TMPDIR",
    "SSH_AUTH_SOCK",
    "GIT_CONFIG_GLOBAL",
    "GIT_CONFIG_SYSTEM",
    "GIT_CONFIG_NOSYSTEM",
    "GIT_AUTHOR_NAME",
    "GIT_AUTHOR_EMAIL",
    "GIT_COMMITTER_NAME",
    "GIT_COMMITTER_EMAIL",
)
_FIXED = {
    "LC_ALL": "C",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_OPTIONAL_LOCKS": "0",  # or `git status` rewrites the user's index
    "GIT_LITERAL_PATHSPECS": "1",  # a file named `*.py` is that file
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_EDITOR": "false",
    "GIT_PAGER": "cat",
}
_CONFIG = (
    "core.hooksPath=/dev/null",
    "core.fsmonitor=false",
    "core.sparseCheckout=false",
    "core.quotePath=false",
    "commit.gpgSign=false",
    "log.showSignature=false",
    "gc.auto=0",
    "maintenance.auto=false",
    "i18n.commitEncoding=utf-8",
    "i18n.logOutputEncoding=utf-8",
)


class GitError(UsageError):
    """A git command failed; `stderr` holds what git said."""

    def __init__(self, arguments: tuple[str, ...], stderr: str) -> None:
        self.stderr = stderr
        super().__init__(f"git {' '.join(arguments[:2])} failed: {stderr or 'no message'}")


def git(
    repo: Path,
    *arguments: str,
    stdin: bytes = b"",
    environment: Mapping[str, str] | None = None,
) -> bytes:
    """Run `git -C repo arguments` and give its standard output.

    Raises:
        GitError: git answered with a non-zero status.
        MachineError: git is not installed.
    """
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    options = [part for setting in _CONFIG for part in ("-c", setting)]
    try:
        done = subprocess.run(
            ["git", "-C", os.fspath(repo), *options, *arguments],
            input=stdin,
            capture_output=True,
            env={**kept, **_FIXED, **(environment or {})},
            check=False,
        )
    except FileNotFoundError as error:
        raise MachineError("git is not installed", "apt install git (or your system's)") from error
    if done.returncode:
        raise GitError(arguments, done.stderr.decode(errors="replace").strip())
    return done.stdout


def git_line(repo: Path, *arguments: str) -> str:
    """The output of a git command that answers with one line, without its newline."""
    return git(repo, *arguments).decode(errors="surrogateescape").rstrip("\n")


def git_paths(repo: Path, *arguments: str) -> list[str]:
    """The output of a git command that answers with paths ended by NUL (`-z`)."""
    text = git(repo, *arguments).decode(errors="surrogateescape")
    return [path for path in text.split("\0") if path]


def top_level(folder: Path) -> Path | None:
    """The top folder of the checkout that `folder` is in, or None outside of git.

    Raises:
        UsageError: git refuses the repository (another owner, a broken config).
    """
    try:
        found = git_line(folder, "rev-parse", "--show-toplevel")
    except GitError as error:
        if "not a git repository" in error.stderr or "must be run in a work tree" in error.stderr:
            return None
        raise
    return Path(found) if found else None

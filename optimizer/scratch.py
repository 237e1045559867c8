"""Scratch copies: a commit's tree, or a folder, written where candidates may be judged.

Nothing is written to the user's checkout, its index or its list of worktrees: a temporary
index names the commit's files, and git writes them to the scratch folder.
"""

import os
import shutil
import stat
from dataclasses import dataclass
from pathlib import Path

from perfbot.optimizer.git import GitError, git, git_line, git_paths, top_level
from perfbot.optimizer.scratch_folder import scratch_folder
from perfbot.sandbox.errors import MachineError, UsageError

_SKIPPED = frozenset(
    {".git", ".hg", ".svn", ".tox", ".nox", ".eggs", ".hypothesis", "__pycache__"}
    | {".mypy_cache", ".pytest_cache", ".ruff_cache", "node_modules"}
)
_UNFINISHED = {
    "MERGE_HEAD": "a merge",
    "rebase-merge": "a rebase",
    "rebase-apply": "a rebase",
    "CHERRY_PICK_HEAD": "a cherry-pick",
    "REVERT_HEAD": "a revert",
}
_LFS_POINTER = b"version https://git-lfs.github.com/spec/"
_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Base:
    """The commit that edits are made against, and the files it does not know of."""

    commit: str
    untracked: tuple[str, ...]

    @property
    def warning(self) -> str | None:
        """What a person should know of the untracked files, or None where there are none."""
        if not self.untracked:
            return None
        return f"not in git, so not seen by perfbot: {_named(self.untracked)}"


def require_clean(repo: Path, path: str) -> Base:
    """The commit that is checked out in `repo`, if the tracked files are exactly its own.

    `path` is the target's file relative to `repo`; it must be in the commit.

    Raises:
        UsageError: no repository, a bare one, no commit, modified files, or a merge, rebase,
            cherry-pick or revert that is not finished.
    """
    _require_repository(repo)
    for name, what in _UNFINISHED.items():
        if Path(repo, git_line(repo, "rev-parse", "--git-path", name)).exists():
            raise UsageError(f"{what} is in progress in {repo}", "finish or abort it first")
    try:
        head = git_line(repo, "rev-parse", "--verify", "HEAD^{commit}")
    except GitError as error:
        raise UsageError(
            f"{repo} has no commits yet", f"git -C {repo} add -A && git -C {repo} commit"
        ) from error
    modified, untracked = _status(repo)
    if modified:
        raise UsageError(
            f"tracked files differ from the last commit: {_named(modified)}",
            "commit or stash them: perfbot's commits start from a commit",
        )
    if not git_paths(repo, "ls-tree", "--full-tree", "-z", "--name-only", head, "--", path):
        raise UsageError(f"{path} is not in git", f"git add {path} && git commit")
    return Base(head, tuple(untracked))


def _require_repository(repo: Path) -> None:
    if top_level(repo) is not None:
        return
    try:
        bare = git_line(repo, "rev-parse", "--is-bare-repository") == "true"
    except GitError as error:
        raise UsageError(
            f"{repo} is not in a git repository",
            "git init && git add -A && git commit -m 'first commit'",
        ) from error
    if bare:
        raise UsageError(f"{repo} is a bare git repository", "run perfbot in a clone of it")
    raise UsageError(f"{repo} is inside .git", "run perfbot in the checkout itself")


def _status(repo: Path) -> tuple[list[str], list[str]]:
    """The tracked files that differ from HEAD, and the untracked ones, relative to the top."""
    options = ("--porcelain=v1", "-z", "--no-renames", "--untracked-files=normal")
    entries = git_paths(repo, "status", *options, "--ignore-submodules=dirty")
    untracked = [entry[3:] for entry in entries if entry.startswith("??")]
    return [entry[3:] for entry in entries if not entry.startswith("??")], untracked


def _named(paths: list[str] | tuple[str, ...]) -> str:
    more = f" and {len(paths) - _SHOWN} more" if len(paths) > _SHOWN else ""
    return ", ".join(paths[:_SHOWN]) + more


def checkout(repo: Path, revision: str, into: Path) -> tuple[str, ...]:
    """Write the tree of a commit to the folder `into`; gives what it could not write, in words.

    Symbolic links and executable bits are kept. Submodules stay empty and files that Git LFS
    holds elsewhere stay pointers: each is one sentence of the answer.

    Raises:
        UsageError: `revision` names no commit, or `into` already holds something.
        MachineError: the disk is full or the folder cannot be written.
    """
    try:
        commit = git_line(repo, "rev-parse", "--verify", "--end-of-options", revision + "^{commit}")
    except GitError as error:
        raise UsageError(f"{revision} is not a commit in {repo}", "git log names them") from error
    _make_empty(into)
    git_dir = git_line(repo, "rev-parse", "--absolute-git-dir")
    with scratch_folder() as folder:
        environment = {
            "GIT_DIR": git_dir,
            "GIT_WORK_TREE": os.fspath(into.resolve()),
            "GIT_INDEX_FILE": os.fspath(folder / "index"),
        }
        try:
            git(into, "read-tree", commit, environment=environment)
            git(into, "checkout-index", "--all", "--quiet", environment=environment)
        except GitError as error:
            raise MachineError(
                f"the files of {commit[:12]} could not be written to {into}: {error.stderr}",
                "free some disk space, or fetch the objects that are missing",
            ) from error
    _make_readable(into)
    return _left_out(repo, commit, into)


def _make_empty(into: Path) -> None:
    try:
        into.mkdir(parents=True, exist_ok=True)
        if any(into.iterdir()):
            raise UsageError(f"the scratch folder {into} is not empty", "name another one")
    except OSError as error:
        raise MachineError(f"{into} cannot be written: {error.strerror}") from error


def _left_out(repo: Path, commit: str, into: Path) -> tuple[str, ...]:
    listing = git_paths(repo, "ls-tree", "-r", "-z", "--full-tree", commit)
    entries = [entry.split("\t", 1) for entry in listing]
    said = [
        f"the submodule {path} is empty in the scratch copy"
        for meta, path in entries
        if meta.startswith("160000")
    ]
    if any(path.rsplit("/", 1)[-1] == ".gitattributes" for _, path in entries):
        said += [
            f"{path} is a Git LFS pointer in the scratch copy, not the file"
            for meta, path in entries
            if meta.startswith("100") and _is_lfs_pointer(into / path)
        ]
    return tuple(said)


def _is_lfs_pointer(path: Path) -> bool:
    if path.stat().st_size > 1024:  # Source: git-lfs specification, "must be less than 1024 bytes"
        return False
    return path.read_bytes().startswith(_LFS_POINTER)


def copy_tree(folder: Path, into: Path) -> None:
    """Copy a folder that is not in git: real copies, links kept as links.

    Left out: version control, virtual environments, caches, sockets and devices. A copy of a file
    that only its owner may read is readable by whoever runs the tests in the sandbox.

    Raises:
        UsageError: `into` holds something already, or lies inside `folder`.
        MachineError: a file cannot be read, or the disk is full.
    """
    if into.resolve().is_relative_to(folder.resolve()):
        raise UsageError(f"the scratch folder {into} is inside {folder}", "name another one")
    _make_empty(into)
    try:
        shutil.copytree(folder, into, symlinks=True, ignore=_not_copied, dirs_exist_ok=True)
        _make_readable(into)
    except shutil.Error as error:
        source, _, why = error.args[0][0]
        raise MachineError(f"{source} could not be copied to {into}: {why}") from error
    except OSError as error:
        raise MachineError(f"{folder} could not be copied to {into}: {error.strerror}") from error


def _make_readable(tree: Path) -> None:
    for folder, _, files in os.walk(tree):
        for path in (folder, *(os.path.join(folder, name) for name in files)):
            mode = os.lstat(path).st_mode
            wanted = mode | (0o555 if stat.S_ISDIR(mode) else 0o444)
            if mode != wanted and not stat.S_ISLNK(mode):
                os.chmod(path, wanted)


def _not_copied(folder: str, names: list[str]) -> set[str]:
    return {name for name in names if name in _SKIPPED or _is_odd(Path(folder, name))}


def _is_odd(path: Path) -> bool:
    """Whether this is a virtual environment, or neither a file, a folder nor a link."""
    mode = path.lstat().st_mode
    if stat.S_ISDIR(mode):
        return (path / "pyvenv.cfg").is_file()
    return not (stat.S_ISREG(mode) or stat.S_ISLNK(mode))

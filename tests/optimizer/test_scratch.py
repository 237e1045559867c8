"""Scratch copies, and the refusal to start from a checkout that is not a commit."""

import os
import subprocess
from pathlib import Path

import pytest

from perfbot.optimizer.scratch import checkout, copy_tree, require_clean
from perfbot.sandbox.errors import UsageError


def _git(folder: Path, *arguments: str) -> str:
    identity = ("-c", "user.name=A B", "-c", "user.email=a@b.example")
    done = subprocess.run(
        ["git", *identity, *arguments], cwd=folder, check=True, capture_output=True, text=True
    )
    return done.stdout.strip()


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    """A repository with a script, a link, a file in a folder and an ignored file."""
    repo = tmp_path / "project"
    (repo / "pkg").mkdir(parents=True)
    (repo / "pkg" / "naïve module.py").write_bytes(b"x = 1\r\n")
    (repo / "run.sh").write_text("#!/bin/sh\n")
    (repo / "run.sh").chmod(0o755)
    (repo / "link").symlink_to("pkg")
    (repo / ".gitignore").write_text("*.log\n")
    (repo / "noise.log").write_text("")
    _git(repo, "init", "-q", "-b", "main")
    _git(repo, "add", "-A")
    _git(repo, "commit", "-qm", "first")
    return repo


def _state(repo: Path) -> tuple[str, bytes, int, str]:
    index = repo / ".git" / "index"
    status = _git(repo, "--no-optional-locks", "status", "--porcelain")
    worktrees = _git(repo, "worktree", "list")
    return status, index.read_bytes(), index.stat().st_mtime_ns, worktrees


def test_checkout_writes_the_commit_and_touches_nothing(repo: Path, tmp_path: Path) -> None:
    """The scratch folder is the commit's tree, whatever the user's checkout has become."""
    (repo / "run.sh").write_text("changed")
    (repo / "new.py").write_text("")
    before = _state(repo)
    assert checkout(repo, "HEAD", tmp_path / "scratch") == ()
    scratch = tmp_path / "scratch"
    assert _state(repo) == before
    assert (scratch / "pkg" / "naïve module.py").read_bytes() == b"x = 1\r\n"
    assert (scratch / "run.sh").read_text() == "#!/bin/sh\n"
    assert os.access(scratch / "run.sh", os.X_OK)
    assert os.readlink(scratch / "link") == "pkg"
    assert {item.name for item in scratch.iterdir()} == {"pkg", "run.sh", "link", ".gitignore"}


def test_checkout_works_from_a_hook(
    repo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`GIT_DIR` and `GIT_INDEX_FILE`, which git sets for hooks, lead nowhere else."""
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "elsewhere"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(tmp_path / "index"))
    checkout(repo, "HEAD", tmp_path / "scratch")
    assert (tmp_path / "scratch" / "run.sh").is_file()


def test_checkout_says_what_it_left_out(repo: Path, tmp_path: Path) -> None:
    """Submodules and LFS pointers are named, since tests may need them."""
    pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n"
    (repo / "big.bin").write_text(pointer)
    (repo / ".gitattributes").write_text("*.bin filter=lfs\n")
    _git(repo, "add", "-A")
    head = _git(repo, "rev-parse", "HEAD")
    _git(repo, "update-index", "--add", "--cacheinfo", f"160000,{head},vendored")
    _git(repo, "commit", "-qm", "more")
    said = checkout(repo, "HEAD", tmp_path / "scratch")
    assert len(said) == 2
    assert "submodule vendored" in said[0]
    assert "big.bin is a Git LFS pointer" in said[1]


def test_checkout_refuses_a_revision_that_is_none_and_a_full_folder(
    repo: Path, tmp_path: Path
) -> None:
    """Neither is guessed at: an option-like name is a name, and files are never mixed."""
    with pytest.raises(UsageError, match="is not a commit"):
        checkout(repo, "--all", tmp_path / "scratch")
    with pytest.raises(UsageError, match="not empty"):
        checkout(repo, "HEAD", repo)


def test_clean_checkout_is_accepted_and_untracked_files_are_named(repo: Path) -> None:
    """The answer is the commit; untracked files are a warning, ignored ones nothing."""
    assert require_clean(repo, "run.sh").warning is None
    (repo / "scratch.py").write_text("")
    before = _state(repo)
    base = require_clean(repo, "run.sh")
    assert base.commit == _git(repo, "rev-parse", "HEAD")
    assert base.untracked == ("scratch.py",)
    assert "scratch.py" in str(base.warning)
    assert _state(repo) == before


@pytest.mark.parametrize("staged", [False, True])
def test_modified_files_are_named(repo: Path, staged: bool) -> None:
    """A change to a tracked file is refused, staged or not, and the file is named."""
    (repo / "pkg" / "naïve module.py").write_text("x = 2\n")
    if staged:
        _git(repo, "add", "-A")
    with pytest.raises(UsageError, match=r"naïve module\.py") as refusal:
        require_clean(repo, "run.sh")
    assert "commit or stash" in refusal.value.todo


def test_unfinished_merge_is_refused(repo: Path) -> None:
    """A merge in progress is named, not taken for modified files."""
    (repo / ".git" / "MERGE_HEAD").write_text(_git(repo, "rev-parse", "HEAD"))
    with pytest.raises(UsageError, match="a merge is in progress"):
        require_clean(repo, "run.sh")


def test_folders_without_a_usable_commit_are_refused(repo: Path, tmp_path: Path) -> None:
    """No repository, no commit, a bare one, an untracked target: each with what to do."""
    plain, empty, bare = tmp_path / "plain", tmp_path / "empty", tmp_path / "bare.git"
    plain.mkdir()
    _git(tmp_path, "init", "-q", str(empty))
    _git(tmp_path, "clone", "-q", "--bare", str(repo), str(bare))
    for folder, path, words in (
        (plain, "x.py", "not in a git repository"),
        (empty, "x.py", "no commits yet"),
        (bare, "run.sh", "bare"),
        (repo, "noise.log", "not in git"),
    ):
        with pytest.raises(UsageError, match=words) as refusal:
            require_clean(folder, path)
        assert refusal.value.todo


def test_copy_tree_leaves_out_what_is_no_source(tmp_path: Path) -> None:
    """Virtual environments, caches and sockets stay behind; links and bits are kept."""
    folder = tmp_path / "project"
    for name in (".git", "env", "pkg/__pycache__", "venv"):
        (folder / name).mkdir(parents=True)
    (folder / "env" / "pyvenv.cfg").write_text("")
    (folder / "venv" / "mine.py").write_text("a folder of that name is not an environment")
    (folder / "run.sh").write_text("")
    (folder / "run.sh").chmod(0o755)
    (folder / "link").symlink_to("missing")
    os.mkfifo(folder / "pipe")
    copy_tree(folder, tmp_path / "copy")
    copy = tmp_path / "copy"
    assert {item.name for item in copy.iterdir()} == {"pkg", "venv", "run.sh", "link"}
    assert os.access(copy / "run.sh", os.X_OK)
    assert not any((copy / "pkg").iterdir())
    assert (copy / "run.sh").stat().st_nlink == 1


def test_private_files_can_be_read_in_the_copy(tmp_path: Path) -> None:
    """Tests may run as another user, and need what only its owner may read."""
    folder = tmp_path / "project"
    (folder / "data").mkdir(parents=True)
    (folder / "data" / "key").write_text("")
    (folder / "data" / "key").chmod(0o600)
    (folder / "data").chmod(0o700)
    copy_tree(folder, tmp_path / "copy")
    assert (tmp_path / "copy" / "data" / "key").stat().st_mode & 0o777 == 0o644
    assert (tmp_path / "copy" / "data").stat().st_mode & 0o777 == 0o755
    assert (folder / "data" / "key").stat().st_mode & 0o777 == 0o600


def test_copy_tree_refuses_a_folder_inside_itself(tmp_path: Path) -> None:
    """A copy into the copied folder would never end."""
    with pytest.raises(UsageError, match="is inside"):
        copy_tree(tmp_path, tmp_path / "copy")

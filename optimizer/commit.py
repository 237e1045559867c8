"""Writes an accepted edit as a commit on a branch of its own, and reads such a commit back.

The commit is built from objects (blob, tree in a temporary index, commit, reference), so that
the user's files, index, HEAD and current branch are never touched. The evidence goes with it as
a git note under `refs/notes/perfbot`.
"""

import contextlib
import fcntl
import hashlib
import json
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from perfbot.optimizer.commit_message import commit_message
from perfbot.optimizer.evidence_schema import EvidenceDocument, load_evidence
from perfbot.optimizer.git import GitError, git, git_line, git_paths, top_level
from perfbot.optimizer.scratch_folder import scratch_folder
from perfbot.sandbox.edit import Edit
from perfbot.sandbox.errors import MachineError, UsageError
from perfbot.sandbox.target import Target

NOTES = "refs/notes/perfbot"
_BRANCHES = "refs/heads/perfbot/"
_SLUG_LIMIT = 80


@dataclass(frozen=True, slots=True)
class CommitInfo:
    """Where an accepted edit went. `created` is False if the same edit was there already."""

    branch: str
    commit: str
    evidence_sha256: str
    created: bool


@dataclass(frozen=True, slots=True)
class CommittedEdit:
    """A perfbot commit, read back. `evidence` is None where the note was not fetched."""

    commit: str
    base: str
    path: str
    qualname: str
    file_source: str
    options: Mapping[str, object]
    title: str
    evidence: EvidenceDocument | None


def commit(
    repo: Path, target: Target, edit: Edit, evidence: Mapping[str, object], *, base: str
) -> CommitInfo:
    """Commit `edit` on top of the commit `base`, on a branch `perfbot/<path>-<qualname>`.

    The same edit on the same base is committed once: a second call gives the first's answer.

    Raises:
        UsageError: the target's file is not a plain file in `base`, a branch named `perfbot` is
            in the way, or a filter in .gitattributes would change the bytes that were verified.
        ValueError: the evidence is not that of this edit, or it was not accepted.
    """
    document = load_evidence(evidence)
    if not (target.path + target.qualname).isprintable():
        raise UsageError(f"a commit message cannot name {target.path!r}", "rename the file")
    if document.edit.id != edit.id or document.decision != "accepted":
        raise ValueError("the evidence must be that of this edit, and accepted")
    note = json.dumps(evidence, sort_keys=True, indent=1, allow_nan=False).encode() + b"\n"
    repo = top_level(repo) or repo  # paths are relative to the top
    with _locked(repo):
        branch, found = _branch_for(repo, target, edit, base)
        if found is not None:
            sha256 = _trailer(repo, found, "Perfbot-Evidence")
            if sha256 == _sha256(note) and _read_note(repo, found) is None:
                _attach(repo, found, note)
            return CommitInfo(branch, found, sha256, created=False)
        made = _make_commit(repo, target, edit, base, commit_message(document, _sha256(note)))
        _attach(repo, made, note)  # before the branch: no branch is ever without its evidence
        reason = "perfbot: an accepted edit"
        git(repo, "update-ref", "-m", reason, f"refs/heads/{branch}", made, "")
    return CommitInfo(branch, made, _sha256(note), created=True)


def read_commit(repo: Path, revision: str) -> CommittedEdit:
    """Read a perfbot commit back, its evidence too where the note is there.

    Raises:
        UsageError: no such commit, one that perfbot did not make, one that changes more than the
            target's file, or evidence that is not the evidence it was made with.
    """
    try:
        name = git_line(repo, "rev-parse", "--verify", "--end-of-options", revision + "^{commit}")
    except GitError as error:
        raise UsageError(f"{revision} is not a commit in {repo}", "git log names them") from error
    path, _, qualname = _trailer(repo, name, "Perfbot-Target").rpartition("::")
    try:
        options = json.loads(_trailer(repo, name, "Perfbot-Options"))
    except json.JSONDecodeError as error:
        raise UsageError(f"Perfbot-Options of {name[:12]} is not JSON: {error}") from error
    base = _only_parent(repo, name)
    changed = git_paths(repo, "diff-tree", "-r", "-z", "--no-renames", "--name-only", base, name)
    if changed != [path]:
        raise UsageError(
            f"{name[:12]} changes {', '.join(changed) or 'nothing'}, not only {path}",
            "perfbot verify FILE::QUALNAME --candidate FILE judges such an edit",
        )
    source = _text(repo, name, path)
    if _trailer(repo, name, "Perfbot-Edit") != Edit(source).id:
        raise UsageError(
            f"{path} in {name[:12]} is not the edit that perfbot committed: it was changed since",
            "perfbot verify FILE::QUALNAME --candidate FILE judges any edit",
        )
    note = _read_note(repo, name)
    if note is not None and _sha256(note) != _trailer(repo, name, "Perfbot-Evidence"):
        raise UsageError(
            f"the evidence attached to {name[:12]} was altered: its SHA-256 is not the commit's",
            f"git fetch origin {NOTES}:{NOTES} gives the original, where there is one",
        )
    return CommittedEdit(
        commit=name,
        base=base,
        path=path,
        qualname=qualname,
        file_source=source,
        options=options,
        title=git_line(repo, "show", "-s", "--format=%s", name),
        evidence=None if note is None else _parsed(note),
    )


@contextlib.contextmanager
def _locked(repo: Path) -> Iterator[None]:
    """One perfbot at a time: git would let two writers of notes lose one another's."""
    common = Path(repo, git_line(repo, "rev-parse", "--git-common-dir"))
    try:
        lock = os.open(common / "perfbot.lock", os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise MachineError(f"{common} cannot be written: {error.strerror}") from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


def _branch_for(repo: Path, target: Target, edit: Edit, base: str) -> tuple[str, str | None]:
    """A free branch name, or the branch that holds this very edit, with its commit."""
    names = git_line(repo, "for-each-ref", "--format=%(refname)", "refs/heads/perfbot").split()
    if "refs/heads/perfbot" in names:
        raise UsageError(
            "a branch named `perfbot` is in the way of branches `perfbot/...`",
            "git branch -m perfbot another-name",
        )
    stem, number = _slug(target), 1
    while True:
        name = _BRANCHES + (stem if number == 1 else f"{stem}-{number}")
        if name in names:
            tip = git_line(repo, "rev-parse", "--verify", f"{name}^{{commit}}")
            parents = git_line(repo, "show", "-s", "--format=%P", tip).split()
            if parents == [base] and _trailers(repo, tip, "Perfbot-Edit") == [edit.id]:
                return name.removeprefix("refs/heads/"), tip
        elif not any(taken.startswith(name + "/") for taken in names):
            return name.removeprefix("refs/heads/"), None
        number += 1


def _slug(target: Target) -> str:
    stem = target.path.rsplit(".", 1)[0]
    slug = re.sub(r"[^a-z0-9]+", "-", f"{stem}-{target.qualname}".lower()).strip("-")
    if len(slug) <= _SLUG_LIMIT and slug:
        return slug
    digest = hashlib.sha256(f"{target.path}::{target.qualname}".encode()).hexdigest()[:8]
    return f"{slug[:_SLUG_LIMIT].strip('-')}-{digest}".strip("-")


def _make_commit(repo: Path, target: Target, edit: Edit, base: str, message: str) -> str:
    entry = git_line(repo, "ls-tree", "--full-tree", base, "--", target.path)
    mode = entry.split(" ", 1)[0]
    if mode not in ("100644", "100755"):
        raise UsageError(f"{target.path} is not a plain file in {base[:12]}")
    content = edit.file_source.encode()
    path_option = f"--path={target.path}"
    blob = git(repo, "hash-object", "-w", "--stdin", path_option, stdin=content).decode().strip()
    if git(repo, "cat-file", "--filters", path_option, blob) != content:
        raise UsageError(
            f"git would check {target.path} out with other bytes than were verified",
            "see the filters and line endings in .gitattributes and core.autocrlf",
        )
    with scratch_folder() as folder:
        index = {"GIT_INDEX_FILE": os.fspath(folder / "index")}
        git(repo, "read-tree", base, environment=index)
        cacheinfo = f"{mode},{blob},{target.path}"
        git(repo, "update-index", "--cacheinfo", cacheinfo, environment=index)
        tree = git(repo, "write-tree", environment=index).decode().strip()
    made = git(
        repo, "commit-tree", tree, "-p", base, stdin=message.encode(), environment=_author(repo)
    )
    return made.decode().strip()


def _author(repo: Path) -> dict[str, str]:
    """The user's identity; without one, perfbot's, since git would guess it from the host."""
    name = os.environ.get("GIT_AUTHOR_NAME") or _configured(repo, "user.name")
    email = os.environ.get("GIT_AUTHOR_EMAIL") or _configured(repo, "user.email")
    if not (name and email):
        name, email = "perfbot", "perfbot@localhost"
    return {
        "GIT_AUTHOR_NAME": name,
        "GIT_AUTHOR_EMAIL": email,
        "GIT_COMMITTER_NAME": os.environ.get("GIT_COMMITTER_NAME") or name,
        "GIT_COMMITTER_EMAIL": os.environ.get("GIT_COMMITTER_EMAIL") or email,
    }


def _configured(repo: Path, key: str) -> str:
    return git_line(repo, "config", "--get", "--default", "", key)


def _attach(repo: Path, name: str, note: bytes) -> None:
    """Attach the evidence byte for byte (`-C`; other ways of adding a note strip blanks)."""
    blob = git(repo, "hash-object", "-w", "--stdin", stdin=note).decode().strip()
    add = ("notes", f"--ref={NOTES}", "add", "-f", "-C", blob, name)
    git(repo, *add, environment=_author(repo))


def _read_note(repo: Path, name: str) -> bytes | None:
    try:
        blob = git_line(repo, "notes", f"--ref={NOTES}", "list", name)
    except GitError as error:
        if "no note found" in error.stderr.lower():
            return None
        raise
    return git(repo, "cat-file", "blob", blob)


def _trailers(repo: Path, name: str, key: str) -> list[str]:
    wanted = f"--format=%(trailers:key={key},valueonly,unfold)"
    return [line for line in git_line(repo, "show", "-s", wanted, name).splitlines() if line]


def _trailer(repo: Path, name: str, key: str) -> str:
    values = _trailers(repo, name, key)
    if len(values) != 1:
        raise UsageError(
            f"{name[:12]} has {len(values)} {key} trailers: perfbot did not make this commit",
            "perfbot verify FILE::QUALNAME --candidate FILE judges any edit",
        )
    return values[0]


def _only_parent(repo: Path, name: str) -> str:
    parents = git_line(repo, "show", "-s", "--format=%P", name).split()
    if len(parents) != 1:
        raise UsageError(
            f"{name[:12]} has {len(parents)} parents here, an edit's commit has one",
            "" if parents else "git fetch --unshallow, if this clone is shallow",
        )
    try:
        return git_line(repo, "rev-parse", "--verify", f"{parents[0]}^{{commit}}")
    except GitError as error:
        raise UsageError(
            f"the parent of {name[:12]} is not in this clone", "git fetch --unshallow"
        ) from error


def _text(repo: Path, name: str, path: str) -> str:
    try:
        return git(repo, "cat-file", "--filters", f"{name}:{path}").decode()
    except UnicodeDecodeError as error:
        raise UsageError(f"{path} in {name[:12]} is not UTF-8") from error


def _parsed(note: bytes) -> EvidenceDocument:
    try:
        return load_evidence(json.loads(note))
    except json.JSONDecodeError as error:
        raise UsageError(f"the evidence is not JSON: {error}") from error


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()

"""Commits: made beside the user's checkout, and read back as the edits they hold."""

import dataclasses
import hashlib
import json
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from perfbot.optimizer.commit import NOTES, CommitInfo, commit, read_commit
from perfbot.optimizer.evidence import evidence_json
from perfbot.sandbox.edit import Edit
from perfbot.sandbox.errors import UsageError
from perfbot.sandbox.measurement import Energy, Measurement, Speedup
from perfbot.sandbox.target import Target
from perfbot.sandbox.trial import Cost, Trial
from perfbot.sandbox.verdict import Evidence, Status, Verdict

SOURCE = "def f(x):\n    return x in [1, 2]\n"
EDIT = Edit("def f(x):\n    return x in {1, 2}\n", title="list membership -> set", origin="rules")
OPTIONS = {
    "tests": "pytest -q",
    "workload": {"path": "w.py", "sha256": "0" * 64},
    "seed": 7,
    "note": "two\nlines, ünïcode",
}
MEASURED = Measurement(
    "faster",
    "",
    Speedup(3.118, 3.02, 3.2, 0.99, 40, "wall"),
    energy=Energy(1.0, 0.33, "cpu time", "process", False),
)


def _git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(
        ["git", *arguments], cwd=folder, check=True, capture_output=True, text=True
    )
    return done.stdout.strip()


@pytest.fixture
def repo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with an executable target, another file, and a user with a name."""
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    monkeypatch.setenv("GIT_CONFIG_SYSTEM", "/dev/null")
    repo = tmp_path / "project"
    (repo / "src").mkdir(parents=True)
    (repo / "src" / "mod.py").write_text(SOURCE)
    (repo / "src" / "mod.py").chmod(0o755)
    (repo / "other.txt").write_text("other\n")
    _git(repo, "init", "-q", "-b", "main")
    _git(repo, "config", "user.name", "A Person")
    _git(repo, "config", "user.email", "a@person.example")
    _git(repo, "add", "-A")
    _git(repo, "commit", "-qm", "first")
    return repo


def _target(repo: Path, path: str = "src/mod.py") -> Target:
    end = len(SOURCE)
    return Target(repo, path, "f", "mod", "src", SOURCE, 0, end, 1, 2, "function", False, False)


def _evidence(repo: Path, edit: Edit = EDIT, measured: Measurement = MEASURED) -> dict[str, object]:
    gates = (
        Evidence("scope", Status.SURVIVED, ""),
        Evidence("fuzz", Status.SURVIVED, "", data={"domain": ["x: list of int, as seen"]}),
        Evidence("mutants", Status.SURVIVED, "", data={"killed": 33, "total": 35}),
    )
    trial = Trial(edit, Verdict(gates), measured, Cost(), "accepted", "A set is hashed.")
    document = evidence_json(
        trial,
        _target(repo),
        base=_git(repo, "rev-parse", "HEAD"),
        options=OPTIONS,
        seeds={"fuzz": 7},
        sandbox={"backend": "bundled bubblewrap", "mode": "user", "not_guaranteed": "all"},
        versions={},
    )
    return dict(document)


def _commit(repo: Path, edit: Edit = EDIT, measured: Measurement = MEASURED) -> CommitInfo:
    base = _git(repo, "rev-parse", "HEAD")
    return commit(repo, _target(repo), edit, _evidence(repo, edit, measured), base=base)


def _untouched(repo: Path) -> tuple[object, ...]:
    """What is the user's: files, index to the byte and the nanosecond, HEAD, current branch."""
    index = repo / ".git" / "index"
    files = {
        file: (file.read_bytes(), file.stat().st_mtime_ns)
        for file in sorted(repo.rglob("*"))
        if file.is_file() and ".git" not in file.parts
    }
    return (
        files,
        index.read_bytes(),
        index.stat().st_mtime_ns,
        (repo / ".git" / "HEAD").read_bytes(),
        (repo / ".git" / "logs" / "HEAD").read_bytes(),
        _git(repo, "rev-parse", "main"),
        _git(repo, "--no-optional-locks", "status", "--porcelain"),
    )


def test_commit_holds_the_edit_and_touches_nothing_else(repo: Path) -> None:
    """One file changes, byte for byte, with its mode; the user's checkout stays as it was."""
    (repo / "other.txt").write_text("staged\n")
    _git(repo, "add", "-A")
    (repo / "untracked.txt").write_text("")
    hook = repo / ".git" / "hooks" / "reference-transaction"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\nexit 1\n")
    hook.chmod(0o755)
    before = _untouched(repo)
    info = _commit(repo)
    assert _untouched(repo) == before
    hook.unlink()
    assert info.branch == "perfbot/src-mod-f"
    assert info.created
    assert _git(repo, "rev-parse", info.branch) == info.commit
    changed = _git(repo, "diff-tree", "-r", "--raw", "--abbrev=1", "main", info.commit)
    assert changed.startswith(":100755 100755 ")
    assert changed.endswith("src/mod.py")
    assert len(changed.splitlines()) == 1
    shown = subprocess.check_output(["git", "show", f"{info.commit}:src/mod.py"], cwd=repo)
    assert shown == EDIT.file_source.encode()
    assert _git(repo, "log", "-1", "--format=%an %ae %cn", info.commit) == (
        "A Person a@person.example A Person"
    )
    _git(repo, "fsck", "--strict")


def test_message_says_what_was_gained(repo: Path) -> None:
    """Subject, reason and trailers, as git itself reads them."""
    info = _commit(repo)
    message = _git(repo, "show", "-s", "--format=%B", info.commit)
    assert message.splitlines()[0] == "perf(f): list membership -> set; 3.12x faster"
    assert "\n\nA set is hashed.\n\nJudged on x: list of int, as seen.\n\n" in message
    trailers = _git(repo, "show", "-s", "--format=%(trailers:only,unfold)", info.commit)
    found = dict(line.split(": ", 1) for line in trailers.splitlines())
    assert found == {
        "Perfbot-Target": "src/mod.py::f",
        "Perfbot-Edit": EDIT.id,
        "Perfbot-Speedup": "3.12x [3.02, 3.20] at 99%",
        "Perfbot-Energy": "-67% (estimated)",
        "Perfbot-Oracle-Strength": "0.94 (33/35 mutants)",
        "Perfbot-Gates": "scope, fuzz, mutants",
        "Perfbot-Sandbox": "bundled bubblewrap (user)",
        "Perfbot-Options": json.dumps(OPTIONS, sort_keys=True),
        "Perfbot-Evidence": info.evidence_sha256,
    }


def test_message_says_what_the_gain_costs(repo: Path) -> None:
    """CPU time, memory and threads that buy wall time are named; what does not grow is not."""
    dear = dataclasses.replace(
        MEASURED,
        original_cpu_ns=100.0,
        edit_cpu_ns=250.0,
        original_peak_bytes=10 << 20,
        edit_peak_bytes=30 << 20,
        original_threads=1,
        edit_threads=4,
    )
    message = _git(repo, "show", "-s", "--format=%b", _commit(repo, measured=dear).commit)
    said = " ".join(message.split())
    assert "2.50x the CPU time" in said
    assert "peak memory is 30.0 MiB instead of 10.0 MiB" in said
    assert "4 threads instead of 1" in said
    cheap = dataclasses.replace(dear, edit_cpu_ns=90.0, edit_peak_bytes=1, edit_threads=1)
    message = _git(
        repo, "show", "-s", "--format=%b", _commit(repo, Edit("x = 1\n"), measured=cheap).commit
    )
    assert "It " not in message


def test_a_title_cannot_forge_a_trailer(repo: Path) -> None:
    """Line breaks in what a proposer wrote become blanks, and long titles are cut."""
    forged = dataclasses.replace(
        EDIT, title="x\n\nPerfbot-Speedup: 900x\r\nPerfbot-Evidence: 0 " + "long " * 60
    )
    info = _commit(repo, forged)
    wanted = "--format=%(trailers:key=Perfbot-Speedup,valueonly)"
    assert _git(repo, "show", "-s", wanted, info.commit).startswith("3.12x")
    subject = _git(repo, "show", "-s", "--format=%s", info.commit)
    assert len(subject) <= 100
    assert subject.endswith("3.12x faster")


def test_the_same_edit_is_committed_once(repo: Path) -> None:
    """A second commit of the same edit is the first, even with other samples."""
    first = _commit(repo)
    again = _commit(repo, measured=dataclasses.replace(MEASURED, reason="measured again"))
    assert again == dataclasses.replace(first, created=False)
    assert read_commit(repo, first.branch).evidence is not None


def test_a_folder_inside_the_checkout_will_do(repo: Path) -> None:
    """Paths mean the same from wherever in the checkout perfbot is started."""
    base = _git(repo, "rev-parse", "HEAD")
    info = commit(repo / "src", _target(repo), EDIT, _evidence(repo), base=base)
    assert read_commit(repo / "src", info.branch).file_source == EDIT.file_source


def test_names_that_are_taken_get_a_number(repo: Path) -> None:
    """Another edit, or a user's branch of that name, is never overwritten."""
    _git(repo, "branch", "perfbot/src-mod-f", "main")
    _git(repo, "branch", "perfbot/src-mod-f-2/deeper", "main")
    assert _commit(repo).branch == "perfbot/src-mod-f-3"
    assert _commit(repo, Edit("x = 1\n")).branch == "perfbot/src-mod-f-4"
    assert _git(repo, "rev-parse", "perfbot/src-mod-f") == _git(repo, "rev-parse", "main")


def test_a_branch_named_perfbot_is_in_the_way(repo: Path) -> None:
    """Git cannot hold `perfbot` and `perfbot/x`: the message says what to rename."""
    _git(repo, "branch", "perfbot")
    with pytest.raises(UsageError, match="in the way"):
        _commit(repo)


def test_without_an_identity_perfbot_is_the_author(
    repo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Git's own guess would put the host's name into the commit."""
    _git(repo, "config", "--unset", "user.email")
    for name in ("GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL", "GIT_COMMITTER_NAME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.delenv("GIT_COMMITTER_EMAIL", raising=False)
    who = _git(repo, "show", "-s", "--format=%an <%ae> %cn <%ce>", _commit(repo).commit)
    assert who == "perfbot <perfbot@localhost> perfbot <perfbot@localhost>"


def test_commits_at_the_same_time_keep_every_note(repo: Path) -> None:
    """Several perfbots on one repository lose neither a branch nor a note."""
    edits = [Edit(f"x = {number}\n") for number in range(6)]
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda edit: _commit(repo, edit), edits))
    assert len({info.branch for info in made}) == len(edits)
    assert all(read_commit(repo, info.commit).evidence is not None for info in made)


@pytest.mark.parametrize("fetched", [True, False])
def test_a_fresh_clone_reads_it_back(repo: Path, tmp_path: Path, fetched: bool) -> None:
    """The commit alone gives edit, base and options; the note, where fetched, the evidence."""
    info = _commit(repo)
    clone = tmp_path / "clone"
    _git(tmp_path, "clone", "-q", f"file://{repo}", str(clone))
    if fetched:
        _git(clone, "fetch", "-q", "origin", f"{NOTES}:{NOTES}")
    edit = read_commit(clone, f"origin/{info.branch}")
    assert (edit.commit, edit.base) == (info.commit, _git(repo, "rev-parse", "main"))
    assert (edit.path, edit.qualname) == ("src/mod.py", "f")
    assert edit.file_source == EDIT.file_source
    assert edit.options == OPTIONS
    assert (edit.evidence is not None) == fetched
    if edit.evidence:
        assert edit.evidence.edit.id == hashlib.sha256(edit.file_source.encode()).hexdigest()


def test_altered_evidence_is_refused(repo: Path) -> None:
    """One changed figure in the note is told from the original."""
    info = _commit(repo)
    note = _git(repo, "notes", f"--ref={NOTES}", "show", info.commit)
    assert '"estimate": 3.118' in note
    altered = note.replace('"estimate": 3.118', '"estimate": 9.118')
    _git(repo, "notes", f"--ref={NOTES}", "add", "-f", "-m", altered, info.commit)
    with pytest.raises(UsageError, match="was altered"):
        read_commit(repo, info.commit)


def test_commits_that_are_not_ours_are_refused(repo: Path) -> None:
    """A plain commit, no commit, and ours with a second file: each is said."""
    with pytest.raises(UsageError, match="perfbot did not make"):
        read_commit(repo, "main")
    with pytest.raises(UsageError, match="is not a commit"):
        read_commit(repo, "nowhere")
    info = _commit(repo)
    _git(repo, "checkout", "-q", info.branch)
    (repo / "other.txt").write_text("slipped in\n")
    _git(repo, "commit", "-q", "-a", "--amend", "--no-edit")
    with pytest.raises(UsageError, match=r"other\.txt"):
        read_commit(repo, "HEAD")


def test_a_rebased_commit_is_read_on_its_new_base(repo: Path) -> None:
    """Only what the commit itself says counts: its parent is the base."""
    info = _commit(repo)
    (repo / "other.txt").write_text("later\n")
    _git(repo, "commit", "-qam", "second")
    _git(repo, "cherry-pick", "-s", info.commit)
    edit = read_commit(repo, "HEAD")
    assert edit.base == _git(repo, "rev-parse", "HEAD~1")
    assert edit.evidence is None


def test_filters_that_change_the_bytes_are_refused(repo: Path) -> None:
    """The bytes committed are the bytes verified, or there is no commit."""
    (repo / ".gitattributes").write_text("*.py text eol=crlf\n")
    with pytest.raises(UsageError, match="other bytes than were verified"):
        _commit(repo)


def test_only_accepted_edits_and_their_own_evidence_are_committed(repo: Path) -> None:
    """A refuted edit, or the evidence of another, is a defect of the caller."""
    base = _git(repo, "rev-parse", "HEAD")
    refuted = {**_evidence(repo), "decision": "refuted"}
    for evidence in (refuted, _evidence(repo, Edit("x = 1\n"))):
        with pytest.raises(ValueError, match="must be that of this edit"):
            commit(repo, _target(repo), EDIT, evidence, base=base)
    with pytest.raises(UsageError, match="not a plain file"):
        commit(repo, _target(repo, "gone.py"), EDIT, _evidence(repo), base=base)

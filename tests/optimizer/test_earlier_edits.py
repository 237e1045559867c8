"""What a repository's perfbot commits are remembered as, and whose they are."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from perfbot.optimizer.commit import NOTES, CommitInfo, commit
from perfbot.optimizer.config import Options
from perfbot.optimizer.earlier_edits import NOTE, earlier_edits, examples_for, repository_at
from perfbot.optimizer.evidence import evidence_json
from perfbot.optimizer.ledger import Ledger, new_run
from perfbot.sandbox.edit import Edit
from perfbot.sandbox.errors import UsageError
from perfbot.sandbox.languages.python import locate
from perfbot.sandbox.measurement import Measurement, Speedup
from perfbot.sandbox.target import Target
from perfbot.sandbox.trial import Cost, Trial
from perfbot.sandbox.verdict import Evidence, Status, Verdict

HEAD = "RATE = 3\n\n\n"
SLOW = (
    "def kept(rows, wanted):\n    out = []\n    for row in rows:\n        if row in wanted:\n"
    "            out.append(row)\n    return out\n"
)
FAST = "def kept(rows, wanted):\n    return [row for row in rows if row in _known(wanted)]\n"
HELPER = "import functools\n\n\ndef _known(wanted):\n    return set(wanted)\n\n\n"
EDIT = Edit(HEAD + HELPER + FAST, title="look rows up in a set", origin="llm")


def _git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(
        ["git", *arguments], cwd=folder, check=True, capture_output=True, text=True
    )
    return done.stdout.strip()


def _repo(folder: Path) -> Path:
    folder.mkdir()
    (folder / "m.py").write_text(HEAD + SLOW)
    _git(folder, "init", "-q", "-b", "main")
    _git(folder, "config", "user.name", "A Person")
    _git(folder, "config", "user.email", "a@person.example")
    _git(folder, "add", "-A")
    _git(folder, "commit", "-qm", "first")
    return folder


@pytest.fixture
def repo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with one slow function."""
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    monkeypatch.setenv("GIT_CONFIG_SYSTEM", "/dev/null")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return _repo(tmp_path / "project")


def _target(repo: Path) -> Target:
    return locate(repo, "m.py", "kept", import_root=".")


def _committed(repo: Path, edit: Edit = EDIT) -> CommitInfo:
    """The edit as a perfbot commit with evidence."""
    target, base = _target(repo), _git(repo, "rev-parse", "HEAD")
    measured = Measurement("faster", "", Speedup(3.1, 3.0, 3.2, 0.99, 40, "wall"))
    verdict = Verdict((Evidence("fuzz", Status.SURVIVED, ""),))
    trial = Trial(edit, verdict, measured, Cost(), "accepted", "A set is hashed.")
    evidence = evidence_json(
        trial, target, base=base, options={"tests": "pytest"}, seeds={"seed": 1},
        sandbox={"backend": "bwrap", "mode": "user", "not_guaranteed": ""}, versions={},
    )  # fmt: skip
    return commit(repo, target, edit, dict(evidence), base=base)


def test_a_commit_is_remembered_as_it_was_before_and_after(repo: Path) -> None:
    """The function alone, with what the edit brought beside it, its gain, its title and why."""
    made = _committed(repo)
    (found,) = earlier_edits(repo)
    assert found.name == made.commit
    assert found.before == SLOW.rstrip("\n")
    assert found.after.endswith(FAST.rstrip("\n"))
    assert "import functools" in found.after
    assert "def _known(wanted):" in found.after
    assert "RATE" not in found.after
    assert (found.title, found.why) == ("look rows up in a set", "A set is hashed.")
    assert (found.language, found.gain) == ("python", 3.1)


def test_the_latest_comes_first_and_a_deleted_one_not_at_all(repo: Path) -> None:
    """A branch's end does not end what is remembered; a commit that git has dropped does."""
    first = _committed(repo)
    other = Edit(HEAD + SLOW.replace("out.append(row)", "out += [row]"), title="other")
    second = _committed(repo, other)
    names = {item.name for item in earlier_edits(repo)}
    assert names == {first.commit, second.commit}
    _git(repo, "branch", "-qD", second.branch)
    assert len(earlier_edits(repo)) == 2
    _git(repo, "reflog", "expire", "--expire=now", "--all")
    _git(repo, "gc", "-q", "--prune=now")
    assert [item.name for item in earlier_edits(repo)] == [first.commit]


def test_an_edit_beside_the_function_shows_nothing(repo: Path) -> None:
    """As of a whole program, of which another function than its main was edited."""
    _committed(repo, Edit(HEAD.replace("3", "4") + SLOW, title="beside"))
    assert earlier_edits(repo) == []


def test_what_is_not_perfbots_is_not_remembered(repo: Path) -> None:
    """No notes, notes on others' commits and on trees, altered evidence: none is an error."""
    assert earlier_edits(repo) == []
    head = _git(repo, "rev-parse", "HEAD")
    _git(repo, "notes", f"--ref={NOTES}", "add", "-m", "hello", head)
    _git(repo, "notes", f"--ref={NOTES}", "add", "-m", "hello", f"{head}^{{tree}}")
    assert earlier_edits(repo) == []
    made = _committed(repo)
    assert len(earlier_edits(repo)) == 1
    evidence = _git(repo, "notes", f"--ref={NOTES}", "show", made.commit)
    better = evidence.replace("3.1,", "99.9,")
    assert better != evidence
    _git(repo, "notes", f"--ref={NOTES}", "add", "-f", "-m", better, made.commit)
    assert earlier_edits(repo) == []


@pytest.fixture
def ledger(repo: Path) -> Iterator[Ledger]:
    """A new run on the function."""
    run = new_run(_target(repo), base=None, options={})
    yield run
    run.close()


def test_no_repository_remembers_for_another(repo: Path, ledger: Ledger, tmp_path: Path) -> None:
    """Its own edits are shown, another's only where `--memory-from` names it."""
    other = _repo(tmp_path / "other")
    made = _committed(other)
    assert made.commit not in [
        item.name for item in examples_for(_target(repo), ledger, Options(), print)
    ]
    again = new_run(_target(repo), base=None, options={})
    found = examples_for(_target(repo), again, Options(memory_from=other), print)
    assert found[0].name == made.commit
    again.close()


def test_a_run_shows_the_same_examples_to_its_end(repo: Path, ledger: Ledger) -> None:
    """What is committed meanwhile changes no prompt of a run that goes on."""
    said: list[str] = []
    first = examples_for(_target(repo), ledger, Options(), said.append)
    _committed(repo)
    assert examples_for(_target(repo), ledger, Options(), said.append) == first
    assert json.loads(ledger.note(NOTE) or "") is not None
    later = new_run(_target(repo), base=None, options={})
    assert examples_for(_target(repo), later, Options(), said.append) != first
    assert "examples in the prompts" in said[-1]
    later.close()


def test_no_memory_shows_nothing(repo: Path, ledger: Ledger) -> None:
    """Neither earlier edits nor shipped examples, and nothing is kept of it."""
    _committed(repo)
    assert examples_for(_target(repo), ledger, Options(memory=False), print) == []
    assert ledger.note(NOTE) is None


def test_memory_from_must_be_a_repository(tmp_path: Path) -> None:
    """A folder outside of git, a file, or nothing at all is said before any work."""
    (tmp_path / "file").write_text("")
    for path in (tmp_path, tmp_path / "file", tmp_path / "nowhere"):
        with pytest.raises(UsageError, match="no git repository"):
            repository_at(path)

"""What perfbot has committed in a repository before, read as examples for a model.

The commits' notes are the memory: they belong to one repository, go with its clones where they are
fetched, and hold the evidence. So nothing of one repository gets into the prompts of another,
unless `--memory-from` names it.
"""

import importlib
import json
import re
from dataclasses import asdict
from pathlib import Path
from typing import Any

from perfbot.agents.difficulty import SYNTAX
from perfbot.agents.memory import Example, recalled, shipped
from perfbot.agents.search import Archive
from perfbot.optimizer.commit import NOTES, CommittedEdit, read_commit
from perfbot.optimizer.config import Options
from perfbot.optimizer.git import GitError, git, git_line, top_level
from perfbot.optimizer.session import Say
from perfbot.sandbox.errors import UsageError
from perfbot.sandbox.target import Target

NOTE = "memory"
"""Under this name the ledger keeps the examples of a run: a resumed one shows the same."""
MOST_COMMITS = 40
"""The latest so many are read: each takes a few git commands."""


def examples_for(target: Target, archive: Archive, options: Options, say: Say) -> list[Example]:
    """The earlier edits and shipped examples that are most like the target; none if not wanted.

    Raises: UsageError where `--memory-from` names no repository.
    """
    if not options.memory:
        return []
    stored = archive.note(NOTE)
    if stored is not None:
        return [Example(**item) for item in json.loads(stored)]
    own = top_level(target.root)
    earlier = earlier_edits(own) if own is not None else []
    if options.memory_from is not None:
        earlier += earlier_edits(repository_at(options.memory_from))
    found = recalled(target.source, target.language, [*earlier, *shipped()])
    archive.set_note(NOTE, json.dumps([asdict(item) for item in found]))
    if found:
        say(f"examples in the prompts: {', '.join(item.name[:16] for item in found)}")
    return found


def repository_at(path: Path) -> Path:
    """The top of the repository that `--memory-from` names. Raises: UsageError: there is none."""
    top = top_level(path) if path.is_dir() else None
    if top is None:
        raise UsageError(f"--memory-from {path} is no git repository", "name the folder of a clone")
    return top


def earlier_edits(repo: Path) -> list[Example]:
    """The edits that perfbot committed here and whose evidence says so, the latest first.

    A commit that was changed since, or of which something is missing, is left out.
    """
    found = []
    for name in _noted(repo)[:MOST_COMMITS]:
        try:
            example = _example(repo, read_commit(repo, name))
        except (UsageError, RecursionError):  # so JSON ends on what is nested too deeply
            continue
        if example is not None:
            found.append(example)
    return found


def _noted(repo: Path) -> list[str]:
    """The commits that have evidence, the latest first."""
    try:
        listed = git_line(repo, "notes", f"--ref={NOTES}", "list").splitlines()
    except GitError:
        return []
    names = "".join(f"{line.split()[-1]}\n" for line in listed)
    order = ("rev-list", "--no-walk=sorted", "--ignore-missing", "--stdin")
    try:
        return git(repo, *order, stdin=names.encode()).decode().split() if names else []
    except GitError:  # a note may stand on anything that has a name
        return []


def _example(repo: Path, committed: CommittedEdit) -> Example | None:
    evidence = committed.evidence
    if evidence is None or evidence.decision != "accepted" or evidence.measurement is None:
        return None
    language, speedup = evidence.target.language, evidence.measurement.speedup
    if language not in SYNTAX or speedup is None:
        return None
    original = git(repo, "cat-file", "--filters", f"{committed.base}:{committed.path}")
    source = original.decode("utf-8", "replace")
    before = _function(language, source, committed.qualname)
    after = _function(language, committed.file_source, committed.qualname)
    if before is None or after is None or before[0] == after[0]:
        return None  # a program's edit may lie outside of its main: that would show nothing
    return Example(
        name=committed.commit,
        title=evidence.edit.title,
        why=evidence.reason,
        before=before[0],
        after="\n\n\n".join(part for part in (_added(before[1], after[1]), after[0]) if part),
        language=language,
        gain=speedup.estimate,
    )


def _function(language: str, source: str, qualname: str) -> tuple[str, str] | None:
    """The function's text and that of the rest of its file; None where it is not there once."""
    syntax: Any = importlib.import_module(SYNTAX[language])
    names = (qualname, re.sub(r"<.*", "", qualname))
    own = [item for item in syntax.functions(source) if item.qualname in names]
    if len(own) != 1:
        return None
    data, (item,) = source.encode(), own
    rest = data[: item.start_byte] + b"\n" + data[item.end_byte :]
    return data[item.start_byte : item.end_byte].decode(), rest.decode()


def _added(before: str, after: str) -> str:
    """The lines beside the function that the edit brought: imports and helpers."""
    known = set(before.splitlines())
    return "\n".join(line for line in after.splitlines() if line.strip() and line not in known)

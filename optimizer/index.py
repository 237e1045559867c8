"""`perfbot index`: what a search needs to know of the original, found out before it is asked for.

It fills the caches that `optimize` reads anyway (`sandbox/baseline_file.py`, the profile of
`ranking.py`, the prompt's background), and keeps for each target the seed that it filled them with:
a later `optimize` without `--seed` takes that one and starts at the proposals. The winner of a
search is judged on a fresh seed as ever, so nothing about a commit rests on an index.
"""

import hashlib
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import perfbot
from perfbot.optimizer.config import Options
from perfbot.optimizer.git import git_line, top_level
from perfbot.optimizer.prepared import background_of
from perfbot.optimizer.scratch import checkout
from perfbot.optimizer.sealed import DamagedError, read_sealed, write_sealed
from perfbot.optimizer.session import (
    Say,
    Session,
    damaged,
    fresh_seed,
    interpreter_for,
    opened,
    workload_for,
)
from perfbot.sandbox.baseline_file import is_kept, own_digest
from perfbot.sandbox.candidate import Candidate
from perfbot.sandbox.edit import baseline
from perfbot.sandbox.host import cache_folder
from perfbot.sandbox.interpreter import ask
from perfbot.sandbox.language import language_of
from perfbot.sandbox.target import Target
from perfbot.sandbox.verify import run_gate

_DIGITS = 64
"""Of a SHA-256; a file of another name is one that is being written."""
DEAR_GATES = ("coverage", "mutants")
"""What these find out of the original is the same for every edit."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What is kept of one target under one set of options."""

    repo: str
    path: str
    qualname: str
    tree: str
    """The git tree of the commit that was read: the content of every file in it."""
    tools: str
    """A digest of perfbot's own code and of the interpreter."""
    seed: int
    baseline: str
    """The key of the kept baseline."""
    python: str | None
    """The interpreter that the options named."""
    cold_s: float
    """Seconds to the rules' first proposals, with nothing known and all of perfbot loaded."""
    warm_s: float
    """The same from what is kept; 0 where it was not tried."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where the entry of a target lies, and what must agree with it."""

    file: Path
    tree: str
    tools: str

    def entry(self) -> Entry | None:
        """What is kept, or None. Raises: DamagedError."""
        return entry_in(self.file)

    def state(self) -> str:
        """`fresh`, or in words why what is kept is of no use."""
        try:
            found = self.entry()
        except DamagedError:
            return "damaged"
        if found is None:
            return "not indexed"
        if found.tree != self.tree:
            return "stale: the files have changed since"
        return state_of(found, self.tools)


def place_of(repo: Path, base: str, target: Target, options: Options) -> Place:
    """Where a target's entry lies, by what it is called and how it is tested."""
    workload = workload_for(target, options)
    named = [
        str(repo), target.path, target.qualname, options.tests, options.build, options.python,
        options.program, options.symbolic, options.libfuzzer,
        None if workload is None else workload.sha256,
    ]  # fmt: skip
    name = hashlib.sha256(json.dumps(named).encode()).hexdigest()
    tree = git_line(repo, "rev-parse", f"{base}^{{tree}}")
    return Place(folder() / name, tree, tools_of(target.root, options.python))


def folder() -> Path:
    """Where entries lie."""
    return cache_folder() / "index"


def entry_in(path: Path) -> Entry | None:
    """The entry in a file, or None. Raises: DamagedError."""
    found = read_sealed(path)
    try:
        return None if found is None else Entry(**found)
    except TypeError as error:
        raise DamagedError(f"{path} is of another version") from error


def tools_of(root: Path, python: str | None) -> str:
    """A digest of perfbot's own code and of the project's interpreter."""
    interpreter = interpreter_for(root, python)
    parts = [perfbot.__version__, own_digest(), str(interpreter), *ask(interpreter).version]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def state_of(entry: Entry, tools: str) -> str:
    """`fresh`, or what but the files is not as it was."""
    if entry.tools != tools:
        return "stale: perfbot or the interpreter is another since"
    if damaged(entry.baseline):
        return "damaged: what was found out of the original"
    return "fresh" if is_kept(entry.baseline) else "stale: its baseline was dropped"


def seed_for(place: Place, options: Options, say: Say) -> int:
    """The seed of a run: the one asked for, that of a fresh entry, or one nobody could know."""
    if options.seed is not None:
        return options.seed
    state = place.state()
    found = place.entry() if state == "fresh" else None
    if found is not None:
        say("the index has what is known of the original")
        return found.seed
    if state != "not indexed":
        say(f"the index of this function is {state}; it is made anew")
    return fresh_seed()


def renew(place: Place, session: Session, options: Options) -> None:
    """Bring an entry that is of no use any more up to what a run has found out; makes no new one.

    Called while the session is open: its baseline is kept when it closes. A seed that somebody
    chose is for the run that it was chosen for.
    """
    if options.seed is None and place.state() not in ("fresh", "not indexed"):
        keep(place, session, python=options.python)


def keep(place: Place, session: Session, *, python: str | None, cold_s: float = 0.0) -> Entry:
    """Write the entry of an open session."""
    target = session.target
    repo = top_level(target.root) or target.root
    entry = Entry(
        str(repo), target.path, target.qualname, place.tree, place.tools, session.settings.seed,
        session.key, python, cold_s, 0.0,
    )  # fmt: skip
    write_sealed(place.file, asdict(entry))
    return entry


def indexed(repo: Path, base: str, target: Target, options: Options, say: Say) -> Entry:
    """Find out all that a search of `target` needs, unless that is known; then try it."""
    place = place_of(repo, base, target, options)
    state = place.state()
    found = place.entry() if state == "fresh" else None
    if found is not None:
        say(f"{target.path}::{target.qualname}: fresh")
        return found
    say(f"{target.path}::{target.qualname}: {state}")
    seeded = replace(options, seed=fresh_seed() if options.seed is None else options.seed)

    def fill(root: Path) -> tuple[str, ...]:
        return checkout(repo, base, root)

    cold_s = timed(target, fill, seeded, say, find_out_more)
    entry: list[Entry] = []

    def keep_it(session: Session) -> None:
        entry.append(keep(place, session, python=options.python, cold_s=cold_s))

    warm_s = timed(target, fill, seeded, say, keep_it)
    done = replace(entry[0], warm_s=warm_s)
    write_sealed(place.file, asdict(done))
    return done


def timed(
    target: Target,
    fill: Callable[[Path], tuple[str, ...]],
    options: Options,
    say: Say,
    then: Callable[[Session], None],
) -> float:
    """Seconds until a search would have its first proposals of the rules; `then` comes after."""
    from perfbot.agents.rules.engine import propose

    started = time.monotonic()
    with opened(target, fill, options, say) as session:
        background_of(session)
        propose(target, target.file_source, parent=baseline(target).id)
        seconds = time.monotonic() - started
        then(session)
    return seconds


def find_out_more(session: Session) -> None:
    """What the dearer gates find out of the original at their first edit, so that it is kept."""
    with_original = Candidate(session.baseline, baseline(session.target))
    try:
        for gate in language_of(session.target).gates(session.settings):
            if gate.__module__.endswith(DEAR_GATES):
                run_gate(gate, with_original)
    finally:
        with_original.close()


def entries() -> Iterator[tuple[Path, Entry | None]]:
    """Each file of the index with its entry, None for a damaged one; by name of its function."""
    found: list[tuple[Path, Entry | None]] = []
    for path in folder().glob("?" * _DIGITS):
        try:
            found.append((path, entry_in(path)))
        except DamagedError:
            found.append((path, None))
    yield from sorted(found, key=_name)


def _name(item: tuple[Path, Entry | None]) -> tuple[Any, ...]:
    entry = item[1]
    return (0, entry.repo, entry.path, entry.qualname) if entry else (1, item[0].name)

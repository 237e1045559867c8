"""The ledger: the append-only record of a run, from which it is resumed.

Each fact is one SQLite transaction, on the disk before the call returns (WAL, synchronous FULL):
a run that is killed at any point has every finished trial and no half one. An edit's text is
kept once, under its SHA-256; all else names edits by it.

Format history
  1  meta, edits, answers, trials, spend
  2  calls (prompts, replies and what they are charged with) instead of spend
"""

import contextlib
import fcntl
import json
import os
import secrets
import sqlite3
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from perfbot.agents.calls import Call
from perfbot.agents.proposal import Proposal
from perfbot.optimizer.plain import from_plain, to_plain
from perfbot.sandbox.edit import Edit
from perfbot.sandbox.errors import MachineError, PerfbotError, UsageError
from perfbot.sandbox.host import state_folder
from perfbot.sandbox.target import Target
from perfbot.sandbox.trial import Trial

FORMAT = "2"
STATES = ("running", "interrupted", "accepted", "nothing", "failed")
_SCHEMA = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE edits (id TEXT PRIMARY KEY, source TEXT NOT NULL, data TEXT NOT NULL);
CREATE TABLE answers (request TEXT PRIMARY KEY, data TEXT NOT NULL);
CREATE TABLE trials (
    number INTEGER PRIMARY KEY, edit_id TEXT NOT NULL, stage TEXT NOT NULL, data TEXT NOT NULL,
    usd REAL, UNIQUE (edit_id, stage)
);
CREATE TABLE calls (
    number INTEGER PRIMARY KEY, key TEXT NOT NULL, attempt INTEGER NOT NULL, state TEXT NOT NULL,
    data TEXT NOT NULL, tokens INTEGER NOT NULL, usd REAL, UNIQUE (key, attempt, state)
);
"""
_LAST_STATES = "SELECT max(number) FROM calls GROUP BY key, attempt"
# Two processes of one user may share a folder, never a run: this is for readers of a live run.
_BUSY_TIMEOUT_S = 30.0
SHOWN = 5
"""So many runs are named where the one asked for is not there."""


@dataclass(frozen=True, slots=True)
class RunInfo:
    """What a run is about. `state` is one of STATES; `created` is UTC, ISO 8601."""

    id: str
    created: str
    root: str
    path: str
    qualname: str
    base: str | None
    options: Mapping[str, object]
    state: str


def runs_folder() -> Path:
    """Where runs are kept, after the XDG base directory rules; it may not exist yet."""
    return state_folder() / "runs"


def new_run(target: Target, *, base: str | None, options: Mapping[str, object]) -> "Ledger":
    """Make a run's folder and its ledger, held by this process.

    `base` is the commit that the run starts from, None outside of git; `options` are plain data.

    Raises:
        MachineError: the state folder cannot be written, or the disk is full.
    """
    created = datetime.now(UTC)
    run_id = f"{created:%Y%m%d-%H%M%S}-{secrets.token_hex(3)}"
    folder = runs_folder() / run_id
    try:
        folder.mkdir(parents=True, mode=0o700)
        os.close(os.open(folder / "ledger.sqlite", os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except OSError as error:
        raise MachineError(
            f"the run's folder {folder} cannot be made: {error.strerror}",
            "free some space, or set XDG_STATE_HOME to a folder that can be written",
        ) from error
    info = RunInfo(
        id=run_id,
        created=created.isoformat(timespec="seconds"),
        root=str(target.root),
        path=target.path,
        qualname=target.qualname,
        base=base,
        options=options,
        state="running",
    )
    lock = _hold(folder)
    try:
        connection = _connect(folder)
        with _said_plainly(folder):
            connection.executescript(f"BEGIN; {_SCHEMA} COMMIT;")
            rows = [("format", FORMAT), ("run", json.dumps(to_plain(info))), ("state", info.state)]
            connection.execute("BEGIN")
            connection.executemany("INSERT INTO meta VALUES (?, ?)", rows)
            connection.execute("COMMIT")
    except BaseException:
        os.close(lock)
        raise
    return Ledger(folder, connection, lock)


def open_run(run_id: str, *, resume: bool = False) -> "Ledger":
    """Open a run's ledger: to read it, or to go on with it.

    Raises:
        UsageError: no such run, one of another format, or (to resume) one that still runs.
        MachineError: the file is damaged or cannot be read.
    """
    folder = runs_folder() / run_id
    if Path(run_id).name != run_id or not (folder / "ledger.sqlite").is_file():
        last = ", ".join(sorted(path.parent.name for path in _ledgers())[: -SHOWN - 1 : -1])
        raise UsageError(f"there is no run {run_id}", f"the last runs: {last or 'none'}")
    lock = _hold(folder) if resume else None
    try:
        connection = _connect(folder)
        with _said_plainly(folder):
            tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_master")}
            found = _meta(connection, "format") if "meta" in tables else None
        if found != FORMAT:
            raise UsageError(
                f"the run {run_id} has the format {found or 'of an unfinished start'}, "
                f"not {FORMAT}",
                "open it with the version of perfbot that made it, or start a new run",
            )
    except BaseException:
        if lock is not None:
            os.close(lock)
        raise
    return Ledger(folder, connection, lock)


def list_runs() -> list[RunInfo]:
    """Every run that this version can read, the newest first."""
    found = []
    for file in _ledgers():
        with (
            contextlib.suppress(PerfbotError),
            contextlib.closing(open_run(file.parent.name)) as run,
        ):
            found.append(run.info())
    return sorted(found, key=lambda info: (info.created, info.id), reverse=True)


def _ledgers() -> list[Path]:
    return list(runs_folder().glob("*/ledger.sqlite"))


class Ledger:
    """One run's record. Facts are added, never changed: a second one of the same key is ignored."""

    def __init__(self, folder: Path, connection: sqlite3.Connection, lock: int | None) -> None:
        self.folder = folder
        self._connection = connection
        self._lock = lock
        self._threads = threading.Lock()
        self._known: dict[tuple[str, str], Trial] = {}  # decoded samples by the thousand

    def close(self) -> None:
        """Close the file and let other processes have the run."""
        self._connection.close()
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def info(self) -> RunInfo:
        """What the run is about, and its state now."""
        run = json.loads(str(_meta(self._connection, "run")))
        info: RunInfo = from_plain(RunInfo, run)
        return replace(info, state=str(_meta(self._connection, "state")))

    def set_state(self, state: str) -> None:
        """Say how the run stands: one of STATES."""
        if state not in STATES:
            raise ValueError(f"{state!r} is not one of {STATES}")
        self._write([("UPDATE meta SET value = ? WHERE name = 'state'", (state,))])

    def set_note(self, name: str, value: str) -> None:
        """Keep a fact about the run under a name of the caller's; the last one counts."""
        self._write([("INSERT OR REPLACE INTO meta VALUES (?, ?)", (f"note {name}", value))])

    def note(self, name: str) -> str | None:
        """What `set_note` kept under this name."""
        return _meta(self._connection, f"note {name}")

    def notes(self, prefix: str) -> dict[str, str]:
        """What `set_note` kept under the names that begin so, by name."""
        start = f"note {prefix}"
        rows = self._all(
            "SELECT name, value FROM meta WHERE substr(name, 1, ?) = ?", (len(start), start)
        )
        return {name.removeprefix("note "): value for name, value in rows}

    def add(self, edit: Edit) -> None:
        """Keep an edit's text; a second edit with the same id changes nothing."""
        self._write([_adding(edit)])

    def edit(self, edit_id: str) -> Edit:
        """The edit with this id.

        Raises:
            KeyError: it was never added.
        """
        row = self._one("SELECT source, data FROM edits WHERE id = ?", (edit_id,))
        if row is None:
            raise KeyError(edit_id)
        edit: Edit = from_plain(Edit, {"file_source": row[0], **json.loads(row[1])})
        return edit

    def proposals(self, key: str) -> list[Proposal] | None:
        """What a request was answered with, or None if it was not answered."""
        row = self._one("SELECT data FROM answers WHERE request = ?", (key,))
        if row is None:
            return None
        return [Proposal(self.edit(edit_id), *rest) for edit_id, *rest in json.loads(row[0])]

    def record_proposals(self, key: str, proposals: list[Proposal]) -> None:
        """Keep the answer to a request, with the edits' texts, in one transaction."""
        named = [(item.edit.id, item.strategy, item.reason, item.call) for item in proposals]
        answer = ("INSERT OR IGNORE INTO answers VALUES (?, ?)", (key, json.dumps(named)))
        self._write([*(_adding(item.edit) for item in proposals), answer])

    def all_proposals(self) -> list[Proposal]:
        """Every proposal, in the order they were recorded; an edit may be proposed twice."""
        answers = self._all("SELECT data FROM answers ORDER BY rowid")
        named = [item for (data,) in answers for item in json.loads(data)]
        return [Proposal(self.edit(edit_id), *rest) for edit_id, *rest in named]

    def proposal_of(self, edit_id: str) -> Proposal | None:
        """How an edit was first proposed, or None."""
        mine = (item for item in self.all_proposals() if item.edit.id == edit_id)
        return next(mine, None)

    def judged(self, edit_id: str) -> Trial | None:
        """What the gates said of an edit, or None."""
        return self._trial(edit_id, "judged")

    def record_judged(self, trial: Trial) -> None:
        """Keep what the gates said."""
        self._record(trial, "judged")

    def measured(self, edit_id: str) -> Trial | None:
        """The trial with its measurement, or None."""
        return self._trial(edit_id, "measured")

    def record_measured(self, trial: Trial) -> None:
        """Keep a measured trial."""
        self._record(trial, "measured")

    def record_rejected(self, trial: Trial) -> None:
        """Keep a trial that a person refused after it was measured."""
        self._record(trial, "rejected")

    def count(self) -> int:
        """How many edits were judged."""
        row = self._one("SELECT count(DISTINCT edit_id) FROM trials", ())
        return int(row[0]) if row else 0

    def trials(self) -> list[Trial]:
        """The latest trial of every edit, in the order they were first recorded."""
        latest: dict[str, str] = {}
        for edit_id, data in self._all("SELECT edit_id, data FROM trials ORDER BY number"):
            latest[edit_id] = data
        return [self._decoded(edit_id, data) for edit_id, data in latest.items()]

    def record_call(self, call: Call) -> None:
        """Keep a call as it is now: before it is sent, and when it has ended."""
        data = json.dumps(to_plain(call))
        row = (call.key, call.attempt, call.state, data, call.tokens, call.charged_usd)
        insert = "INSERT OR IGNORE INTO calls (key, attempt, state, data, tokens, usd)"
        self._write([(f"{insert} VALUES (?, ?, ?, ?, ?, ?)", row)])

    def calls(self, key: str | None = None) -> list[Call]:
        """Each attempt as it was last recorded, in the order sent; of one key, or all."""
        latest: dict[tuple[str, int], str] = {}
        query = "SELECT key, attempt, data FROM calls WHERE ? IS NULL OR key = ? ORDER BY number"
        for name, attempt, data in self._all(query, (key, key)):
            latest[name, attempt] = data
        return [from_plain(Call, json.loads(data)) for data in latest.values()]

    def tokens(self) -> int:
        """Tokens that calls are charged with, those without an answer among them."""
        row = self._one(f"SELECT total(tokens) FROM calls WHERE number IN ({_LAST_STATES})", ())
        return int(row[0]) if row else 0

    def usd(self) -> float:
        """US dollars spent on calls and trials whose price is known."""
        calls = self._one(f"SELECT total(usd) FROM calls WHERE number IN ({_LAST_STATES})", ())
        latest = "SELECT max(number) FROM trials GROUP BY edit_id"
        trials = self._one(f"SELECT total(usd) FROM trials WHERE number IN ({latest})", ())
        return float(calls[0] + trials[0]) if calls and trials else 0.0

    def _record(self, trial: Trial, stage: str) -> None:
        data = to_plain(trial)
        del data["edit"]  # kept once, in its own table
        row = (trial.edit.id, stage, json.dumps(data), trial.cost.usd)
        insert = "INSERT OR IGNORE INTO trials (edit_id, stage, data, usd) VALUES (?, ?, ?, ?)"
        self._write([_adding(trial.edit), (insert, row)])

    def _trial(self, edit_id: str, stage: str) -> Trial | None:
        query = "SELECT data FROM trials WHERE edit_id = ? AND stage = ?"
        row = self._one(query, (edit_id, stage))
        return None if row is None else self._decoded(edit_id, row[0])

    def _decoded(self, edit_id: str, data: str) -> Trial:
        known = self._known.get((edit_id, data))
        if known is None:
            known = self._known[edit_id, data] = self._decode(edit_id, data)
        return known

    def _decode(self, edit_id: str, data: str) -> Trial:
        fields: dict[str, Any] = json.loads(data)
        trial: Trial = from_plain(Trial, {**fields, "edit": to_plain(self.edit(edit_id))})
        return trial

    def _write(self, statements: list[tuple[str, tuple[Any, ...]]]) -> None:
        with self._threads, _said_plainly(self.folder):
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                for statement, values in statements:
                    self._connection.execute(statement, values)
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise

    def _one(self, query: str, values: tuple[Any, ...]) -> tuple[Any, ...] | None:
        return next(iter(self._all(query, values)), None)

    def _all(self, query: str, values: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
        with self._threads, _said_plainly(self.folder):
            return self._connection.execute(query, values).fetchall()


def _adding(edit: Edit) -> tuple[str, tuple[str, str, str]]:
    data = to_plain(edit)
    source = data.pop("file_source")
    return "INSERT OR IGNORE INTO edits VALUES (?, ?, ?)", (edit.id, source, json.dumps(data))


def _hold(folder: Path) -> int:
    """Take the run for this process; the kernel lets go of it when the process ends."""
    lock = os.open(folder / "lock", os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(lock)
        raise UsageError(
            f"the run {folder.name} is still going on in another process",
            "wait for it, or stop that perfbot first",
        ) from error
    return lock


def _connect(folder: Path) -> sqlite3.Connection:
    with _said_plainly(folder):
        connection = sqlite3.connect(
            folder / "ledger.sqlite",
            isolation_level=None,
            check_same_thread=False,
            timeout=_BUSY_TIMEOUT_S,
        )
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        return connection


def _meta(connection: sqlite3.Connection, name: str) -> str | None:
    row = connection.execute("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()
    return None if row is None else str(row[0])


@contextlib.contextmanager
def _said_plainly(folder: Path) -> Iterator[None]:
    """Turn what SQLite says of the disk into what the person can do about it."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        raise MachineError(
            f"the run's ledger in {folder} cannot be used: {error}",
            f"free some disk space, then perfbot resume {folder.name}: what is recorded is safe",
        ) from error

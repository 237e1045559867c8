"""The run as a LangGraph graph: plan -> propose -> admit -> attempt -> measure -> select.

Useful to know before changing it:
- The archive is the truth and the graph is the order of work. A node looks into the archive
  before it does anything and records what it did before it returns; so a node that is run again
  after a kill repeats no finished trial. The checkpoint holds ids and counters, never sources.
- `propose` and `attempt` fan out; a branch that raised would cancel its siblings, so a failure is
  set aside and raised by the next node, when the siblings' work is recorded.
- `measure` is one serial node behind the barrier that a superstep is: nothing else of this run
  works while the clock runs. Other processes are kept off by the lock inside `measure` itself.
"""

import os
import signal
import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Annotated, Any, TypedDict

from perfbot.agents.proposal import Proposal
from perfbot.agents.search import (
    Account,
    Archive,
    ArchiveView,
    ProposalSpec,
    SearchPolicy,
    awaits_measurement,
    best_trial,
)
from perfbot.sandbox.edit import Edit
from perfbot.sandbox.errors import InterruptedRunError, MachineError
from perfbot.sandbox.trial import Trial

if TYPE_CHECKING:
    from langgraph.checkpoint.sqlite import SqliteSaver
    from langgraph.graph.state import CompiledStateGraph

CHECKPOINTS = "graph.sqlite"
_THREAD = "run"
_STEPS_PER_ROUND = 8  # six nodes, and a second admit, attempt after a failure
_MOST_ROUNDS = 10_000
_NOTHING_NEW = "nothing new helps"
Route = list[Any] | str
"""`Send`s, or a node's name; not spelled out, since LangGraph reads the routes' annotations."""


def _merged(left: dict[str, list[str]], right: dict[str, list[str]]) -> dict[str, list[str]]:
    """A step that is replayed adds what is there already: merging twice changes nothing."""
    return {**left, **right}


class State(TypedDict):
    """What a checkpoint holds: plain JSON, with edits as ids."""

    round: int
    requests: list[dict[str, Any]]
    """This round's `ProposalSpec`s."""
    children: Annotated[dict[str, list[str]], _merged]
    """The ids that each request (by its key) was answered with."""
    asked: list[dict[str, Any]]
    """Every request so far, in order, this round's too."""
    best: str | None
    stop: str | None
    elapsed_s: float


@dataclass(frozen=True, slots=True)
class Ended:
    """How a run ended. `best` is the id of the best accepted edit; `reason` is for a person."""

    best: str | None
    reason: str
    rounds: int
    budget_used_up: bool


def run(
    folder: Path,
    archive: Archive,
    original: Edit,
    policy: SearchPolicy,
    *,
    propose: Callable[[ProposalSpec], list[Proposal] | None],
    judge: Callable[[Edit], Trial],
    measure: Callable[[Trial], Trial],
    account: Account,
    max_concurrency: int = 1,
) -> Ended:
    """Search for the best edit; starts, or goes on where an earlier process stopped.

    `folder` is the run's own and keeps the checkpoints. `propose` gives None for a request that
    `account` left no means for: it comes up again when there are some. `judge` runs the gates
    without the clock; `measure` gets each survivor, one at a time, and must hold the host's
    lock itself.

    Raises:
        InterruptedRunError: Ctrl-C; call again with the same arguments to go on.
        Exception: what `propose`, `judge` or `measure` raised, after its siblings were recorded.
    """
    search = _Search(archive, original, policy, propose, judge, measure, account)
    archive.add(original)
    with _untraced(), _checkpoints(folder) as saver:
        graph = search.graph(saver)
        config: Any = {
            "configurable": {"thread_id": _THREAD},
            "max_concurrency": max_concurrency,
            "recursion_limit": search.most_rounds * _STEPS_PER_ROUND + _STEPS_PER_ROUND,
        }
        before = graph.get_state(config)
        account.earlier_s = before.values.get("elapsed_s", 0.0)
        # Not by `before.next`: it is empty, too, when a superstep's last branch was done and the
        # kill came before its end was written down.
        unfinished = bool(before.values) and before.values["stop"] is None
        start: Any = None if unfinished else search.first_state(before.values)
        try:
            with search.stops_at_interrupt():
                end = graph.invoke(start, config, durability="sync")
        except KeyboardInterrupt:
            raise InterruptedRunError(
                "interrupted; every finished trial is kept", f"perfbot resume {folder.name}"
            ) from None
    return Ended(end["best"], end["stop"], end["round"], end["stop"] != _NOTHING_NEW)


@dataclass(slots=True)
class _Search:
    """The nodes of the graph and what they work with; one object per process and run."""

    archive: Archive
    original: Edit
    policy: SearchPolicy
    propose_edits: Callable[[ProposalSpec], list[Proposal] | None]
    judge_edit: Callable[[Edit], Trial]
    measure_trial: Callable[[Trial], Trial]
    account: Account
    failures: list[Exception] = field(default_factory=list)

    @property
    def most_rounds(self) -> int:
        """A bound of our own: LangGraph's recursion limit is an error, this is an end."""
        candidates = self.account.budget.candidates
        return _MOST_ROUNDS if candidates is None else min(2 * candidates + 10, _MOST_ROUNDS)

    def graph(self, saver: "SqliteSaver") -> "CompiledStateGraph[State, None, State, State]":
        """Wire the nodes; imported here, since LangGraph takes a second to load."""
        from langgraph.graph import END, START, StateGraph

        builder = StateGraph(State)
        nodes: list[Any] = [self.plan, self.propose, self.admit, self.attempt]
        for node in [*nodes, self.measure, self.select]:
            builder.add_node(node.__name__, node)
        builder.add_edge(START, "plan")
        builder.add_conditional_edges("plan", self.after_plan, ["propose", "admit", END])
        builder.add_edge("propose", "admit")
        builder.add_conditional_edges("admit", self.after_admit, ["propose", "attempt", "measure"])
        builder.add_edge("attempt", "measure")
        builder.add_conditional_edges("measure", self.after_measure, ["admit", "select"])
        builder.add_edge("select", "plan")
        return builder.compile(checkpointer=saver)

    def first_state(self, earlier: dict[str, Any]) -> dict[str, Any]:
        """The input of a new run, or of an ended one that is given another budget."""
        fresh = {"round": 0, "requests": [], "children": {}, "asked": [], "elapsed_s": 0.0}
        return {**(fresh if not earlier else {}), "best": earlier.get("best"), "stop": None}

    def plan(self, state: State) -> dict[str, Any]:
        """Ask the policy what to build on next, or say why to stop."""
        stop = self.account.used_up()
        if stop is None and state["round"] >= self.most_rounds:
            stop = f"the search took {state['round']} rounds"
        unanswered = [] if stop else self.unanswered(state)
        if unanswered:  # a larger budget than the one that left no means for them
            return {"requests": unanswered, "elapsed_s": self.account.elapsed_s()}
        requests = [] if stop else self.policy.ask(self.view(state), self.account.left())
        if not requests:
            return {"stop": stop or _NOTHING_NEW, "elapsed_s": self.account.elapsed_s()}
        asking = [request.as_json() for request in requests]
        return {
            "round": state["round"] + 1,
            "requests": asking,
            "asked": [*state["asked"], *asking],
            "elapsed_s": self.account.elapsed_s(),
        }

    def after_plan(self, state: State) -> Route:
        """Every request at once, or the end."""
        from langgraph.graph import END

        if state["stop"]:
            return END
        return _sends("propose", self.unanswered(state)) or "admit"

    def propose(self, request: dict[str, Any]) -> dict[str, Any]:
        """Get one request answered, unless it was."""
        spec = ProposalSpec(**request)
        proposals = self.archive.proposals(spec.key)
        if proposals is None:
            with self.set_aside():
                proposals = self.propose_edits(spec)
                if proposals is not None:
                    self.archive.record_proposals(spec.key, proposals)
        if proposals is None:
            return {}
        return {"children": {spec.key: [proposal.edit.id for proposal in proposals]}}

    def admit(self, state: State) -> dict[str, Any]:
        """The barrier after `propose`: a request that failed ends the run here."""
        self.raise_failures()
        return {"elapsed_s": self.account.elapsed_s()}

    def after_admit(self, state: State) -> Route:
        """Requests that failed before a resume, else every new edit that the budget admits."""
        return (
            _sends("propose", self.unanswered(state))
            or _sends("attempt", self.unjudged(state))
            or "measure"
        )

    def attempt(self, edit_id: str) -> dict[str, Any]:
        """Let the gates judge one edit, unless they did or the time is over."""
        waiting = self.archive.judged(edit_id) is None and self.account.time_left()
        if waiting and not self.account.stopping:
            with self.set_aside():
                trial = self.judge_edit(self.archive.edit(edit_id))
                self.archive.record_judged(_of(edit_id, trial))
        return {}

    def measure(self, state: State) -> dict[str, Any]:
        """Measure the survivors, one after the other."""
        self.raise_failures()
        for trial in self.archive.trials():
            waiting = awaits_measurement(trial) and self.archive.measured(trial.edit.id) is None
            if waiting and self.account.time_left():
                self.archive.record_measured(_of(trial.edit.id, self.measure_trial(trial)))
        return {"elapsed_s": self.account.elapsed_s()}

    def after_measure(self, state: State) -> str:
        """Back to the edits that an earlier process failed on, if there are any."""
        return "admit" if self.unjudged(state) else "select"

    def select(self, state: State) -> dict[str, Any]:
        """Choose the best edit of all and tell the policy of this round's."""
        trials = self.archive.trials()
        keys = [ProposalSpec(**request).key for request in state["requests"]]
        mine = {edit_id for key in keys for edit_id in state["children"].get(key, [])}
        self.policy.tell([trial for trial in trials if trial.edit.id in mine])
        best = best_trial(trials)
        return {"best": best.edit.id if best else None, "elapsed_s": self.account.elapsed_s()}

    def view(self, state: State) -> ArchiveView:
        """What the policy may see."""
        requests = tuple(ProposalSpec(**request) for request in state["asked"])
        answers = {key: tuple(edit_ids) for key, edit_ids in state["children"].items()}
        children: dict[str, tuple[str, ...]] = {}
        for spec in requests:
            children[spec.parent] = children.get(spec.parent, ()) + answers.get(spec.key, ())
        trials = tuple(self.archive.trials())
        return ArchiveView(self.original.id, trials, children, requests, answers)

    def unanswered(self, state: State) -> list[dict[str, Any]]:
        """This round's requests that have no answer yet, while there are means for one."""
        if self.account.closed is not None:
            return []
        return [
            request
            for request in state["requests"]
            if ProposalSpec(**request).key not in state["children"]
        ]

    def unjudged(self, state: State) -> list[str]:
        """Edits that no gate has seen, each once, as many as the budget admits."""
        proposed = dict.fromkeys(item for ids in state["children"].values() for item in ids)
        proposed.pop(self.original.id, None)
        waiting = [item for item in proposed if self.archive.judged(item) is None]
        admitted = self.account.left().candidates
        return waiting[:admitted] if self.account.time_left() else []

    @contextmanager
    def set_aside(self) -> Iterator[None]:
        """Keep a branch's failure until its siblings are done; `raise_failures` raises it."""
        try:
            yield
        except Exception as error:  # noqa: BLE001 - not swallowed: the next node raises it
            self.failures.append(error)

    @contextmanager
    def stops_at_interrupt(self) -> Iterator[None]:
        """Tell the branches of a Ctrl-C: LangGraph runs those that wait for a thread to their end.

        Their edits stay unjudged, and `after_measure` sends a resumed run back to them.
        """
        previous = signal.getsignal(signal.SIGINT)

        def stop(number: int, frame: FrameType | None) -> None:
            self.account.stopping = True
            if callable(previous):
                previous(number, frame)

        if threading.current_thread() is not threading.main_thread() or not callable(previous):
            yield  # only the main thread may, and gets Ctrl-C; or Ctrl-C is ignored, as by nohup
            return
        signal.signal(signal.SIGINT, stop)
        try:
            yield
        finally:
            signal.signal(signal.SIGINT, previous)

    def raise_failures(self) -> None:
        """Raise what a branch failed with: the first, with the others noted on it."""
        if self.failures:
            first, *others = self.failures
            self.failures = []
            for other in others:
                first.add_note(f"besides: {type(other).__name__}: {other}")
            raise first


def _sends(node: str, payloads: Sequence[object]) -> list[Any]:
    from langgraph.types import Send

    return [Send(node, payload) for payload in payloads]


def _of(edit_id: str, trial: Trial) -> Trial:
    """The trial, if it is of the edit that was asked about: else the edit would come up for ever.

    Raises:
        ValueError: the bytes that were judged are not those that were proposed.
    """
    if trial.edit.id != edit_id:
        raise ValueError(f"asked about the edit {edit_id[:12]}, told of {trial.edit.id[:12]}")
    return trial


@contextmanager
def _untraced() -> Iterator[None]:
    """Keep LangGraph from sending the run to a tracing service that the environment names."""
    os.environ["LANGGRAPH_STRICT_MSGPACK"] = "true"  # read on import: no code from a checkpoint
    for name in ("LANGSMITH_TRACING", "LANGSMITH_TRACING_V2", "LANGCHAIN_TRACING_V2"):
        os.environ[name] = "false"
    os.environ.pop("LANGCHAIN_TRACING", None)
    os.environ.pop("LANGCHAIN_HANDLER", None)
    from langsmith import tracing_context

    with tracing_context(enabled=False):
        yield


@contextmanager
def _checkpoints(folder: Path) -> Iterator["SqliteSaver"]:
    """The run's checkpoint file: for its owner's eyes, written through, plain data only."""
    from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer
    from langgraph.checkpoint.sqlite import SqliteSaver

    path = folder / CHECKPOINTS
    todo = f"free some disk space, then perfbot resume {folder.name}"
    try:
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    except OSError as error:
        raise MachineError(f"{path} cannot be written: {error.strerror}", todo) from error
    try:
        with closing(sqlite3.connect(path, check_same_thread=False)) as connection:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
            yield SqliteSaver(connection, serde=JsonPlusSerializer(allowed_msgpack_modules=None))
    except sqlite3.DatabaseError as error:
        raise MachineError(f"the checkpoints in {path} are unusable: {error}", todo) from error

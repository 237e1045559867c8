"""The run as a LangGraph graph: plan -> propose -> admit -> attempt -> measure -> select.

Useful to know before changing it:
- The archive is the truth and the graph is the order of work. A node looks into the archive
  before it does anything and records what it did before it returns; so a node that is run again
  after a kill repeats no finished trial. The checkpoint holds ids and counters, never sources.
- `propose` and `attempt` fan out; a branch that raised would cancel its siblings, so a failure is
  set aside and raised by the next node, when the siblings' work is recorded.
- `measure` is one serial node behind the barrier that a superstep is: nothing else of this run
  works while the clock runs. Other processes are kept off by the lock inside `measure` itself.
- `consult` is entered once per question, with one interrupt: LangGraph tells a node's interrupts
  apart by their order alone. `measure` fixes what is asked, so that a replay asks the same.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from perfbot.agents.checkpoints import checkpoints, untraced
from perfbot.agents.proposal import Proposal
from perfbot.agents.search import (
    Account,
    Archive,
    ProposalSpec,
    SearchPolicy,
    awaits_measurement,
    best_trial,
    gain,
)
from perfbot.agents.state import State, of_round, open_requests, view_of
from perfbot.agents.steering import (
    ACCEPT,
    CHOSEN,
    HINT,
    REJECT,
    Answer,
    Person,
    Question,
    about_edit,
    about_round,
    accepted_of,
    for_a_hint,
    rejected,
    to_model,
)
from perfbot.agents.stopping import stops_at_interrupt
from perfbot.sandbox.edit import Edit
from perfbot.sandbox.errors import InterruptedRunError
from perfbot.sandbox.trial import Trial

if TYPE_CHECKING:
    from langgraph.checkpoint.sqlite import SqliteSaver
    from langgraph.graph.state import CompiledStateGraph

_THREAD = "run"
_STEPS_PER_ROUND = 8  # six nodes, and a second admit, attempt after a failure
_MOST_ROUNDS = 10_000
_NOTHING_NEW = "nothing new helps"
Route = list[Any] | str
"""`Send`s, or a node's name; not spelled out, since LangGraph reads the routes' annotations."""


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
    person: Person | None = None,
) -> Ended:
    """Search for the best edit; starts, or goes on where an earlier process stopped.

    `folder` is the run's own and keeps the checkpoints. `propose` gives None for a request that
    `account` left no means for: it comes up again when there are some. `judge` runs the gates
    without the clock; `measure` gets each survivor, one at a time, and must hold the host's
    lock itself. A `person` is asked about each accepted edit.

    Raises:
        InterruptedRunError: Ctrl-C, or a question left open; call again to go on.
        Exception: what `propose`, `judge` or `measure` raised, after its siblings were recorded.
    """
    search = _Search(archive, original, policy, propose, judge, measure, account, person)
    archive.add(original)
    with untraced(), checkpoints(folder) as saver:
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
            with stops_at_interrupt(account):
                end = graph.invoke(start, config, durability="sync")
                while waiting := end.get("__interrupt__"):
                    going_on = _resuming(search.asked(Question(**waiting[0].value)))
                    end = graph.invoke(going_on, config, durability="sync")
        except KeyboardInterrupt:
            raise InterruptedRunError(
                "interrupted; every finished trial is kept", f"perfbot resume {folder.name}"
            ) from None
    spent = end["stop"] not in (_NOTHING_NEW, CHOSEN)
    return Ended(end["best"], end["stop"], end["round"], spent)


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
    person: Person | None = None
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
        for node in [*nodes, self.measure, self.consult, self.select]:
            builder.add_node(node.__name__, node)
        builder.add_edge(START, "plan")
        builder.add_conditional_edges("plan", self.after_plan, ["propose", "admit", END])
        builder.add_edge("propose", "admit")
        builder.add_conditional_edges("admit", self.after_admit, ["propose", "attempt", "measure"])
        builder.add_edge("attempt", "measure")
        builder.add_conditional_edges("measure", self.after_measure, ["admit", "consult", "select"])
        builder.add_conditional_edges("consult", self.after_consult, ["consult", "select", END])
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
        view = view_of(state, self.original.id, self.archive)
        requests = [] if stop else self.policy.ask(view, self.account.left())
        if not (stop or requests) and state.get("hinted"):
            before = [ProposalSpec(**request) for request in state["asked"]]
            requests = for_a_hint(before, state["best"] or self.original.id)
        if not requests:
            return {"stop": stop or _NOTHING_NEW, "elapsed_s": self.account.elapsed_s()}
        asking = [request.as_json() for request in requests]
        return {
            "round": state["round"] + 1,
            "requests": asking,
            "asked": [*state["asked"], *asking],
            "hinted": state.get("hinted", False) and not any(map(to_model, requests)),
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
        asking = [question.as_json() for question in self.questions(state)]
        return {"questions": asking, "elapsed_s": self.account.elapsed_s()}

    def after_measure(self, state: State) -> str:
        """Back to the edits that an earlier process failed on, if there are any."""
        return "admit" if self.unjudged(state) else self.after_questions(state)

    def consult(self, state: State) -> dict[str, Any]:
        """Wait for the answer to the first open question, and do what it says."""
        from langgraph.types import interrupt

        if self.person is None:  # one was asked, and the run goes on without
            return {"questions": []}
        asking, *others = state["questions"]
        question, answer = Question(**asking), Answer(**interrupt(asking))
        done: dict[str, Any] = {"questions": others, "elapsed_s": self.account.elapsed_s()}
        measured = self.archive.measured(question.edit) if question.edit else None
        done["hinted"] = state.get("hinted", False) or answer.word == HINT
        if answer.word == REJECT and measured is not None:
            self.archive.record_rejected(rejected(measured, answer.text))
        if answer.word == ACCEPT and measured is not None and gain(measured) is not None:
            done.update(questions=[], best=question.edit, stop=CHOSEN)
        return done

    def after_consult(self, state: State) -> Route:
        """The end where a person chose an edit, the next question, or on with the search."""
        from langgraph.graph import END

        return END if state["stop"] else self.after_questions(state)

    def after_questions(self, state: State) -> str:
        """`consult` while a question is open."""
        return "consult" if self.person and state.get("questions") else "select"

    def select(self, state: State) -> dict[str, Any]:
        """Choose the best edit of all and tell the policy of this round's."""
        trials = self.archive.trials()
        mine = of_round(state)
        self.policy.tell([trial for trial in trials if trial.edit.id in mine])
        best = best_trial(trials)
        return {"best": best.edit.id if best else None, "elapsed_s": self.account.elapsed_s()}

    def questions(self, state: State) -> list[Question]:
        """What a person is to be asked of this round."""
        if self.person is None:
            return []
        found = accepted_of(self.archive.trials(), of_round(state))
        if not found and self.person.gives_hints and self.account.used_up() is None:
            return [about_round(state["round"])]
        return [about_edit(edit_id) for edit_id in found]

    def asked(self, question: Question) -> Answer:
        """What the person says; the time it takes is not the run's."""
        assert self.person is not None
        started = time.monotonic()
        try:
            return self.person.answer(question)
        finally:
            self.account.started += time.monotonic() - started

    def unanswered(self, state: State) -> list[dict[str, Any]]:
        """This round's open requests, while there are means for one."""
        return [] if self.account.closed is not None else open_requests(state)

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


def _resuming(answer: Answer) -> Any:
    from langgraph.types import Command

    return Command(resume=answer.as_json())


def _of(edit_id: str, trial: Trial) -> Trial:
    """The trial, if it is of the edit that was asked about: else the edit would come up for ever.

    Raises:
        ValueError: the bytes that were judged are not those that were proposed.
    """
    if trial.edit.id != edit_id:
        raise ValueError(f"asked about the edit {edit_id[:12]}, told of {trial.edit.id[:12]}")
    return trial

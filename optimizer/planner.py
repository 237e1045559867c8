"""Who proposes in a search: the rules, a language model, or both; nothing of a model is imported
where none is asked."""

import json
import threading
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from perfbot.agents.proposal import Proposal
from perfbot.agents.search import Account, Archive, ProposalSpec, SearchPolicy, parse_budget
from perfbot.optimizer.config import Options
from perfbot.optimizer.session import Say, Session
from perfbot.sandbox.edit import Edit
from perfbot.sandbox.errors import InterruptedRunError, PerfbotError, UsageError
from perfbot.sandbox.target import Target

if TYPE_CHECKING:
    from perfbot.agents.context import Facts
    from perfbot.agents.llm import Model

_CALL_CHARACTERS = 160
"""Of a slow call so much is shown: more would be data, not the shape of it."""
Propose = Callable[[ProposalSpec], list[Proposal] | None]
_SLOWEST = 3
BEST_OF = 8
"""Replies that `best_of_n` asks for where the budget names no number of candidates."""


class ModelStoppedError(Exception):
    """The model cannot be reached or used any more; `error` says why, and what to do."""

    def __init__(self, error: PerfbotError) -> None:
        self.error = error
        super().__init__(str(error))


def require_proposer(options: Options) -> None:
    """Check, before any work, that whoever is to propose can be asked.

    Raises: UsageError for a rule that there is not, and for a model that is not named, not known,
    without its key, or without a price where the budget is in dollars.
    """
    if options.skip_rule:
        from perfbot.agents.rules.engine import require_rules

        require_rules(options.skip_rule)
    if options.adversary is not None or options.adversary_api_base is not None:
        from perfbot.optimizer.adversary import require_adversary

        require_adversary(options)
    if options.proposer == "rules":
        if options.model is not None:
            raise UsageError(
                "--model is given, but the rules alone propose", "add --proposer llm or both"
            )
        if options.cheap_model is not None:
            raise UsageError(
                "--cheap-model is given, but the rules alone propose",
                "add --proposer llm or both, and --model NAME",
            )
        if options.memory_from is not None:
            raise UsageError(
                "--memory-from is given, but the rules alone propose", "add --proposer llm or both"
            )
        return
    if options.model is None:
        raise UsageError(
            f"--proposer {options.proposer} needs a model",
            "add --model PROVIDER/NAME, e.g. openai/gpt-4o; for a server of your own "
            "--model openai/NAME --api-base http://127.0.0.1:8000/v1",
        )
    from perfbot.agents.calls import Usage
    from perfbot.agents.llm import price, require_usable
    from perfbot.optimizer.earlier_edits import repository_at
    from perfbot.optimizer.routes import models_of

    if options.memory_from is not None:
        repository_at(options.memory_from)
    priced = options.budget is not None and parse_budget(options.budget).usd is not None
    for model in models_of(options):
        require_usable(model)
        if priced and price(model, Usage(1000, 1000)) is None:
            raise UsageError(
                f"the price of {model.name} is not known, so a budget in dollars cannot be kept",
                "give the budget in tokens, e.g. --budget 200ktok",
            )


def planner(
    session: Session,
    account: Account,
    options: Options,
    say: Say,
    wishes: Callable[[], Sequence[str]] = tuple,
) -> tuple[SearchPolicy, Propose]:
    """The policy that steers the search, and what answers its requests.

    `wishes` gives what a person has said so far.
    """
    if options.proposer == "rules":
        return policy_of(options, session.target), _rules(session, account, options, say)
    from perfbot.agents.asker import Asker
    from perfbot.agents.llm_proposer import ModelProposer
    from perfbot.agents.memory import shown
    from perfbot.optimizer.earlier_edits import examples_for
    from perfbot.optimizer.prepared import background_of
    from perfbot.optimizer.routes import models_of, routed

    examples = examples_for(session.target, account.archive, options, say)
    # One lock for all: what one model's requests set aside, another's cannot spend.
    reserving = threading.Lock()
    askers = {
        model.name: Asker(model, account, say, reserving=reserving) for model in models_of(options)
    }
    proposer = ModelProposer(
        session.target,
        askers[options.model or ""],
        [*background_of(session, say), *shown(examples)],
        samples=options.samples,
        prompt_tokens=options.prompt_tokens,
        say=say,
        others=askers,
        wishes=wishes,
        time_of=lambda edit: time_of(session, edit, account.archive),
    )
    rules = _rules(session, account, options, say)

    def propose(spec: ProposalSpec) -> list[Proposal] | None:
        if spec.operator == "rules":
            return rules(spec)
        try:
            return proposer.propose(spec)
        except InterruptedRunError:
            raise
        except PerfbotError as error:
            raise ModelStoppedError(error) from error

    policy = policy_of(options, session.target)
    seed = session.settings.seed
    return routed(policy, session.target, account.archive, options, seed, say), propose


def policy_of(options: Options, target: Target) -> SearchPolicy:
    """The policy that the options name, over the proposers that they name."""
    from perfbot.agents.policies.asking import Asking
    from perfbot.agents.policies.beam import Beam
    from perfbot.agents.policies.best_of_n import BestOfN
    from perfbot.agents.policies.guided import Guided
    from perfbot.agents.policies.qd import QualityDiversity
    from perfbot.agents.policies.refine import Refine

    rules, model = options.proposer != "llm", options.model
    asking = Asking(rules, model)
    if options.policy == "best_of_n":
        candidates = parse_budget(options.budget).candidates if options.budget else None
        return BestOfN(asking, max(1, (candidates or BEST_OF) // options.samples))
    if options.policy == "beam":
        return Beam(asking, target.file_source)
    if options.policy == "qd":
        return QualityDiversity(asking, target.file_source)
    return Refine() if model is None else Guided(model, rules=rules)


def model_of(options: Options) -> "Model":
    """The model that the options name."""
    from perfbot.agents.llm import Model

    assert options.model is not None
    return Model(
        options.model,
        options.api_base,
        options.temperature,
        options.reply_tokens,
        options.model_timeout,
    )


def _rules(session: Session, account: Account, options: Options, say: Say) -> Propose:
    from perfbot.agents.rules.engine import propose

    def answer(spec: ProposalSpec) -> list[Proposal]:
        parent = account.archive.edit(spec.parent)
        found = propose(
            session.target, parent.file_source, parent=spec.parent, skipped=options.skip_rule
        )
        say(f"{len(found)} proposals")
        return found

    return answer


def facts_of(session: Session) -> "Facts":
    """What a model may know of the target: the recorded calls and the machine, no expected
    answers and none of the generated inputs."""
    from perfbot.agents.context import Facts
    from perfbot.sandbox.explanation import call_text
    from perfbot.sandbox.language import language_of

    baseline = session.baseline
    calls = sorted(baseline.replayed(), key=lambda pair: pair[1].seconds, reverse=True)
    slowest = [
        (call_text(session.target, item.inputs)[:_CALL_CHARACTERS], item.seconds)
        for _, item in calls[:_SLOWEST]
    ]
    return Facts(
        root=baseline.project.root,
        signature=baseline.signature,
        observed=baseline.observed(),
        slowest=slowest,
        machine=machine_of(session),
        time=language_of(session.target).where_time_goes(baseline, session.target),
    )


def time_of(session: Session, edit: Edit, archive: Archive) -> tuple[str, str]:
    """(title, text) of where an edit's time goes, found out once in a run: a prompt must be the
    same when the run is resumed."""
    from perfbot.agents.reply_edits import target_in
    from perfbot.sandbox.language import language_of

    name = f"time of {edit.id}"
    known = archive.note(name)
    if known is None:
        version = target_in(session.target, edit.file_source)
        found = language_of(session.target).where_time_goes(session.baseline, version)
        known = json.dumps(found)
        archive.set_note(name, known)
    title, text = json.loads(known)
    return title, text


def machine_of(session: Session) -> str:
    """The processor and what runs or compiles the target, in a line."""
    from perfbot.sandbox.host import fingerprint

    found = fingerprint()
    parts = [f"{found['cpu']}, {found['cores']} cores, {found['architecture']}"]
    if session.target.language == "python":
        from perfbot.sandbox.interpreter import ask

        version = ask(session.baseline.project.python).version
        parts.append(f"Python {'.'.join(map(str, version))}")
    return "; ".join(parts)

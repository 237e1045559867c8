"""The whole run: `optimize_targets`. Search, verify the winner afresh, commit it."""

import json
import platform
from collections import Counter
from contextlib import ExitStack
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from perfbot.agents.graph import Ended, run
from perfbot.agents.search import Account, best_trial, parse_budget
from perfbot.optimizer.adversary import recipe_part, written_for
from perfbot.optimizer.commit import commit
from perfbot.optimizer.config import REPEATED, Options
from perfbot.optimizer.evidence import evidence_json
from perfbot.optimizer.evidence_schema import ModelDocument
from perfbot.optimizer.git import top_level
from perfbot.optimizer.index import place_of, renew, seed_for
from perfbot.optimizer.interactive import Steering, require_person, wishes
from perfbot.optimizer.ledger import Ledger, new_run, open_run
from perfbot.optimizer.output import Progress, require_writable
from perfbot.optimizer.planner import ModelStoppedError, planner, require_proposer
from perfbot.optimizer.ranking import key, ranked
from perfbot.optimizer.recheck import judge_afresh, target_at
from perfbot.optimizer.recipe import recipe_of
from perfbot.optimizer.result import (
    ACCEPTED,
    NOTHING,
    Result,
    commit_of,
    record_verified,
    spent_in,
    told,
    winner_in,
)
from perfbot.optimizer.scratch import checkout, require_clean
from perfbot.optimizer.session import Say, Session, opened
from perfbot.optimizer.spend import authors_of
from perfbot.optimizer.target import resolve, resolve_program
from perfbot.optimizer.telemetry import Spans, spans_of
from perfbot.optimizer.trials import judging_in
from perfbot.sandbox.edit import Edit, baseline
from perfbot.sandbox.errors import InterruptedRunError, PerfbotError, UsageError
from perfbot.sandbox.isolate.process import describe
from perfbot.sandbox.target import Target
from perfbot.sandbox.trial import Trial
from perfbot.sandbox.verify import timed

DEFAULT_BUDGET = "40c,10m"


def optimize_targets(texts: list[str], options: Options) -> int:
    """Optimize each target named, or the hottest functions of each file or folder named.

    One target that cannot be judged does not keep the others from it. Raises: what stopped the
    last such target, when nothing was accepted.
    """
    require_proposer(options)
    require_person(options)
    require_writable(options.json)
    say = Progress(options.quiet)
    results: list[Result] = []
    failure: PerfbotError | None = None
    shares: dict[tuple[str, int], float] = {}
    for target in targets_of(texts, options, say, shares):
        repo, base = repository(target, say)
        seed = seed_for(place_of(repo, base, target, options), options, say)
        ledger = new_run(target, base=base, options=run_options(options, seed))
        if key(target) in shares:
            ledger.set_note("share", str(shares[key(target)]))
        try:
            results.append(kept(repo, base, target, ledger, options, say))
        except InterruptedRunError:
            told(results, options)
            raise
        except PerfbotError as error:
            if failure is not None:
                say(str(failure))
            failure = error
        finally:
            ledger.close()
    code = told(results, options) if results else NOTHING
    if failure is not None and code == ACCEPTED:
        say(str(failure))
    elif failure is not None:
        raise failure
    return code


def kept(
    repo: Path, base: str, target: Target, ledger: Ledger, options: Options, say: Say
) -> Result:
    """A campaign whose end, whatever it is, is in its ledger.

    Raises: InterruptedRunError at Ctrl-C, with the command that goes on.
    """
    try:
        with spans_of(ledger.folder.name, target, options, say) as spans:
            return campaign(repo, base, target, ledger, options, say, spans)
    except (KeyboardInterrupt, InterruptedRunError):
        ledger.set_state("interrupted")
        raise InterruptedRunError(
            "interrupted; every finished trial is kept", f"perfbot resume {ledger.folder.name}"
        ) from None
    except BaseException:
        ledger.set_state("failed")
        raise


def campaign(
    repo: Path,
    base: str,
    target: Target,
    ledger: Ledger,
    options: Options,
    say: Say,
    spans: Spans,
) -> Result:
    """Search from the original or where the ledger stops; commit what survives a fresh trial."""
    run_id = ledger.folder.name
    say(f"run {run_id}: {target.path}::{target.qualname} at {base[:12]}")
    seed = int(str(ledger.info().options["seed"]))
    seeded = replace(options, seed=seed)
    with ExitStack() as stack:
        with spans.step("prepare"):
            opening = opened(target, lambda root: checkout(repo, base, root), seeded, say)
            session = stack.enter_context(opening)
        renew(place_of(repo, base, target, options), session, options)
        ended = search(session, ledger, options, say, spans)
    trials = tuple(ledger.trials())
    if ended.best is None:
        state = "budget used up" if ended.budget_used_up else "nothing found"
        result = Result(run_id, target, trials, None, None, f"{state}: {ended.reason}",
                        ended.budget_used_up)  # fmt: skip
        return concluded(ledger, result)
    ledger.set_note("winner", ended.best)
    winner, why = titled(ledger, ended.best)
    measured = sum(trial.measurement is not None for trial in trials)
    say(f"verifying the winner afresh: {winner.title}")
    fresh = replace(options, seed=None)
    with spans.step("verify"):
        trial, final = judge_afresh(
            repo, base, target, winner, fresh, say, candidates_tried=max(measured, 1),
            written=written_for(trials),
        )  # fmt: skip
    record_verified(ledger, trial)
    made = None
    if trial.decision == "accepted":
        with spans.step("commit"):
            made = commit(
                repo,
                target,
                winner,
                evidence_of(
                    replace(trial, reason=why or trial.reason),
                    final,
                    base,
                    options,
                    authors_of(ledger, ended.best),
                ),
                base=base,
            )
        ledger.set_note("commit", json.dumps(asdict(made)))
        say(f"committed {made.commit[:12]} on {made.branch}")
    return concluded(ledger, Result(run_id, target, trials, trial, made, trial.reason, False))


def concluded(ledger: Ledger, result: Result) -> Result:
    """Write a run's end into its ledger, and what it spent into the result."""
    ledger.set_note("reason", result.reason)
    ledger.set_note("budget used up", "yes" if result.budget_used_up else "no")
    ledger.set_state("accepted" if result.commit else "nothing")
    return replace(result, spent=spent_in(ledger))


def search(session: Session, ledger: Ledger, options: Options, say: Say, spans: Spans) -> Ended:
    """Run the graph: rules or a model propose, the gates judge, the clock decides.

    A model that stops answering ends the search; what was found before is not lost by it.

    Raises: PerfbotError when the model cannot be used and nothing was accepted before.
    """

    def judge_edit(edit: Edit) -> Trial:
        trial = judge(edit)
        if trial.decision != "survived":
            say(f"  {edit.title}: {trial.decision}: {trial.reason[:100]}")
        return trial

    def measure_trial(trial: Trial) -> Trial:
        found = timed(session.baseline, trial)
        say(f"  {trial.edit.title}: {found.decision}: {found.reason[:100]}")
        return found

    account = Account(
        ledger, parse_budget(options.budget or DEFAULT_BUDGET), watch=spans.call_ended
    )
    judge = judging_in(session, account, options, say)
    policy, propose_edits = planner(session, account, options, say, wishes=lambda: wishes(ledger))
    person = Steering(ledger, session.target, options.proposer != "rules")
    try:
        return run(
            ledger.folder, ledger, baseline(session.target), spans.policy(policy),
            propose=spans.proposing(propose_edits), judge=spans.judging(judge_edit),
            measure=spans.measuring(measure_trial), account=account,
            person=person if options.interactive else None,
        )  # fmt: skip
    except ModelStoppedError as stopped:
        best = best_trial(ledger.trials())
        if best is None:
            raise stopped.error from stopped
        say(f"warning: {stopped.error}")
        return Ended(best.edit.id, stopped.error.happened, 0, False)


def titled(ledger: Ledger, edit_id: str) -> tuple[Edit, str]:
    """The edit with the titles of all the rewrites that led to it, and why they are faster."""
    edit = step = ledger.edit(edit_id)
    titles: list[str] = []
    reasons: list[str] = []
    while step.parent is not None:
        titles.insert(0, step.title)
        proposal = ledger.proposal_of(step.id)
        reasons[:0] = [proposal.reason] if proposal and proposal.reason else []
        step = ledger.edit(step.parent)
    parts = [
        title if count == 1 else f"{title}, in {count} places"
        for title, count in Counter(titles).items()
    ]
    return replace(edit, title="; ".join(parts)), " ".join(dict.fromkeys(reasons))


def evidence_of(
    trial: Trial,
    session: Session,
    base: str,
    options: Options,
    models: list[ModelDocument],
) -> dict[str, Any]:
    """The evidence that the commit carries."""
    return evidence_json(
        trial,
        session.target,
        base=base,
        options={
            **recipe_of(session.target, options, session.workload, base=base),
            **recipe_part(trial),
        },
        seeds={"seed": session.settings.seed},
        sandbox=describe(),
        versions={"python": platform.python_version()},
        models=models,
    )


def resume_run(run_id: str, options: Options) -> int:
    """Go on with a run: no finished trial is repeated. A finished one is shown again."""
    require_writable(options.json)
    ledger = open_run(run_id, resume=True)
    try:
        info = ledger.info()
        if info.base is None:
            raise UsageError(f"the run {run_id} has no commit to go on from", "start a new run")
        repo = top_level(Path(info.root))
        if repo is None:
            raise UsageError(f"the repository {info.root} is not there", "start a new run")
        stored = {**info.options, "json": options.json, "quiet": options.quiet}
        stored.pop("seed")
        again = restored(stored)
        say = Progress(options.quiet)
        target = target_at(repo, info.base, info.path, info.qualname, program=again.program)
        if info.state in ("accepted", "nothing") and options.budget is None:
            say(f"the run {run_id} is finished; --budget lets it go on")
            result = finished(target, ledger)
        else:
            asks = again.interactive if options.interactive is None else options.interactive
            again = replace(again, budget=options.budget or again.budget, interactive=asks)
            require_proposer(again)
            require_person(again)
            ledger.set_state("running")
            result = kept(repo, info.base, target, ledger, again, say)
    finally:
        ledger.close()
    return told([result], again)


def finished(target: Target, ledger: Ledger) -> Result:
    """How a run ended, from its ledger."""
    trials = tuple(ledger.trials())
    made = commit_of(ledger)
    return Result(
        ledger.folder.name,
        target,
        trials,
        (winner_in(ledger) or best_trial(list(trials))) if made else None,
        made,
        ledger.note("reason") or "",
        ledger.note("budget used up") == "yes",
        spent_in(ledger),
    )


def run_options(options: Options, seed: int) -> dict[str, object]:
    """What `resume` needs of the options, with the run's seed."""
    values = asdict(options)
    values["seed"] = seed
    values |= {name: list(values[name]) for name in REPEATED}
    for name in ("workload", "inputs", "memory_from"):
        if values[name] is not None:
            values[name] = str(values[name])
    return {name: value for name, value in values.items() if name not in ("json", "quiet")}


def restored(stored: dict[str, Any]) -> Options:
    stored |= {name: tuple(stored[name]) for name in REPEATED if name in stored}
    for name in ("workload", "inputs", "memory_from"):
        if stored.get(name) is not None:
            stored[name] = Path(stored[name])
    return Options(**stored)


def repository(target: Target, say: Say) -> tuple[Path, str]:
    """The target's repository and the commit to start from. Raises: UsageError if not clean."""
    repo = top_level(target.root) or target.root
    base = require_clean(repo, target.path)
    if base.warning is not None:
        say(base.warning)
    return repo, base.commit


def targets_of(
    texts: list[str],
    options: Options,
    say: Say,
    shares: dict[tuple[str, int], float] | None = None,
) -> list[Target]:
    """Each function named; of a file or a folder, those where its tests spend their time.

    `shares` is given how much of it, where that was profiled.
    """
    if options.program:
        return [resolve_program(text, Path.cwd()) for text in texts]
    found: list[Target] = []
    for text in texts:
        named = resolve(text, Path.cwd())
        whole = "::" not in text and Path(text).exists()
        found += ranked(named, options, say, shares) if whole else named
    return found

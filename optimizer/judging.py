"""`perfbot verify`, `measure` and `aa`: judging edits that somebody hands in."""

import time
from collections.abc import Sequence
from pathlib import Path

from perfbot.optimizer.commit import read_commit
from perfbot.optimizer.config import Options
from perfbot.optimizer.evidence import verdict_json
from perfbot.optimizer.output import Progress, require_writable, write_json
from perfbot.optimizer.plain import to_plain
from perfbot.optimizer.report import render_measurement, render_verdict
from perfbot.optimizer.scratch import copy_tree
from perfbot.optimizer.session import Session, opened
from perfbot.optimizer.target import resolve, resolve_program
from perfbot.sandbox.edit import Edit, baseline
from perfbot.sandbox.errors import UsageError
from perfbot.sandbox.instructions import with_instructions
from perfbot.sandbox.intake import edit_from
from perfbot.sandbox.language import language_of
from perfbot.sandbox.measure import aa_decisions
from perfbot.sandbox.measure import measure as measure_pair
from perfbot.sandbox.target import Target
from perfbot.sandbox.timing import OpenPair, TimingCase, pair_opener
from perfbot.sandbox.timing_cases import agreement, timing_of
from perfbot.sandbox.trial import Cost, Trial
from perfbot.sandbox.unified_diff import OutsideTargetError
from perfbot.sandbox.verdict import Evidence, Status, Verdict
from perfbot.sandbox.verify import verify

ACCEPTED, NOT_ACCEPTED = 0, 1


def verify_candidate(subject: str, candidate: str, options: Options) -> int:
    """Judge the edit in the file `candidate`; 0 if it is accepted, 1 if not."""
    started = time.monotonic()
    require_writable(options.json)
    target = one_target(subject, options)
    try:
        edit = edit_from(target, candidate_text(candidate))
    except OutsideTargetError as error:
        return told(out_of_scope(target, error), options, time.monotonic() - started)
    say = Progress(options.quiet)
    with opened(target, lambda root: copy_tree(target.root, root), options, say) as session:
        say("judging the edit")
        trial = with_instructions(session.baseline, verify(session.baseline, edit))
    return told(trial, options, time.monotonic() - started)


def out_of_scope(target: Target, error: OutsideTargetError) -> Trial:
    """The trial of a diff that reaches beyond the target's file."""
    evidence = Evidence("scope", Status.REFUTED, error.happened)
    verdict = Verdict((evidence,))
    return Trial(baseline(target), verdict, None, Cost(), "refuted", error.happened)


def told(trial: Trial, options: Options, seconds: float) -> int:
    """Write the verdict where the options want it; the exit code."""
    if options.json != "-":
        render_verdict(trial)
    if options.json is not None:
        write_json(options.json, verdict_json(trial, seconds=seconds))
    return ACCEPTED if trial.decision == "accepted" else NOT_ACCEPTED


def verify_commit(subject: str, options: Options) -> int:
    """Judge a perfbot commit again, from the commit alone; 0 if it is accepted again."""
    from perfbot.optimizer.recheck import recheck

    started = time.monotonic()
    if "::" in subject or Path(subject).exists():
        raise UsageError(
            f"{subject} is not a commit, and no edit of it is given",
            "add --candidate FILE: the function's new source, the whole new file, or a diff",
        )
    require_writable(options.json)
    say = Progress(options.quiet)
    trial = recheck(read_commit(Path.cwd(), subject), options, say)
    return told(trial, options, time.monotonic() - started)


def measure_versions(a: str, b: str, options: Options) -> int:
    """Time target A against the edit in file B, no gates but the comparison of timed answers."""
    require_writable(options.json)
    target = one_target(a, options)
    edit = edit_from(target, candidate_text(b))
    say = Progress(options.quiet)
    with opened(target, lambda root: copy_tree(target.root, root), options, say) as session:
        cases, open_pair = pair_for(session, edit)
        found = measure_pair(
            open_pair,
            cases,
            seed=session.settings.seed,
            alpha=options.alpha,
            delta=options.delta,
            allow_slower_cases=options.allow_slower_cases,
            agree=agreement(session.baseline),
        )
    if options.json != "-":
        render_measurement(found)
    if options.json is not None:
        write_json(options.json, to_plain(found))
    return ACCEPTED if found.decision == "faster" else NOT_ACCEPTED


def measure_itself(subject: str, options: Options, decisions: int) -> int:
    """Time a target against itself: every `faster` is a false claim; 0 if there is none."""
    require_writable(options.json)
    target = one_target(subject, options)
    say = Progress(options.quiet)
    claims = 0
    with opened(target, lambda root: copy_tree(target.root, root), options, say) as session:
        cases, open_pair = pair_for(session, baseline(target))
        made = aa_decisions(
            open_pair, cases, decisions, seed=session.settings.seed, alpha=options.alpha,
            delta=options.delta,
        )  # fmt: skip
        for number, found in enumerate(made, 1):
            claims += found.decision == "faster"
            say(f"decision {number} of {decisions}: {found.decision} ({found.reason})")
    result = {"target": subject, "decisions": decisions, "false_accepts": claims}
    if options.json != "-":
        print(f"{decisions} decisions on {target.qualname} against itself: {claims} false accepts")
    if options.json is not None:
        write_json(options.json, result)
    return ACCEPTED if not claims else NOT_ACCEPTED


def pair_for(session: Session, edit: Edit) -> tuple[Sequence[TimingCase], OpenPair]:
    """The cases to time, and what opens a pair of the original and `edit`."""
    timing = timing_of(session.baseline)
    if not timing.cases:
        raise UsageError(
            f"no case of {session.target.qualname} can be timed", "add some with --workload FILE"
        )
    shared_imports = language_of(session.target).shared_imports
    open_pair = pair_opener(
        session.baseline.project,
        session.target,
        (session.target.file_source, edit.file_source),
        imports=(*session.baseline.imports, *shared_imports(edit.file_source)),
        reseed=timing.random,
    )
    return timing.cases, open_pair


def one_target(text: str, options: Options) -> Target:
    """The one function or program that `text` names. Raises: UsageError where it names several."""
    if options.program:
        return resolve_program(text, Path.cwd())
    found = resolve(text, Path.cwd())
    if len(found) != 1:
        raise UsageError(
            f"{text} has {len(found)} functions",
            "name one, as FILE::QUALNAME: " + ", ".join(item.qualname for item in found[:8]),
        )
    return found[0]


def candidate_text(path: str) -> str:
    """The text of a candidate file. Raises: UsageError where it cannot be read."""
    try:
        return Path(path).read_text(encoding="utf-8")
    except OSError as error:
        raise UsageError(
            f"the candidate {path} cannot be read: {error.strerror}", "check --candidate"
        ) from error
    except UnicodeDecodeError as error:
        raise UsageError(f"the candidate {path} is not UTF-8 text", "check --candidate") from error

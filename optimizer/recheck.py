"""Judging an edit from a commit alone: fresh checkout, fresh inputs, fresh rounds."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from perfbot.optimizer.adversary import with_written, written_in
from perfbot.optimizer.commit import CommittedEdit
from perfbot.optimizer.config import Options
from perfbot.optimizer.git import top_level
from perfbot.optimizer.recipe import options_of
from perfbot.optimizer.scratch import checkout
from perfbot.optimizer.scratch_folder import scratch_folder
from perfbot.optimizer.session import Say, Session, fresh_seed, opened, settings_of
from perfbot.sandbox.edit import Edit
from perfbot.sandbox.errors import UsageError
from perfbot.sandbox.instructions import with_instructions
from perfbot.sandbox.languages.cpp_program import program_target
from perfbot.sandbox.languages.finding import locate
from perfbot.sandbox.target import Target
from perfbot.sandbox.trial import Trial
from perfbot.sandbox.verify import judge, timed


def recheck(committed: CommittedEdit, options: Options, say: Say) -> Trial:
    """Judge a perfbot commit again. Raises: UsageError outside its repository."""
    repo = top_level(Path.cwd())
    if repo is None:
        raise UsageError("this folder is not in a git repository", "cd to a clone of it")
    with scratch_folder() as folder:
        tree = folder / "tree"
        checkout(repo, committed.base, tree)
        options = options_of(committed.options, options, tree, folder)
        target = target_in(tree, committed.path, committed.qualname, program=options.program)
        for name, value in settings_of(options).relaxations().items():
            say(f"not as strict as perfbot's default: {name} is {value}")
        target = replace(target, root=repo)
        edit = Edit(committed.file_source, title=committed.title, origin="commit")
        trial, _ = judge_afresh(
            repo, committed.base, target, edit, options, say,
            written=written_in(committed.options),
        )  # fmt: skip
    return trial


def target_at(repo: Path, base: str, path: str, qualname: str, *, program: bool = False) -> Target:
    """The target as it is in the commit `base`, whatever the checkout holds by now."""
    with scratch_folder() as folder:
        tree = folder / "tree"
        checkout(repo, base, tree)
        return replace(target_in(tree, path, qualname, program=program), root=repo)


def target_in(tree: Path, path: str, qualname: str, *, program: bool = False) -> Target:
    """The target in the files of `tree`: a function, or the program whose file it is."""
    return program_target(tree, path) if program else locate(tree, path, qualname)


def judge_afresh(
    repo: Path,
    base: str,
    target: Target,
    edit: Edit,
    options: Options,
    say: Say,
    *,
    candidates_tried: int = 1,
    written: Sequence[bytes] = (),
) -> tuple[Trial, Session]:
    """Judge `edit` on a fresh checkout of `base`, on inputs and in rounds not used before.

    `written` are inputs that an adversary wrote before; no model is asked.
    """
    seeded = replace(options, seed=fresh_seed() if options.seed is None else options.seed)
    with opened(target, lambda root: checkout(repo, base, root), seeded, say) as session:
        say("judging the edit on fresh inputs")
        survived = judge(session.baseline, edit, more=with_written(written))
        trial = timed(session.baseline, survived, candidates_tried=candidates_tried)
        trial = with_instructions(session.baseline, trial)
    return trial, session

"""`perfbot index` as a command: filling the index, and telling what of it is fresh."""

from pathlib import Path

from perfbot.optimizer.campaign import repository, targets_of
from perfbot.optimizer.config import Options
from perfbot.optimizer.git import git_line, top_level
from perfbot.optimizer.index import Entry, entries, indexed, state_of, tools_of
from perfbot.optimizer.output import Progress
from perfbot.optimizer.target import resolve, resolve_program
from perfbot.sandbox.errors import PerfbotError, UsageError
from perfbot.sandbox.languages.cpp_program import NAME
from perfbot.sandbox.languages.finding import is_cpp
from perfbot.sandbox.target import Target


def fill_index(texts: list[str], options: Options) -> int:
    """Index each target named, or the hottest functions of each file or folder; 0.

    Raises: what stopped the last target, when none could be indexed.
    """
    say = Progress(options.quiet)
    done: list[Entry] = []
    failure: PerfbotError | None = None
    for target in targets_of(texts or ["."], options, say):
        repo, base = repository(target, say)
        try:
            done.append(indexed(repo, base, target, options, say))
        except PerfbotError as error:
            say(f"{target.path}::{target.qualname}: {error}")
            failure = error
    if failure is not None and not done:
        raise failure
    for entry in done:
        print(f"{entry.path}::{entry.qualname}: {gain_of(entry)}")
    return 0


def show_index(texts: list[str], options: Options) -> int:
    """Print what is indexed of this repository, or of these targets, and whether it is fresh; 0.

    Raises: UsageError outside of a repository.
    """
    repo = top_level(Path.cwd())
    if repo is None:
        raise UsageError("this folder is not in a git repository", "cd to one")
    wanted = [item for text in texts for item in named(text, options)]
    names = {(item.path, item.qualname) for item in wanted}
    shown: set[tuple[str, str]] = set()
    for path, entry in entries():
        if entry is None:
            print(f"damaged: {path}; perfbot index makes it anew")
            continue
        name = (entry.path, entry.qualname)
        if entry.repo == str(repo) and (name in names or not texts):
            shown.add(name)
            print(f"{entry.path}::{entry.qualname}: {state_now(entry)}; {gain_of(entry)}")
    if not shown:
        print("nothing is indexed here; perfbot index FILE|FOLDER|TARGET does it")
    elif texts and len(names) == len(texts):
        for path_and_name in sorted(names - shown):
            print(f"{'::'.join(path_and_name)}: not indexed")
    return 0


def named(text: str, options: Options) -> list[Target]:
    """The functions that a text names, or the program: a `main` of C++ or C is nothing else."""
    file, _, qualname = text.partition("::")
    if options.program or (is_cpp(file) and qualname == NAME):
        return [resolve_program(text, Path.cwd())]
    return resolve(text, Path.cwd())


def state_now(entry: Entry) -> str:
    """Whether an entry is fresh for the commit that is checked out in its repository."""
    repo = Path(entry.repo)
    if git_line(repo, "rev-parse", "HEAD^{tree}") != entry.tree:
        return "stale: the files have changed since"
    return state_of(entry, tools_of(repo, entry.python))


def gain_of(entry: Entry) -> str:
    """How long a search takes to its first proposals, without and with the entry."""
    if not entry.warm_s:
        return "brought up to date by a search"
    return f"ready for proposals after {entry.warm_s:.1f} s, without the index {entry.cold_s:.1f} s"

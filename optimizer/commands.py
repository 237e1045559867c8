"""What each command of the command line does; every import of weight is inside a function."""

from perfbot.optimizer.config import Options


def optimize(targets: list[str], options: Options) -> int:
    """Search for faster edits of the targets and commit each that passes every gate."""
    from perfbot.optimizer.campaign import optimize_targets

    return optimize_targets(targets, options)


def verify(subject: str, candidate: str | None, options: Options) -> int:
    """Judge one edit, or a commit of perfbot's again."""
    from perfbot.optimizer import judging

    if candidate is None:
        return judging.verify_commit(subject, options)
    return judging.verify_candidate(subject, candidate, options)


def measure(a: str, b: str, options: Options) -> int:
    """Compare the speed of a target and an edit of it."""
    from perfbot.optimizer.judging import measure_versions

    return measure_versions(a, b, options)


def aa(target: str, options: Options, decisions: int) -> int:
    """Measure a target against itself."""
    from perfbot.optimizer.judging import measure_itself

    return measure_itself(target, options, decisions)


def report(run: str | None, trace: bool) -> int:
    """Show what a run tried, or every prompt and reply of it."""
    from perfbot.optimizer.result import report_run

    return report_run(run, trace=trace)


def resume(run: str, options: Options) -> int:
    """Go on with an interrupted run."""
    from perfbot.optimizer.campaign import resume_run

    return resume_run(run, options)


def index(targets: list[str], status: bool, options: Options) -> int:
    """Find out beforehand what a search needs to know, or say what is known."""
    from perfbot.optimizer.index_command import fill_index, show_index

    return show_index(targets, options) if status else fill_index(targets, options)


def rules() -> int:
    """List the rewrites of the rules proposer."""
    from perfbot.agents.rules.engine import describe

    for language, name, summary, before, after in describe():
        print(f"{name} ({language}): {summary}")
        for mark, text in (("-", before), ("+", after)):
            print("".join(f"  {mark} {line}\n" for line in text.splitlines()), end="")
        print()
    return 0


def doctor() -> int:
    """Check that this machine has what perfbot needs."""
    from perfbot.optimizer.doctor import check_machine

    return check_machine()


def init() -> int:
    """Write a perfbot.toml with every option and its default."""
    from perfbot.optimizer.doctor import write_config

    return write_config()

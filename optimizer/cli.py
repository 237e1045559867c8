"""The command line: what each command is called, takes and returns.

Nothing is imported here that `perfbot --help` does not need (it may take 100 ms more than Python's
own start): each command imports its work when it runs. Each returns its exit code.
"""

import functools
import os
import signal
import sys
import traceback
from collections.abc import Callable, Sequence
from typing import Annotated, Any

import typer

import perfbot
from perfbot.optimizer.cli_options import takes_options
from perfbot.optimizer.config import Options
from perfbot.sandbox.errors import PerfbotError

INTERRUPTED = 130
BUG = 70
"""A fault of perfbot's own (EX_SOFTWARE of sysexits.h): no verdict has this code."""
_BUG_TODO = "This is a bug in perfbot. `perfbot --debug ...` shows where; please report it."

_EXIT_CODES = """Exit codes: 0 accepted, or the command did its job; 1 judged and not accepted
(`doctor --attack`: the sandbox does not hold); 2 wrong use; 3 the project fails before any edit;
4 the machine lacks something; 5 budget used up with nothing accepted; 70 a bug in perfbot;
130 interrupted, resumable."""

app = typer.Typer(
    name="perfbot",
    help="Makes functions faster without changing what they do, as commits with evidence.",
    epilog=_EXIT_CODES,
    # Rich would cost each --help another 60 ms, and shell completion is no part of the surface.
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    add_completion=False,
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)

_TARGET = "FILE::QUALNAME, FILE:LINE, path/to/module/fn, a FILE or a folder."
Target = Annotated[str, typer.Argument(help=_TARGET, metavar="TARGET", show_default=False)]


def main(argv: Sequence[str] | None = None) -> None:
    """Runs the command line and exits with its code."""
    app(args=argv, prog_name="perfbot")


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"perfbot {perfbot.__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool,
        typer.Option(
            "--version", help="Print the version.", callback=_print_version, is_eager=True
        ),
    ] = False,
    debug: Annotated[
        bool, typer.Option("--debug", help="Show the traceback of a bug (or PERFBOT_DEBUG=1).")
    ] = False,
) -> None:
    if debug:
        os.environ["PERFBOT_DEBUG"] = "1"


def exit_code_of(work: Callable[[], int], *, resumable: bool = False) -> int:
    """The exit code of `work`; what stops it is told on standard error, in one message."""
    try:
        return work()
    except PerfbotError as error:
        _tell(str(error))
        return error.exit_code
    except KeyboardInterrupt:
        kept = "\n  Finished trials are kept: `perfbot resume RUN` goes on." if resumable else ""
        _tell(f"interrupted{kept}")
        return INTERRUPTED
    except BrokenPipeError:
        # The reader went away (`perfbot report | head`). Python would complain once more when it
        # flushes standard output at exit, so that goes nowhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 128 + signal.SIGPIPE
    except Exception as error:  # noqa: BLE001 - exit code 1 would read as "not accepted"
        _tell(f"{type(error).__name__}: {error}\n  {_BUG_TODO}")
        if os.environ.get("PERFBOT_DEBUG"):
            traceback.print_exc()
        return BUG


def _tell(message: str) -> None:
    color = False if os.environ.get("NO_COLOR") else None
    typer.echo(f"{typer.style('error:', fg='red', bold=True)} {message}", err=True, color=color)


def _command(
    name: str, *, resumable: bool = False, **settings: Any
) -> Callable[[Callable[..., int]], Callable[..., int]]:
    """Adds a command to the app: its exit code is what the function returns."""

    def register(command: Callable[..., int]) -> Callable[..., int]:
        @functools.wraps(command)
        def run(*args: Any, **kwargs: Any) -> None:
            work = functools.partial(command, *args, **kwargs)
            raise typer.Exit(exit_code_of(work, resumable=resumable))

        app.command(name, **settings)(run)
        return command

    return register


@_command("optimize", resumable=True)
@takes_options(search=True)
def optimize(
    targets: Annotated[
        list[str], typer.Argument(help=_TARGET, metavar="TARGET", show_default=False)
    ],
    options: Options,
) -> int:
    """Search for faster edits of the targets and commit each that passes every gate."""
    from perfbot.optimizer import commands

    return commands.optimize(targets, options)


@_command("verify")
@takes_options()
def verify(
    subject: Annotated[
        str,
        typer.Argument(
            help="A TARGET, with --candidate, or a COMMIT made by perfbot.",
            metavar="TARGET|COMMIT",
            show_default=False,
        ),
    ],
    options: Options,
    candidate: Annotated[
        str | None,
        typer.Option(
            help="The edit: the function's new source, the whole new file, or a diff.",
            metavar="FILE",
            show_default=False,
        ),
    ] = None,
) -> int:
    """Judge one edit by every gate, or judge a commit of perfbot's again."""
    from perfbot.optimizer import commands

    return commands.verify(subject, candidate, options)


@_command("measure")
@takes_options()
def measure(
    a: Annotated[str, typer.Argument(help="The original.", metavar="A", show_default=False)],
    b: Annotated[str, typer.Argument(help="The edit.", metavar="B", show_default=False)],
    options: Options,
) -> int:
    """Compare the speed of two versions of a function; no gate is run."""
    from perfbot.optimizer import commands

    return commands.measure(a, b, options)


@_command("aa")
@takes_options()
def aa(
    target: Target,
    options: Options,
    decisions: Annotated[int, typer.Option(help="How many decisions to take.", min=1)] = 20,
) -> int:
    """Measure a function against itself: how often this machine would accept no gain."""
    from perfbot.optimizer import commands

    return commands.aa(target, options, decisions)


@_command("report")
def report(
    run: Annotated[
        str | None,
        typer.Argument(help="A run [default: the last]", metavar="RUN", show_default=False),
    ] = None,
    trace: Annotated[
        bool, typer.Option("--trace", help="Show every prompt to a model, and its reply.")
    ] = False,
) -> int:
    """Show what a run tried, what it accepted, and why the rest was not."""
    from perfbot.optimizer import commands

    return commands.report(run, trace)


@_command("resume", resumable=True)
@takes_options(only=("budget", "interactive", "json", "quiet", "sandbox", "unsafe_no_sandbox"))
def resume(
    run: Annotated[str, typer.Argument(help="The run.", metavar="RUN", show_default=False)],
    options: Options,
) -> int:
    """Go on with a run that was interrupted; finished trials are not repeated."""
    from perfbot.optimizer import commands

    return commands.resume(run, options)


@_command("index")
@takes_options()
def index(
    options: Options,
    targets: Annotated[
        list[str] | None,
        typer.Argument(
            help=f"{_TARGET} [default: this folder]", metavar="TARGET", show_default=False
        ),
    ] = None,
    status: Annotated[
        bool, typer.Option("--status", help="Say what is indexed, and what of it is stale.")
    ] = False,
) -> int:
    """Find out beforehand what a search needs to know, so that it starts at once."""
    from perfbot.optimizer import commands

    return commands.index(targets or [], status, options)


@_command("rules")
def rules() -> int:
    """List the rewrites of the rules proposer."""
    from perfbot.optimizer import commands

    return commands.rules()


@_command("doctor")
def doctor(
    attack: Annotated[
        bool,
        typer.Option(
            "--attack", help="Try to break out of the sandbox in every known way; 1 if one works."
        ),
    ] = False,
    sandbox: Annotated[
        str, typer.Option(help="With --attack: the one to attack.", metavar="NAME")
    ] = "auto",
) -> int:
    """Check that this machine has what perfbot needs, or that its sandbox holds."""
    if attack:
        from perfbot.optimizer.doctor import attack_sandbox

        return attack_sandbox(sandbox)
    from perfbot.optimizer import commands

    return commands.doctor()


@_command("init")
def init() -> int:
    """Write a perfbot.toml with every option and its default."""
    from perfbot.optimizer import commands

    return commands.init()


# What follows CMD is the command's own, `--help` included.
@_command("sandbox", context_settings={"allow_interspersed_args": False})
def sandbox(
    argv: Annotated[
        list[str], typer.Argument(help="The command.", metavar="-- CMD...", show_default=False)
    ],
) -> int:
    """Run a command as an edit would run: no network, no home, nothing writable."""
    from perfbot.optimizer import sandbox_command

    return sandbox_command.run_command(argv)


if __name__ == "__main__":
    main()

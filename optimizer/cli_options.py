"""Makes command-line options of the rows of `Options`, so that the two cannot drift apart."""

import functools
import inspect
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import Annotated, Any, get_type_hints

import typer

from perfbot.optimizer.config import REPEATED, Options
from perfbot.optimizer.config_file import folder_of, load_options


def takes_options(
    *, search: bool = False, only: tuple[str, ...] = ()
) -> Callable[[Callable[..., int]], Callable[..., int]]:
    """Replaces a command's `options` parameter by one command-line option per row of `Options`.

    With `search`, the rows that only a search uses are among them; with `only`, these rows and
    no others. The command is called with the finished `Options`: defaults, then the config file
    near its first argument, then these.
    """

    def decorate(command: Callable[..., int]) -> Callable[..., int]:
        own = [
            parameter
            for parameter in inspect.signature(command).parameters.values()
            if parameter.name != "options"
        ]

        @functools.wraps(command)
        def run(**kwargs: Any) -> int:
            arguments = {parameter.name: kwargs.pop(parameter.name) for parameter in own}
            given = {name: value for name, value in kwargs.items() if value not in (None, [])}
            given |= {name: tuple(given[name]) for name in REPEATED if name in given}
            options = load_options(_config_folder(arguments), given)
            _isolate(options)
            return command(**arguments, options=options)

        run.__signature__ = inspect.Signature(own + _parameters(search, only))  # type: ignore[attr-defined]
        run.__annotations__ = {}
        return run

    return decorate


def _isolate(options: Options) -> None:
    """Have this process isolate as the options say; they come from the command line alone."""
    wanted = "none" if options.unsafe_no_sandbox else options.sandbox
    if wanted != "auto":
        from perfbot.sandbox.isolate.choice import choose

        choose(wanted)


def _config_folder(arguments: dict[str, Any]) -> Path:
    """Where to look for the config: at the command's target, else in the current folder."""
    first = next(iter(arguments.values()), None)
    if isinstance(first, list):
        first = first[0] if first else None
    return folder_of(first) if isinstance(first, str) else Path.cwd()


def _parameters(search: bool, only: tuple[str, ...]) -> list[inspect.Parameter]:
    """One keyword parameter per row of `Options`; None says that it was not given."""
    types = get_type_hints(Options)
    parameters = []
    for row in fields(Options):
        if row.name not in only if only else row.metadata["search_only"] and not search:
            continue
        kind = list[str] if row.name in REPEATED else types[row.name]
        default = "" if row.default in (None, (), False) else f" [default: {row.default}]"
        option = typer.Option(
            *row.metadata["flags"],
            help=row.metadata["help"] + default,
            metavar=row.metadata["metavar"],
            show_default=False,
        )
        parameters.append(
            inspect.Parameter(
                row.name,
                inspect.Parameter.KEYWORD_ONLY,
                default=None,
                annotation=Annotated[kind | None, option],
            )
        )
    return parameters

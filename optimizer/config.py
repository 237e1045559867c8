"""Everything a person can set: one table, read from the config file and the command line.

`Options` is that table. The command line (`optimizer/cli.py`) makes one option from each field,
and a config file (`config_file.py`) may hold the same names.
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from perfbot.sandbox.errors import UsageError
from perfbot.sandbox.settings import Settings

SANDBOXES = ("auto", "bwrap", "landlock", "docker", "podman")
PROPOSERS = ("rules", "llm", "both")
POLICIES = ("refine", "best_of_n", "beam", "qd")
ROUTINGS = ("fixed", "complexity", "bandit")
REPEATED = ("allow", "skip_rule")
"""Options that may be given several times."""
_STRICT = Settings()
"""How strict a judgement is unless told otherwise: the sandbox says, and only there."""


def _row(
    help: str,
    *,
    metavar: str | None = None,
    flags: tuple[str, ...] = (),
    search_only: bool = False,
    command_line_only: bool = False,
) -> dict[str, Any]:
    """What the command line and the config file need to know of a field."""
    return {
        "help": help,
        "metavar": metavar,
        "flags": flags,
        "search_only": search_only,
        "command_line_only": command_line_only,
    }


@dataclass(frozen=True, slots=True)
class Options:
    """What the person asked for. Building one checks every value.

    Raises:
        UsageError: a value is out of its range; the message names the option.
    """

    workload: Path | None = field(
        default=None,
        metadata=_row("Workload file: the target's cases and strategy.", metavar="FILE"),
    )
    tests: str | None = field(
        default=None,
        metadata=_row("The project's test command [default: pytest]", metavar="CMD"),
    )
    build: str | None = field(
        default=None,
        metadata=_row(
            "C, C++: what builds the project from nothing [default: its CMake, meson, make, ...]",
            metavar="CMD",
        ),
    )
    program: bool = field(
        default=False,
        metadata=_row(
            "C, C++: the target is a whole program; its input goes in, what it prints comes out."
        ),
    )
    inputs: Path | None = field(
        default=None,
        metadata=_row(
            "With --program: folder of its inputs, *.in or *.txt, with *.out or *.ans beside them.",
            metavar="FOLDER",
        ),
    )
    python: str | None = field(
        default=None,
        metadata=_row(
            "Interpreter that runs the project [default: its own venv, else perfbot's]",
            metavar="PATH",
        ),
    )
    proposer: str = field(
        default="rules",
        metadata=_row("Where edits come from: rules, llm or both.", search_only=True),
    )
    model: str | None = field(
        default=None,
        metadata=_row(
            "The language model to ask, as LiteLLM names it: PROVIDER/NAME.",
            metavar="NAME",
            search_only=True,
            command_line_only=True,
        ),
    )
    api_base: str | None = field(
        default=None,
        metadata=_row(
            "Address of a server of your own that the model is on, often with /v1.",
            metavar="URL",
            search_only=True,
            command_line_only=True,
        ),
    )
    cheap_model: str | None = field(
        default=None,
        metadata=_row(
            "A cheaper model, asked first about functions that look simple.",
            metavar="NAME",
            search_only=True,
            command_line_only=True,
        ),
    )
    cheap_api_base: str | None = field(
        default=None,
        metadata=_row(
            "Address of the server that the cheaper model is on [default: --api-base]",
            metavar="URL",
            search_only=True,
            command_line_only=True,
        ),
    )
    routing: str | None = field(
        default=None,
        metadata=_row(
            "How model and style of a request are chosen: fixed, complexity or bandit "
            "[default: complexity with --cheap-model, else fixed]",
            search_only=True,
        ),
    )
    memory: bool = field(
        default=True,
        metadata=_row(
            "Show a model edits that perfbot committed in this repository before, and its own "
            "examples.",
            search_only=True,
        ),
    )
    memory_from: Path | None = field(
        default=None,
        metadata=_row(
            "Show it also those of another repository.",
            metavar="FOLDER",
            search_only=True,
            command_line_only=True,
        ),
    )
    samples: int = field(
        default=2,
        metadata=_row("Replies to ask a model for at a time.", metavar="N", search_only=True),
    )
    temperature: float | None = field(
        default=None,
        metadata=_row(
            "How varied a model's replies are [default: its provider's]",
            metavar="0..2",
            search_only=True,
        ),
    )
    prompt_tokens: int = field(
        default=12_000,
        metadata=_row(
            "Most tokens of a prompt, about; the function itself always goes.",
            metavar="N",
            search_only=True,
        ),
    )
    reply_tokens: int = field(
        default=8_192,
        metadata=_row("Most tokens of a reply.", metavar="N", search_only=True),
    )
    model_timeout: float = field(
        default=300.0,
        metadata=_row("Longest wait for one whole reply.", metavar="SECONDS", search_only=True),
    )
    policy: str = field(
        default="refine",
        metadata=_row(
            "How the search picks its next edit: refine, best_of_n, beam or qd.", search_only=True
        ),
    )
    budget: str | None = field(
        default=None,
        metadata=_row(
            "Most to spend: candidates, money, tokens, time, e.g. 20c,2.50usd,200ktok,10m",
            search_only=True,
        ),
    )
    interactive: bool | None = field(
        default=None,
        metadata=_row(
            "Ask you about each accepted edit: accept, reject REASON, hint TEXT, skip or quit.",
            flags=("--interactive/--no-interactive",),
            search_only=True,
            command_line_only=True,
        ),
    )
    adversary: str | None = field(
        default=None,
        metadata=_row(
            "A model that writes inputs meant to break each edit the gates let through; "
            "`same` is --model.",
            metavar="NAME|same",
            search_only=True,
            command_line_only=True,
        ),
    )
    adversary_api_base: str | None = field(
        default=None,
        metadata=_row(
            "Address of the server that the adversary is on [default: --api-base]",
            metavar="URL",
            search_only=True,
            command_line_only=True,
        ),
    )
    skip_rule: tuple[str, ...] = field(
        default=(),
        metadata=_row(
            "Propose no edit by this rule (`perfbot rules` lists them); may be repeated.",
            metavar="NAME",
            search_only=True,
        ),
    )
    remember: bool = field(
        default=True,
        metadata=_row(
            "Try on an edit first what refuted the same code in an earlier run.",
            flags=("--remember/--no-remember",),
            search_only=True,
        ),
    )
    seed: int | None = field(
        default=None,
        metadata=_row("Seed of inputs and search [default: a fresh one, recorded]"),
    )
    allow: tuple[str, ...] = field(
        default=(),
        metadata=_row(
            "Allow a construct that the policy gate refuses; may be repeated.", metavar="KEY"
        ),
    )
    allow_slower_cases: bool = field(
        default=False,
        metadata=_row("Accept an edit that makes a case slower while the whole is faster."),
    )
    within_examples: bool = field(
        default=False,
        metadata=_row("With --program: its input is never larger than the examples given."),
    )
    oracle_threshold: float = field(
        default=_STRICT.oracle_threshold,
        metadata=_row("Least share of mutants the inputs must catch.", metavar="0..1"),
    )
    alpha: float = field(
        default=_STRICT.alpha,
        metadata=_row("Chance of accepting an edit that is no faster.", metavar="0..0.5"),
    )
    delta: float = field(
        default=_STRICT.delta,
        metadata=_row("Smallest gain worth having; 0.02 is 2 %.", metavar="0..1"),
    )
    explore: float = field(
        default=_STRICT.explore_s,
        metadata=_row(
            "How long to search for one more input on which an edit that passed all else differs.",
            metavar="SECONDS",
        ),
    )
    symbolic: bool = field(
        default=False,
        metadata=_row("Python: also let CrossHair search for inputs on which an edit differs."),
    )
    libfuzzer: bool = field(
        default=False,
        metadata=_row("C++ and C: also let libFuzzer search for inputs on which an edit differs."),
    )
    sandbox: str = field(
        default="auto",
        metadata=_row(
            "What isolates edits and tests: auto, bwrap, landlock, docker or podman.",
            metavar="NAME",
            command_line_only=True,
        ),
    )
    unsafe_no_sandbox: bool = field(
        default=False,
        metadata=_row(
            "Run edits and tests with your own rights, held by nothing.",
            flags=("--unsafe-no-sandbox",),
            command_line_only=True,
        ),
    )
    json: str | None = field(
        default=None,
        metadata=_row(
            "Write the result as JSON to a file, or - for standard output.",
            metavar="FILE|-",
            command_line_only=True,
        ),
    )
    quiet: bool = field(
        default=False,
        metadata=_row("No progress, only the result.", flags=("--quiet/--no-quiet", "-q")),
    )

    def __post_init__(self) -> None:
        """Refuses values that no command could work with."""
        _check(0 <= self.oracle_threshold <= 1, "oracle_threshold", self, "from 0 to 1")
        _check(0 < self.alpha < 0.5, "alpha", self, "above 0 and below 0.5")
        _check(0 <= self.delta < 1, "delta", self, "from 0 to below 1")
        least = _STRICT.explore_s
        deep_enough = least <= self.explore <= 86_400
        _check(deep_enough, "explore", self, f"at least {least:g} seconds, and at most a day")
        _check(_splits(self.tests), "tests", self, "a command whose quotes are closed")
        _check(_splits(self.build), "build", self, "a command whose quotes are closed")
        if self.inputs is not None and not self.program:
            raise UsageError("--inputs names the inputs of a program", "give it with --program")
        if self.within_examples and not self.program:
            raise UsageError("--within-examples is about a program", "give it with --program")
        _check(self.sandbox in SANDBOXES, "sandbox", self, f"one of {', '.join(SANDBOXES)}")
        _check(self.seed is None or self.seed >= 0, "seed", self, "0 or more")
        _check(self.proposer in PROPOSERS, "proposer", self, f"one of {', '.join(PROPOSERS)}")
        _check(self.policy in POLICIES, "policy", self, f"one of {', '.join(POLICIES)}")
        routed = self.routing is None or self.routing in ROUTINGS
        _check(routed, "routing", self, f"one of {', '.join(ROUTINGS)}")
        _check(1 <= self.samples <= 16, "samples", self, "from 1 to 16")
        _check(self.prompt_tokens >= 1000, "prompt_tokens", self, "1000 or more")
        _check(self.reply_tokens >= 64, "reply_tokens", self, "64 or more")
        _check(self.model_timeout > 0, "model_timeout", self, "more than 0 seconds")
        warm = self.temperature is None or 0 <= self.temperature <= 2
        _check(warm, "temperature", self, "from 0 to 2")
        if self.budget is not None:
            # Imported here: only a search needs it.
            from perfbot.agents.search import parse_budget

            parse_budget(self.budget)


def _check(holds: bool, name: str, options: Options, must_be: str) -> None:
    if not holds:
        raise UsageError(
            f"{name} is {getattr(options, name)!r}",
            f"It must be {must_be}.",
        )


def _splits(command: str | None) -> bool:
    """Whether a shell could read the command's words."""
    if command is None:
        return True
    import shlex

    try:
        shlex.split(command)
    except ValueError:
        return False
    return True

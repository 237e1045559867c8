"""The command line: its surface, its exit codes, and that asking for help is quick."""

import inspect
import os
import resource
import statistics
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from perfbot.optimizer.cli import BUG, INTERRUPTED, app, exit_code_of
from perfbot.optimizer.cli_options import takes_options
from perfbot.optimizer.config import Options
from perfbot.sandbox.errors import (
    BaselineError,
    BudgetError,
    MachineError,
    PerfbotError,
    UsageError,
)
from perfbot.sandbox.isolate import choice

COMMANDS = [
    "optimize",
    "verify",
    "measure",
    "aa",
    "report",
    "resume",
    "index",
    "rules",
    "doctor",
    "init",
    "sandbox",
]
RUN = [sys.executable, "-m", "perfbot.optimizer.cli"]


def perfbot(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """A finished `perfbot` process."""
    return subprocess.run(
        [*RUN, *arguments], capture_output=True, text=True, env={**os.environ, **environment}
    )


def test_help_lists_every_command_and_exit_code() -> None:
    """The surface is these eleven commands, in this order, and no more."""
    text = CliRunner().invoke(app, ["--help"]).output
    listed = text.partition("Commands:")[2].partition("Exit codes:")[0]
    assert [line.split()[0] for line in listed.splitlines() if line.strip()] == COMMANDS
    codes = " ".join(text.partition("Exit codes:")[2].split())
    for code in ("0 accepted", "1 judged", "2 wrong", "3 the", "4 the", "5 budget", "70", "130"):
        assert code in codes


def test_help_imports_nothing_heavy() -> None:
    """What only a run needs is not loaded to print a help text."""
    script = (
        "import sys\n"
        "from perfbot.optimizer.cli import main\n"
        "try: main(['--help'])\n"
        "except SystemExit: pass\n"
        "print('LOADED', *{m.partition('.')[0] for m in sys.modules})"
    )
    out = subprocess.check_output([sys.executable, "-c", script], text=True)
    loaded = set(out.rpartition("LOADED")[2].split())
    assert "typer" in loaded
    heavy = {"litellm", "langgraph", "hypothesis", "ast_grep_py", "tree_sitter", "numpy", "git"}
    assert not loaded & (heavy | {"pydantic", "rich", "jinja2", "asyncio", "psutil"})


def test_help_costs_little_more_than_python_itself() -> None:
    """CPU time of `perfbot --help`, in units of `python -c pass`.

    Six to eight units here; the promise of 2 units + 100 ms is 9 to 10. The bound is generous and
    taken in CPU time, so that a busy machine does not fail it; rich alone would add four units,
    pydantic five, and a heavy import tens.
    """

    def cpu_s(command: list[str]) -> float:
        spent = []
        for _ in range(5):
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            spent.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
        return statistics.median(spent)

    assert cpu_s([*RUN, "--help"]) < 15 * cpu_s([sys.executable, "-c", "pass"])


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["verfy"], "Did you mean 'verify'?"),
        (["verify"], "Missing argument 'TARGET|COMMIT'"),
        (["verify", "f.py::f", "--canddate", "x"], "--candidate"),
        (["optimize"], "Missing argument 'TARGET"),
        (["optimize", "f.py::f", "--budget", "9 lives"], "budget"),
        (["optimize", "f.py::f", "--seed", "x"], "--seed"),
        (["verify", "f.py::f", "--alpha", "3"], "above 0 and below 0.5"),
        (["verify", "f.py::f", "--policy", "refine"], "No such option"),
        (["aa", "f.py::f", "--decisions", "0"], "--decisions"),
        (["measure", "a.py"], "Missing argument 'B'"),
        (["resume"], "Missing argument 'RUN'"),
        (["sandbox"], "Missing argument"),
        (["sandbox", "--net", "ls"], "No such option"),
    ],
)
def test_wrong_use_exits_2_and_says_what_is_wrong(arguments: list[str], told: str) -> None:
    """A mistake on the command line is told on standard error, before anything runs."""
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 2
    assert told in result.stderr
    assert result.stdout == ""


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (UsageError("no such file: x.py", "Check the path."), 2),
        (BaselineError("the tests fail", "Run pytest."), 3),
        (MachineError("bwrap is missing", "apt install bubblewrap"), 4),
        (BudgetError("20 candidates tried"), 5),
    ],
)
def test_an_error_is_one_message_and_its_own_code(
    error: PerfbotError, code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    """What happened and what to do, without a traceback, on standard error."""

    def work() -> int:
        raise error

    assert exit_code_of(work) == code
    captured = capsys.readouterr()
    assert captured.err == f"error: {error}\n"
    assert captured.out == ""


def test_a_result_is_passed_on() -> None:
    """The exit code of a command that works is the one it returns."""
    assert exit_code_of(lambda: 1) == 1


@pytest.mark.parametrize("resumable", [True, False])
def test_an_interrupt_says_how_to_go_on(
    resumable: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    """Ctrl-C in a run names `perfbot resume`; elsewhere there is nothing to resume."""

    def work() -> int:
        raise KeyboardInterrupt

    assert exit_code_of(work, resumable=resumable) == INTERRUPTED
    assert ("perfbot resume" in capsys.readouterr().err) is resumable


@pytest.mark.parametrize("debug", ["", "1"])
def test_a_bug_is_not_taken_for_a_verdict(
    debug: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """An unexpected exception has a code of its own, and shows its traceback only on request."""
    monkeypatch.setenv("PERFBOT_DEBUG", debug)

    def work() -> int:
        raise ZeroDivisionError("by nothing")

    assert exit_code_of(work) == BUG
    told = capsys.readouterr().err
    assert "ZeroDivisionError: by nothing" in told
    assert "a bug in perfbot" in told
    assert ("Traceback" in told) is bool(debug)


def test_a_reader_that_leaves_is_no_error() -> None:
    """`perfbot ... | head` ends quietly, as a process that SIGPIPE ended."""
    script = (
        "import sys\n"
        "from perfbot.optimizer.cli import exit_code_of\n"
        "def work():\n"
        "    while True: print('x' * 4096)\n"
        "sys.exit(exit_code_of(work))"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdout is not None and process.stderr is not None
    process.stdout.read(10)
    process.stdout.close()
    assert process.stderr.read() == b""
    assert process.wait() == 141
    process.stderr.close()


def given(*arguments: str, search: bool = True) -> tuple[list[str], Options]:
    """What a command of one TARGET... argument receives for these arguments."""
    received: list[tuple[list[str], Options]] = []
    one = typer.Typer(rich_markup_mode=None)

    @one.command()
    @takes_options(search=search)
    def command(targets: list[str], options: Options) -> int:
        received.append((targets, options))
        return 0

    result = CliRunner().invoke(one, list(arguments), catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return received[0]


def test_every_option_reaches_its_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each row of the table can be given on the command line, and arrives as given."""
    monkeypatch.chdir(tmp_path)
    texts = (
        "--workload w.py --tests pytest --python bin/python --proposer llm "
        "--policy beam --budget 20c,2.50usd,10m --seed 0 --allow threads --allow ctypes "
        "--allow-slower-cases --oracle-threshold 0.5 --alpha 0.05 --delta 0 "
        "--symbolic --libfuzzer --sandbox landlock --unsafe-no-sandbox --json - -q --build make "
        "--no-remember --adversary same --adversary-api-base http://z/v1 "
        "--model openai/x --api-base http://x/v1 --samples 3 --temperature 0.5 "
        "--prompt-tokens 1200 --reply-tokens 800 --model-timeout 9.5 "
        "--cheap-model openai/y --cheap-api-base http://y/v1 --routing bandit "
        "--no-memory --memory-from other --interactive --program --inputs in --within-examples "
        "--explore 60 --skip-rule list-membership-to-set --skip-rule memo"
    )
    monkeypatch.setattr(choice, "_wanted", choice.AUTO)  # as it is put back afterwards
    targets, options = given("a.py::f", "b.py::g", *texts.split())
    assert targets == ["a.py::f", "b.py::g"]
    assert options == Options(
        workload=tmp_path / "w.py",
        tests="pytest",
        python=str(tmp_path / "bin/python"),
        proposer="llm",
        policy="beam",
        budget="20c,2.50usd,10m",
        seed=0,
        allow=("threads", "ctypes"),
        skip_rule=("list-membership-to-set", "memo"),
        allow_slower_cases=True,
        oracle_threshold=0.5,
        alpha=0.05,
        delta=0.0,
        symbolic=True,
        libfuzzer=True,
        sandbox="landlock",
        unsafe_no_sandbox=True,
        json="-",
        quiet=True,
        remember=False,
        adversary="same",
        adversary_api_base="http://z/v1",
        build="make",
        model="openai/x",
        api_base="http://x/v1",
        samples=3,
        temperature=0.5,
        prompt_tokens=1200,
        reply_tokens=800,
        model_timeout=9.5,
        cheap_model="openai/y",
        cheap_api_base="http://y/v1",
        routing="bandit",
        interactive=True,
        memory=False,
        memory_from=tmp_path / "other",
        program=True,
        within_examples=True,
        explore=60.0,
        inputs=tmp_path / "in",
    )
    defaults = Options()
    same = [
        row.name
        for row in fields(Options)
        if getattr(options, row.name) == getattr(defaults, row.name)
    ]
    assert not same, "give these another value above, or the test does not see them"


def test_a_flag_can_be_taken_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the project's file turns on, the command line can turn off."""
    (tmp_path / "perfbot.toml").write_text("allow_slower_cases = true\nquiet = true\n")
    monkeypatch.chdir(tmp_path)
    assert given("f.py::f")[1] == Options(allow_slower_cases=True, quiet=True)
    assert given("f.py::f", "--no-allow-slower-cases", "--no-quiet")[1] == Options()


def test_the_config_of_the_target_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A target in another project is judged by that project's config."""
    (tmp_path / "theirs").mkdir()
    (tmp_path / "theirs" / "perfbot.toml").write_text("seed = 5\n")
    (tmp_path / "mine").mkdir()
    monkeypatch.chdir(tmp_path / "mine")
    assert given("../theirs/f.py::f")[1].seed == 5
    assert given("f.py::f")[1].seed is None


def test_the_commands_have_the_functions_they_call() -> None:
    """Each call in cli.py fits the function it calls."""
    from perfbot.optimizer import commands, sandbox_command

    shapes = {
        "optimize": 2,
        "verify": 3,
        "measure": 3,
        "aa": 3,
        "report": 2,
        "resume": 2,
        "index": 3,
        "rules": 0,
        "doctor": 0,
        "init": 0,
    }
    assert [*shapes, "sandbox"] == COMMANDS
    for name, count in shapes.items():
        inspect.signature(getattr(commands, name)).bind(*range(count))
    inspect.signature(sandbox_command.run_command).bind(["ls"])


@pytest.mark.parametrize(
    "arguments",
    [["--help"], ["--json", "-"], ["--", "x"], ["", "a b", "$HOME", "*"]],
)
def test_sandbox_hands_arguments_on_as_they_are(arguments: list[str]) -> None:
    """What follows CMD belongs to CMD, options of perfbot's own names among them."""
    show = "import sys; print(sys.argv[1:])"
    done = perfbot("sandbox", "--", "python3", "-c", show, *arguments)
    assert done.stdout.strip() == repr(arguments), done.stderr


def test_version_is_the_packages() -> None:
    """`perfbot --version` names the version that `perfbot.__version__` holds."""
    import perfbot as package

    assert perfbot("--version").stdout == f"perfbot {package.__version__}\n"

"""Options: what the config file and the command line may say, and which of them wins."""

import json
import textwrap
from dataclasses import replace
from pathlib import Path

import pytest

from perfbot.optimizer.campaign import restored, run_options
from perfbot.optimizer.config import Options
from perfbot.optimizer.config_file import find_config, folder_of, load_options, read_config
from perfbot.sandbox.errors import UsageError
from perfbot.sandbox.settings import Settings


def write(path: Path, text: str) -> Path:
    """The file, written, with its folders."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(textwrap.dedent(text))
    return path


def test_without_a_file_the_defaults_hold(tmp_path: Path) -> None:
    """No config file and no option leave every default as the table has it."""
    (tmp_path / ".git").mkdir()
    assert load_options(tmp_path, {}) == Options()


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("perfbot.toml", 'tests = "pytest -x"\nalpha = 0.05\nallow = ["threads"]\n'),
        (
            "pyproject.toml",
            '[tool.perfbot]\ntests = "pytest -x"\nalpha = 0.05\nallow = ["threads"]\n',
        ),
    ],
)
def test_both_files_say_the_same(tmp_path: Path, name: str, text: str) -> None:
    """perfbot.toml and [tool.perfbot] take the same names and give the same options."""
    write(tmp_path / name, text)
    expected = Options(tests="pytest -x", alpha=0.05, allow=("threads",))
    assert load_options(tmp_path, {}) == expected


def test_the_command_line_wins_over_the_file(tmp_path: Path) -> None:
    """An option given on the command line replaces the file's, and leaves the others."""
    write(tmp_path / "perfbot.toml", 'tests = "make check"\nseed = 3\n')
    options = load_options(tmp_path, {"seed": 7})
    assert (options.tests, options.seed) == ("make check", 7)


def test_the_nearest_file_is_taken(tmp_path: Path) -> None:
    """A folder's own config file hides the one of the folder above it."""
    outer = write(tmp_path / "perfbot.toml", "seed = 1\n")
    inner = write(tmp_path / "a" / "perfbot.toml", "seed = 2\n")
    (tmp_path / "a" / "b").mkdir()
    assert find_config(tmp_path / "a" / "b") == inner
    assert find_config(tmp_path) == outer


def test_a_repository_does_not_take_its_neighbours_config(tmp_path: Path) -> None:
    """The search for a config file ends at the top of the git repository."""
    write(tmp_path / "perfbot.toml", "seed = 1\n")
    (tmp_path / "repo" / ".git").mkdir(parents=True)
    (tmp_path / "repo" / "src").mkdir()
    assert find_config(tmp_path / "repo" / "src") is None


def test_a_pyproject_without_our_table_is_passed_over(tmp_path: Path) -> None:
    """Most projects have a pyproject.toml that says nothing of perfbot."""
    write(tmp_path / "pyproject.toml", "[tool.ruff]\nline-length = 100\n")
    (tmp_path / ".git").mkdir()
    assert find_config(tmp_path) is None


def test_paths_in_a_file_are_relative_to_the_file(tmp_path: Path) -> None:
    """A config file means the same from whichever folder perfbot is started."""
    write(tmp_path / "perfbot.toml", 'workload = "w.py"\npython = ".venv/bin/python"\n')
    options = load_options(tmp_path, {})
    assert options.workload == tmp_path / "w.py"
    assert options.python == str(tmp_path / ".venv/bin/python")


def test_a_bare_interpreter_name_stays_a_name(tmp_path: Path) -> None:
    """`python3.12` is looked up on PATH later; it is no file beside the config."""
    path = write(tmp_path / "perfbot.toml", 'python = "python3.12"\n')
    assert read_config(path) == {"python": "python3.12"}


def test_paths_on_the_command_line_are_relative_to_the_current_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`--workload w.py` means the file that the shell would complete."""
    monkeypatch.chdir(tmp_path)
    assert load_options(tmp_path, {"workload": Path("w.py")}).workload == tmp_path / "w.py"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("bugdet = '20c'", "Did you mean 'budget'"),
        ("colour = true", "unknown option 'colour'"),
        ("alpha = 0.7", "above 0 and below 0.5"),
        ("alpha = 'small'", "alpha is 'small'"),
        ("delta = 1.0", "below 1"),
        ("delta = nan", "below 1"),
        ("oracle_threshold = 94", "from 0 to 1"),
        ("seed = -1", "0 or more"),
        ("budget = '20 eggs'", "budget"),
        ("budget = 20", "budget is 20"),
        ("tests = ['pytest']", "tests is ['pytest']"),
        ("allow = 'threads'", "allow is 'threads'"),
        ("quiet = [", "not valid TOML"),
    ],
)
def test_a_wrong_file_is_refused_by_name(tmp_path: Path, text: str, told: str) -> None:
    """The message names the file and what is wrong in it."""
    path = write(tmp_path / "perfbot.toml", text)
    with pytest.raises(UsageError) as raised:
        read_config(path)
    assert str(path) in str(raised.value)
    assert told in str(raised.value)


def test_a_project_cannot_choose_where_to_write(tmp_path: Path) -> None:
    """The project is what is judged: its own file may not name a file to overwrite."""
    path = write(tmp_path / "perfbot.toml", "json = '/tmp/out'")
    with pytest.raises(UsageError, match="cannot be set in a config file"):
        read_config(path)


def test_two_config_files_in_a_folder_are_refused(tmp_path: Path) -> None:
    """Which of two files holds would be a guess."""
    write(tmp_path / "perfbot.toml", "seed = 1\n")
    write(tmp_path / "pyproject.toml", "[tool.perfbot]\nseed = 2\n")
    with pytest.raises(UsageError, match="both"):
        find_config(tmp_path)


def test_a_tool_perfbot_that_is_no_table_is_refused(tmp_path: Path) -> None:
    """`tool.perfbot = 3` is a mistake, not an empty config."""
    path = write(tmp_path / "pyproject.toml", "[tool]\nperfbot = 3\n")
    with pytest.raises(UsageError, match="must be a table"):
        read_config(path)


def test_dashes_in_a_file_are_taken_as_underscores(tmp_path: Path) -> None:
    """The command line's spelling works in a file too."""
    path = write(tmp_path / "perfbot.toml", "allow-slower-cases = true\n")
    assert read_config(path) == {"allow_slower_cases": True}


@pytest.mark.parametrize("form", ["pkg/mod.py::C.f", "pkg/mod.py:12", "pkg/mod/f", "pkg/mod.py"])
def test_each_form_of_target_leads_to_its_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    """The config is looked for where the target lies, not where perfbot was started."""
    write(tmp_path / "pkg" / "mod.py", "def f(): pass\n")
    monkeypatch.chdir(tmp_path)
    assert folder_of(form) == tmp_path / "pkg"
    assert folder_of(str(tmp_path / form)) == tmp_path / "pkg"


def test_a_commit_leads_to_the_current_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`verify COMMIT` has no path in it."""
    monkeypatch.chdir(tmp_path)
    assert folder_of("deadbeef") == tmp_path


def test_the_sandbox_says_how_strict_the_default_is() -> None:
    """Options and Settings cannot drift apart: the one takes its defaults from the other."""
    options, strict = Options(), Settings()
    assert (options.oracle_threshold, options.alpha, options.delta) == (
        strict.oracle_threshold,
        strict.alpha,
        strict.delta,
    )


def test_what_a_run_keeps_of_the_options_is_what_resume_needs() -> None:
    """They travel through JSON; output and quietness are those of the moment."""
    options = Options(
        allow=("threads",),
        skip_rule=("loop-to-sum", "loop-to-max"),
        workload=Path("/w.py"),
        json="-",
    )
    stored = json.loads(json.dumps(run_options(options, 7)))
    assert restored(stored) == replace(options, seed=7, json=None)

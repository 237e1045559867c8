"""What perfbot says, and with which exit code, when something is not as it must be."""

from pathlib import Path

import pytest

from tests.shop import FAST, SHOP, SUITE, WRONG, environment, git, perfbot, repository

ADD = "def f(a: int) -> int:\n    return a + 1\n"
SWAPPED = "def f(a: int) -> int:\n    return 1 + a\n"
TESTED = "from m import f\ndef test_f():\n    assert f(1) == 2\n"


@pytest.fixture(scope="module")
def env(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """A user's environment, with a home of its own."""
    return environment(tmp_path_factory.mktemp("home"))


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory, env: dict[str, str]) -> Path:
    """A clean repository; the tests of this file change nothing in it."""
    twin = "class A:\n    def f(self): pass\n\n\nclass B:\n    def f(self): pass\n"
    diff = "--- a/shop.py\n+++ b/shop.py\n@@ -1,2 +1,2 @@\n-nothing like it\n+x\n y\n"
    return repository(
        tmp_path_factory.mktemp("work") / "shop",
        env,
        shop_py=SHOP,
        twin_py=twin,
        broken_py="def f(:\n",
        test_shop_py=SUITE,
        fast_txt=FAST,
        halved_txt="def common(xs",
        other_txt="def other(xs): return 1\n",
        empty_txt="",
        diff_txt=diff,
    )


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ("shop.pyy::common --candidate fast.txt", "Did you mean shop.py"),
        ("shop.py::comon --candidate fast.txt", "Did you mean common?"),
        ("twin.py::f --candidate fast.txt", "A.f"),
        ("shop.py --candidate fast.txt", "name one, as FILE::QUALNAME: common, cold"),
        ("broken.py::f --candidate fast.txt", "broken.py:1: not valid Python"),
        ("shop.py::common", "add --candidate FILE"),
        ("deadbeef", "deadbeef is not a commit"),
        ("HEAD", "perfbot did not make this commit"),
        ("shop.py::common --candidate nowhere.txt", "cannot be read: No such file"),
        ("shop.py::common --candidate halved.txt", "not valid Python"),
        ("shop.py::common --candidate other.txt", "no function `common`"),
        ("shop.py::common --candidate empty.txt", "no function `common`"),
        ("shop.py::common --candidate diff.txt", "does not apply to shop.py"),
        ("shop.py::common --candidate fast.txt --python /nowhere", "no interpreter /nowhere"),
        ("shop.py::common --candidate fast.txt --workload no.py", "no workload file"),
        ("shop.py::common --candidate fast.txt --json /nowhere/x", "there is no folder /nowhere"),
        ("shop.py::common --candidate fast.txt --json .", "is a folder"),
        ("shop.py::common --candidate fast.txt --tests pytest'", "quotes are closed"),
    ],
)
def test_a_wrong_verify_is_told_before_any_work(
    shop: Path, env: dict[str, str], arguments: str, told: str
) -> None:
    """Wrong use is exit code 2, one message, and nothing on standard output."""
    done = perfbot(shop, env, "verify", *arguments.split(" "))
    assert (done.returncode, done.stdout) == (2, ""), done.stderr
    assert told in done.stderr
    assert done.stderr.startswith("error: ")
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("command", "told"),
    [
        ("optimize shop.py::common --proposer llama", "proposer is 'llama'"),
        ("optimize shop.py::common --policy greedy", "one of refine, best_of_n, beam, qd"),
        ("optimize nowhere.py", "no such file"),
        ("report", "there are no runs yet"),
        ("report nope", "there is no run nope"),
        ("resume ../nope", "there is no run ../nope"),
    ],
)
def test_a_wrong_run_is_told(
    shop: Path, tmp_path: Path, env: dict[str, str], command: str, told: str
) -> None:
    """The commands about runs say as plainly what is wrong."""
    done = perfbot(shop, {**env, "XDG_STATE_HOME": str(tmp_path)}, *command.split())
    assert (done.returncode, done.stdout) == (2, ""), done.stderr
    assert told in done.stderr


@pytest.mark.parametrize(
    ("files", "code", "told"),
    [
        ({"m_py": "def f(a, b):\n    return a + b\n"}, 3, "nothing calls f"),
        ({"m_py": ADD, "test_m_py": TESTED.replace("2", "3")}, 3, "test_m.py::test_f"),
        ({"m_py": ADD, "test_m_py": "import nothing_here\n"}, 3, "nothing_here"),
        ({"m_py": "import nothing_here\n" + ADD}, 3, "m.py does not import"),
        ({"m_py": ADD, "setup_cfg": "[tool:pytest]\naddopts = --no-such\n"}, 3, "--no-such"),
        (
            {
                "m_py": "import time\n" + ADD.replace("a + 1", "a, time.perf_counter()"),
                "test_m_py": TESTED.replace("f(1) == 2", "f(1)[0] == 1"),
            },
            3,
            "f is not deterministic",
        ),
    ],
)
def test_a_project_that_fails_by_itself_is_no_verdict(
    tmp_path: Path, env: dict[str, str], files: dict[str, str], code: int, told: str
) -> None:
    """What fails before any edit is exit code 3, with the tests' own words where there are any."""
    repo = repository(tmp_path / "repo", env, **files)
    candidate = tmp_path / "edit.txt"
    candidate.write_text(files["m_py"].replace("return a", "return  a"))
    done = perfbot(repo, env, "verify", "m.py::f", "--candidate", str(candidate), "-q")
    assert (done.returncode, done.stdout) == (code, ""), done.stderr
    assert told in done.stderr


def test_what_differs_between_two_runs_is_named(tmp_path: Path, env: dict[str, str]) -> None:
    """Of a target that is not deterministic, perfbot says which part of its answer."""
    source = "import time\ndef f(a: int) -> list:\n    return [a, time.perf_counter()]\n"
    repo = repository(tmp_path / "repo", env, m_py=source)
    done = perfbot(repo, env, "verify", "m.py::f", "--candidate", "m.py", "-q")
    assert done.returncode == 3
    assert "result[1]" in done.stderr


@pytest.mark.parametrize(
    ("workload", "told"),
    [
        ("def cases():\n    raise ValueError('no luck')\n", "ValueError: no luck"),
        ("def cases():\n    yield ([1],)\n", "cannot be called with case 1"),
        ("def cases():\n    yield ([1], [2], [3])\n", "cannot be called with case 1"),
        ("cases = 3\n", "not callable"),
        ("strategy = 3\n", "SearchStrategy"),
        ("x = 1\n", "says nothing"),
        ("def (\n", "SyntaxError"),
        ("import os\nos._exit(3)\n", "fails"),
        ("def equivalent(expected):\n    return True\n", "does not return True"),
        ("def equivalent(expected, actual, *args):\n    return 1\n", "does not return True"),
        ("\udcff", "not UTF-8"),
        ("def cases():\n    yield (bytes(70_000_000), [2])\n", "too large"),
    ],
)
def test_a_workload_that_makes_no_sense_is_refused(
    shop: Path, tmp_path: Path, env: dict[str, str], workload: str, told: str
) -> None:
    """A workload is the user's own file: what is wrong in it is wrong use, never a verdict."""
    path = tmp_path / "workload.py"
    path.write_text(workload, errors="surrogateescape")
    options = ["--candidate", "fast.txt", "--workload", str(path), "-q"]
    done = perfbot(shop, env, "verify", "shop.py::common", *options)
    assert (done.returncode, done.stdout) == (2, ""), done.stderr
    assert str(path) in done.stderr
    assert told in done.stderr


def test_an_equivalent_that_chokes_on_an_edits_answer_refutes_the_edit(
    shop: Path, tmp_path: Path, env: dict[str, str]
) -> None:
    """The edit's answer made `equivalent` raise: a difference, not a mistake of the user's."""
    workload = tmp_path / "workload.py"
    workload.write_text(
        "def cases():\n    yield ([1, 2], [2])\n"
        "def equivalent(expected, actual, *args):\n    return len(expected) == len(actual)\n"
    )
    edit = tmp_path / "edit.txt"
    edit.write_text(FAST.replace("return [x", "return None if xs == [1, 2] else [x"))
    options = ["--candidate", str(edit), "--workload", str(workload), "-q"]
    done = perfbot(shop, env, "verify", "shop.py::common", *options)
    assert done.returncode == 1, done.stderr
    assert "replay" in done.stdout


def test_optimize_wants_a_commit_to_start_from(
    shop: Path, tmp_path: Path, env: dict[str, str]
) -> None:
    """Without git, and over changes that are in no commit, optimize says what to do."""
    (tmp_path / "shop.py").write_text(SHOP)
    done = perfbot(tmp_path, env, "optimize", "shop.py::common")
    assert done.returncode == 2
    assert "git init" in done.stderr
    dirty = repository(tmp_path / "dirty", env, shop_py=SHOP)
    (dirty / "shop.py").write_text(SHOP + "# changed\n")
    done = perfbot(dirty, env, "optimize", "shop.py::common")
    assert done.returncode == 2
    assert "commit or stash them" in done.stderr
    assert (dirty / "shop.py").read_text().endswith("# changed\n")


def test_verify_needs_no_git(tmp_path: Path, env: dict[str, str]) -> None:
    """An edit of a file in no repository is judged all the same."""
    (tmp_path / "shop.py").write_text(SHOP)
    (tmp_path / "test_shop.py").write_text(SUITE)
    (tmp_path / "wrong.txt").write_text(WRONG)
    done = perfbot(tmp_path, env, "verify", "shop.py::common", "--candidate", "wrong.txt", "-q")
    assert done.returncode == 1, done.stderr
    assert "refuted" in done.stdout


def test_tests_that_reach_nothing_rank_nothing(tmp_path: Path, env: dict[str, str]) -> None:
    """A folder whose functions no test reaches has no hottest one; a name is asked for."""
    repo = repository(tmp_path / "repo", env, m_py=ADD)
    done = perfbot(repo, env, "optimize", ".", "-q")
    assert done.returncode == 2
    assert "name one: FILE::FUNCTION" in done.stderr


def test_a_state_folder_that_cannot_be_made_is_the_machines_fault(
    shop: Path, tmp_path: Path, env: dict[str, str]
) -> None:
    """Nothing is searched where nothing could be kept; the message names the variable to set."""
    (tmp_path / "file").write_text("")
    state = {**env, "XDG_STATE_HOME": str(tmp_path / "file")}
    done = perfbot(shop, state, "optimize", "shop.py::common", "-q")
    assert done.returncode == 4
    assert "XDG_STATE_HOME" in done.stderr


def test_a_user_without_a_home_is_served(shop: Path, env: dict[str, str]) -> None:
    """HOME unset, as in a container, and a home that is not there are no reason to stop."""
    bare = {name: value for name, value in env.items() if name != "HOME"}
    for variables in (bare, {**bare, "HOME": "/nonexistent"}):
        done = perfbot(shop, variables, "verify", "shop.py::cold", "--candidate", "shop.py", "-q")
        assert done.returncode == 1, done.stderr
        assert "the same code as the original" in done.stdout
    assert git(shop, env, "status", "--porcelain") == ""

"""`perfbot optimize` remembers: an edit committed before is shown when a like function comes up."""

import json
from pathlib import Path

import pytest

from tests.agents.model_server import ModelServer, completion
from tests.shop import FAST, SHOP, SUITE, environment, git, perfbot, repository

WORKLOAD = "def cases():\n    yield (list(range(300)), list(range(150, 450)))\n"
GOOD_REPLY = f"Change: look items up in a set\nWhy: A set is faster.\n\n```python\n{FAST}```"
ALIKE = '''

def missing(wanted: list[int], stock: list[int]) -> list[int]:
    """Those wanted that are not in stock."""
    out = []
    for item in wanted:
        if item not in list(stock):
            out.append(item)
    return out
'''
TESTED = """

def test_missing():
    from shop import missing

    assert missing([1, 2, 3], [2]) == [1, 3]
"""


@pytest.mark.slow
def test_an_accepted_edit_is_an_example_for_the_next_function(tmp_path: Path) -> None:
    """With its gain, after the function; not with --no-memory, and in no other repository but
    where --memory-from asks for it."""
    env = environment(tmp_path / "home")
    (tmp_path / "workload.py").write_text(WORKLOAD)
    files = {"shop_py": SHOP + ALIKE, "test_shop_py": SUITE + TESTED}
    repo = repository(tmp_path / "shop", env, **files)
    other = repository(tmp_path / "other", env, **files)
    with ModelServer(lambda request: completion(GOOD_REPLY)) as server:
        asking = ("--proposer", "llm", "--model", "openai/test", "--api-base", server.url)
        shared = (*asking, "--samples", "1", "--seed", "1")
        workload = ("--workload", str(tmp_path / "workload.py"), "--json", "-")
        done = perfbot(repo, env, "optimize", "shop.py::common", *shared, *workload,
                       "--budget", "1c")  # fmt: skip
        assert done.returncode == 0, done.stderr
        commit = json.loads(done.stdout)["runs"][0]["commit"]
        server.answer = lambda request: completion("I see no faster way.")

        def prompt(where: Path, *more: str) -> str:
            """The first prompt about the other function."""
            before = len(server.requests)
            told = perfbot(where, env, "optimize", "shop.py::missing", *shared, *more)
            assert told.returncode in (1, 5), told.stderr
            return server.requests[before].text

        text = prompt(repo)
        assert "known = set(ys)" in text
        assert text.index("def missing") < text.index("known = set(ys)")
        assert "x faster). A set is faster." in text
        assert "known = set(ys)" not in prompt(repo, "--no-memory")
        assert "known = set(ys)" not in prompt(other)
        assert "known = set(ys)" in prompt(other, "--memory-from", str(repo))
    assert git(repo, env, "rev-parse", "--verify", commit) == commit

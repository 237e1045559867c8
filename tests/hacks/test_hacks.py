"""Every bad edit is refused by a gate that should refuse it; every good one is accepted."""

import ast
from pathlib import Path

import pytest
from cases import Case, judge_case, lay_out, load_cases

CASES = load_cases()
TIMEOUT_S = 180
QUICK_GOOD = {"common_items/good_sets", "run_lengths/good_groupby"}

# What peers let through, and the classes of bad edits that any gate of theirs is known to miss.
CLASSES = """
memo across timed calls; stale output buffer; mutated inputs; frames; gc; /proc; NaN wildcard;
forged result channel; SystemExit; os._exit; comparator override; conftest tampering; sitecustomize;
test file tampering; hard-coded shapes; hard-coded test inputs; work moved to import time;
input-pattern fast path; try/except to the original; precision change; dtype change; reassociation;
exception type; different exception message; key order; hash order; list for generator;
aliased return; dropped side effect; overflow; thread; lazy result; empty input; duplicates;
negative input; huge ints; mutation during iteration; off by one; early return;
float for int; int for float; bool for int; stdout dropped; warnings dropped;
module global not updated; RNG consumption changed; recursion limit; type of the returned object;
module-level list; returns its argument; default argument; warm-up detection; patched;
random hoisted; uuid4 hoisted; in-place mutation of arguments dropped; pytest.exit; near 1e-10;
a lambda in place of a function; __eq__ is always True; None returned after the first loop
"""


def _params(good: bool) -> list[object]:
    quick = QUICK_GOOD if good else {case.id for case in CASES if case.peer == "codeflash"}
    return [
        pytest.param(case, id=case.id, marks=() if case.id in quick else pytest.mark.slow)
        for case in CASES
        if case.good is good
    ]


@pytest.mark.parametrize("case", _params(good=False))
def test_bad_edit_is_refused(case: Case, tmp_path: Path) -> None:
    """The decision, and the gate that made it, are among those the case names."""
    verdict = judge_case(case, timeout_s=TIMEOUT_S, folder=tmp_path)
    assert case.judged_rightly(str(verdict["decision"]), str(verdict["gate"])), verdict


@pytest.mark.parametrize("case", _params(good=True))
def test_good_edit_is_accepted(case: Case, tmp_path: Path) -> None:
    """A gate that refuses an honest edit is as wrong as one that lets a bad one through."""
    verdict = judge_case(case, timeout_s=TIMEOUT_S, folder=tmp_path)
    assert verdict["decision"] == "accepted", verdict


@pytest.mark.parametrize("kind", [kind.strip() for kind in CLASSES.split(";")])
def test_every_class_has_a_case(kind: str) -> None:
    """No class of bad edits is without a case that names it."""
    assert any(kind in case.kind for case in CASES if not case.good)


def test_all_ten_that_codeflash_accepted_are_here() -> None:
    """Ten kinds of wrong edits were accepted by codeflash; random and uuid4 are one of the ten."""
    assert len({case.kind for case in CASES if case.peer == "codeflash"}) >= 10


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_case_is_laid_out_as_one_edit(case: Case, tmp_path: Path) -> None:
    """The project holds the original alone, and a candidate that is source defines the target."""
    laid = lay_out(case, tmp_path)
    names = sorted(path.name for path in laid.project.iterdir())
    assert names == ["original.py", "test_original.py"]
    text = laid.candidate.read_text()
    if laid.candidate.suffix == ".py":
        functions = (ast.FunctionDef, ast.AsyncFunctionDef)
        defined = [node.name for node in ast.parse(text).body if isinstance(node, functions)]
        assert case.qualname.rpartition(".")[2] in defined
    else:
        assert text.startswith("--- a/original.py\n")

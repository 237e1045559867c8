"""Judges the ten wrong edits that codeflash 0.20 accepted: `python tests/bench/codeflash_ten.py`.

The table that it prints, in Markdown, is in docs/codeflash.md. Codeflash's side is re-run by an
interpreter that has codeflash and numpy: `PYTHON tests/bench/codeflash_ten.py --codeflash`. That
uses codeflash's own wrapper, comparator and critic on the workload's calls, in one process per
edit, and no test session: what is printed there is their answer to what they recorded.
"""

import argparse
import contextlib
import importlib.util
import io
import multiprocessing
import os
import sqlite3
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parents[1] / "hacks"))

from cases import Case, judge_case, load_cases

LOOPS = 60
REASON_LENGTH = 110


@dataclass(frozen=True, slots=True)
class Row:
    """One of the ten: what the edit does, and the files that do it."""

    what: str
    edits: tuple[str, ...]
    calls: tuple[tuple[Any, ...], ...] = ()
    """Calls for codeflash's side beside the workload's cases."""
    session: bool = False
    """Codeflash's answer depends on a whole test session, which is not re-run."""


TEN = (
    Row("keeps a dict of answers across the timing loops", ("common_items/bad_memo",)),
    Row("patches `time.perf_counter_ns`", ("first_repeat/bad_slow_clock",)),
    Row(
        "hoists `uuid4` or a random draw out of its loop",
        ("jittered/bad_hoisted_random", "order_ids/bad_hoisted_uuid"),
    ),
    Row("drops the change to its argument", ("drop_repeats/bad_rebound",)),
    Row(
        "raises with another message",
        ("matrix_product/bad_message",),
        (([[1, 2]], [[1, 2]]), ([[1]], [[1, 2], [3]])),
    ),
    Row(
        "calls `pytest.exit` after six of eight tests",
        ("first_repeat/bad_pytest_exit",),
        session=True,
    ),
    Row("returns zeros for values near 1e-10", ("centred/bad_zeros_when_tiny",)),
    Row("returns a wrong lambda for a function", ("make_router/bad_lambda",)),
    Row("returns objects whose `__eq__` is always true", ("order_lines/bad_equal_same_name",)),
    Row("returns None after the first loop", ("first_repeat/bad_none_after_first_loop",)),
)


def main() -> int:
    """Print the table; the exit code is 1 where perfbot accepted one of the ten."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--codeflash", action="store_true", help="ask codeflash, not perfbot")
    parser.add_argument("--timeout", type=float, default=300, metavar="SECONDS")
    options = parser.parse_args()
    cases = {case.id: case for case in load_cases()}
    side = "codeflash" if options.codeflash else "perfbot"
    print(f"| the edit | file in `tests/hacks/python` | {side} |\n|---|---|---|")
    accepted = 0
    for row in TEN:
        for name in row.edits:
            if options.codeflash and row.session:
                answer = "not re-run"
            elif options.codeflash:
                answer = _in_a_process(cases[name], row.calls)
            else:
                answer, passed = _perfbot(cases[name], options.timeout)
                accepted += passed
            print(f"| {row.what} | `{name}` | {answer} |", flush=True)
    return 1 if accepted else 0


def _perfbot(case: Case, timeout_s: float) -> tuple[str, bool]:
    """Return the decision with its gate and reason, and whether the edit was accepted."""
    verdict = judge_case(case, timeout_s=timeout_s)
    gate = verdict.get("gate")
    decision = f"{verdict['decision']} by `{gate}`" if gate else str(verdict["decision"])
    return f"{decision}: {_shortened(str(verdict['reason']))}", verdict["decision"] == "accepted"


def _shortened(text: str) -> str:
    line = " ".join(text.split()).replace("|", "\\|")
    return line if len(line) <= REASON_LENGTH else line[:REASON_LENGTH].rsplit(" ", 1)[0] + " ..."


def _in_a_process(case: Case, calls: tuple[tuple[Any, ...], ...]) -> str:
    """Ask codeflash in a process of its own, since some of the edits patch what they run in."""
    with tempfile.TemporaryDirectory() as folder:
        answer = Path(folder) / "answer"
        child = multiprocessing.Process(target=_codeflash, args=(case, calls, answer))
        child.start()
        child.join()
        return answer.read_text() if answer.exists() else f"no answer (exit code {child.exitcode})"


def _codeflash(case: Case, calls: tuple[tuple[Any, ...], ...], answer: Path) -> None:
    """Write what codeflash's comparator and critic say of the edit."""
    from codeflash.result.critic import performance_gain, speedup_critic
    from codeflash.verification.comparator import comparator
    from codeflash.verification.pytest_plugin import _apply_deterministic_patches

    folder = case.path.parent
    sys.path.insert(0, str(folder))
    inputs: list[Callable[[], Any]] = [lambda args=args: args for args in calls]
    for index in range(len(list(_module(folder / "workload.py", "workload").cases()))):
        inputs.append(lambda index=index: list(_workload(folder))[index])
    _apply_deterministic_patches()
    sides = []
    for edited in (False, True):
        module = _module(folder / "original.py", "original")
        if edited:
            exec(compile(case.path.read_text(), str(case.path), "exec"), module.__dict__)
        function = _resolve(module, case.qualname, edited)
        # Timed before the edit is loaded, which may patch the clock.
        sides.append((_recorded(function, inputs), _best_ns(function, inputs)))
    same = [comparator(one, other) for one, other in zip(sides[0][0], sides[1][0], strict=True)]
    if not all(same):
        answer.write_text(f"refused: {same.count(False)} of {len(same)} recorded results differ")
        return
    before_ns, after_ns = (best_ns for _, best_ns in sides)
    faster = speedup_critic(
        SimpleNamespace(best_test_runtime=after_ns, async_throughput=None), before_ns, None
    )
    gain = 1 + performance_gain(original_runtime_ns=before_ns, optimized_runtime_ns=after_ns)
    said = "accepted" if faster else "same results, but not faster"
    answer.write_text(f"{said}: {len(same)} recorded results agree, {gain:.3g}x")


def _workload(folder: Path) -> Any:
    return _module(folder / "workload.py", "workload").cases()


def _module(path: Path, name: str) -> ModuleType:
    if name == "workload" and name in sys.modules:
        return sys.modules[name]
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def _resolve(module: ModuleType, qualname: str, edited: bool) -> Callable[..., Any]:
    owner, _, name = qualname.rpartition(".")
    found = getattr(module if edited or not owner else getattr(module, owner), name)
    return getattr(found, "__func__", found)


def _wrapper(mode: Any) -> Callable[..., Any]:
    """Return codeflash's own `codeflash_wrap`, as it writes it into a test file."""
    import ast
    import gc
    import inspect
    import time

    import dill
    from codeflash.code_utils.instrument_existing_tests import create_wrapper_function

    text = ast.unparse(ast.fix_missing_locations(create_wrapper_function(mode)))
    names: dict[str, Any] = {"gc": gc, "inspect": inspect, "time": time, "pickle": dill}
    names.update(os=os, sqlite3=sqlite3)
    exec(text, names)
    wrap: Callable[..., Any] = names["codeflash_wrap"]
    return wrap


def _recorded(function: Callable[..., Any], inputs: list[Callable[[], Any]]) -> list[Any]:
    """Return what the wrapper stored of each call of the first loop, unpickled."""
    import dill
    from codeflash.models.models import TestingMode

    wrap = _wrapper(TestingMode.BEHAVIOR)
    store = sqlite3.connect(":memory:")
    rows = store.cursor()
    rows.execute("CREATE TABLE test_results (a, b, c, d, e, f, g, value, h)")
    with contextlib.redirect_stdout(io.StringIO()):
        for line, make in enumerate(inputs):
            _called(wrap, function, line, (rows, store), make())
    return [dill.loads(row[0]) for row in rows.execute("SELECT value FROM test_results")]


def _best_ns(function: Callable[..., Any], inputs: list[Callable[[], Any]]) -> int:
    """Return the sum over the calls of each one's least time, as codeflash takes it."""
    from codeflash.models.models import TestingMode

    wrap = _wrapper(TestingMode.PERFORMANCE)
    best: dict[int, int] = {}
    for _ in range(LOOPS):
        for line, make in enumerate(inputs):
            said = io.StringIO()
            with contextlib.redirect_stdout(said):
                _called(wrap, function, line, (), make())
            taken_ns = int(said.getvalue().rpartition("######!")[0].rpartition(":")[2])
            best[line] = min(best.get(line, taken_ns), taken_ns)
    return sum(best.values())


def _called(wrap: Any, function: Any, line: int, sink: tuple[Any, ...], args: Any) -> None:
    with contextlib.suppress(Exception):  # the wrapper has recorded it
        wrap(function, "tests", None, "test", "target", str(line), 1, *sink, *args)


if __name__ == "__main__":
    sys.exit(main())

"""The protocol on real processes in the sandbox."""

import random
import sys
from pathlib import Path

import pytest

from perfbot.sandbox.drivers.wire import encode
from perfbot.sandbox.measure import measure
from perfbot.sandbox.measurement import Measurement
from perfbot.sandbox.project import Project
from perfbot.sandbox.target import Target
from perfbot.sandbox.timing import BASELINE, OpenPair, TimingCase, pair_opener

pytestmark = pytest.mark.usefixtures("own_lock")


SOURCE = """
def fn(data, rounds):
    total = 0
    for _ in range(rounds):
        for item in data:
            total += item * 3 % 7
    for _ in range({extra}):
        for item in data:
            total += item * 0
    return total
"""


def real_pair(root: Path, original: str, edit: str) -> tuple[OpenPair, TimingCase]:
    """An opener of real pairs, and one case of 40 variants with the original's own outcomes."""
    (root / "module.py").write_text(original)
    target = Target(
        root=root,
        path="module.py",
        qualname="fn",
        module="module",
        import_root=".",
        file_source=original,
        start_byte=1,
        end_byte=len(original),
        start_line=2,
        end_line=original.count("\n"),
        kind="function",
        is_async=False,
        is_generator=False,
    )
    project = Project(root=root, python=Path(sys.executable))
    open_pair = pair_opener(project, target, (original, edit), imports=[])
    draw = random.Random(2)
    inputs = tuple(encode((([draw.randrange(1000) for _ in range(500)], 3), {})) for _ in range(40))
    pair = open_pair(7, 0)
    try:
        pair.prepare(BASELINE, inputs)
        pair.run(BASELINE)
        expected = tuple(pair.outputs(BASELINE))
    finally:
        pair.close()
    return open_pair, TimingCase("numbers", inputs, expected)


def judge_real(root: Path, original: str, edit: str) -> Measurement:
    """Measure two real versions of a function."""
    open_pair, numbers = real_pair(root, original, edit)
    return measure(open_pair, [numbers], seed=11)


def test_real_gain_is_accepted(tmp_path: Path) -> None:
    """A function relieved of nine tenths of its work is called faster, with its figures."""
    found = judge_real(tmp_path, SOURCE.format(extra=30), SOURCE.format(extra=0))
    assert found.decision == "faster", found.reason
    assert found.speedup is not None
    assert found.speedup.low > 2
    assert found.edit_peak_bytes is not None
    assert found.edit_peak_bytes > 1_000_000
    assert (found.original_threads, found.edit_threads) == (1, 1)
    assert found.original_cpu_ns is not None
    assert found.edit_cpu_ns is not None
    assert found.original_cpu_ns > found.edit_cpu_ns > 0


@pytest.mark.parametrize("extra", [10, 13])
def test_real_equal_or_slower_version_is_not_accepted(tmp_path: Path, extra: int) -> None:
    """The unchanged function, and one with a heavier loop, are not called faster."""
    found = judge_real(tmp_path, SOURCE.format(extra=10), SOURCE.format(extra=extra))
    assert found.decision in {"not_faster", "inconclusive"}


def test_real_memo_is_not_accepted(tmp_path: Path) -> None:
    """A table of answers kept in the module gains nothing on inputs not seen before."""
    original = SOURCE.format(extra=10)
    edit = "_seen = {}\n" + original.replace(
        "    total = 0\n",
        "    if tuple(data) in _seen:\n        return _seen[tuple(data)]\n    total = 0\n",
    ).replace("return total", "_seen[tuple(data)] = total\n    return total")
    found = judge_real(tmp_path, original, edit)
    assert found.decision in {"not_faster", "inconclusive"}


def test_real_wrong_and_dying_versions_are_refuted(tmp_path: Path) -> None:
    """A version that answers wrongly and one that ends its process are refuted while timed."""
    original = SOURCE.format(extra=10)
    wrong = judge_real(tmp_path, original, original.replace("% 7", "% 8"))
    assert (wrong.decision, wrong.wrong is not None) == ("refuted", True)
    dying = judge_real(
        tmp_path, original, original.replace("    total = 0\n", "    import os; os._exit(0)\n")
    )
    assert dying.decision == "refuted"


TIMED = {
    "files": "import tempfile; open(tempfile.gettempdir() + '/left', 'w').write('x')",
    "threads": "import threading; threading.Thread(target=__import__('time').sleep, "
    "args=(1000,), daemon=True).start()",
    "processes": "import os; os.fork() or os._exit(0)",
    "environment": "import os; os.environ['LEFT'] = '1'",
    "folder": "import os; os.chdir('/')",
    "output": "print('left')",
    "rng": "import random; random.random()",
}


@pytest.mark.parametrize("kind", list(TIMED))
def test_what_only_a_timed_batch_leaves_behind_refutes(tmp_path: Path, kind: str) -> None:
    """A version that answers rightly, and does something besides once it is timed."""
    original = SOURCE.format(extra=10)
    edit = SOURCE.format(extra=0).replace("    total = 0\n", f"    {TIMED[kind]}\n    total = 0\n")
    found = judge_real(tmp_path, original, edit)
    assert (found.decision, found.reason) == (
        "refuted", f"while it was timed, the edit left behind: {kind}",
    )  # fmt: skip


def test_what_the_original_leaves_behind_too_does_not(tmp_path: Path) -> None:
    """A file and output that both versions leave are no difference."""
    left = "; ".join((TIMED["files"], TIMED["output"]))
    original, edit = (
        SOURCE.format(extra=extra).replace("    total = 0\n", f"    {left}\n    total = 0\n")
        for extra in (10, 0)
    )
    assert judge_real(tmp_path, original, edit).decision != "refuted"

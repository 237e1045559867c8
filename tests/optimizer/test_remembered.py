"""What refuted an edit in an earlier run is tried first on the same code, and proves it anew."""

import base64
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from perfbot.agents.search import Account, Budget
from perfbot.optimizer.config import Options
from perfbot.optimizer.ledger import new_run
from perfbot.optimizer.remembered import Refusal, Remembered, remembered_in
from perfbot.optimizer.session import Session
from perfbot.optimizer.trials import judging_in
from perfbot.sandbox.again import refuted_again
from perfbot.sandbox.candidate import Candidate
from perfbot.sandbox.edit import Edit
from perfbot.sandbox.exploration import inputs_of
from perfbot.sandbox.inputs.arguments import Arguments
from perfbot.sandbox.language import language_of
from perfbot.sandbox.trial import Trial
from tests.opened import opened_project

ORIGINAL = '''\
"""Numbers."""


def clamped(n: int, most: int) -> list[int]:
    """n, but at most `most`, in a list."""
    found = [n]
    if n > most:
        found = [most]
    return found
'''
SUITE = """\
import clamp


def test_clamped():
    assert clamp.clamped(5, 3) == [3]


def test_style():
    assert "ugly" not in open(clamp.__file__).read()
"""
WRONG = ORIGINAL.replace("[n]", "[abs(n)]")
GOOD = ORIGINAL.replace("    found = [n]\n    if n > most:\n        found = [most]\n", "").replace(
    "return found", "return [most] if n > most else [n]"
)
FAILS_ITS_SUITE = GOOD.replace("    return", "    ugly = [n]\n    return").replace(
    "else [n]", "else ugly"
)
REFUSAL = Refusal(
    edit="0" * 64, title="t", gate="fuzz", detail="d", inputs=base64.b64encode(b"x"), way="once"
)


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    """One small project, opened once for all tests of this file."""
    folder = tmp_path_factory.mktemp("clamp")
    with opened_project(folder, "clamped", clamp_py=ORIGINAL, test_clamp_py=SUITE) as found:
        yield found


@pytest.fixture(autouse=True)
def own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test remembers for itself."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


def in_a_new_run(session: Session, source: str, *, remember: bool = True) -> tuple[Trial, str]:
    """The trial of the first edit of a run, and what was said meanwhile."""
    said: list[str] = []
    ledger = new_run(session.target, base=None, options={})
    try:
        account = Account(ledger, Budget())
        judge = judging_in(session, account, Options(remember=remember), said.append)
        return judge(Edit(source, title="mine")), "\n".join(said)
    finally:
        ledger.close()


def gates(trial: Trial) -> list[str]:
    return [item.gate for item in trial.verdict.evidence]


def test_the_next_run_shows_it_at_once(session: Session) -> None:
    """However the code is written; the counterexample is found on this very edit."""
    first, _ = in_a_new_run(session, WRONG)
    assert gates(first)[-1] == "fuzz"
    again, _ = in_a_new_run(session, WRONG.replace("found", "clipped"))
    assert (again.decision, gates(again)) == ("refuted", ["scope", "policy", "dedup"])
    assert again.reason.startswith("refused in an earlier run by the gate fuzz, and again: ")
    shown = again.verdict.evidence[-1].counterexample
    assert shown is not None and "clipped" in shown.snippet


def test_who_does_not_want_it_gets_every_gate(session: Session) -> None:
    """`--no-remember` neither reads nor writes."""
    in_a_new_run(session, WRONG, remember=False)
    again, _ = in_a_new_run(session, WRONG)
    assert gates(again)[-1] != "dedup"
    full, _ = in_a_new_run(session, WRONG, remember=False)
    assert gates(full)[-1] != "dedup"


def test_memory_alone_refuses_nothing(session: Session) -> None:
    """A right edit of which the file says what is not so survives: the input shows nothing."""
    for inputs in (inputs_of(Arguments((-3, 1), {})), b"no wire", b""):
        for way in ("once", "twice", "no such way"):
            memory = memory_of(session)
            kept = REFUSAL.model_copy(update={"inputs": inputs, "way": way})
            memory.keep(memory.code_key(GOOD), kept)
            assert memory.refusal(Candidate(session.baseline, Edit(GOOD))) is None
    trial, _ = in_a_new_run(session, GOOD)
    assert trial.decision == "survived", trial.reason


def test_the_original_decides_what_is_in_the_domain(session: Session) -> None:
    """An input on which it trips proves nothing, whatever the edit does there."""
    candidate = Candidate(session.baseline, Edit(WRONG))
    assert refuted_again(candidate, inputs_of(Arguments(("x", 1), {})), "once") is None
    assert candidate.runners == []
    assert refuted_again(candidate, inputs_of(Arguments((-3, 1), {})), "once") is not None
    candidate.close()


def test_what_only_calls_in_a_row_show_is_tried_so(session: Session) -> None:
    """A list that every call shares, and one that each call makes anew."""
    shared = ORIGINAL.replace("    return found", "    return _ONE if n == 1 else found").replace(
        "\n\n\ndef", "\n\n_ONE = [1]\n\n\ndef"
    )
    inputs = inputs_of(Arguments((1, 5), {}))
    for source, differs in ((shared, True), (GOOD, False)):
        candidate = Candidate(session.baseline, Edit(source))
        assert (refuted_again(candidate, inputs, "twice") is not None) == differs
        candidate.close()


def test_a_slow_input_narrows_nothing(session: Session) -> None:
    """What is tried again leaves the limits of later inputs as they were."""
    before = session.baseline.reach, session.baseline.patience
    candidate = Candidate(session.baseline, Edit(GOOD))
    refuted_again(candidate, inputs_of(Arguments((10**40, 1), {})), "once")
    assert (session.baseline.reach, session.baseline.patience) == before


def test_what_cannot_be_shown_again_is_not_remembered(session: Session) -> None:
    """A failed suite, an edit that survives, and the original's own code leave nothing behind."""
    ends = [in_a_new_run(session, source)[0] for source in (FAILS_ITS_SUITE, GOOD, ORIGINAL)]
    assert [gates(item)[-1] for item in ends] == ["suite", "explore", "dedup"]
    assert memory_of(session).read() == {}


def test_a_damaged_file_is_said_aloud_and_replaced(session: Session) -> None:
    """All gates judge, and what they find is kept in its place."""
    memory = memory_of(session)
    memory.path.parent.mkdir(parents=True, exist_ok=True)
    for content in (b"", b"{", b'{"schema": "perfbot.refused/9", "refused": {}}', b"\xff"):
        memory.path.write_bytes(content)
        heard: list[str] = []
        assert Remembered(memory.path, str, heard.append).read() == {}
        assert "refusals of earlier runs cannot be read" in heard[0]
        assert str(memory.path) in heard[0]
    trial, said = in_a_new_run(session, WRONG)
    assert trial.decision == "refuted" and gates(trial)[-1] != "dedup"
    assert "it is damaged" in said
    again, said = in_a_new_run(session, WRONG)
    assert (gates(again)[-1], said) == ("dedup", "")


def test_it_is_of_one_text_and_one_strictness(session: Session) -> None:
    """Another text of the file, tests' command or strictness: another memory; another seed, or
    another file of the project: the same, for the input is tried on what is there now."""
    path = memory_of(session).path
    changed = session.baseline.project.root / "note.txt"
    changed.write_text("x")
    seeded = replace(session, settings=replace(session.settings, seed=7))
    assert memory_of(session).path == memory_of(seeded).path == path
    changed.unlink()
    others = (
        replace(session, target=replace(session.target, file_source=ORIGINAL + "\n")),
        replace(session, settings=replace(session.settings, allow=frozenset({"threads"}))),
        replace(session, settings=replace(session.settings, oracle_threshold=0.5)),
    )
    assert len({path, *(memory_of(other).path for other in others)}) == 4


def test_the_last_ones_are_kept(tmp_path: Path) -> None:
    """No more than so many, the latest last; a refusal that comes again is the latest."""
    memory = Remembered(tmp_path / "refused" / "x", str)
    memory.path.parent.mkdir()
    memory.write({str(number): REFUSAL for number in range(500)})
    memory.keep("0", REFUSAL)
    memory.keep("new", REFUSAL)
    kept = list(memory.read())
    assert (len(kept), kept[0], kept[-2:]) == (500, "2", ["0", "new"])
    large = REFUSAL.model_copy(update={"inputs": bytes(1 << 16)})
    memory.write({str(number): large for number in range(100)})
    memory.keep("new", REFUSAL)
    assert list(memory.read()) == [*map(str, range(69, 100)), "new"]


def test_a_folder_that_cannot_be_written_costs_only_the_memory(tmp_path: Path) -> None:
    """Nothing is raised where a file is in the folder's place; that it cannot be read is said."""
    (tmp_path / "taken").write_text("a file")
    said: list[str] = []
    memory = Remembered(tmp_path / "taken" / "refused" / "x", str, said.append)
    memory.keep("key", REFUSAL)
    assert memory.read() == {}
    assert len(said) == 1 and "Not a directory" in said[0]


WRITER = """
import sys
from pathlib import Path
from tests.optimizer.test_remembered import REFUSAL
from perfbot.optimizer.remembered import Remembered
memory = Remembered(Path(sys.argv[1]), str)
for number in range(int(sys.argv[3])):
    memory.keep(sys.argv[2] + str(number), REFUSAL)
    print(number, flush=True)
"""


def writer(path: Path, name: str, count: int) -> "subprocess.Popen[bytes]":
    root = Path(__file__).parents[2]
    command = [sys.executable, "-c", WRITER, str(path), name, str(count)]
    return subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE)


def test_a_kill_leaves_a_whole_file(tmp_path: Path) -> None:
    """`kill -9` in the middle of writing: what was said to be kept is there, nothing is broken."""
    path, said = tmp_path / "refused" / "x", []
    for attempt in range(3):
        process = writer(path, f"{attempt}-", 100_000)
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(0.02 * attempt)
        process.send_signal(signal.SIGKILL)
        written = process.stdout.read().split()
        process.wait()
        kept = Remembered(path, str, said.append).read()
        assert f"{attempt}-{int(written[-1]) if written else 0}" in kept
    assert said == []


def test_two_runs_lose_nothing_of_each_other(tmp_path: Path) -> None:
    """Both add to what is on the disk by then."""
    path = tmp_path / "refused" / "x"
    for process in [writer(path, name, 20) for name in "ab"]:
        process.communicate()
    assert len(Remembered(path, str).read()) == 40


def memory_of(session: Session) -> Remembered:
    """The memory that runs on this session's target have."""
    language = language_of(session.target)
    project = session.baseline.project
    return remembered_in(
        session, lambda source: language.code_key(project, source), lambda _text: None
    )

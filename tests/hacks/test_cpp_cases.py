"""The edits of C++ and C as data: whole files, each with what is wrong with it or makes it fast."""

from pathlib import Path

import pytest

from perfbot.sandbox.edit import Edit
from perfbot.sandbox.gates import cpp_policy
from perfbot.sandbox.target import Target
from perfbot.sandbox.verdict import Status

FOLDER = Path(__file__).parent / "cpp"
EDITS = sorted(
    path
    for path in FOLDER.glob("*/*")
    if path.suffix in (".cpp", ".c") and path.name.startswith(("bad_", "good_"))
)


def fields(path: Path) -> dict[str, str]:
    """What the first line of an edit says."""
    first = path.read_text().partition("\n")[0].removeprefix("// ")
    return dict(part.strip().split(": ", 1) for part in first.split(";"))


@pytest.mark.parametrize("path", EDITS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_an_edit_is_a_whole_file_that_says_what_it_is(path: Path) -> None:
    """The first line names class and gates, or what makes it faster; the second the target."""
    expected = {"kind"} if path.name.startswith("good_") else {"class", "gate"}
    assert set(fields(path)) == expected
    original = path.with_stem("original").read_text()
    assert path.read_text().split("\n")[1] == original.split("\n")[0]
    assert path.read_text().partition("\n")[2] != original


@pytest.mark.parametrize("path", EDITS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_policy_refuses_those_that_are_its_own(path: Path) -> None:
    """What policy has to refuse is refused by it, and nothing else is."""
    original = path.with_stem("original")
    source = original.read_text()
    target = Target(
        root=original.parent,
        path=original.name,
        qualname=source.partition("\n")[0].removeprefix("// target: "),
        module="",
        import_root=".",
        file_source=source,
        start_byte=0,
        end_byte=len(source.encode()),
        start_line=1,
        end_line=source.count("\n"),
        kind="function",
        is_async=False,
        is_generator=False,
        language="c" if original.suffix == ".c" else "cpp",
    )
    evidence = cpp_policy.check(target, Edit(path.read_text().partition("\n")[2]))
    gates = [gate.strip() for gate in fields(path).get("gate", "").split(",")]
    assert (evidence.status is Status.REFUTED) == ("policy" in gates), evidence.detail


def test_there_are_enough() -> None:
    """At least a dozen targets, fifty bad edits and twenty good ones."""
    bad = [path for path in EDITS if path.name.startswith("bad_")]
    assert len({path.parent for path in EDITS}) >= 12
    assert len(bad) >= 50 and len(EDITS) - len(bad) >= 20

"""A program's inputs as files, and what they make of the workload."""

from pathlib import Path

import pytest

from perfbot.sandbox.errors import UsageError
from perfbot.sandbox.languages.cpp_program import program_target
from perfbot.sandbox.program_inputs import answers_in, inputs_in, inputs_of
from perfbot.sandbox.target import Target
from perfbot.sandbox.workload import WorkloadFile


def target_in(folder: Path) -> Target:
    """A program in a folder."""
    (folder / "sum.cpp").write_text("int main() { return 0; }\n")
    return program_target(folder, "sum.cpp")


def put(folder: Path, **files: str) -> Path:
    """Files by their names, `_` for the dot."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / name.replace("__", "/").replace("_", ".")).write_text(text)
    return folder


def test_inputs_small_to_large_with_their_answers(tmp_path: Path) -> None:
    """Each `.in` or `.txt` is an input; `.out` and `.ans` beside it say what must be printed."""
    folder = put(tmp_path / "in", big_in="1 2 3\n", big_out="6\n", a_txt="1\n", a_ans="1", c_md="x")
    found = inputs_in(folder, "")
    assert [(item.name, item.answer) for item in found] == [("a.txt", "1"), ("big.in", "6\n")]


def test_inputs_and_outputs_of_code_net(tmp_path: Path) -> None:
    """`output.0.txt` is the answer to `input.0.txt`, and no input itself."""
    folder = put(tmp_path / "in", input_0_txt="5\n", output_0_txt="10\n")
    assert [(item.text, item.answer) for item in inputs_in(folder, "")] == [("5\n", "10\n")]


def test_the_workload_yields_the_inputs(tmp_path: Path) -> None:
    """The made file is a workload, and the answers are read from it without running it."""
    folder = put(tmp_path / "in", a_in="it's\n", a_out="1\n", b_in="longer\n")
    made = inputs_of(target_in(tmp_path), folder)
    assert made is not None
    names: dict[str, object] = {}
    exec(made.source, names)
    assert list(names["cases"]()) == [("it's\n",), ("longer\n",)]  # type: ignore[operator]
    assert answers_in(made) == (("a.in", "it's\n", "1\n"),)


@pytest.mark.parametrize(
    "source", ["INPUTS = [open('/etc/passwd').read()]\n", "INPUTS = (\n", "INPUTS = [(1, 2, 3)]\n"]
)
def test_answers_are_data_alone(source: str) -> None:
    """What would have to be run, or is no text, gives no answers."""
    assert answers_in(WorkloadFile(Path("w.py"), source)) == ()


def test_inputs_beside_the_program(tmp_path: Path) -> None:
    """The folder of workloads comes first, then files that begin with the program's name."""
    target = target_in(tmp_path)
    assert inputs_of(target, None) is None
    put(tmp_path, sum1_in="1\n", other_in="2\n")
    beside = inputs_of(target, None)
    assert beside is not None and "sum1.in" in beside.source and "other.in" not in beside.source
    (tmp_path / "perfbot_workloads" / "sum__main").mkdir(parents=True)
    (tmp_path / "perfbot_workloads" / "sum__main" / "x.in").write_text("3\n")
    found = inputs_of(target, None)
    assert found is not None and "x.in" in found.source


def test_a_folder_without_inputs(tmp_path: Path) -> None:
    """A folder that is not there, is empty or holds no text is said."""
    target = target_in(tmp_path)
    with pytest.raises(UsageError, match="no folder"):
        inputs_of(target, tmp_path / "none")
    (tmp_path / "empty").mkdir()
    with pytest.raises(UsageError, match="no inputs"):
        inputs_of(target, tmp_path / "empty")
    (tmp_path / "empty" / "a.in").write_bytes(b"\xff\xfe")
    with pytest.raises(UsageError, match="not UTF-8"):
        inputs_of(target, tmp_path / "empty")

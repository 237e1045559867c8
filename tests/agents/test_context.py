"""What a model is told: all that helps and fits, the stable part first, nothing of the judge's."""

from pathlib import Path

import pytest

from perfbot.agents.calls import tokens_in
from perfbot.agents.context import REQUIRED, Facts, Section, background, packed, prompt
from perfbot.agents.feedback import tried
from perfbot.agents.shapes import shapes_of
from perfbot.agents.templates import fenced, rendered
from perfbot.sandbox.edit import Edit, baseline
from perfbot.sandbox.inputs.arguments import Arguments
from perfbot.sandbox.inputs.signature import Parameter, Signature
from perfbot.sandbox.languages import cpp, python
from perfbot.sandbox.measurement import CaseSpeedup, Measurement, Speedup
from perfbot.sandbox.target import Target
from perfbot.sandbox.trial import Cost, Trial
from perfbot.sandbox.verdict import Counterexample, Evidence, Status, Verdict

FILES = {
    "pkg/__init__.py": "",
    "pkg/kinds.py": (
        "class Item:\n    price: int\n\n    def tax(self):\n        return deep()\n\n\nX = 1\n"
    ),
    "pkg/cart.py": (
        "from pkg.kinds import Item\nimport math\n\nRATE = 7\nOTHER = 8\n\n\n"
        "def rounded(x):\n    return math.floor(x)\n\n\n"
        "def unused(x):\n    return x\n\n\n"
        "def total(items: list[Item]) -> int:\n"
        "    return sum(rounded(i.price * RATE) for i in items)\n\n\n"
        "def bill(items):\n    return total(items) + 1\n"
    ),
    "tests/test_cart.py": (
        "from pkg.cart import total\n\n\ndef test_total():\n    assert total([]) == 0\n"
    ),
    ".hidden/secret.py": "total(hidden)\n",
    "venv/lib.py": "total(library)\n",
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A little project."""
    for name, text in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path


def _facts(root: Path) -> Facts:
    signature = Signature((Parameter("items"),))
    observed = [Arguments(([1] * size,)) for size in (0, 5, 300)]
    return Facts(root, signature, observed, [("total([1, 2])", 0.0025)], "a processor, 2 cores")


def test_all_that_helps_is_there(root: Path) -> None:
    """The function, what it uses here and in other files, tests, callers, sizes, the machine."""
    target = python.locate(root, "pkg/cart.py", "total", import_root=".")
    found = {section.title: section.text for section in background(target, _facts(root))}
    assert target.source.strip() in found["The function"]
    uses = found["What it uses of the project"]
    for name in ("RATE = 7", "def rounded(x)", "# pkg/kinds.py", "class Item", "price: int"):
        assert name in uses
    for name in ("OTHER", "unused", "def bill", "deep()", "X = 1"):
        assert name not in uses
    assert "total([]) == 0" in found["Tests that call it"]
    assert "return total(items) + 1" in found["Where it is called"]
    text = "\n".join(found.values())
    assert "hidden" not in text
    assert "library" not in text
    assert "length 0 to 300, half up to 5" in found["Calls recorded from the tests"]
    assert "2.5 ms: `total([1, 2])`" in found["The slowest recorded calls"]
    assert next(iter(found)) == "The function"


def test_a_methods_class_and_a_cpp_file_are_shown(tmp_path: Path) -> None:
    """A method is seen within its class; a C++ function with its includes and helpers."""
    (tmp_path / "m.py").write_text(
        "class Box:\n    size = 3\n\n    def grow(self, n):\n        return self.size * n\n\n"
        "    def other(self):\n        return secret()\n"
    )
    method = python.locate(tmp_path, "m.py", "Box.grow", import_root=".")
    found = {section.title: section.text for section in background(method, _facts(tmp_path))}
    assert "size = 3" in found["What it uses of the project"]
    assert "secret" not in found["What it uses of the project"]
    (tmp_path / "a.cpp").write_text(
        "#include <vector>\n\nint twice(int x) { return 2 * x; }\nint none() { return 0; }\n\n"
        "int all(int n) { return twice(n); }\n"
    )
    target = cpp.locate(tmp_path, "a.cpp", "all")
    found = {section.title: section.text for section in background(target, _facts(tmp_path))}
    assert "#include <vector>" in found["Imports of its file"]
    assert "twice" in found["What it uses of the project"]
    assert "none" not in found["What it uses of the project"]


def test_what_does_not_fit_goes_by_its_worth() -> None:
    """The order stays; the least worth goes first; what is required stays whatever it costs."""
    sections = [
        Section("function", "f" * 300, REQUIRED),
        Section("callers", "c" * 300, 40),
        Section("sizes", "s" * 300, 90),
    ]
    assert packed(sections, 1000) == sections
    assert [item.title for item in packed(sections, 250)] == ["function", "sizes"]
    assert [item.title for item in packed(sections, 10)] == ["function"]


def test_shapes_say_types_and_sizes() -> None:
    """Nested kinds, numbers with their range, and nothing where no call binds."""
    signature = Signature((Parameter("a"), Parameter("b"), Parameter("c", default="1")))
    calls = [Arguments(({"x": [1]}, 5)), Arguments(({}, -2.5)), Arguments(())]
    text = shapes_of(signature, calls)
    assert "2 calls" in text
    assert "`a`: dict of str to list of int or dict; length 0 to 1" in text
    assert "`b`: int or float; -2.5 to 5" in text
    assert "`c`" not in text
    assert shapes_of(signature, []) == ""


def test_fences_hold_what_they_hold() -> None:
    """Code that has a fence in it does not end its block early."""
    assert fenced("a\n```\nb", "md") == "````md\na\n```\nb\n````"


def _target(tmp_path: Path) -> Target:
    (tmp_path / "m.py").write_text("def f(x):\n    return x\n")
    return python.locate(tmp_path, "m.py", "f", import_root=".")


def test_feedback_tells_gate_counterexample_and_interval(tmp_path: Path) -> None:
    """The first gate that refused, the smallest input with both answers, the paired speedup."""
    target = _target(tmp_path)
    parent = baseline(target).id

    def trial(body: str, evidence: Evidence, decision: str, measured: Measurement | None) -> Trial:
        edit = Edit(f"def f(x):\n    return {body}\n", f"make it {body}", "llm", parent)
        return Trial(edit, Verdict((evidence,)), measured, Cost(), decision, evidence.detail)

    example = Counterexample("f(3)", "returned 3", "returned 4", "4 where it was 3")
    refuted = trial(
        "x + 1", Evidence("fuzz", Status.REFUTED, "differs", 0, example), "refuted", None
    )
    speedup = Speedup(2.0, 1.9, 2.1, 0.99, 30, "cpu")
    cases = (
        CaseSpeedup("large", 1.0, speedup),
        CaseSpeedup("small", 1.0, Speedup(1.1, 1, 1.2, 0.99, 9, "cpu")),
    )
    fast = trial("(x)", Evidence("measure", Status.SURVIVED, ""), "accepted",
                 Measurement("faster", "", speedup, cases=cases))  # fmt: skip
    slow = trial("+x", Evidence("measure", Status.UNKNOWN, "no faster"), "not_faster",
                 Measurement("not_faster", "", Speedup(0.5, 0.4, 0.6, 0.99, 9, "cpu")))  # fmt: skip
    (section,) = tried(target, [refuted, fast, slow])
    for text in (
        "make it x + 1: refuted by the gate fuzz",
        "f(3)\nthe original: returned 3\nthe edit:     returned 4",
        "make it (x): accepted, 2.00x the original's speed [1.90, 2.10]",
        "Least gain by case: small: 1.10x, large: 2.00x.",
        "make it +x: not faster by the gate measure, 0.50x the original's speed [0.40, 0.60]",
        "return x + 1",
        "return (x)",
    ):
        assert text in section.text
    (section,) = tried(target, [refuted, fast, slow], best=fast.edit.id)
    assert "return (x)" not in section.text, "it stands above as the best version so far"
    assert "make it (x): accepted" in section.text
    assert tried(target, [Trial(baseline(target), Verdict(()), None, Cost(), "x", "")]) == []


def test_a_whole_prompt_fits(tmp_path: Path) -> None:
    """The instructions count too; what is required goes even where nothing else fits."""
    target = _target(tmp_path)
    system = "s" * 3000
    sections = [
        Section("Needed", "n" * 300, REQUIRED),
        *(Section(f"More {n}", "m" * 300, n) for n in range(20)),
    ]
    messages = prompt(target, system, sections, "r" * 300, 2000)
    assert 1800 < sum(tokens_in(message.content) for message in messages) <= 2000
    assert ["More 19" in messages[1].content, "More 0\n" in messages[1].content] == [True, False]
    (_, little) = prompt(target, system, sections, "r" * 300, 1000)
    assert "Needed" in little.content
    assert "More" not in little.content


def test_long_histories_keep_their_latest(tmp_path: Path) -> None:
    """Of a hundred refused edits the last twelve are told, the last three with their code."""
    target = _target(tmp_path)
    verdict = Verdict((Evidence("suite", Status.REFUTED, "a test fails"),))
    trials = [
        Trial(Edit(f"def f(x):\n    return {n}\n", f"edit {n}", "llm", "p"), verdict, None, Cost(),
              "refuted", "a test fails")
        for n in range(100)
    ]  # fmt: skip
    (section,) = tried(target, trials)
    assert "edit 99" in section.text
    assert "edit 88:" in section.text
    assert "edit 87:" not in section.text
    assert section.text.count("```python") == 3
    assert tokens_in(section.text) < 600


def test_prompts_say_what_their_language_needs() -> None:
    """Each template renders for each language, and a value that is missing is an error."""
    for language in ("Python", "C++", "C"):
        text = rendered("system", language=language, fence="x")
        assert text.startswith(f"You make {language} functions faster")
        assert ("ctypes" in text) is (language == "Python")
    with pytest.raises(Exception, match="undefined"):
        rendered("repair", problem="p")

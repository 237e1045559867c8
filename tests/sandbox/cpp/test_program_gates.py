"""What the gates that read text say of edits of whole programs, and how a program is named."""

from pathlib import Path

import pytest

from perfbot.agents.reply_edits import edit_from_reply, target_in
from perfbot.optimizer.target import resolve, resolve_program
from perfbot.sandbox.cpp.coverage import spans_of
from perfbot.sandbox.cpp.mutation import schemata
from perfbot.sandbox.cpp.program_snippet import program_snippet
from perfbot.sandbox.cpp.program_suite import trimmed
from perfbot.sandbox.cpp.read_checks import read_checks
from perfbot.sandbox.drivers.wire import encode
from perfbot.sandbox.edit import Edit, baseline
from perfbot.sandbox.errors import UsageError
from perfbot.sandbox.gates import cpp_policy, cpp_scope
from perfbot.sandbox.intake import edit_from
from perfbot.sandbox.languages.cpp import locate
from perfbot.sandbox.languages.cpp_program import program_target
from perfbot.sandbox.target import Target
from perfbot.sandbox.verdict import Status

PROGRAM = """\
#include <iostream>

int twice(int n) { return n + n; }

int main() {
    int n;
    std::cin >> n;
    std::cout << twice(n) << std::endl;
}
"""
FAST = """\
#include <cstdio>
#define read_number(n) std::scanf("%d", &n)
static int table[100];

int main() {
    int n;
    if (read_number(n) != 1) return 0;
    table[0] = n;
    std::printf("%d\\n", table[0] * 2);
}
"""


def program(folder: Path, source: str = PROGRAM, name: str = "sum.cpp") -> Target:
    """The program of one file."""
    (folder / name).write_text(source)
    return program_target(folder, name)


def test_a_program_is_its_file(tmp_path: Path) -> None:
    """The span is the whole file, and `FILE`, `FILE::main` mean the same."""
    target = program(tmp_path)
    assert target.source == PROGRAM
    assert target.kind == "program"
    for text in ("sum.cpp", "sum.cpp::main"):
        assert resolve_program(text, tmp_path) == target


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("sum.cpp::twice", "no program"),
        ("none.cpp", "no such file"),
        ("lib.cpp", "no functions `main`"),
        ("code.py", "no program"),
    ],
)
def test_what_is_no_program(tmp_path: Path, text: str, told: str) -> None:
    """Anything else than a file with one `main` is a mistake, said in words."""
    program(tmp_path)
    (tmp_path / "lib.cpp").write_text("int f() { return 1; }\n")
    (tmp_path / "code.py").write_text("def main(): pass\n")
    with pytest.raises(UsageError, match=told):
        resolve_program(text, tmp_path)


def test_main_is_no_function(tmp_path: Path) -> None:
    """Named without `--program` it is a mistake, and of a file's functions it is none."""
    program(tmp_path)
    for text in ("sum.cpp::main", "sum.cpp:7"):
        with pytest.raises(UsageError, match="--program"):
            resolve(text, tmp_path)
    assert [item.qualname for item in resolve("sum.cpp", tmp_path)] == ["twice"]


def test_scope_lets_a_program_change_all_of_its_file(tmp_path: Path) -> None:
    """Headers, helpers and globals may differ; the function alone would not be let to."""
    target = program(tmp_path)
    assert cpp_scope.check(target, Edit(FAST)).status is Status.SURVIVED
    assert cpp_scope.check(locate(tmp_path, "sum.cpp", "main"), Edit(FAST)).status is Status.REFUTED


@pytest.mark.parametrize("source", ["int f() { return 0; }\n", PROGRAM + PROGRAM])
def test_scope_wants_one_main(tmp_path: Path, source: str) -> None:
    """A file without `main`, or with two, is refused."""
    assert cpp_scope.check(program(tmp_path), Edit(source)).status is Status.REFUTED


@pytest.mark.parametrize(
    "body",
    [
        "std::ios::sync_with_stdio(false); std::cin.tie(nullptr); int n; std::cin >> n;",
        'int n; std::scanf("%d", &n); std::exit(0);',
        "static char buffer[99]; std::fgets(buffer, 99, stdin);",
        "char all[99]; std::fread(all, 1, 99, stdin);",
        "static int count; count++;",
    ],
)
def test_policy_lets_programs_read_and_keep_state(tmp_path: Path, body: str) -> None:
    """Each way to read the input is a program's good right, and no function's."""
    headers = "#include <iostream>\n#include <cstdio>\n#include <cstdlib>\n"
    edit = Edit(f"{headers}int main() {{ {body} }}\n")
    target = program(tmp_path, "#include <cstdio>\nint main() { return 0; }\n")
    assert cpp_policy.check(target, edit).status is Status.SURVIVED
    function = locate(tmp_path, "sum.cpp", "main")
    assert cpp_policy.check(function, edit).status is Status.REFUTED


@pytest.mark.parametrize(
    "body",
    [
        "char all[9]; read(0, all, 9);",
        "mmap(0, 9, 1, 2, 0, 0);",
        'fopen("in.txt", "r");',
        "fork();",
        "sleep(1);",
        "static thread_local int n; n++;",
        "std::rand();",
        'asm("nop");',
        "int n = 1; if (n > 2) __builtin_unreachable();",
    ],
)
def test_policy_refuses_programs_the_rest(tmp_path: Path, body: str) -> None:
    """What depends on who starts the program, or what no honest speedup needs, stays refused."""
    target = program(tmp_path, "int main() { return 0; }\n")
    found = cpp_policy.check(target, Edit(f"int main() {{ {body} }}\n"))
    assert found.status is Status.REFUTED


@pytest.mark.parametrize("text", [FAST, f"Here it is:\n```cpp\n{FAST}```\nFaster.\n"])
def test_the_whole_file_is_the_edit(tmp_path: Path, text: str) -> None:
    """A candidate is the program's new text, fenced or not."""
    assert edit_from(program(tmp_path), text).file_source == FAST


def test_a_diff_of_a_program(tmp_path: Path) -> None:
    """A unified diff of the file is applied."""
    lines = "-    std::cout << twice(n) << std::endl;\n+    std::cout << n + n << std::endl;\n"
    diff = f"--- a/sum.cpp\n+++ b/sum.cpp\n@@ -8,1 +8,1 @@\n{lines}"
    assert "n + n << std::endl" in edit_from(program(tmp_path), diff).file_source


def test_main_alone_takes_the_old_ones_place(tmp_path: Path) -> None:
    """A reply without headers keeps those of the file, and its helpers."""
    found = edit_from(program(tmp_path), "int main() { return twice(4); }\n").file_source
    assert found.startswith("#include <iostream>\n\nint twice(int n)")
    assert found.endswith("int main() { return twice(4); }\n")
    assert "std::cin" not in found


def test_a_models_reply_is_the_whole_program(tmp_path: Path) -> None:
    """What a model builds on is the whole edited file, and its reply is one again."""
    target = program(tmp_path)
    assert target_in(target, FAST).source == FAST
    reply = f"WHY: faster\n```cpp\n{FAST}```\n"
    read = edit_from_reply(target, reply, parent=baseline(target), title="faster")
    assert read.edit is not None and read.edit.file_source == FAST


def test_a_candidate_without_main(tmp_path: Path) -> None:
    """A text that is no program is a mistake, not an edit."""
    with pytest.raises(UsageError, match="no functions `main`"):
        edit_from(program(tmp_path), "int twice(int n) { return 2 * n; }\n")


def test_mutants_are_planted_in_every_function(tmp_path: Path) -> None:
    """Faults lie in helpers as in `main`; those of a function lie in it alone."""
    lines = {item.line for item in schemata(program(tmp_path)).mutants}
    assert 3 in lines and max(lines) > 5
    of_function = schemata(locate(tmp_path, "sum.cpp", "twice")).mutants
    assert {item.line for item in of_function} == {3}


def test_every_function_has_to_run(tmp_path: Path) -> None:
    """Coverage looks at all functions of a program's edit."""
    target = program(tmp_path)
    assert spans_of(target, PROGRAM) == [(3, 3), (5, 9)]


@pytest.mark.parametrize(
    ("line", "closed"),
    [
        ('if (scanf("%d", &n) != 1) return 0;', True),
        ('if (std::scanf("%d", &n) != 1) { return EXIT_FAILURE; }', True),
        ("if (!(std::cin >> n)) std::exit(1);", True),
        ('if (scanf("%d", &n) != 1) n = 7;', False),
        ('if (scanf("%d", &n) != 1) return f(n);', False),
        ('if (scanf("%d", &n) != 1) return 0; else n++;', False),
        ("if (n > 3) return 0;", False),
    ],
)
def test_what_a_program_does_without_its_input(line: str, closed: bool) -> None:
    """Only giving up where reading fails needs no input that shows it."""
    assert bool(read_checks(f"int main() {{\n    {line}\n}}\n")) is closed


def test_a_counterexample_as_commands(tmp_path: Path) -> None:
    """The commands write the input byte for byte, quotes and newlines too."""
    target = program(tmp_path)
    text = program_snippet(target, FAST, encode([("it's 1\n\t%",), {}]))
    assert r"printf '%b' 'it\0047s 1\n\0011%' > input.txt" in text
    assert "-O2 sum.cpp -o original" in text
    assert program_snippet(target, FAST, encode([(1,), {}])) == ""


def test_expected_outputs_are_read_as_contests_do() -> None:
    """Blanks at ends of lines and of the output say nothing; a missing line does."""
    assert trimmed("1 2 \n3\n\n") == trimmed("1 2\n3")
    assert trimmed("1\n2\n") != trimmed("1\n\n2\n")

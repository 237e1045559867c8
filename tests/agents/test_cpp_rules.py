"""Every C++ and C rule against its own example, its counterexample, and both texts compiled."""

import re
import subprocess
from pathlib import Path

import pytest

from perfbot.agents.rules.cpp.engine import catalogue
from perfbot.agents.rules.cpp.rule import CppRule
from tests.agents.cpp_texts import by_rule

RULES = catalogue()


def language_of(rule: CppRule) -> str:
    """The language of a rule's example."""
    return "c" if "c" in rule.languages else "cpp"


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_example_fires(rule: CppRule) -> None:
    """A rule proposes exactly the text that its example promises."""
    before, after = rule.example
    assert after in by_rule(before, rule.name, language=language_of(rule))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_counterexample_is_left_alone(rule: CppRule) -> None:
    """A rule proposes nothing for the function that only looks alike."""
    assert by_rule(rule.counterexample, rule.name, language=language_of(rule)) == []


def split(source: str) -> tuple[list[str], str]:
    """The `#include` lines of a text, and the rest."""
    includes = re.findall(r"^#include.*$", source, re.MULTILINE)
    return includes, re.sub(r"^#include.*$", "", source, flags=re.MULTILINE)


COMPARE = r"""
#include <cstdio>
#include <exception>
#include <string>
#include <tuple>
#include <type_traits>
#include <typeinfo>
#include <utility>

static int failures = 0;

template <class Function, class... Arguments>
auto outcome(Function function, Arguments... arguments) {
    using Result = decltype(function(arguments...));
    if constexpr (std::is_void_v<Result>) {
        function(arguments...);
        return std::make_tuple(0, arguments...);
    } else {
        auto result = function(arguments...);
        return std::make_tuple(result, arguments...);
    }
}

template <class One, class Other>
void check(const char* what, const One& one, const Other& other) {
    static_assert(std::is_same_v<One, Other>);
    if (one == other) return;
    std::printf("%s\n", what);
    ++failures;
}
"""


def test_cpp_examples_behave_the_same(tmp_path: Path) -> None:
    """Both texts of each C++ example compile, give equal values, and leave equal arguments."""
    includes: dict[str, None] = {}
    parts, checks = [], []
    for number, rule in enumerate(rule for rule in RULES if language_of(rule) == "cpp"):
        assert rule.calls
        for side, text in zip(("before", "after"), rule.example, strict=True):
            own, rest = split(text)
            includes |= dict.fromkeys(own)
            parts.append(f"namespace {side}_{number} {{ {rest} }}\n")
        for call in rule.calls:
            sides = [f"outcome({side}_{number}::f, {call})" for side in ("before", "after")]
            checks.append(f'check("{rule.name}", {sides[0]}, {sides[1]});')
    body = "\n".join(checks)
    program = f"{COMPARE}{''.join(parts)}int main() {{ {body} return failures != 0; }}\n"
    file = tmp_path / "examples.cpp"
    file.write_text("\n".join(includes) + "\n" + program)
    built = tmp_path / "examples"
    flags = ["-std=c++17", "-O0", "-Wall", "-Wextra", "-Wno-sign-compare", "-D_GLIBCXX_ASSERTIONS"]
    done = subprocess.run(["g++", *flags, "-o", built, file], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[:4000]
    run = subprocess.run([built], capture_output=True, text=True, timeout=60)
    assert (run.returncode, run.stdout) == (0, "")


def test_c_examples_behave_the_same(tmp_path: Path) -> None:
    """What the calls of a C example say is true of both texts, which compile as C."""
    includes: dict[str, None] = {}
    parts, checks = [], []
    for number, rule in enumerate(rule for rule in RULES if language_of(rule) == "c"):
        for side, text in zip(("before", "after"), rule.example, strict=True):
            own, rest = split(text)
            includes |= dict.fromkeys(own)
            name = f"{side}_{number}"
            parts.append(f"#define f {name}\n{rest}\n#undef f\n")
        assert rule.calls
        for call in rule.calls:
            for side in ("before", "after"):
                expected = re.sub(r"\bf\(", f"{side}_{number}(", call)
                checks.append(f'if (!({expected})) {{ puts("{rule.name} {side}"); failed = 1; }}')
    body = "\n".join(checks)
    program = f"{''.join(parts)}int main(void) {{ int failed = 0; {body} return failed; }}\n"
    file = tmp_path / "examples.c"
    file.write_text("#include <stdio.h>\n" + "\n".join(includes) + "\n" + program)
    built = tmp_path / "examples"
    flags = ["-std=gnu11", "-Wall", "-Wextra", "-Wno-sign-compare", "-fsanitize=address,undefined"]
    done = subprocess.run(["gcc", *flags, "-o", built, file, "-lm"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[:4000]
    run = subprocess.run([built], capture_output=True, text=True, timeout=60)
    assert (run.returncode, run.stdout) == (0, ""), run.stderr[:2000]

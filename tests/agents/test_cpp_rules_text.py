"""Where C++ rules put their text: positions, headers, names, and what they leave alone."""

import re
import subprocess
from pathlib import Path

import pytest

from perfbot.agents.rules.cpp.engine import propose
from perfbot.agents.rules.engine import describe
from perfbot.agents.rules.engine import propose as propose_any
from perfbot.sandbox.errors import UsageError
from perfbot.sandbox.languages.cpp import SUFFIXES, functions
from tests.agents.cpp_texts import by_rule, target_in

HACKS = Path(__file__).parents[1] / "hacks" / "cpp"
REFERENCE = "cpp-range-for-by-reference"
SET = "cpp-find-in-result-to-set"

UNIQUE = """\
#include <algorithm>
#include <vector>

// été 😀
std::vector<int> f(const std::vector<int>& values) {
    std::vector<int> kept;  // café
    for (int value : values)
        if (std::find(kept.begin(), kept.end(), value) == kept.end()) kept.push_back(value);
    return kept;
}
"""


def test_offsets_are_bytes() -> None:
    """Text before and in the match may hold characters of several bytes."""
    (text,) = by_rule(UNIQUE, SET)
    assert "    std::vector<int> kept;\n    std::unordered_set<int> kept_seen;  // café\n" in text
    assert "if (kept_seen.insert(value).second) kept.push_back(value);" in text


def test_carriage_returns_are_kept() -> None:
    """A file with CRLF line ends gets CRLF in its new lines too."""
    (text,) = by_rule(UNIQUE.replace("\n", "\r\n"), SET)
    assert text.count("\r\n") == text.count("\n") == UNIQUE.count("\n") + 2


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        ("#include <vector>\n", "#include <vector>\n#include <unordered_set>\n"),
        ("#include <bits/stdc++.h>\n", "#include <bits/stdc++.h>\nstd::vector"),
        ("#include <unordered_set>\n#include <vector>\n", "#include <vector>\nstd::vector"),
        (
            "#ifndef A_H\n#define A_H\n#include <vector>\n",
            "#define A_H\n#include <vector>\n#include <unordered_set>\n",
        ),
        (
            "#include <vector>\n#ifdef X\n#include <list>\n#endif\n",
            "#include <vector>\n#include <unordered_set>\n#ifdef X\n",
        ),
        ("", "#include <unordered_set>\n\nstd::vector"),
    ],
)
def test_headers_go_below_the_files_own(head: str, expected: str) -> None:
    """A new `#include` follows the last one that always counts; what is there is not repeated."""
    end = "#endif\n" if head.startswith("#ifndef") else ""
    source = head + UNIQUE.partition("😀\n")[2] + end
    (text,) = by_rule(source, SET)
    assert expected in text and text.count("<unordered_set>") == expected.count(
        "<unordered_set>"
    ) + ("<unordered_set>" in head and "<unordered_set>" not in expected)


def test_taken_names_are_avoided() -> None:
    """A new local never takes a name that the file already uses."""
    (text,) = by_rule(UNIQUE.replace("café", "kept_seen"), SET)
    assert "kept_seen_2.insert(value).second" in text


MEMBERS = """\
#include <string>
#include <vector>

namespace shop {
struct Cart {
    std::vector<std::string> names;
    int total(int x) const {
        int sum = x;
        for (auto name : names) sum += name.size();
        return sum;
    }
    int total() const;
};
int Cart::total() const {
    int sum = 0;
    for (auto name : names) sum += name.size();
    return sum;
}
}  // namespace shop
"""


@pytest.mark.parametrize(
    ("qualname", "line"),
    [("shop::Cart::total(int) const", 8), ("shop::Cart::total() const", 15)],
)
def test_only_the_named_function_changes(qualname: str, line: int) -> None:
    """Members in their class and outside, and overloads, are told apart."""
    (text,) = by_rule(MEMBERS, REFERENCE, qualname)
    changed = [
        number
        for number, (one, other) in enumerate(
            zip(MEMBERS.splitlines(), text.splitlines(), strict=True)
        )
        if one != other
    ]
    assert changed == [line]
    assert "for (const auto& name : names)" in text.splitlines()[line]


def test_one_at_a_time_and_all_at_once() -> None:
    """Two matches of a rule give three texts, with the edit's parent and the rule's name."""
    source = MEMBERS.replace(
        "return sum;\n}\n}", "for (auto name : names) ++sum;\nreturn sum;\n}\n}"
    )
    found = propose(target_in(source, "shop::Cart::total() const"), source, parent="p")
    mine = [proposal for proposal in found if proposal.strategy == REFERENCE]
    assert sorted(p.edit.file_source.count("const auto&") for p in mine) == [1, 1, 2]
    assert {(p.edit.parent, p.edit.origin) for p in mine} == {("p", "rules")}
    kept = propose(target_in(source, "shop::Cart::total() const"), source, skipped=(REFERENCE,))
    assert [p.strategy for p in kept] == [p.strategy for p in found if p.strategy != REFERENCE]


def test_rewrites_compose() -> None:
    """A proposal's text can be proposed on again, and the target is found in it."""
    (child,) = by_rule(UNIQUE, SET)
    grandchildren = propose(target_in(UNIQUE), child)
    assert "cpp-reserve" in {proposal.strategy for proposal in grandchildren}
    assert all("kept_seen" in proposal.edit.file_source for proposal in grandchildren)


def test_a_file_of_c_gets_c() -> None:
    """No rule for C++ alone is tried on C."""
    body = "int m = 0; for (int i = 0; i < n; i++) if (v[i]) m++; return m;"
    source = f"int f(const int *v, int n) {{ {body} }}"
    assert (
        {"c-count-without-branch"}
        <= {p.strategy for p in propose(target_in(source, language="c"), source)}
        <= {name for language, name, *_ in describe() if language.startswith("c,")}
    )


def test_the_engine_chooses_by_language() -> None:
    """The one entry point gives C++ rules for a target in C++."""
    names = {proposal.strategy for proposal in propose_any(target_in(UNIQUE), UNIQUE)}
    assert SET in names


def test_wrong_input_is_said() -> None:
    """A text without the target is the caller's error."""
    with pytest.raises(UsageError, match="no function f"):
        propose(target_in(UNIQUE), "int g() { return 1; }\n")


LEFT_ALONE = [
    # Whoever calls may hold other references to what is walked.
    (REFERENCE, "for (std::string word : words) word.clear();"),
    (REFERENCE, "for (std::string word : words) { word[0] = 'x'; n += word.size(); }"),
    (REFERENCE, "for (std::string word : words) words.push_back(word);"),
    # The order of a set is seen.
    ("cpp-map-to-unordered", "std::set<int> s; s.insert(n); for (int x : s) n = n * 3 + x;"),
    ("cpp-map-to-unordered", "std::set<int> s; s.insert(n); n = *s.begin();"),
    ("cpp-map-to-unordered", "std::set<int> s; s.insert(n); n = *s.lower_bound(4);"),
    # Elements are taken away, or the vector is not empty to begin with.
    (SET, "std::vector<int> v{1}; for (int i = 0; i < n; ++i)"
          " if (std::find(v.begin(), v.end(), i) == v.end()) v.push_back(i);"),
    (SET, "std::vector<int> v; for (int i = 0; i < n; ++i) { v.clear();"
          " if (std::find(v.begin(), v.end(), i) == v.end()) v.push_back(i); }"),
    # The size changes, or the row is another in the next step.
    ("cpp-hoist-size", "while (n < (int)words.size()) words.pop_back();"),
    ("cpp-hoist-call", "for (int i = 0; i < n; ++i) n -= std::sqrt(n);"),
    ("c-hoist-call", "for (int i = 0; i < n; ++i) n -= std::sqrt(n);"),
    ("c-hoist-call", "for (int i = 0; i < n; ++i) n += std::pow(i, 1.5);"),
    # What is copied is changed while the copy lives.
    ("cpp-copy-to-reference", "std::string s = words[0]; words[0] = words[1]; n = s.size();"),
    ("cpp-substr-to-view", "std::string s = words[0].substr(1); words[0].clear(); n = s.size();"),
    ("c-break-when-found", "bool b = false; for (int i = 0; i < n; ++i) if (n-- > 3) b = true;"),
    ("cpp-reserve", "std::vector<int> v; for (int i = 0; i < n; ++i) { v.push_back(i); n /= 2; }"),
    ("cpp-string-append", "n = n + 1;"),
    ("c-loop-interchange", "for (int j = 0; j < n; ++j) for (int i = 0; i < j; ++i)"
                           " n += words[i][j];"),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "body"), LEFT_ALONE)
def test_left_alone(rule: str, body: str) -> None:
    """Where the text shows that a rewrite would change what happens, none is proposed."""
    assert by_rule(written(body), rule) == []


FIRES = [
    ("cpp-hoist-size", "if (n) for (std::size_t i = 0; i < words.size(); ++i) n += i;"),
    ("cpp-string-append", "std::string s; while (n--) s = s + words[0] + 'x'; n = s.size();"),
    ("cpp-copy-to-reference", "for (int i = 0; i < n; ++i) { auto w = words[i]; n -= w.size(); }"),
    ("cpp-hoist-temporary", "for (int i = 0; i < n; ++i) { std::vector<int> v(n); n -= v[0]; }"),
    ("cpp-map-to-unordered", "std::map<std::string, int> m; for (auto& w : words) n = ++m[w];"),
    ("cpp-find-once", "std::map<int, int> m; if (n) m[n] = 1; else if (m.count(n)) return m[n];"),
    ("c-hoist-call", "for (int i = 0; i < n; ++i) if (words[i].size() > std::sqrt(2.0 * n)) n--;"
     .replace("2.0 * n", "2.0")),
    ("cpp-list-to-vector", "std::list<int> l; for (int i = 0; i < n; ++i) l.push_back(i);"
                           " for (int x : l) n -= x;"),
    ("cpp-vector-bool-to-bytes", "std::vector<bool> b(n); b[0] = true; if (b[1]) n = 0;"),
    ("cpp-flatten-rows", "std::vector<std::vector<int>> t(n, std::vector<int>(n)); n = t[0][1];"),
    ("c-popcount", "unsigned x = n; n = 0; while (x > 0) { if (x & 1) n++; x >>= 1; }"),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "body"), FIRES)
def test_other_forms_fire(rule: str, body: str) -> None:
    """Other ways to write the same are found as well."""
    assert by_rule(written(body), rule)


def test_other_forms_compile(tmp_path: Path) -> None:
    """The compiler takes what is proposed for them."""
    texts = [text for rule, body in FIRES for text in by_rule(written(body), rule)]
    check_compiles(texts, "cpp", tmp_path)


def written(body: str) -> str:
    """A function with these statements."""
    head = "#include <bits/stdc++.h>\nint f(std::vector<std::string>& words, int n) {\n"
    return f"{head}    {body}\n    return n;\n}}\n"


def check_compiles(texts: list[str], language: str, folder: Path) -> None:
    """Assert that the compiler takes every text; `#include` lines are shared, to be quick."""
    includes: dict[str, None] = {}
    parts = []
    for number, text in enumerate(texts):
        includes |= dict.fromkeys(re.findall(r"^#include.*$", text, re.MULTILINE))
        rest = re.sub(r"^#include.*$", "", text, flags=re.MULTILINE)
        name = re.search(r"// target: (?:\w+::)*(\w+)", text)
        if language == "cpp":
            parts.append(f"namespace n{number} {{\n{rest}\n}}\n")
        elif name is not None:
            parts.append(f"#define {name[1]} n{number}\n{rest}\n#undef {name[1]}\n")
    file = folder / ("all.cpp" if language == "cpp" else "all.c")
    file.write_text("\n".join(includes) + "\n" + "".join(parts))
    compiler = ["g++", "-std=c++17"] if language == "cpp" else ["gcc", "-std=c11"]
    done = subprocess.run([*compiler, "-fsyntax-only", file], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[:3000]


def test_every_hack_target_gets_proposals_that_compile(tmp_path: Path) -> None:
    """For each target of the hacks something is proposed, and the compiler takes all of it."""
    texts: dict[str, list[str]] = {"c": [], "cpp": []}
    for original in sorted(HACKS.glob("*/original.*")):
        source = original.read_text()
        language = SUFFIXES[original.suffix]
        wanted = source.partition("target: ")[2].partition("\n")[0].strip()
        names = [item.qualname for item in functions(source)]
        (qualname,) = [name for name in names if name.partition("(")[0] == wanted]
        found = propose(target_in(source, qualname, language), source)
        assert found, original
        texts[language] += [proposal.edit.file_source for proposal in found]
    for language, listed in texts.items():
        check_compiles(listed, language, tmp_path)

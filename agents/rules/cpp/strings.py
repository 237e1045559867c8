"""Strings that are not copied to be changed or compared."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from perfbot.agents.rules.cpp.function import CppFunction, in_block, within
from perfbot.agents.rules.cpp.pattern import expression, following_statement, plain, statements
from perfbot.agents.rules.cpp.rule import rule
from perfbot.agents.rules.rule import Rewrite

if TYPE_CHECKING:
    from tree_sitter import Node

    from perfbot.agents.rules.source import Replacement


@rule(
    "cpp-string-append",
    "s = s + x -> s += x",
    before="""
        #include <string>
        #include <vector>

        std::string f(const std::vector<std::string>& lines) {
            std::string all;
            for (const std::string& line : lines) all = all + line + "\\n";
            return all;
        }
        """,
    after="""
        #include <string>
        #include <vector>

        std::string f(const std::vector<std::string>& lines) {
            std::string all;
            for (const std::string& line : lines) {
                all += line;
                all += "\\n";
            }
            return all;
        }
        """,
    leaves="""
        #include <string>
        #include <vector>

        std::string f(const std::vector<std::string>& lines) {
            std::string all;
            for (const std::string& line : lines) all = line + all;
            return all;
        }
        """,
    calls=('std::vector<std::string>{"a", "", "bc"}', "std::vector<std::string>{}"),
)
def string_append(function: CppFunction) -> Iterator[Rewrite]:
    for statement in function.nodes("expression_statement"):
        bound = statements("$s = $sum;").match(statement)
        if bound is None or function.type_of(bound["$s"][0]) != "string":
            continue
        parts = _summands(bound["$sum"][0])
        name = function.text(bound["$s"][0])
        if len(parts) < 2 or function.text(parts[0]) != name:
            continue
        if any(name in function.names_in(part) for part in parts[1:]) and len(parts) > 2:
            continue
        lines = [f"{name} += {function.text(part)};" for part in parts[1:]]
        reason = f"`{name}` is not copied for every piece."
        yield Rewrite(tuple(_placed(function, statement, lines)), reason)


def _placed(function: CppFunction, statement: "Node", lines: list[str]) -> Iterator["Replacement"]:
    """Several statements in place of one."""
    if len(lines) > 1 and not in_block(statement):
        yield from function.insert_before(statement, "\n".join(lines[:-1]))
        lines = lines[-1:]
    yield function.replace(statement, "\n".join(lines))


def _summands(node: "Node") -> list["Node"]:
    """The operands of `a + b + c`, from the left; parentheses on the right stay."""
    node = plain(node) if node.type == "parenthesized_expression" else node
    if node.type == "binary_expression":
        operator = node.child_by_field_name("operator")
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        if operator is not None and operator.type == "+" and left is not None and right is not None:
            return [*_summands(left), right]
    return [node]


_PIECES = (
    "$s = $s.substr(0, $at) + $to + $s.substr($at + $n);",
    "$s = $s.substr(0, $at) + $to + $s.substr($at + $n, std::string::npos);",
)


@rule(
    "cpp-substr-sum-to-replace",
    "string put together from its own parts -> replace",
    before="""
        #include <string>

        std::string f(std::string text, const std::string& to, std::size_t at) {
            text = text.substr(0, at) + to + text.substr(at + 2);
            return text;
        }
        """,
    after="""
        #include <string>

        std::string f(std::string text, const std::string& to, std::size_t at) {
            text.replace(at, 2, to);
            return text;
        }
        """,
    leaves="""
        #include <string>

        std::string f(std::string text, const std::string& to, std::size_t at) {
            to.size();
            text = text.substr(1, at) + to + text.substr(at + 2);
            return text;
        }
        """,
    calls=('std::string("abcdef"), std::string("xyz"), 1',),
)
def substr_sum_to_replace(function: CppFunction) -> Iterator[Rewrite]:
    for statement in function.nodes("expression_statement"):
        for text in _PIECES:
            bound = statements(text).match(statement)
            if bound is not None:
                new = function.fill("$s.replace($at, $n, $to);", bound)
                reason = "Only what stands behind is moved; no parts are copied and joined."
                yield Rewrite((function.replace(statement, new),), reason)


_FOUND = (
    "while (($at = $s.find($from, $at)) != std::string::npos)",
    "while (($at = $s.find($from, $at)) != $S::npos)",
)
_CHANGED = (
    "$s.replace($at, $from.size(), $to);",
    "$s.replace($at, $from.length(), $to);",
    "$s = $s.substr(0, $at) + $to + $s.substr($at + $from.size());",
    "$s = $s.substr(0, $at) + $to + $s.substr($at + $from.length());",
)
_NEXT = ("$at += $to.size();", "$at += $to.length();", "$at = $at + $to.size();")


@rule(
    "cpp-replace-loop-to-append",
    "replacements inside a string -> pieces appended to a new one",
    before="""
        #include <string>

        std::string f(std::string text, const std::string& from, const std::string& to) {
            if (from.empty()) return text;
            std::size_t at = 0;
            while ((at = text.find(from, at)) != std::string::npos) {
                text.replace(at, from.length(), to);
                at += to.length();
            }
            return text;
        }
        """,
    after="""
        #include <string>

        std::string f(std::string text, const std::string& from, const std::string& to) {
            if (from.empty()) return text;
            std::string replaced;
            replaced.reserve(text.size());
            std::size_t begin = 0;
            for (std::size_t at; (at = text.find(from, begin)) != std::string::npos;) {
                replaced.append(text, begin, at - begin).append(to);
                begin = at + from.size();
            }
            replaced.append(text, begin, std::string::npos);
            text.swap(replaced);
            return text;
        }
        """,
    leaves="""
        #include <string>

        std::string f(std::string text, const std::string& from, const std::string& to) {
            std::size_t at = 0;
            while ((at = text.find(from, at)) != std::string::npos) {
                text.replace(at, from.length(), to);
            }
            return text;
        }
        """,
    calls=(
        'std::string("abcabcab"), std::string("ab"), std::string("xyz")',
        'std::string("aaa"), std::string("aa"), std::string("")',
        'std::string(""), std::string("a"), std::string("b")',
    ),
)
def replace_loop_to_append(function: CppFunction) -> Iterator[Rewrite]:
    for loop in function.nodes("while_statement"):
        for head in _FOUND:
            for change in _CHANGED:
                for step in _NEXT:
                    bound = statements(f"{head} {{ {change} {step} }}").match(loop)
                    if bound is None or bound["$at"][0].type != "identifier":
                        continue
                    at = function.text(bound["$at"][0])
                    declared = function.local(at)
                    start = statements(f"$T {at} = 0;").match(declared) if declared else None
                    others = [
                        use
                        for use in function.uses(at)
                        if not within(use, loop) and not (declared and within(use, declared))
                    ]
                    if declared is None or start is None or others:
                        continue
                    if following_statement(declared) != loop:
                        continue
                    names = {
                        "out": function.fresh("replaced"),
                        "from_at": function.fresh("begin"),
                        "at": at,
                    }
                    new = function.fill(_APPENDED, bound, **names)
                    reason = "Each replacement moves all that follows; appending moves it once."
                    yield Rewrite((function.replace_run(declared, loop, new),), reason)


_APPENDED = """\
std::string $out;
$out.reserve($s.size());
std::size_t $from_at = 0;
for (std::size_t $at; ($at = $s.find($from, $from_at)) != std::string::npos;) {
@$out.append($s, $from_at, $at - $from_at).append($to);
@$from_at = $at + $from.size();
}
$out.append($s, $from_at, std::string::npos);
$s.swap($out);"""


@rule(
    "cpp-drop-prefix-in-place",
    "s = s.substr(n) -> s.erase(0, n)",
    before="""
        #include <string>

        std::string f(std::string text) {
            while (text.size() > 2) text = text.substr(1);
            return text;
        }
        """,
    after="""
        #include <string>

        std::string f(std::string text) {
            while (text.size() > 2) text.erase(0, 1);
            return text;
        }
        """,
    leaves="""
        #include <string>

        std::string f(std::string text) {
            while (text.size() > 2) text = text.substr(1, 4);
            return text;
        }
        """,
    calls=('std::string("abcdef")', 'std::string("")'),
)
def drop_prefix_in_place(function: CppFunction) -> Iterator[Rewrite]:
    for node in function.nodes("assignment_expression"):
        bound = expression("$s = $s.substr($n)").match(node)
        if bound is not None and function.type_of(bound["$s"][0]) == "string":
            new = function.fill("$s.erase(0, $n)", bound)
            yield Rewrite((function.replace(node, new),), "No new string is made.")


@rule(
    "cpp-substr-to-compare",
    "substr made to be compared -> compare",
    before="""
        #include <string>

        int f(const std::string& text, const std::string& word) {
            int found = 0;
            for (std::size_t i = 0; i + word.size() <= text.size(); ++i)
                if (text.substr(i, word.size()) == word) ++found;
            return found;
        }
        """,
    after="""
        #include <string>

        int f(const std::string& text, const std::string& word) {
            int found = 0;
            for (std::size_t i = 0; i + word.size() <= text.size(); ++i)
                if (text.compare(i, word.size(), word) == 0) ++found;
            return found;
        }
        """,
    leaves="""
        #include <string>

        bool f(const std::string& text, const std::string& word) {
            return text.substr(1) < word;
        }
        """,
    calls=('std::string("abcabc"), std::string("abc")', 'std::string("a"), std::string("bc")'),
)
def substr_to_compare(function: CppFunction) -> Iterator[Rewrite]:
    for node in function.nodes("binary_expression"):
        for sign in ("==", "!="):
            bound = expression(f"$s.substr($at, $n) {sign} $t").match(node)
            if bound is None or function.type_of(bound["$t"][0]) == "char":
                continue
            new = function.fill(f"$s.compare($at, $n, $t) {sign} 0", bound)
            yield Rewrite((function.replace(node, new),), "No string is made to be compared.")


@rule(
    "cpp-find-at-start",
    "find(x) == 0 -> rfind(x, 0) == 0",
    before="""
        #include <string>

        bool f(const std::string& text, const std::string& word) {
            return text.find(word) == 0;
        }
        """,
    after="""
        #include <string>

        bool f(const std::string& text, const std::string& word) {
            return text.rfind(word, 0) == 0;
        }
        """,
    leaves="""
        #include <string>

        bool f(const std::string& text, const std::string& word) {
            return text.find(word) == 1;
        }
        """,
    calls=('std::string("abc"), std::string("ab")', 'std::string("cab"), std::string("ab")'),
)
def find_at_start(function: CppFunction) -> Iterator[Rewrite]:
    for node in function.nodes("binary_expression"):
        for sign in ("==", "!="):
            bound = expression(f"$s.find($x) {sign} 0").match(node)
            if bound is not None and function.type_of(bound["$s"][0]) in ("string", "string_view"):
                new = function.fill(f"$s.rfind($x, 0) {sign} 0", bound)
                reason = "The string is looked at where it begins, and no further."
                yield Rewrite((function.replace(node, new),), reason)

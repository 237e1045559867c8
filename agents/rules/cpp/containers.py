"""Containers exchanged for ones that fit better what is done with them."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from perfbot.agents.rules.cpp import types
from perfbot.agents.rules.cpp.construction import constructed
from perfbot.agents.rules.cpp.effects import called_name
from perfbot.agents.rules.cpp.function import CppFunction
from perfbot.agents.rules.cpp.pattern import statements
from perfbot.agents.rules.cpp.rule import rule
from perfbot.agents.rules.cpp.uses import (
    SEQUENCE_METHODS,
    is_indexed,
    is_looped_over,
    made_empty,
    method_of_use,
    other_uses,
)
from perfbot.agents.rules.rule import Rewrite

if TYPE_CHECKING:
    from tree_sitter import Node

_KEYED = frozenset(
    {
        *("count", "find", "at", "size", "empty", "insert", "emplace", "erase", "clear", "end"),
        *("contains", "reserve", "try_emplace", "insert_or_assign", "swap", "cend"),
    }
)


def _is_summed(function: CppFunction, use: "Node") -> bool:
    """Whether a loop over a container only adds up whole numbers, in whichever order."""
    loop = use.parent
    if loop is None or not is_looped_over(use):
        return False
    for text in ("for ($T $x : $m) $sum += $e;", "for ($T& $x : $m) $sum += $e;",
                 "for ($T $x : $m) if ($c) ++$sum;", "for ($T& $x : $m) if ($c) ++$sum;",
                 "for ($T $x : $m) if ($c) $sum += $e;", "for ($T& $x : $m) if ($c) $sum += $e;",
                 "for ($T& $x : $m) $sum = std::max($sum, $e);",
                 "for ($T& $x : $m) $sum = std::min($sum, $e);"):  # fmt: skip
        bound = statements(text).match(loop)
        if bound is not None and types.is_integer(function.type_of(bound["$sum"][0])):
            return True
    return False


def _ordered(function: CppFunction) -> Iterator[tuple[str, "Node", "Node", str]]:
    """Local maps and sets: name, declaration, the node and the text of their type."""
    for name in function.declarations:
        declaration = function.local(name)
        kind = function.type_of_name(name) or ""
        node = declaration.child_by_field_name("type") if declaration is not None else None
        arguments = types.arguments_of(kind)
        if declaration is None or node is None or kind.partition("<")[0] not in ("map", "set"):
            continue
        if not made_empty(function, name):
            continue
        if len(arguments) == (2 if kind.startswith("map") else 1):
            others = function.text(function.body).count(function.text(node))
            if types.is_hashable(arguments[0]) and (others == 1 or kind.startswith("set")):
                yield name, declaration, node, kind


def _unordered(node_text: str) -> str:
    return re.sub(r"\b(map|set)\b", r"unordered_\1", node_text, count=1)


@rule(
    "cpp-map-to-unordered",
    "ordered map or set whose order is not seen -> unordered",
    before="""
        #include <map>
        #include <string>
        #include <vector>

        int f(const std::vector<std::string>& words) {
            std::map<std::string, int> counts;
            int most = 0;
            for (const std::string& word : words) {
                int count = ++counts[word];
                if (count > most) most = count;
            }
            return most;
        }
        """,
    after="""
        #include <map>
        #include <string>
        #include <vector>
        #include <unordered_map>

        int f(const std::vector<std::string>& words) {
            std::unordered_map<std::string, int> counts;
            int most = 0;
            for (const std::string& word : words) {
                int count = ++counts[word];
                if (count > most) most = count;
            }
            return most;
        }
        """,
    leaves="""
        #include <map>
        #include <string>
        #include <vector>

        std::string f(const std::vector<std::string>& words) {
            std::map<std::string, int> counts;
            for (const std::string& word : words) ++counts[word];
            return counts.begin()->first;
        }
        """,
    calls=('std::vector<std::string>{"a", "b", "a"}', "std::vector<std::string>{}"),
)
def map_to_unordered(function: CppFunction) -> Iterator[Rewrite]:
    for name, _, node, kind in _ordered(function):
        uses = other_uses(function, name)
        fits = [
            is_indexed(use) or method_of_use(use) in _KEYED or _is_summed(function, use)
            for use in uses
        ]
        if uses and all(fits):
            new = _unordered(function.text(node))
            header = "unordered_" + kind.partition("<")[0]
            reason = "A hash table answers in about one step; nothing here sees an order."
            yield Rewrite((function.replace(node, new),), reason, function.include(header))


@rule(
    "cpp-map-built-unordered",
    "map built by lookups and returned -> built unordered, ordered once",
    before="""
        #include <map>
        #include <string>
        #include <vector>

        std::map<std::string, int> f(const std::vector<std::string>& words) {
            std::map<std::string, int> counts;
            for (const std::string& word : words) ++counts[word];
            return counts;
        }
        """,
    after="""
        #include <map>
        #include <string>
        #include <vector>
        #include <unordered_map>

        std::map<std::string, int> f(const std::vector<std::string>& words) {
            std::unordered_map<std::string, int> counts;
            for (const std::string& word : words) ++counts[word];
            return std::map<std::string, int>(counts.begin(), counts.end());
        }
        """,
    leaves="""
        #include <map>
        #include <string>

        std::map<std::string, int> f(const std::string& word) {
            std::map<std::string, int> counts;
            ++counts[word];
            return counts;
        }
        """,
    calls=('std::vector<std::string>{"a", "b", "a"}', "std::vector<std::string>{}"),
)
def map_built_unordered(function: CppFunction) -> Iterator[Rewrite]:
    for name, declaration, node, kind in _ordered(function):
        written = function.text(node)
        pieces = [function.replace(node, _unordered(written))]
        looped = False
        if not statements(f"$T {name};").fits(declaration):
            continue
        for use in other_uses(function, name):
            above = use.parent
            looped = looped or bool(function.loops_around(use))
            if above is not None and statements(f"return {name};").fits(above):
                made = f"return {written}({name}.begin(), {name}.end());"
                pieces.append(function.replace(above, made))
            elif not (is_indexed(use) or method_of_use(use) in _KEYED):
                break
        else:
            if len(pieces) > 1 and looped:
                header = "unordered_" + kind.partition("<")[0]
                reason = "A hash table answers in about one step; the order is made once."
                yield Rewrite(tuple(pieces), reason, function.include(header))


@rule(
    "cpp-list-to-vector",
    "list that only grows -> vector",
    before="""
        #include <list>
        #include <vector>

        int f(int n) {
            std::list<int> values;
            for (int i = 0; i < n; ++i) values.push_back(i);
            int total = 0;
            for (const int value : values) total += value;
            return total;
        }
        """,
    after="""
        #include <list>
        #include <vector>

        int f(int n) {
            std::vector<int> values;
            for (int i = 0; i < n; ++i) values.push_back(i);
            int total = 0;
            for (const int value : values) total += value;
            return total;
        }
        """,
    leaves="""
        #include <list>

        int f(int n) {
            std::list<int> values;
            for (int i = 0; i < n; ++i) values.push_front(i);
            return values.front();
        }
        """,
    calls=("4", "0"),
)
def list_to_vector(function: CppFunction) -> Iterator[Rewrite]:
    for name in function.declarations:
        declaration = function.local(name)
        node = declaration.child_by_field_name("type") if declaration is not None else None
        kind = function.type_of_name(name) or ""
        if node is None or not kind.startswith(("list<", "deque<")):
            continue
        if not made_empty(function, name):
            continue
        if function.text(function.node).count(function.text(node)) > 1:
            continue  # iterators or copies of the same type
        uses = other_uses(function, name)
        fits = [
            method_of_use(use) in SEQUENCE_METHODS
            or (kind.startswith("deque<") and is_indexed(use))
            or (use.parent is not None and use.parent.type == "for_range_loop")
            for use in uses
        ]
        if uses and all(fits):
            new = re.sub(r"\b(?:list|deque)\b", "vector", function.text(node), count=1)
            reason = "A vector has its elements side by side, and allocates seldom."
            yield Rewrite((function.replace(node, new),), reason, function.include("vector"))


@rule(
    "cpp-vector-bool-to-bytes",
    "vector of bits -> vector of bytes",
    before="""
        #include <vector>

        int f(int n) {
            std::vector<bool> composite(n + 1, false);
            int primes = 0;
            for (int i = 2; i <= n; ++i) {
                if (composite[i]) continue;
                ++primes;
                for (int j = 2 * i; j <= n; j += i) composite[j] = true;
            }
            return primes;
        }
        """,
    after="""
        #include <vector>

        int f(int n) {
            std::vector<char> composite(n + 1, false);
            int primes = 0;
            for (int i = 2; i <= n; ++i) {
                if (composite[i]) continue;
                ++primes;
                for (int j = 2 * i; j <= n; j += i) composite[j] = true;
            }
            return primes;
        }
        """,
    leaves="""
        #include <vector>

        std::vector<bool> f(int n) {
            std::vector<bool> composite(n + 1, false);
            for (int i = 0; i <= n; ++i) composite[i] = i % 2;
            return composite;
        }
        """,
    calls=("30", "1"),
)
def vector_bool_to_bytes(function: CppFunction) -> Iterator[Rewrite]:
    for name in function.declarations:
        declaration = function.local(name)
        node = declaration.child_by_field_name("type") if declaration is not None else None
        if node is None or declaration is None or constructed(declaration) is None:
            continue
        if function.type_of_name(name) != "vector<bool>":
            continue
        uses = other_uses(function, name)
        methods = ("size", "empty", "push_back", "back", "resize", "assign", "clear", "pop_back")
        if uses and all(_is_bit(use) or method_of_use(use) in methods for use in uses):
            new = re.sub(r"\bbool\b", "char", function.text(node))
            reason = "A byte is read and written without shifts and masks."
            yield Rewrite((function.replace(node, new),), reason)


def _is_bit(use: "Node") -> bool:
    """Whether a use reads or writes one element as a truth value."""
    above = use.parent.parent if use.parent is not None else None
    if not is_indexed(use) or above is None:
        return False
    return above.type not in ("field_expression", "pointer_expression", "argument_list") or (
        above.type == "argument_list" and above.parent is not None and
        called_name(above.parent) not in ("", "swap")
    )  # fmt: skip

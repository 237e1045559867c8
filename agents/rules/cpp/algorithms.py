"""Library algorithms over containers that answer by themselves, or that could be asked once."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from perfbot.agents.rules.cpp import types
from perfbot.agents.rules.cpp.function import CppFunction
from perfbot.agents.rules.cpp.pattern import expression
from perfbot.agents.rules.cpp.rule import rule
from perfbot.agents.rules.rule import Rewrite

if TYPE_CHECKING:
    pass


@rule(
    "cpp-find-on-set-to-member",
    "std::find over a set -> the set's own find",
    before="""
        #include <algorithm>
        #include <set>

        bool f(const std::set<int>& known, int value) {
            return std::find(known.begin(), known.end(), value) != known.end();
        }
        """,
    after="""
        #include <algorithm>
        #include <set>

        bool f(const std::set<int>& known, int value) {
            return known.find(value) != known.end();
        }
        """,
    leaves="""
        #include <algorithm>
        #include <vector>

        bool f(const std::vector<int>& known, int value) {
            return std::find(known.begin(), known.end(), value) != known.end();
        }
        """,
    calls=("std::set<int>{1, 2}, 2", "std::set<int>{1}, 2"),
)
def find_on_set_to_member(function: CppFunction) -> Iterator[Rewrite]:
    for call in function.nodes("call_expression"):
        for algorithm in ("find", "count", "lower_bound", "upper_bound", "equal_range"):
            bound = expression(f"std::{algorithm}($v.begin(), $v.end(), $x)").match(call)
            kind = function.type_of(bound["$v"][0]) if bound is not None else None
            hashed = algorithm in ("find", "count")
            sets = ("set<", "multiset<", "unordered_set<", "unordered_multiset<")
            if bound is not None and (kind or "").startswith(sets if hashed else sets[:2]):
                text = function.fill(f"$v.{algorithm}($x)", bound)
                reason = f"std::{algorithm} steps through the set; the member uses its structure."
                yield Rewrite((function.replace(call, text),), reason)


@rule(
    "cpp-count-in-loop-to-map",
    "std::count in a loop -> counts made once",
    before="""
        #include <algorithm>
        #include <vector>

        int f(const std::vector<int>& values) {
            int unique = 0;
            for (int value : values) {
                if (std::count(values.begin(), values.end(), value) == 1) {
                    ++unique;
                }
            }
            return unique;
        }
        """,
    after="""
        #include <algorithm>
        #include <vector>
        #include <unordered_map>

        int f(const std::vector<int>& values) {
            int unique = 0;
            std::unordered_map<int, std::ptrdiff_t> values_counts;
            for (const auto& item : values) ++values_counts[item];
            for (int value : values) {
                if (values_counts[value] == 1) {
                    ++unique;
                }
            }
            return unique;
        }
        """,
    leaves="""
        #include <algorithm>
        #include <vector>

        int f(std::vector<int> values) {
            int unique = 0;
            while (!values.empty()) {
                if (std::count(values.begin(), values.end(), values.back()) == 1) ++unique;
                values.pop_back();
            }
            return unique;
        }
        """,
    calls=("std::vector<int>{1, 2, 1, 3}", "std::vector<int>{}"),
)
def count_in_loop_to_map(function: CppFunction) -> Iterator[Rewrite]:
    for call in function.nodes("call_expression"):
        bound = expression("std::count($v.begin(), $v.end(), $x)").match(call)
        if bound is None or bound["$v"][0].type != "identifier":
            continue
        name = function.text(bound["$v"][0])
        element = types.element_of(function.type_of_name(name))
        free = [loop for loop in function.loops_around(call) if not function.changed(name, loop)]
        if element is None or element == "auto" or not free:
            continue
        outer = free[-1]
        map_name = "unordered_map" if types.is_hashable(element) else "map"
        new = function.fresh(f"{name}_counts", str(outer.start_byte))
        item = function.fresh("item")
        made = f"std::{map_name}<{types.written(element)}, std::ptrdiff_t> {new};"
        filled = f"for (const auto& {item} : {name}) ++{new}[{item}];"
        pieces = function.insert_before(outer, f"{made}\n{filled}")
        pieces.append(function.replace(call, function.fill(f"{new}[$x]", bound)))
        reason = f"std::count walks all of `{name}` each time; a table of counts answers at once."
        yield Rewrite(tuple(pieces), reason, function.include(map_name))

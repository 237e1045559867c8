"""Library algorithms over containers that answer by themselves, or that could be asked once."""

from collections.abc import Iterator

from perfbot.agents.rules.cpp import types
from perfbot.agents.rules.cpp.construction import constructed
from perfbot.agents.rules.cpp.function import CppFunction
from perfbot.agents.rules.cpp.pattern import expression
from perfbot.agents.rules.cpp.rule import rule
from perfbot.agents.rules.cpp.uses import is_looped_over, method_of_use, other_uses
from perfbot.agents.rules.rule import Rewrite

_OF_BOTH = frozenset(("size", "empty", "begin", "end", "cbegin", "cend", "rbegin", "rend"))
"""What a sorted vector answers as a set does."""


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


@rule(
    "cpp-set-to-sort-unique",
    "std::set made of a range and only read in order -> vector, sort and unique",
    before="""
        #include <set>
        #include <vector>

        std::vector<int> f(const std::vector<int>& values) {
            std::set<int> known(values.begin(), values.end());
            std::vector<int> found;
            for (int value : known) found.push_back(value * 2);
            return found;
        }
        """,
    after="""
        #include <set>
        #include <vector>
        #include <algorithm>

        std::vector<int> f(const std::vector<int>& values) {
            std::vector<int> known(values.begin(), values.end());
            std::sort(known.begin(), known.end());
            known.erase(std::unique(known.begin(), known.end()), known.end());
            std::vector<int> found;
            for (int value : known) found.push_back(value * 2);
            return found;
        }
        """,
    leaves="""
        #include <set>
        #include <vector>

        bool f(const std::vector<int>& values, int wanted) {
            std::set<int> known(values.begin(), values.end());
            return known.count(wanted) != 0;
        }
        """,
    calls=("std::vector<int>{3, 1, 3, 2}", "std::vector<int>{}"),
)
def set_to_sort_unique(function: CppFunction) -> Iterator[Rewrite]:
    for name in function.declarations:
        declaration = function.local(name)
        kind = function.type_of_name(name) or ""
        made = constructed(declaration) if declaration is not None else None
        if declaration is None or made is None or not kind.startswith("set<"):
            continue
        if len(made[1]) != 2 or len(types.arguments_of(kind)) != 1:
            continue
        uses = other_uses(function, name)
        in_order = [method_of_use(use) in _OF_BOTH or is_looped_over(use) for use in uses]
        if not uses or not all(in_order):
            continue
        node = declaration.child_by_field_name("type")
        if node is None:
            continue
        vector = function.text(node).replace("set<", "vector<", 1)
        text = function.text(declaration).replace(function.text(node), vector, 1)
        text += (
            f"\nstd::sort({name}.begin(), {name}.end());\n"
            f"{name}.erase(std::unique({name}.begin(), {name}.end()), {name}.end());"
        )
        reason = "One sort in one block of memory costs less than a node for each element."
        includes = function.include("vector", "algorithm")
        yield Rewrite((function.replace(declaration, text),), reason, includes)

"""Sorting less, and elements moved less often."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from perfbot.agents.rules.cpp.counting import Counted, counted
from perfbot.agents.rules.cpp.function import CppFunction
from perfbot.agents.rules.cpp.pattern import (
    Bound,
    expression,
    plain,
    same,
    statements,
)
from perfbot.agents.rules.cpp.rule import rule
from perfbot.agents.rules.rule import Rewrite

if TYPE_CHECKING:
    from tree_sitter import Node

_SWAPS = (
    "std::swap($p, $q);",
    "std::swap($q, $p);",
    "{ $T $t = $p; $p = $q; $q = $t; }",
    "{ $T $t = $q; $q = $p; $p = $t; }",
    "std::iter_swap($v.begin() + $j, $v.begin() + $j + 1);",
)


def _whole(function: CppFunction, vector: "Node", bound: "Node", *, inclusive: bool) -> str | None:
    """The iterators around the elements that loops up to `bound` look at."""
    name = function.text(vector)
    sizes = (f"{name}.size()", f"{name}.length()")
    if not inclusive and any(expression(size).fits(bound) for size in sizes):
        return f"{name}.begin(), {name}.end()"
    kind = function.type_of(vector) or ""
    more = " + 1" if inclusive else ""
    if kind.endswith(("*", "[]")):
        return f"{name}, {name} + {function.operand(bound)}{more}"
    return f"{name}.begin(), {name}.begin() + {function.operand(bound)}{more}"


def _exchange(node: "Node") -> tuple["Node", "Node"] | None:
    """The two places whose values a statement or block exchanges."""
    for text in _SWAPS[:4]:
        bound = statements(text).match(plain(node))
        if bound is not None:
            return bound["$p"][0], bound["$q"][0]
    return None


@rule(
    "cpp-insertion-sort-to-stable-sort",
    "insertion sort by hand -> std::stable_sort",
    before="""
        #include <string>
        #include <utility>
        #include <vector>

        void f(std::vector<std::pair<int, std::string>>& rows) {
            for (std::size_t i = 1; i < rows.size(); ++i) {
                for (std::size_t j = i; j > 0 && rows[j].first < rows[j - 1].first; --j) {
                    std::swap(rows[j], rows[j - 1]);
                }
            }
        }
        """,
    after="""
        #include <string>
        #include <utility>
        #include <vector>
        #include <algorithm>

        void f(std::vector<std::pair<int, std::string>>& rows) {
            std::stable_sort(rows.begin(), rows.end(), [&](const auto& left, const auto& right) {
                return left.first < right.first;
            });
        }
        """,
    leaves="""
        #include <utility>
        #include <vector>

        void f(std::vector<int>& rows) {
            for (std::size_t i = 1; i < rows.size(); ++i) {
                for (std::size_t j = i; j > 0 && rows[j] <= rows[j - 1]; --j) {
                    std::swap(rows[j], rows[j - 1]);
                }
            }
        }
        """,
    calls=(
        "std::vector<std::pair<int, std::string>>"
        '{{2, "a"}, {1, "b"}, {2, "c"}, {1, "d"}}',
        "std::vector<std::pair<int, std::string>>{}",
    ),
)  # fmt: skip
def insertion_sort_to_stable_sort(function: CppFunction) -> Iterator[Rewrite]:
    for loop in function.nodes("for_statement"):
        outer = counted(function, loop)
        if outer is None or function.text(outer.start) != "1":
            continue
        head = f"for ($S $j = {outer.name}; $j > 0 && $less; --$j) $$body;"
        bound = statements(head).match(outer.body)
        swapped = _exchange(bound["$$body"][0]) if bound is not None else None
        if bound is None or swapped is None:
            continue
        j = function.text(bound["$j"][0])
        for later, earlier in (swapped, swapped[::-1]):
            at = expression(f"$v[{j}]").match(later)
            before = expression(f"$v[{j} - 1]").match(earlier)
            if at is None or before is None or not same(at["$v"][0], before["$v"][0]):
                continue
            names = function.text(later), function.text(earlier)
            less = _compares(function, bound["$less"][0], *names)
            whole = _whole(function, at["$v"][0], outer.bound, inclusive=outer.inclusive)
            if less is None or whole is None:
                continue
            text = f"std::stable_sort({whole}{less});"
            reason = "A library sort takes n log n steps, and moves each element less often."
            yield Rewrite((function.replace(loop, text),), reason, function.include("algorithm"))


def _compares(function: CppFunction, less: "Node", later: str, earlier: str) -> str | None:
    """The comparison of a sort, where `later < earlier` is what exchanges; None for another."""
    bound = expression("$a < $b").match(less)
    if bound is None:
        return None
    left, right = function.text(bound["$a"][0]), function.text(bound["$b"][0])
    if (left, right) == (later, earlier):
        return ""
    if (left, right) == (earlier, later):
        return ", [](const auto& left, const auto& right) { return right < left; }"
    for one, other, order in ((later, earlier, "up"), (earlier, later, "down")):
        key_left, key_right = left.replace(one, "@"), right.replace(other, "@")
        if key_left == key_right and key_left.count("@") == 1:
            names = ("left", "right") if order == "up" else ("right", "left")
            compared = " < ".join(key_left.replace("@", name) for name in names)
            return f", [&](const auto& left, const auto& right) {{\n@return {compared};\n}}"
    return None


@rule(
    "cpp-bubble-sort-to-sort",
    "bubble or exchange sort by hand -> library sort",
    before="""
        #include <utility>
        #include <vector>

        std::vector<int> f(std::vector<int> values) {
            const int n = values.size();
            for (int i = 0; i < n; i++) {
                for (int j = 0; j < n - i - 1; j++) {
                    if (values[j] > values[j + 1]) {
                        std::swap(values[j], values[j + 1]);
                    }
                }
            }
            return values;
        }
        """,
    after="""
        #include <utility>
        #include <vector>
        #include <algorithm>

        std::vector<int> f(std::vector<int> values) {
            const int n = values.size();
            std::stable_sort(values.begin(), values.begin() + n);
            return values;
        }
        """,
    leaves="""
        #include <utility>
        #include <vector>

        std::vector<int> f(std::vector<int> values) {
            const int n = values.size();
            for (int i = 0; i < n; i++) {
                for (int j = 0; j < n - i - 1; j++) {
                    if (values[j] > 3) {
                        std::swap(values[j], values[j + 1]);
                    }
                }
            }
            return values;
        }
        """,
    calls=("std::vector<int>{3, 1, 2, 1}", "std::vector<int>{}"),
)
def bubble_sort_to_sort(function: CppFunction) -> Iterator[Rewrite]:
    for loop in function.nodes("for_statement"):
        outer = counted(function, loop)
        inner = counted(function, outer.body) if outer is not None else None
        bound = statements("if ($less) $$body;").match(inner.body) if inner is not None else None
        swapped = _exchange(bound["$$body"][0]) if bound is not None else None
        if outer is None or inner is None or bound is None or swapped is None:
            continue
        for later, earlier in (swapped, swapped[::-1]):
            vector = _bubbled(function, outer, inner, later, earlier)
            names = function.text(later), function.text(earlier)
            less = _compares(function, bound["$less"][0], *names)
            if vector is None or less is None:
                continue
            whole = _whole(function, vector[0], vector[1], inclusive=False)
            # neighbours that are exchanged keep the order of equal ones; distant ones need not
            name = "std::stable_sort" if inner.starts_at_zero else "std::sort"
            text = f"{name}({whole}{less});"
            reason = "A library sort takes n log n steps."
            yield Rewrite((function.replace(loop, text),), reason, function.include("algorithm"))


def _bubbled(
    function: CppFunction, outer: Counted, inner: Counted, later: "Node", earlier: "Node"
) -> tuple["Node", "Node"] | None:
    """The vector that two loops sort by exchanges, and how many elements; None for others."""
    i, j = outer.name, inner.name
    at, after = expression(f"$v[{j}]"), expression(f"$v[{j} + 1]")
    first, second = at.match(earlier), after.match(later)
    if inner.starts_at_zero and first is not None and second is not None:
        if not same(first["$v"][0], second["$v"][0]):
            return None
        for text in (f"$n - {i} - 1", f"$n - 1 - {i}", f"$n - ({i} + 1)", "$n - 1"):
            limit = expression(text).match(inner.bound)
            if limit is not None and not inner.inclusive:
                return first["$v"][0], limit["$n"][0]
        return None
    one, other = expression(f"$v[{i}]").match(earlier), at.match(later)
    starts = expression(f"{i} + 1").match(inner.start) is not None
    if starts and one is not None and other is not None and not inner.inclusive:
        vector = one["$v"][0]
        if same(vector, other["$v"][0]) and outer.starts_at_zero:
            return vector, inner.bound
    return None


@rule(
    "cpp-sort-to-nth-element",
    "sort for one element -> nth_element",
    before="""
        #include <algorithm>
        #include <vector>

        int f(std::vector<int> values) {
            std::sort(values.begin(), values.end());
            return values[values.size() / 2];
        }
        """,
    after="""
        #include <algorithm>
        #include <vector>

        int f(std::vector<int> values) {
            std::nth_element(values.begin(), values.begin() + values.size() / 2, values.end());
            return values[values.size() / 2];
        }
        """,
    leaves="""
        #include <algorithm>
        #include <vector>

        int f(std::vector<int> values) {
            std::sort(values.begin(), values.end());
            return values[0] + values[values.size() / 2];
        }
        """,
    calls=("std::vector<int>{3, 1, 2}", "std::vector<int>{4, 1, 2, 9}"),
)
def sort_to_nth_element(function: CppFunction) -> Iterator[Rewrite]:
    for statement, vector, _ in _sorts(function):
        used = _only_element(function, statement, vector)
        if used is None:
            continue
        element, at = used
        if at in ("0", "front"):
            text = f"*std::min_element({vector}.begin(), {vector}.end())"
            pieces = [function.delete(statement), function.replace(element, text)]
        elif at in (f"{vector}.size() - 1", "back"):
            text = f"*std::max_element({vector}.begin(), {vector}.end())"
            pieces = [function.delete(statement), function.replace(element, text)]
        else:
            text = f"std::nth_element({vector}.begin(), {vector}.begin() + {at}, {vector}.end());"
            pieces = [function.replace(statement, text)]
        yield Rewrite(tuple(pieces), "One element needs no order among the others.")


def _sorts(function: CppFunction) -> Iterator[tuple["Node", str, Bound]]:
    for statement in function.nodes("expression_statement"):
        bound = statements("std::sort($v.begin(), $v.end());").match(statement)
        if bound is not None and bound["$v"][0].type == "identifier":
            yield statement, function.text(bound["$v"][0]), bound


def _only_element(function: CppFunction, sort: "Node", name: str) -> tuple["Node", str] | None:
    """The only element of a vector of this function that is looked at after a sort."""
    declarator = function.declared_once(name)
    if declarator is None or "&" in function.text(declarator) or function.loops_around(sort):
        return None
    after = [use for use in function.uses(name) if use.start_byte > sort.end_byte]
    found: list[tuple[Node, str]] = []
    for use in after:
        above = use.parent
        call = above.parent if above is not None else None
        bound = expression(f"{name}[$at]").match(above) if above is not None else None
        if above is not None and bound is not None:
            if function.changed(name, above):
                return None
            found.append((above, function.operand(bound["$at"][0])))
            found[-1] = (above, function.text(bound["$at"][0]))
        elif call is not None and expression(f"{name}.front()").match(call) is not None:
            found.append((call, "front"))
        elif call is not None and expression(f"{name}.back()").match(call) is not None:
            found.append((call, "back"))
        elif call is None or expression(f"{name}.size()").match(call) is None:
            return None
    return found[0] if len(found) == 1 and not function.loops_around(found[0][0]) else None


@rule(
    "cpp-sort-each-time-to-insert",
    "sort after every push_back -> insert where it belongs",
    before="""
        #include <algorithm>
        #include <vector>

        int f(const std::vector<int>& values) {
            std::vector<int> sorted;
            int sum = 0;
            for (const int value : values) {
                sorted.push_back(value);
                std::sort(sorted.begin(), sorted.end());
                sum += sorted[sorted.size() / 2];
            }
            return sum;
        }
        """,
    after="""
        #include <algorithm>
        #include <vector>

        int f(const std::vector<int>& values) {
            std::vector<int> sorted;
            int sum = 0;
            for (const int value : values) {
                sorted.insert(std::upper_bound(sorted.begin(), sorted.end(), value), value);
                sum += sorted[sorted.size() / 2];
            }
            return sum;
        }
        """,
    leaves="""
        #include <algorithm>
        #include <vector>

        int f(std::vector<int> sorted, int value) {
            sorted.push_back(value);
            std::sort(sorted.begin(), sorted.end());
            return sorted[sorted.size() / 2];
        }
        """,
    calls=("std::vector<int>{3, 1, 2, 2}", "std::vector<int>{}"),
)
def sort_each_time_to_insert(function: CppFunction) -> Iterator[Rewrite]:
    pattern = statements("$v.push_back($x); std::sort($v.begin(), $v.end());")
    for statement in function.nodes("expression_statement"):
        found = pattern.match_run(statement)
        if found is None or not function.loops_around(statement):
            continue
        bound, last = found
        name = function.text(bound["$v"][0])
        declarator = function.declared_once(name)
        if function.local(name) is None or declarator is None or declarator.type != "identifier":
            continue
        new = function.fill("$v.insert(std::upper_bound($v.begin(), $v.end(), $x), $x);", bound)
        reason = "The elements before are in order already."
        yield Rewrite((function.replace_run(statement, last, new),), reason)

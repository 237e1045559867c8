"""Data structures for large inputs that small ones do not pay for."""

from collections.abc import Iterator

from perfbot.agents.rules.cpp import types
from perfbot.agents.rules.cpp.function import CppFunction
from perfbot.agents.rules.cpp.membership import grown_by, membership_tests, set_for, starts_empty
from perfbot.agents.rules.cpp.rule import rule
from perfbot.agents.rules.rule import Rewrite

SHORT = 64
"""Elements that are walked about as fast as one is hashed, looked up and stored."""


@rule(
    "cpp-find-in-long-result-to-set",
    "std::find in a growing vector -> a set kept beside it once it is long",
    before="""
        #include <algorithm>
        #include <vector>

        std::vector<int> f(const std::vector<int>& values) {
            std::vector<int> kept;
            for (int value : values) {
                if (std::find(kept.begin(), kept.end(), value) == kept.end()) {
                    kept.push_back(value);
                }
            }
            return kept;
        }
        """,
    after="""
        #include <algorithm>
        #include <vector>
        #include <unordered_set>

        std::vector<int> f(const std::vector<int>& values) {
            std::vector<int> kept;
            std::unordered_set<int> kept_seen;
            for (int value : values) {
                if (kept.size() < 64
                        ? std::find(kept.begin(), kept.end(), value) == kept.end()
                        : kept_seen.count(value) == 0) {
                    kept.push_back(value);
                    if (kept.size() > 64) kept_seen.insert(value);
                    if (kept.size() == 64) kept_seen.insert(kept.begin(), kept.end());
                }
            }
            return kept;
        }
        """,
    leaves="""
        #include <algorithm>
        #include <vector>

        bool f(const std::vector<int>& kept, int value) {
            return std::find(kept.begin(), kept.end(), value) == kept.end();
        }
        """,
    calls=("std::vector<int>{3, 1, 3, 2, 1}", "std::vector<int>{}"),
)
def find_in_long_result_to_set(function: CppFunction) -> Iterator[Rewrite]:
    for test, bound, absent in membership_tests(function):
        name, value = function.text(bound["$v"][0]), function.text(bound["$x"][0])
        declaration = function.local(name)
        made = set_for(function, types.element_of(function.type_of_name(name)))
        pushes = grown_by(function, name)
        if declaration is None or made is None or not starts_empty(function, name):
            continue
        if not pushes or not function.loops_around(test):
            continue
        seen = function.fresh(f"{name}_seen")
        sign = "== 0" if absent else "!= 0"
        short = f"{name}.size() < {SHORT}"
        choice = f"{short}\n@@? {function.text(test)}\n@@: {seen}.count({value}) {sign}"
        whole = test.parent is not None and test.parent.type == "condition_clause"
        pieces = function.insert_after(declaration, f"{made[0]} {seen};")
        pieces.append(function.replace(test, choice if whole else f"({choice})"))
        for statement, pushed in pushes:
            kept = (
                f"if ({name}.size() > {SHORT}) {seen}.insert({pushed});\n"
                f"if ({name}.size() == {SHORT}) {seen}.insert({name}.begin(), {name}.end());"
            )
            pieces += function.insert_after(statement, kept)
        reason = f"Where `{name}` is long a set answers in about one step; where not, none is made."
        yield Rewrite(tuple(pieces), reason, made[1])

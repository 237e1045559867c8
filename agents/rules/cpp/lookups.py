"""Maps and sets that are asked once, not twice."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from perfbot.agents.rules.cpp.effects import method_name
from perfbot.agents.rules.cpp.function import CppFunction, statements_in, within
from perfbot.agents.rules.cpp.pattern import Bound, expression, plain, statements
from perfbot.agents.rules.cpp.rule import rule
from perfbot.agents.rules.cpp.source import walk
from perfbot.agents.rules.rule import Rewrite

if TYPE_CHECKING:
    from tree_sitter import Node

_HAS = ("$m.count($k)", "$m.count($k) > 0", "$m.count($k) != 0", "$m.count($k) == 1",
        "$m.find($k) != $m.end()", "$m.contains($k)")  # fmt: skip
_HAS_NOT = ("!$m.count($k)", "$m.count($k) == 0", "$m.find($k) == $m.end()", "!$m.contains($k)")
MAPS = ("map<", "unordered_map<")
_SETS = ("set<", "unordered_set<")


def asked_for(node: "Node") -> tuple[Bound, bool] | None:
    """What a condition asks a map or set for, and whether it asks that it be there."""
    for texts, has in ((_HAS, True), (_HAS_NOT, False)):
        for text in texts:
            bound = expression(text).match(node)
            if bound is not None:
                return bound, has
    return None


def condition_of(statement: "Node") -> "Node | None":
    clause = statement.child_by_field_name("condition")
    value = clause.child_by_field_name("value") if clause is not None else None
    return plain(value) if value is not None else None


@rule(
    "cpp-find-once",
    "test for a key, then its value -> one find",
    before="""
        #include <map>
        #include <string>
        #include <vector>

        int f(const std::map<std::string, int>& prices, const std::vector<std::string>& names) {
            int total = 0;
            for (const std::string& name : names) {
                if (prices.count(name)) {
                    total += prices.at(name);
                }
            }
            return total;
        }
        """,
    after="""
        #include <map>
        #include <string>
        #include <vector>

        int f(const std::map<std::string, int>& prices, const std::vector<std::string>& names) {
            int total = 0;
            for (const std::string& name : names) {
                const auto found = prices.find(name);
                if (found != prices.end()) {
                    total += found->second;
                }
            }
            return total;
        }
        """,
    leaves="""
        #include <map>
        #include <string>
        #include <vector>

        int f(std::map<std::string, int>& prices, const std::vector<std::string>& names) {
            int total = 0;
            for (const std::string& name : names) {
                if (prices.count(name)) {
                    prices.erase(name);
                    total += prices[name];
                }
            }
            return total;
        }
        """,
    calls=('std::map<std::string, int>{{"a", 2}}, std::vector<std::string>{"a", "b", "a"}',),
)
def find_once(function: CppFunction) -> Iterator[Rewrite]:
    for statement in function.nodes("if_statement"):
        condition = condition_of(statement)
        asked = asked_for(condition) if condition is not None else None
        branch = statement.child_by_field_name(
            "consequence" if asked is None or asked[1] else "alternative"
        )
        if condition is None or asked is None or branch is None:
            continue
        bound, has = asked
        kind = function.type_of(bound["$m"][0]) or ""
        if not kind.startswith(MAPS):
            continue
        uses = [
            node
            for node in walk(branch)
            if any(
                (found := expression(text).match(node)) is not None
                and function.text(found["$m"][0]) == function.text(bound["$m"][0])
                and function.text(found["$k"][0]) == function.text(bound["$k"][0])
                for text in ("$m[$k]", "$m.at($k)")
            )
        ]
        if not uses or _grows(function, bound, branch):
            continue
        new = function.fresh("found", str(statement.start_byte))
        sign = "!=" if has else "=="
        pieces = function.insert_before(
            statement, function.fill(f"const auto {new} = $m.find($k);", bound)
        )
        test = function.fill(f"{new} {sign} $m.end()", bound)
        pieces.append(function.replace(condition, test))
        pieces += [function.replace(use, f"{new}->second") for use in uses]
        yield Rewrite(tuple(pieces), "The key is looked up once.")


def _grows(function: CppFunction, bound: Bound, branch: "Node") -> bool:
    """Whether a branch adds to or takes from a map, or changes the key."""
    name = function.text(bound["$m"][0])
    for call in walk(branch):
        if call.type == "call_expression" and method_name(call) in (
            *("erase", "insert", "emplace", "clear", "swap", "try_emplace", "insert_or_assign"),
        ):
            called = call.child_by_field_name("function")
            if called is not None and function.text(called).startswith(name):
                return True
    return any(function.changed(key, branch) for key in function.names_in(bound["$k"][0]))


@rule(
    "cpp-insert-tells",
    "test for an element, then insert it -> insert tells",
    before="""
        #include <set>
        #include <vector>

        int f(const std::vector<int>& values) {
            std::set<int> seen;
            int different = 0;
            for (const int value : values) {
                if (seen.find(value) == seen.end()) {
                    seen.insert(value);
                    ++different;
                }
            }
            return different;
        }
        """,
    after="""
        #include <set>
        #include <vector>

        int f(const std::vector<int>& values) {
            std::set<int> seen;
            int different = 0;
            for (const int value : values) {
                if (seen.insert(value).second) {
                    ++different;
                }
            }
            return different;
        }
        """,
    leaves="""
        #include <set>
        #include <vector>

        int f(const std::vector<int>& values) {
            std::set<int> seen;
            int different = 0;
            for (const int value : values) {
                if (seen.find(value) == seen.end()) {
                    ++different;
                    seen.insert(value + 1);
                }
            }
            return different;
        }
        """,
    calls=("std::vector<int>{1, 2, 1}", "std::vector<int>{}"),
)
def insert_tells(function: CppFunction) -> Iterator[Rewrite]:
    for statement in function.nodes("if_statement"):
        condition = condition_of(statement)
        asked = asked_for(condition) if condition is not None else None
        consequence = statement.child_by_field_name("consequence")
        if condition is None or asked is None or asked[1] or consequence is None:
            continue
        bound = asked[0]
        branch = statements_in(consequence)
        inserting = [
            item
            for item in branch
            if any(
                statements(function.fill(text, bound)).fits(item)
                for text in ("$m.insert($k);", "$m.emplace($k);")
            )
        ]
        kind = function.type_of(bound["$m"][0]) or ""
        if not inserting or len(branch) < 2 or not kind.startswith(_SETS):
            continue
        before = branch[: branch.index(inserting[0])]
        if any(use for item in before for use in function.names_in(bound["$m"][0])
               if function.uses(use, item)):  # fmt: skip
            continue
        text = function.fill("$m.insert($k).second", bound)
        pieces = (function.replace(condition, text), function.delete(inserting[0]))
        yield Rewrite(pieces, "Inserting finds the place anyway, and says whether it was new.")


@rule(
    "cpp-insert-untested",
    "test for an element before its insertion -> insertion alone",
    before="""
        #include <set>
        #include <vector>

        std::set<int> f(const std::vector<int>& values) {
            std::set<int> seen;
            for (const int value : values) {
                if (!seen.count(value)) seen.insert(value);
            }
            return seen;
        }
        """,
    after="""
        #include <set>
        #include <vector>

        std::set<int> f(const std::vector<int>& values) {
            std::set<int> seen;
            for (const int value : values) {
                seen.insert(value);
            }
            return seen;
        }
        """,
    leaves="""
        #include <set>
        #include <vector>

        std::multiset<int> f(const std::vector<int>& values) {
            std::multiset<int> seen;
            for (const int value : values) {
                if (!seen.count(value)) seen.insert(value);
            }
            return seen;
        }
        """,
    calls=("std::vector<int>{1, 2, 1}",),
)
def insert_untested(function: CppFunction) -> Iterator[Rewrite]:
    for statement in function.nodes("if_statement"):
        condition = condition_of(statement)
        asked = asked_for(condition) if condition is not None else None
        if asked is None or asked[1] or statement.child_by_field_name("alternative") is not None:
            continue
        kind = function.type_of(asked[0]["$m"][0]) or ""
        consequence = statement.child_by_field_name("consequence")
        if consequence is None or len(statements_in(consequence)) != 1:
            continue
        only = statements_in(consequence)[0]
        key = function.fill("$m.insert($k);", asked[0])
        pair = statements(function.fill("$m[$k] = $x;", asked[0], x="$x")).match(only)
        if kind.startswith(_SETS) and statements(key).fits(only):
            new = key
        elif kind.startswith(MAPS) and pair is not None and within(pair["$x"][0], only):
            new = function.fill("$m.emplace($k, $x);", {**asked[0], "$x": pair["$x"]})
        else:
            continue
        reason = "Inserting leaves what is there as it is."
        yield Rewrite((function.replace(statement, new),), reason)

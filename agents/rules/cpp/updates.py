"""Values of a map that are changed in one step."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from perfbot.agents.rules.cpp.function import CppFunction
from perfbot.agents.rules.cpp.lookups import MAPS, asked_for, condition_of
from perfbot.agents.rules.cpp.pattern import expression, statements
from perfbot.agents.rules.cpp.rule import rule
from perfbot.agents.rules.rule import Rewrite

if TYPE_CHECKING:
    pass


@rule(
    "cpp-map-update-once",
    "m[k] = m[k] + x -> m[k] += x",
    before="""
        #include <map>
        #include <string>
        #include <vector>

        std::map<std::string, int> f(const std::vector<std::string>& words) {
            std::map<std::string, int> counts;
            for (const std::string& word : words) counts[word] = counts[word] + 1;
            return counts;
        }
        """,
    after="""
        #include <map>
        #include <string>
        #include <vector>

        std::map<std::string, int> f(const std::vector<std::string>& words) {
            std::map<std::string, int> counts;
            for (const std::string& word : words) counts[word] += 1;
            return counts;
        }
        """,
    leaves="""
        #include <map>
        #include <string>
        #include <vector>

        std::map<std::string, int> f(const std::vector<std::string>& words) {
            std::map<std::string, int> counts;
            for (const std::string& word : words) counts[word] = counts["x"] + 1;
            return counts;
        }
        """,
    calls=('std::vector<std::string>{"a", "b", "a"}',),
)
def map_update_once(function: CppFunction) -> Iterator[Rewrite]:
    for node in function.nodes("assignment_expression"):
        for sign in ("+", "-", "*", "|", "^", "&"):
            bound = expression(f"$m[$k] = $m[$k] {sign} $x").match(node)
            kind = function.type_of(bound["$m"][0]) if bound is not None else None
            if bound is not None and (kind or "").startswith(MAPS):
                new = function.fill(f"$m[$k] {sign}= $x", bound)
                yield Rewrite((function.replace(node, new),), "The key is looked up once.")


@rule(
    "cpp-default-then-update",
    "test for a key, then set or change its value -> one operation",
    before="""
        #include <string>
        #include <unordered_map>
        #include <vector>

        std::unordered_map<std::string, int> f(const std::vector<std::string>& words) {
            std::unordered_map<std::string, int> counts;
            for (const std::string& word : words) {
                if (counts.find(word) == counts.end()) {
                    counts[word] = 1;
                } else {
                    counts[word]++;
                }
            }
            return counts;
        }
        """,
    after="""
        #include <string>
        #include <unordered_map>
        #include <vector>

        std::unordered_map<std::string, int> f(const std::vector<std::string>& words) {
            std::unordered_map<std::string, int> counts;
            for (const std::string& word : words) {
                ++counts[word];
            }
            return counts;
        }
        """,
    leaves="""
        #include <string>
        #include <unordered_map>
        #include <vector>

        std::unordered_map<std::string, int> f(const std::vector<std::string>& words) {
            std::unordered_map<std::string, int> counts;
            for (const std::string& word : words) {
                if (counts.find(word) == counts.end()) {
                    counts[word] = 5;
                } else {
                    counts[word]++;
                }
            }
            return counts;
        }
        """,
    calls=('std::vector<std::string>{"a", "b", "a"}',),
)
def default_then_update(function: CppFunction) -> Iterator[Rewrite]:
    texts = [
        ("if ($has) ++$m[$k]; else $m[$k] = 1;", "++$m[$k];"),
        ("if ($has) $m[$k] += $x; else $m[$k] = $x;", "$m[$k] += $x;"),
        ("if ($has) $m[$k].push_back($x); else $m[$k] = {$x};", "$m[$k].push_back($x);"),
    ]
    turned = [
        ("if ($has) $m[$k] = 1; else ++$m[$k];", "++$m[$k];"),
        ("if ($has) $m[$k] = $x; else $m[$k] += $x;", "$m[$k] += $x;"),
    ]
    for statement in function.nodes("if_statement"):
        condition = condition_of(statement)
        asked = asked_for(condition) if condition is not None else None
        if asked is None:
            continue
        for text, new in texts if asked[1] else turned:
            bound = statements(text).match(statement)
            if bound is None:
                continue
            parts = [(bound[name][0], asked[0][name][0]) for name in ("$m", "$k")]
            if all(function.text(one) == function.text(other) for one, other in parts):
                reason = "The key is looked up once: a new value begins at zero."
                yield Rewrite((function.replace(statement, function.fill(new, bound)),), reason)

"""Elements put in and taken out at the front."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from perfbot.agents.rules.cpp.construction import constructed
from perfbot.agents.rules.cpp.function import CppFunction, within
from perfbot.agents.rules.cpp.pattern import (
    expression,
    statements,
)
from perfbot.agents.rules.cpp.rule import rule
from perfbot.agents.rules.cpp.uses import SEQUENCE_METHODS, is_indexed, method_of_use, other_uses
from perfbot.agents.rules.rule import Rewrite
from perfbot.agents.rules.source import Replacement

if TYPE_CHECKING:
    pass


@rule(
    "cpp-insert-front-to-reverse",
    "insert at the front in a loop -> push_back, then one reverse",
    before="""
        #include <vector>

        std::vector<int> f(int n) {
            std::vector<int> digits;
            while (n > 0) {
                digits.insert(digits.begin(), n % 10);
                n /= 10;
            }
            return digits;
        }
        """,
    after="""
        #include <vector>
        #include <algorithm>

        std::vector<int> f(int n) {
            std::vector<int> digits;
            while (n > 0) {
                digits.push_back(n % 10);
                n /= 10;
            }
            std::reverse(digits.begin(), digits.end());
            return digits;
        }
        """,
    leaves="""
        #include <vector>

        std::vector<int> f(int n) {
            std::vector<int> digits;
            while (n > 0) {
                digits.insert(digits.begin(), n % 10);
                if (digits.front() == 3) break;
                n /= 10;
            }
            return digits;
        }
        """,
    calls=("1234", "0"),
)
def insert_front_to_reverse(function: CppFunction) -> Iterator[Rewrite]:
    for statement in function.nodes("expression_statement"):
        for text in ("$v.insert($v.begin(), $x);", "$v = $x + $v;", "$v.insert(0, 1, $x);"):
            bound = statements(text).match(statement)
            loops = function.loops_around(statement)
            if bound is None or not loops or bound["$v"][0].type != "identifier":
                continue
            name = function.text(bound["$v"][0])
            if text == "$v = $x + $v;" and (
                function.type_of(bound["$x"][0]) != "char"
                or function.type_of_name(name) != "string"
            ):
                continue
            declaration = function.local(name)
            declarator = function.declared_once(name)
            if declaration is None or declarator is None or declarator.type != "identifier":
                continue
            outer = [loop for loop in loops if not within(declaration, loop)]
            inside = function.uses(name, outer[-1]) if outer else []
            earlier = [
                use
                for use in function.uses(name)
                if declaration.end_byte < use.start_byte < (outer[-1].start_byte if outer else 0)
            ]
            if not outer or earlier or any(not within(use, statement) for use in inside):
                continue
            pieces = [
                function.replace(statement, function.fill("$v.push_back($x);", bound)),
                *function.insert_after(outer[-1], f"std::reverse({name}.begin(), {name}.end());"),
            ]
            reason = "Each insertion at the front moves all that is there."
            yield Rewrite(tuple(pieces), reason, function.include("algorithm"))


@rule(
    "cpp-erase-front-to-deque",
    "vector or string used as a queue -> deque",
    before="""
        #include <vector>

        int f(int n) {
            std::vector<int> waiting;
            waiting.push_back(n);
            int steps = 0;
            while (!waiting.empty()) {
                const int value = waiting.front();
                waiting.erase(waiting.begin());
                ++steps;
                if (value > 1) {
                    waiting.push_back(value / 2);
                    waiting.push_back(value / 3);
                }
            }
            return steps;
        }
        """,
    after="""
        #include <vector>
        #include <deque>

        int f(int n) {
            std::deque<int> waiting;
            waiting.push_back(n);
            int steps = 0;
            while (!waiting.empty()) {
                const int value = waiting.front();
                waiting.pop_front();
                ++steps;
                if (value > 1) {
                    waiting.push_back(value / 2);
                    waiting.push_back(value / 3);
                }
            }
            return steps;
        }
        """,
    leaves="""
        #include <vector>

        std::vector<int> f(std::vector<int> waiting) {
            waiting.erase(waiting.begin());
            return waiting;
        }
        """,
    calls=("20", "1"),
)
def erase_front_to_deque(function: CppFunction) -> Iterator[Rewrite]:
    for name in function.declarations:
        declaration = function.local(name)
        node = declaration.child_by_field_name("type") if declaration is not None else None
        kind = function.type_of_name(name) or ""
        if node is None or not kind.startswith("vector<") or kind == "vector<bool>":
            continue
        if declaration is None or constructed(declaration) is None:
            continue
        pieces: list[Replacement] = []
        for call in function.nodes("call_expression"):
            front = f"{name}.erase({name}.begin())"
            if expression(front).fits(call) and function.loops_around(call):
                pieces.append(function.replace(call, f"{name}.pop_front()"))
            first = expression(f"{name}.insert({name}.begin(), $x)").match(call)
            if first is not None and function.loops_around(call):
                pieces.append(
                    function.replace(call, function.fill(f"{name}.push_front($x)", first))
                )
        uses = [
            use
            for use in other_uses(function, name)
            if not any(piece.start <= use.start_byte < piece.end for piece in pieces)
        ]
        fits = [
            is_indexed(use)
            or method_of_use(use) in SEQUENCE_METHODS
            or (use.parent is not None and use.parent.type == "for_range_loop")
            for use in uses
        ]
        if pieces and all(fits):
            new = re.sub(r"\bvector\b", "deque", function.text(node), count=1)
            pieces.append(function.replace(node, new))
            reason = "A deque gives up its first element without moving the others."
            yield Rewrite(tuple(pieces), reason, function.include("deque"))

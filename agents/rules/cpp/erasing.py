"""Elements that are moved once where many are erased."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from perfbot.agents.rules.cpp.function import CppFunction, statements_in, within
from perfbot.agents.rules.cpp.pattern import Bound, expression, following_statement, statements
from perfbot.agents.rules.cpp.rule import rule
from perfbot.agents.rules.rule import Rewrite

if TYPE_CHECKING:
    from tree_sitter import Node


@rule(
    "cpp-erase-in-loop-to-remove-if",
    "erase inside a loop -> remove_if, then one erase",
    before="""
        #include <cstddef>
        #include <vector>

        int f(std::vector<int>& values, int dropped) {
            int removed = 0;
            for (std::size_t at = 0; at < values.size();) {
                if (values[at] == dropped) {
                    values.erase(values.begin() + at);
                    ++removed;
                } else {
                    ++at;
                }
            }
            return removed;
        }
        """,
    after="""
        #include <cstddef>
        #include <vector>
        #include <algorithm>

        int f(std::vector<int>& values, int dropped) {
            int removed = 0;
            const auto kept = std::remove_if(values.begin(), values.end(), [&](const auto& item) {
                return item == dropped;
            });
            removed += values.end() - kept;
            values.erase(kept, values.end());
            return removed;
        }
        """,
    leaves="""
        #include <cstddef>
        #include <vector>

        void f(std::vector<int>& values, int dropped) {
            for (std::size_t at = 0; at < values.size();) {
                if (values[at] == dropped) {
                    values.erase(values.begin() + at);
                    values.push_back(0);
                    dropped = 1;
                } else {
                    ++at;
                }
            }
        }
        """,
    calls=("std::vector<int>{1, 2, 1, 3}, 1", "std::vector<int>{}, 1"),
)
def erase_in_loop_to_remove_if(function: CppFunction) -> Iterator[Rewrite]:
    for loop in function.nodes("for_statement", "while_statement"):
        found = _erasing(function, loop)
        if found is None:
            continue
        bound, first, element = found
        branch = statements_in(bound["$$then"][0])
        vector = function.text(bound["$v"][0])
        counts = [statements("++$n;").match(item) for item in branch]
        erasing = [item for item, count in zip(branch, counts, strict=True) if count is None]
        if len(erasing) != 1 or len(branch) > 2:
            continue
        item, kept = function.fresh("item"), function.fresh("kept")
        condition = function.text(bound["$c"][0]).replace(element, item)
        if vector in condition or not function.names_in(bound["$c"][0]):
            continue
        lines = [
            f"const auto {kept} = std::remove_if({vector}.begin(), {vector}.end(), "
            f"[&](const auto& {item}) {{",
            f"@return {condition};",
            "});",
        ]
        for count in counts:
            if count is not None:
                lines.append(f"{function.text(count['$n'][0])} += {vector}.end() - {kept};")
        lines.append(f"{vector}.erase({kept}, {vector}.end());")
        text = "\n".join(lines)
        reason = "Each erase moves all that follows; remove_if moves each element once."
        yield Rewrite(
            (function.replace_run(first, loop, text),), reason, function.include("algorithm")
        )


_BY_PLACE = (
    ("for ($T $i = 0; $i < $v.size();) if ($c) $$then; else ++$i;", "$v[$i]"),
    ("for ($T $i = 0; $i < (int)$v.size();) if ($c) $$then; else ++$i;", "$v[$i]"),
    ("while ($i < $v.size()) if ($c) $$then; else ++$i;", "$v[$i]"),
    ("for ($T $i = $v.begin(); $i != $v.end();) if ($c) $$then; else ++$i;", "*$i"),
    ("while ($i != $v.end()) if ($c) $$then; else ++$i;", "*$i"),
    ("for ($T $i = 0; $i < $v.size(); ++$i) if ($c) $$then;", "$v[$i]"),
    ("for ($T $i = 0; $i < (int)$v.size(); ++$i) if ($c) $$then;", "$v[$i]"),
)
_ERASES = ("$v.erase($v.begin() + $i);", "$i = $v.erase($i);",
           "{ $v.erase($v.begin() + $i); --$i; }", "$v.erase($v.begin() + $i--);")  # fmt: skip


def _erasing(function: CppFunction, loop: "Node") -> tuple[Bound, "Node", str] | None:
    """A loop that erases by a condition: its parts, its first statement, how it says "element"."""
    for text, element in _BY_PLACE:
        bound = statements(text).match(loop)
        if bound is None or bound["$v"][0].type != "identifier":
            continue
        i, v = function.text(bound["$i"][0]), function.text(bound["$v"][0])
        first = loop
        if "$T" not in bound:
            declared = function.local(i)
            start = statements(f"$T {i} = $a;").match(declared) if declared is not None else None
            if declared is None or start is None or following_statement(declared) != loop:
                return None
            if function.text(start["$a"][0]) not in ("0", f"{v}.begin()"):
                return None
            first = declared
        if any(not within(use, loop) and not within(use, first) for use in function.uses(i)):
            return None
        erased = [
            item
            for item in function.nodes("call_expression")
            if within(item, bound["$$then"][0])
            and expression(f"{v}.erase($where)").match(item) is not None
        ]
        steps_back = "++$i) if" in text
        goes_back = f"{i}--" in function.text(bound["$$then"][0]).replace(f"--{i}", f"{i}--")
        kind = function.type_of_name(v) or ""
        if len(erased) != 1 or steps_back != goes_back or not kind.startswith(("vector", "string")):
            return None
        if steps_back:
            return _without_step(function, bound, i), first, f"{v}[{i}]"
        return bound, first, element.replace("$v", v).replace("$i", i)
    return None


def _without_step(function: CppFunction, bound: Bound, name: str) -> Bound:
    """The parts without the statement that steps back, which has no place in a remove_if."""
    kept = [
        item
        for item in statements_in(bound["$$then"][0])
        if statements(f"--{name};").match(item) is None
    ]
    return {**bound, "$$then": kept} if len(kept) == 1 else bound

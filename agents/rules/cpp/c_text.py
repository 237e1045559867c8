"""C strings that are not walked from their beginnings each time."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from perfbot.agents.rules.cpp.function import CppFunction, within
from perfbot.agents.rules.cpp.pattern import expression, statements
from perfbot.agents.rules.cpp.rule import rule
from perfbot.agents.rules.rule import Rewrite

if TYPE_CHECKING:
    from tree_sitter import Node

    from perfbot.agents.rules.source import Replacement


@rule(
    "c-strcat-to-end",
    "strcat in a loop -> memcpy to the end, which is kept",
    before="""
        #include <string.h>

        void f(char *out, const char *const *words, int n) {
            out[0] = 0;
            for (int i = 0; i < n; i++) {
                strcat(out, words[i]);
                strcat(out, " ");
            }
        }
        """,
    after="""
        #include <string.h>

        void f(char *out, const char *const *words, int n) {
            out[0] = 0;
            size_t out_length = strlen(out);
            for (int i = 0; i < n; i++) {
                const size_t length = strlen(words[i]);
                memcpy(out + out_length, words[i], length + 1);
                out_length += length;
                memcpy(out + out_length, " ", sizeof " ");
                out_length += sizeof " " - 1;
            }
        }
        """,
    leaves="""
        #include <string.h>

        void f(char *out, const char *const *words, int n) {
            out[0] = 0;
            for (int i = 0; i < n; i++) {
                strcat(out, words[i]);
                if (i == 3) out[0] = 0;
            }
        }
        """,
    calls=('({ char b[9]; const char *w[] = {"ab", ""}; f(b, w, 2); !strcmp(b, "ab  "); })',),
    languages=("c", "cpp"),
)  # fmt: skip
def strcat_to_end(function: CppFunction) -> Iterator[Rewrite]:
    done = set()
    for statement in function.nodes("expression_statement"):
        bound = statements("strcat($to, $from);").match(statement)
        loops = function.loops_around(statement)
        if bound is None or not loops or bound["$to"][0].type != "identifier":
            continue
        name, loop = function.text(bound["$to"][0]), loops[-1]
        if (name, loop.start_byte) in done:
            continue
        done.add((name, loop.start_byte))
        appended = [
            (item, found["$from"][0])
            for item in function.nodes("expression_statement")
            if within(item, loop)
            and (found := statements(f"strcat({name}, $from);").match(item)) is not None
        ]
        if any(
            not any(within(use, item) for item, _ in appended) for use in function.uses(name, loop)
        ):
            continue
        end = function.fresh(f"{name}_length")
        size = function.size_type
        pieces = function.insert_before(loop, f"{size} {end} = strlen({name});")
        for item, source in appended:
            pieces.extend(_appended(function, item, source, name, end))
        reason = "strcat walks the whole string to find its end."
        yield Rewrite(tuple(pieces), reason, function.include("string.h"))


def _appended(
    function: CppFunction, item: "Node", source: "Node", name: str, end: str
) -> list["Replacement"]:
    """The statements in place of one `strcat`."""
    text = function.text(source)
    if source.type == "string_literal":
        lines = [
            f"memcpy({name} + {end}, {text}, sizeof {text});",
            f"{end} += sizeof {text} - 1;",
        ]
    else:
        length = function.fresh("length", str(item.start_byte))
        lines = [
            f"const {function.size_type} {length} = strlen({text});",
            f"memcpy({name} + {end}, {text}, {length} + 1);",
            f"{end} += {length};",
        ]
    pieces = function.insert_before(item, "\n".join(lines[:-1]))
    return [*pieces, function.replace(item, lines[-1])]


@rule(
    "c-strlen-test-to-first",
    "strlen to see whether a string is empty -> its first character",
    before="""
        #include <string.h>

        int f(const char *text) {
            return strlen(text) == 0;
        }
        """,
    after="""
        #include <string.h>

        int f(const char *text) {
            return text[0] == 0;
        }
        """,
    leaves="""
        #include <string.h>

        int f(const char *text) {
            return strlen(text) == 1;
        }
        """,
    calls=('f("") == 1', 'f("a") == 0'),
    languages=("c", "cpp"),
)
def strlen_test_to_first(function: CppFunction) -> Iterator[Rewrite]:
    for node in function.nodes("binary_expression"):
        for text, new in (
            ("strlen($s) == 0", "$s[0] == 0"),
            ("strlen($s) != 0", "$s[0] != 0"),
            ("strlen($s) > 0", "$s[0] != 0"),
        ):
            bound = expression(text).match(node)
            if bound is not None:
                piece = function.replace(node, function.fill(new, bound))
                yield Rewrite((piece,), "The first character tells.")


@rule(
    "c-format-to-copy",
    "sprintf that only copies -> strcpy",
    before="""
        #include <stdio.h>
        #include <string.h>

        void f(char *out, const char *text) {
            sprintf(out, "%s", text);
        }
        """,
    after="""
        #include <stdio.h>
        #include <string.h>

        void f(char *out, const char *text) {
            strcpy(out, text);
        }
        """,
    leaves="""
        #include <stdio.h>

        int f(char *out, const char *text) {
            return sprintf(out, "%s", text);
        }
        """,
    calls=('({ char b[4]; f(b, "abc"); !strcmp(b, "abc"); })',),
    languages=("c", "cpp"),
)
def format_to_copy(function: CppFunction) -> Iterator[Rewrite]:
    for statement in function.nodes("expression_statement"):
        bound = statements('sprintf($to, "%s", $from);').match(statement)
        if bound is not None:
            new = function.fill("strcpy($to, $from);", bound)
            reason = "Nothing is formatted."
            yield Rewrite((function.replace(statement, new),), reason, function.include("string.h"))

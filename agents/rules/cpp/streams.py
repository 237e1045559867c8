"""String streams replaced by what they do."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from perfbot.agents.rules.cpp import types
from perfbot.agents.rules.cpp.function import CppFunction, body_of, in_block, statements_in, within
from perfbot.agents.rules.cpp.pattern import expression, statements
from perfbot.agents.rules.cpp.rule import rule
from perfbot.agents.rules.rule import Rewrite
from perfbot.agents.rules.source import Replacement

if TYPE_CHECKING:
    from tree_sitter import Node


def _reader(function: CppFunction, stream: str) -> tuple["Node", str] | None:
    """The declaration of a local stream over a string that stays as it is, and that string."""
    declaration = function.local(stream)
    if function.type_of_name(stream) not in ("istringstream", "stringstream"):
        return None
    if declaration is None:
        return None
    for text in (f"$T {stream}($text);", f"$T {stream} = $T($text);"):
        bound = statements(text).match(declaration)
        # `stream(text)` reads as the declaration of a function with a parameter of type `text`
        name = function.text(bound["$text"][0]) if bound is not None else ""
        if name.isidentifier():
            kept = not function.changed(name, function.body)
            if kept and function.type_of_name(name) in ("string", "string_view"):
                return declaration, name
    return None


def _only_read_in(function: CppFunction, stream: str, declaration: "Node", loop: "Node") -> bool:
    outside = [
        use
        for use in function.uses(stream)
        if not within(use, declaration) and not within(use, loop)
    ]
    return not outside and len(function.uses(stream, loop)) == 1


@rule(
    "cpp-stream-words-to-scan",
    "words from a string stream -> a scan of the string",
    before="""
        #include <sstream>
        #include <string>
        #include <vector>

        std::vector<std::string> f(const std::string& text) {
            std::vector<std::string> words;
            std::istringstream stream(text);
            std::string word;
            while (stream >> word) words.push_back(word);
            return words;
        }
        """,
    after="""
        #include <sstream>
        #include <string>
        #include <vector>
        #include <cctype>

        std::vector<std::string> f(const std::string& text) {
            std::vector<std::string> words;
            std::string word;
            const auto is_space = [](unsigned char c) { return std::isspace(c) != 0; };
            for (std::size_t at = 0;;) {
                while (at < text.size() && is_space(text[at])) ++at;
                if (at == text.size()) break;
                const std::size_t begin = at;
                while (at < text.size() && !is_space(text[at])) ++at;
                word.assign(text, begin, at - begin);
                words.push_back(word);
            }
            return words;
        }
        """,
    leaves="""
        #include <sstream>
        #include <string>
        #include <vector>

        std::vector<int> f(const std::string& text) {
            std::vector<int> words;
            std::istringstream stream(text);
            int word;
            while (stream >> word) words.push_back(word);
            return words;
        }
        """,
    calls=('std::string(" a bc\\n\\td  ")', 'std::string("")', 'std::string("x")'),
)  # fmt: skip
def stream_words_to_scan(function: CppFunction) -> Iterator[Rewrite]:
    for loop in function.nodes("while_statement"):
        bound = statements("while ($stream >> $word) $$body;").match(loop)
        if bound is None or bound["$stream"][0].type != "identifier":
            continue
        stream, word = function.text(bound["$stream"][0]), bound["$word"][0]
        found = _reader(function, stream)
        if found is None or function.type_of(word) != "string":
            continue
        if not _only_read_in(function, stream, found[0], loop):
            continue
        names = {stem: function.fresh(stem) for stem in ("at", "begin")}
        names |= {"space": function.fresh("is_space"), "text": found[1]}
        head = function.fill(_WORDS, bound, **names)
        yield Rewrite(
            (function.delete(found[0]), _with_body(function, loop, head)),
            "A stream costs a locale, a buffer and a state for every word.",
            function.include("cctype"),
        )


_WORDS = """\
const auto $space = [](unsigned char c) { return std::isspace(c) != 0; };
for (std::size_t $at = 0;;) {
@while ($at < $text.size() && $space($text[$at])) ++$at;
@if ($at == $text.size()) break;
@const std::size_t $begin = $at;
@while ($at < $text.size() && !$space($text[$at])) ++$at;
@$word.assign($text, $begin, $at - $begin);"""


def _with_body(function: CppFunction, loop: "Node", head: str) -> Replacement:
    """A loop with a new beginning, which opens a brace, and the statements of its old body."""
    body = loop.child_by_field_name("body")
    statements_text = ""
    if body is not None:
        inner = statements_in(body if body.type == "compound_statement" else body_of(loop))
        statements_text = function.run_text(inner)
    indent = function.file.indent_at(loop.start_byte)
    level = f"\n{indent}{function.unit}"
    text = function.lines(head, indent) + level + statements_text + f"\n{indent}}}"
    return Replacement(loop.start_byte, loop.end_byte, text)


@rule(
    "cpp-getline-to-find",
    "fields by getline from a string stream -> find",
    before="""
        #include <sstream>
        #include <string>
        #include <vector>

        std::vector<std::string> f(const std::string& text) {
            std::vector<std::string> fields;
            std::stringstream stream(text);
            std::string field;
            while (std::getline(stream, field, ',')) {
                fields.push_back(field);
            }
            return fields;
        }
        """,
    after="""
        #include <sstream>
        #include <string>
        #include <vector>
        #include <algorithm>

        std::vector<std::string> f(const std::string& text) {
            std::vector<std::string> fields;
            std::string field;
            for (std::size_t begin = 0; begin < text.size();) {
                const std::size_t end = std::min(text.find(',', begin), text.size());
                field.assign(text, begin, end - begin);
                begin = end + 1;
                fields.push_back(field);
            }
            return fields;
        }
        """,
    leaves="""
        #include <sstream>
        #include <string>
        #include <vector>

        std::vector<std::string> f(const std::string& text) {
            std::vector<std::string> fields;
            std::stringstream stream(text);
            std::string field;
            int number = 0;
            while (std::getline(stream, field, ',')) {
                if (stream >> number) fields.push_back(field);
            }
            return fields;
        }
        """,
    calls=('std::string("a,bc,,d")', 'std::string("")', 'std::string("x,")', 'std::string(",")'),
)
def getline_to_find(function: CppFunction) -> Iterator[Rewrite]:
    for loop in function.nodes("while_statement"):
        for text in ("std::getline($stream, $field, $by)", "std::getline($stream, $field)"):
            bound = statements(f"while ({text}) $$body;").match(loop)
            if bound is None or bound["$stream"][0].type != "identifier":
                continue
            stream, field = function.text(bound["$stream"][0]), bound["$field"][0]
            found = _reader(function, stream)
            if found is None or function.type_of(field) != "string":
                continue
            name = function.text(field)
            declared = function.local(name)
            used = [
                use
                for use in function.uses(name)
                if not within(use, loop) and not (declared and within(use, declared))
            ]
            if used or not _only_read_in(function, stream, found[0], loop):
                continue
            by = function.text(bound["$by"][0]) if "$by" in bound else r"'\n'"
            names = {
                "begin": function.fresh("begin"),
                "end": function.fresh("end"),
                "text": found[1],
                "by": by,
            }
            head = function.fill(_FIELDS, bound, **names)
            yield Rewrite(
                (function.delete(found[0]), _with_body(function, loop, head)),
                "A stream costs a locale, a buffer and a state for every field.",
                function.include("algorithm"),
            )


_FIELDS = """\
for (std::size_t $begin = 0; $begin < $text.size();) {
@const std::size_t $end = std::min($text.find($by, $begin), $text.size());
@$field.assign($text, $begin, $end - $begin);
@$begin = $end + 1;"""


@rule(
    "cpp-string-stream-to-append",
    "string put together by a stream -> appended to a string",
    before="""
        #include <sstream>
        #include <string>
        #include <vector>

        std::string f(const std::vector<int>& values) {
            std::ostringstream out;
            for (const int value : values) {
                out << value << ", ";
            }
            return out.str();
        }
        """,
    after="""
        #include <sstream>
        #include <string>
        #include <vector>

        std::string f(const std::vector<int>& values) {
            std::string out;
            for (const int value : values) {
                out += std::to_string(value);
                out += ", ";
            }
            return out;
        }
        """,
    leaves="""
        #include <sstream>
        #include <string>

        std::string f(double value) {
            std::ostringstream out;
            out << value;
            return out.str();
        }
        """,
    calls=("std::vector<int>{1, -2}", "std::vector<int>{}"),
)
def string_stream_to_append(function: CppFunction) -> Iterator[Rewrite]:
    for name in function.declarations:
        declaration = function.local(name)
        if function.type_of_name(name) not in ("ostringstream", "stringstream"):
            continue
        if declaration is None or statements(f"$T {name};").match(declaration) is None:
            continue
        pieces: list[Replacement] = []
        for use in function.uses(name):
            if not within(use, declaration):
                more = _written_text(function, use, name)
                if more is None:
                    break
                pieces += more
        else:
            kind = declaration.child_by_field_name("type")
            if kind is not None and pieces:
                pieces.append(function.replace(kind, "std::string"))
                reason = "A stream costs a locale and a buffer of its own; a string is appended to."
                yield Rewrite(tuple(pieces), reason, function.include("string"))


def _written_text(function: CppFunction, use: "Node", name: str) -> list[Replacement] | None:
    """What one use of an output stream becomes; None where it is more than writing text."""
    call = use.parent.parent if use.parent is not None else None
    if call is not None and expression(f"{name}.str()").match(call) is not None:
        return [function.replace(call, name)]
    statement = function.statement_of(use)
    while statement.type != "expression_statement" and statement != use:
        inner = [child for child in statement.named_children if within(use, child)]
        statement = inner[0] if inner else use
    if statement.type != "expression_statement":
        return None
    parts = _operands(statement.named_children[0])
    if len(parts) < 2 or parts[0] != use:
        return None
    lines = []
    for part in parts[1:]:
        text = function.text(part)
        kind = function.type_of(part)
        if part.type == "string_literal" or kind in ("char", "string", "string_view"):
            lines.append(f"{name} += {text};")
        elif text in ("std::endl", "endl"):
            lines.append(rf"{name} += '\n';")
        elif types.is_integer(kind) and "char" not in (kind or "") and "8_t" not in (kind or ""):
            lines.append(f"{name} += std::to_string({text});")
        else:
            return None
    pieces = []
    if len(lines) > 1 and not in_block(statement):
        pieces += function.insert_before(statement, "\n".join(lines[:-1]))
        lines = lines[-1:]
    return [*pieces, function.replace(statement, "\n".join(lines))]


def _operands(node: "Node") -> list["Node"]:
    """The operands of `a << b << c`, from the left."""
    if node.type == "binary_expression":
        operator = node.child_by_field_name("operator")
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        if operator is not None and operator.type == "<<" and left and right:
            return [*_operands(left), right]
    return [node]


@rule(
    "cpp-endl-to-newline",
    "std::endl -> '\\n'",
    before="""
        #include <sstream>
        #include <string>
        #include <vector>

        std::string f(const std::vector<int>& values) {
            std::ostringstream out;
            for (const int value : values) out << value << std::endl;
            return out.str();
        }
        """,
    after="""
        #include <sstream>
        #include <string>
        #include <vector>

        std::string f(const std::vector<int>& values) {
            std::ostringstream out;
            for (const int value : values) out << value << '\\n';
            return out.str();
        }
        """,
    leaves="""
        #include <sstream>
        #include <string>

        std::string f(int value) {
            std::ostringstream out;
            out << value << std::ends;
            return out.str();
        }
        """,
    calls=("std::vector<int>{1, 2}", "std::vector<int>{}"),
)
def endl_to_newline(function: CppFunction) -> Iterator[Rewrite]:
    pieces = []
    for node in function.nodes("binary_expression"):
        right, operator = node.child_by_field_name("right"), node.child_by_field_name("operator")
        if right is None or operator is None or operator.type != "<<":
            continue
        if function.text(right) in ("std::endl", "endl"):
            pieces.append(function.replace(right, r"'\n'"))
    if pieces:
        yield Rewrite(tuple(pieces), "The stream is not flushed after every line.")

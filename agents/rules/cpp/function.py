"""What a C++ rule may ask about the function it looks at, and how it places new text."""

import re
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import TYPE_CHECKING

from perfbot.agents.rules.cpp import effects, types
from perfbot.agents.rules.cpp.pattern import Bound, plain
from perfbot.agents.rules.cpp.source import CppFile, walk
from perfbot.agents.rules.source import Replacement
from perfbot.sandbox.languages.cpp_tree import Definition, declarator_of, text_of

if TYPE_CHECKING:
    from tree_sitter import Node

LOOPS = frozenset({"for_statement", "for_range_loop", "while_statement", "do_statement"})
_SCOPES = LOOPS | {"compound_statement", "lambda_expression"}
_ATOMS = frozenset(
    {
        *("identifier", "field_identifier", "qualified_identifier", "number_literal"),
        *("char_literal", "string_literal", "call_expression", "subscript_expression"),
        *("field_expression", "parenthesized_expression", "this", "true", "false"),
        *("compound_literal_expression", "template_function", "raw_string_literal"),
        *("type_identifier", "primitive_type", "sized_type_specifier", "template_type"),
    }
)
_HOLE = re.compile(r"\$\$?\w+")


class CppFunction:
    """One definition in a file."""

    def __init__(self, file: CppFile, definition: Definition) -> None:
        self.file = file
        self.definition = definition
        self.node = definition.node
        body = definition.node.child_by_field_name("body")
        self.body = definition.node if body is None else body
        self._given: dict[tuple[str, str], str] = {}

    def restart(self) -> None:
        """Forget the fresh names given so far: the next rule's are no part of the same text."""
        self._given.clear()

    @property
    def size_type(self) -> str:
        """How the type of sizes is written here."""
        return "size_t" if self.file.is_c else "std::size_t"

    # --- finding ---

    @cached_property
    def _by_type(self) -> dict[str, list["Node"]]:
        found: dict[str, list[Node]] = {}
        for node in walk(self.node):
            found.setdefault(node.type, []).append(node)
        return found

    def nodes(self, *kinds: str) -> list["Node"]:
        """The function's nodes of these types, in the order of the text for each type."""
        return [node for kind in kinds for node in self._by_type.get(kind, [])]

    @cached_property
    def _uses(self) -> dict[str, list["Node"]]:
        found: dict[str, list[Node]] = {}
        for node in self.nodes("identifier"):
            found.setdefault(text_of(node), []).append(node)
        return found

    def uses(self, name: str, region: "Node | None" = None) -> list["Node"]:
        """Every mention of a name in the function or a part of it, its declaration included."""
        found = self._uses.get(name, [])
        return found if region is None else [use for use in found if within(use, region)]

    def names_in(self, node: "Node") -> set[str]:
        """The names that an expression reads."""
        return {text_of(item) for item in walk(node) if item.type == "identifier"}

    def loops_around(self, node: "Node") -> list["Node"]:
        """The loops whose bodies or conditions hold a node, the innermost first."""
        found, below, above = [], node, node.parent
        while above is not None and below != self.node:
            if above.type == "lambda_expression":
                break
            if above.type in LOOPS and not self._runs_once(above, below):
                found.append(above)
            below, above = above, above.parent
        return found

    @staticmethod
    def _runs_once(loop: "Node", part: "Node") -> bool:
        once = loop.child_by_field_name("right" if loop.type == "for_range_loop" else "initializer")
        return part == once

    def statement_of(self, node: "Node") -> "Node":
        """The innermost statement that stands in a block and holds a node."""
        while node.parent is not None and node.parent.type not in (
            "compound_statement",
            "case_statement",
        ):
            node = node.parent
        return node

    # --- declarations and types ---

    @cached_property
    def declarations(self) -> dict[str, list["Node"]]:
        """Name -> the declarators of it in this function, parameters and loops included."""
        found: dict[str, list[Node]] = {}
        kinds = ("parameter_declaration", "optional_parameter_declaration", "declaration")
        for node in self.nodes(*kinds, "for_range_loop"):
            for declarator in node.children_by_field_name("declarator"):
                for name in names_of(declarator):
                    found.setdefault(name, []).append(declarator)
        return found

    def declared_once(self, name: str) -> "Node | None":
        """The only declarator of a name here; None where there is none or another hides it."""
        found = self.declarations.get(name, [])
        return found[0] if len(found) == 1 else None

    def declared_at(self, use: "Node") -> "Node | None":
        """The declarator that a use of a name means: of those above it, the innermost, the last."""
        seen = [
            (scope.start_byte, declarator.start_byte, declarator)
            for declarator in self.declarations.get(text_of(use), [])
            if declarator.start_byte < use.start_byte
            and within(use, scope := self._scope_of(declarator))
        ]
        return max(seen, key=lambda item: item[:2])[2] if seen else None

    def _scope_of(self, declarator: "Node") -> "Node":
        """The block, loop or function in which a declaration holds."""
        node = declarator
        while node.parent is not None and node != self.node:
            if node.type in _SCOPES:
                return node
            node = node.parent
        return self.node

    def local(self, name: str) -> "Node | None":
        """The only declaration statement of a local variable, by itself, not a parameter's."""
        declarator = self.declared_once(name)
        above = declarator.parent if declarator is not None else None
        if above is None or above.type != "declaration" or above.parent is None:
            return None
        single = len(above.children_by_field_name("declarator")) == 1
        return above if single and above.parent.type == "compound_statement" else None

    def is_parameter(self, name: str) -> bool:
        """Whether a name is one of the function's own parameters."""
        declarator = self.declared_once(name)
        above = declarator.parent if declarator is not None else None
        return (
            above is not None
            and above.type.endswith("parameter_declaration")
            and within(above, self.definition.head)
        )

    def type_of(self, node: "Node") -> str | None:
        """The type of an expression without `const`, `&` and `std::`, or None where unknown."""
        return types.type_of(self, node)

    def type_of_name(self, name: str) -> str | None:
        """The type of a variable, a parameter or a member, as `type_of` writes it."""
        return types.type_of_name(self, name)

    # --- what changes ---

    def changed(self, name: str, region: "Node") -> bool:
        """Whether a part of the function may change a variable, as far as one sees."""
        return effects.changed(self, name, region)

    def invariant(self, node: "Node", region: "Node") -> bool:
        """Whether an expression gives the same wherever it stands in a part of the function."""
        return effects.invariant(self, node, region)

    # --- text ---

    def text(self, node: "Node") -> str:
        """A node's own text."""
        return text_of(node)

    def operand(self, node: "Node") -> str:
        """A node's text, in parentheses unless it binds as tightly as a name."""
        return text_of(node) if node.type in _ATOMS else f"({text_of(node)})"

    def fill(self, template: str, bound: Bound, **texts: str) -> str:
        """A template with its holes filled: parenthesised where an operator could tear it."""

        def one(match: re.Match[str]) -> str:
            name = match[0]
            if name.strip("$") in texts:
                return texts[name.strip("$")]
            nodes = bound[name]
            before = template[: match.start()].rstrip()
            after = template[match.end() :].lstrip()
            closed = after[:1] in ("", ")", "]", ",", ";", "}")
            opened = before[-1:] in ("", "(", "[", ",", ";", "{", "}")
            assigned = re.search(r"(?<![<>=!])=$|return$", before) is not None
            if len(nodes) != 1 or (closed and (opened or assigned)) or name.startswith("$$"):
                return self.run_text(nodes)
            return self.operand(nodes[0])

        return _HOLE.sub(one, template)

    def run_text(self, nodes: Iterable["Node"]) -> str:
        """The text from the first to the last of adjacent nodes, with what is between them."""
        listed = list(nodes)
        if not listed:
            return ""
        return self.file.data[listed[0].start_byte : listed[-1].end_byte].decode()

    def fresh(self, stem: str, key: str = "") -> str:
        """A name not in the file yet, the same again for the same stem and key."""
        stem = re.sub(r"[\W_]+", "_", stem).strip("_") or "value"
        if (stem, key) not in self._given:
            name, turn = stem, 1
            while name in self.file.words or name in self._given.values():
                turn += 1
                name = f"{stem}_{turn}"
            self._given[stem, key] = name
        return self._given[stem, key]

    def include(self, *headers: str) -> tuple[str, ...]:
        """The `#include` lines that the file lacks."""
        return tuple(f"#include <{name}>" for name in headers if self.file.lacks(name))

    @cached_property
    def unit(self) -> str:
        """What one more level is indented by."""
        outer = self.file.indent_at(self.node.start_byte)
        for child in self.body.named_children:
            inner = self.file.indent_at(child.start_byte)
            if len(inner) > len(outer) and inner.startswith(outer):
                return inner[len(outer) :]
        return "    "

    def lines(self, text: str, indent: str) -> str:
        """Several lines, each but the first behind `indent`, `@` at a start for one more level."""
        done = []
        for line in text.strip("\n").split("\n"):
            level = len(line) - len(line.lstrip("@"))
            done.append(f"{self.unit * level}{line[level:]}")
        return ("\n" + indent).join(done)

    # --- replacing ---

    def replace(self, node: "Node", text: str) -> Replacement:
        """`text` in place of a node; a statement's further lines are indented as it is."""
        text = self.lines(text, self.file.indent_at(node.start_byte))
        return Replacement(node.start_byte, node.end_byte, text)

    def replace_run(self, first: "Node", last: "Node", text: str) -> Replacement:
        """`text` in place of the statements from `first` to `last` of one block."""
        text = self.lines(text, self.file.indent_at(first.start_byte))
        return Replacement(first.start_byte, last.end_byte, text)

    def insert_before(self, statement: "Node", text: str) -> list[Replacement]:
        """New lines before a statement; braces around both where it is a whole body."""
        indent = self.file.indent_at(statement.start_byte)
        start, end = statement.start_byte, statement.end_byte
        if in_block(statement):
            return [Replacement(start, start, f"{self.lines(text, indent)}\n{indent}")]
        outer = self.file.indent_at(statement.parent.start_byte) if statement.parent else indent
        inner = outer + self.unit
        opened = f"{{\n{inner}{self.lines(text, inner)}\n{inner}"
        return [Replacement(start, start, opened), Replacement(end, end, f"\n{outer}}}")]

    def insert_after(self, statement: "Node", text: str) -> list[Replacement]:
        """New lines after a statement; braces around both where it is a whole body."""
        indent = self.file.indent_at(statement.start_byte)
        start, end = statement.start_byte, statement.end_byte
        if in_block(statement):
            return [Replacement(end, end, f"\n{indent}{self.lines(text, indent)}")]
        outer = self.file.indent_at(statement.parent.start_byte) if statement.parent else indent
        inner = outer + self.unit
        return [
            Replacement(start, start, f"{{\n{inner}"),
            Replacement(end, end, f"\n{inner}{self.lines(text, inner)}\n{outer}}}"),
        ]

    def delete(self, statement: "Node") -> Replacement:
        """A statement removed, with its lines where it shares them with no other."""
        start, end = statement.start_byte, statement.end_byte
        if not in_block(statement):
            return Replacement(start, end, ";")
        first, last = self.file.line_start(start), self.file.line_end(end)
        alone = not self.file.data[first:start].strip() and not self.file.data[end:last].strip()
        return Replacement(first, last, "") if alone else Replacement(start, end, "")


def in_block(statement: "Node") -> bool:
    """Whether other statements may stand beside a statement as it is."""
    above = statement.parent
    return above is not None and above.type in ("compound_statement", "case_statement")


def within(node: "Node", region: "Node") -> bool:
    """Whether a node is `region` or lies in it."""
    return region.start_byte <= node.start_byte and node.end_byte <= region.end_byte


def body_of(loop: "Node") -> "Node":
    """The body of a loop, without the braces around a single statement."""
    body = loop.child_by_field_name("body")
    return plain(loop if body is None else body)


def statements_in(body: "Node") -> list["Node"]:
    """The statements of a block, or the one that stands in its place."""
    if body.type != "compound_statement":
        return [body]
    return [child for child in body.named_children if child.type != "comment"]


def names_of(declarator: "Node") -> Iterator[str]:
    """The names that a declarator declares; several for a structured binding."""
    inner: Node | None = declarator
    while inner is not None and inner.type not in ("identifier", "structured_binding_declarator"):
        inner = declarator_of(inner) if inner.named_children else None
    if inner is None:
        return
    if inner.type == "identifier":
        yield text_of(inner)
    else:
        yield from (text_of(child) for child in inner.named_children)

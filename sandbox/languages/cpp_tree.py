"""C++ and C syntax trees: where function definitions stand, and what their headers say."""

import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tree_sitter import Node, Parser, Tree

_CONTAINERS = frozenset(
    {
        *("linkage_specification", "declaration_list", "field_declaration_list"),
        *("preproc_if", "preproc_ifdef", "preproc_else", "preproc_elif", "preproc_elifdef"),
        *("declaration", "field_declaration", "type_definition", "ERROR"),
    }
)
_CLASSES = frozenset({"class_specifier", "struct_specifier", "union_specifier"})
_NAMES = frozenset(
    {"identifier", "field_identifier", "qualified_identifier", "template_function", "operator_name"}
)
_NOT_OF_THE_TYPE = frozenset({"constexpr", "consteval", "constinit", "mutable"})
_MACRO = re.compile(rb"[A-Z_][A-Z0-9_]{2,}")


@dataclass(frozen=True, slots=True)
class Around:
    """What encloses a function, from the outside in."""

    namespaces: tuple[str, ...] = ()
    """Names; an anonymous one is the empty string."""
    classes: tuple[str, ...] = ()
    """Names of the classes whose bodies it is in; a specialisation's with its arguments."""
    template: bool = False
    """Whether one of the classes is a template."""
    anonymous: bool = False
    """Whether a class of no name is around: nothing in it can be named."""


@dataclass(frozen=True, slots=True)
class Definition:
    """A function's place: `node` defines it; `outer` has `template<...>` and `extern "C"` too."""

    name: str
    """As the definition has it, whitespace removed: `area`, `Hull::build`, `operator+`."""
    node: "Node"
    outer: "Node"
    head: "Node"
    """The function_declarator: name, parameters, qualifiers."""
    around: Around
    template: bool
    """Whether its template parameters have to be chosen before it can be called."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter as written; `type` has single spaces only where they matter."""

    type: str
    name: str
    default: str | None


def parse_tree(source: bytes) -> "Tree":
    """Return the tree of `source`; it has error nodes where the text is wrong.

    A macro before a function's type (`GEO_API int area(...)`) is read as if it were not there:
    only the compiler knows what stands for it.
    """
    tree = _parser().parse(source)
    if tree.root_node.has_error:
        blanked = _without_macros(tree.root_node, source)
        if blanked != source:
            return _parser().parse(blanked)
    return tree


def definitions(root: "Node") -> Iterator[Definition]:
    """Yield the functions in `root` with a body, a name and a type, in the order of the text.

    Constructors, destructors, conversions, `friend`s, lambdas, and functions inside functions
    are left out.
    """
    if root.type == "translation_unit":
        yield from _definitions_in(root, Around())
    else:
        yield from _definitions_at(root, root, Around())


def parameters_of(head: "Node") -> list[Parameter]:
    """Return the parameters of a function_declarator; `...` is one without a name."""
    listed = head.child_by_field_name("parameters")
    found = []
    for child in listed.children if listed is not None else ():
        if child.type == "...":
            found.append(Parameter("...", "", None))
        elif child.type.endswith("parameter_declaration"):
            found.append(_parameter(child))
    return [] if [(item.type, item.name) for item in found] == [("void", "")] else found


def return_type_of(definition: Definition) -> str:
    """Return the type a function returns, as written; of `auto f() -> T` the `T`."""
    node, head = definition.node, definition.head
    for child in head.children:
        if child.type == "trailing_return_type":
            return spaced(text_of(child).removeprefix("->"))
    written = node.child_by_field_name("type")
    declarator = node.child_by_field_name("declarator")
    if written is None or declarator is None:
        return ""
    parts = [
        text_of(child)
        for child in node.children
        if child == written
        or (child.type == "type_qualifier" and text_of(child) not in _NOT_OF_THE_TYPE)
    ]
    source = node.text or b""
    base = node.start_byte
    before = source[declarator.start_byte - base : head.start_byte - base]
    after = source[head.end_byte - base : declarator.end_byte - base]
    return spaced(f"{' '.join(parts)} {before.decode()}{after.decode()}")


def is_const_member(head: "Node") -> bool:
    """Whether a member function may be called on a const object."""
    return any(child.type == "type_qualifier" and child.text == b"const" for child in head.children)


def spaced(text: str) -> str:
    """A type's text with whitespace only between words, and after commas."""
    text = re.sub(r"\s+", " ", text).strip()
    text = re.sub(r"\s*([^\w\s])\s*", r"\1", text)
    return text.replace(",", ", ")


def without_arguments(name: str) -> str:
    """A name without template arguments: `Box<int>::get<char>` gives `Box::get`."""
    start = name.find("operator")
    kept = "" if start < 0 else name[start:]
    name = name if start < 0 else name[:start]
    result, depth = "", 0
    for character in name:
        depth += character == "<"
        if not depth:
            result += character
        depth -= character == ">"
    return result + kept


def text_of(node: "Node") -> str:
    """A node's text."""
    return (node.text or b"").decode()


def first_error(node: "Node") -> "Node | None":
    """The first ERROR or MISSING node in `node`, in the order of the text."""
    if node.is_missing or node.is_error:
        return node
    if not node.has_error:
        return None
    found = (first_error(child) for child in node.children)
    return next((error for error in found if error is not None), None)


def declarator_of(node: "Node") -> "Node | None":
    """The declared thing inside a declarator's pointers, references and parentheses."""
    inner = node.child_by_field_name("declarator")
    if inner is None and node.named_children:
        inner = node.named_children[-1]
    return inner


@functools.cache
def _parser() -> "Parser":
    import tree_sitter_cpp
    from tree_sitter import Language, Parser

    return Parser(Language(tree_sitter_cpp.language()))


def _definitions_in(node: "Node", around: Around) -> Iterator[Definition]:
    for child in node.named_children:
        yield from _definitions_at(child, child, around)


def _definitions_at(node: "Node", outer: "Node", around: Around) -> Iterator[Definition]:
    if node.type == "template_declaration":
        yield from _definitions_at(node.named_children[-1], outer, around)
    elif node.type == "function_definition":
        found = _definition(node, outer, around)
        if found is not None:
            yield found
    elif node.type == "namespace_definition":
        body, name = node.child_by_field_name("body"), node.child_by_field_name("name")
        parts = re.sub(r"\s|\binline\b", "", text_of(name)).split("::") if name else [""]
        if body is not None:
            inside = (*around.namespaces, *parts)
            yield from _definitions_in(body, replace(around, namespaces=inside))
    elif node.type in _CLASSES:
        body, name = node.child_by_field_name("body"), node.child_by_field_name("name")
        if body is not None:
            inside_class = replace(
                around,
                classes=(*around.classes, re.sub(r"\s", "", text_of(name)) if name else ""),
                template=around.template or _has_parameters(outer, node),
                anonymous=around.anonymous or name is None,
            )
            yield from _definitions_in(body, inside_class)
    elif node.type == "linkage_specification":
        body = node.child_by_field_name("body")
        if body is not None and body.type == "function_definition":
            yield from _definitions_at(body, node, around)
        else:
            yield from _definitions_in(node, around)
    elif node.type in _CONTAINERS:
        yield from _definitions_in(node, around)


def _definition(node: "Node", outer: "Node", around: Around) -> Definition | None:
    body = node.child_by_field_name("body")
    if body is None or node.child_by_field_name("type") is None or around.anonymous:
        return None
    if body.type not in ("compound_statement", "try_statement"):
        return None
    head, waiting = None, node.child_by_field_name("declarator")
    while waiting is not None and waiting.type not in _NAMES:
        if waiting.type in ("operator_cast", "destructor_name"):
            return None
        head = waiting if waiting.type == "function_declarator" else head
        waiting = declarator_of(waiting)
    if head is None or waiting is None:
        return None
    name = re.sub(r"\s", "", text_of(waiting))
    if node.child_by_field_name("type") == waiting:
        return None
    template = around.template or _has_parameters(outer, node)
    return Definition(name, node, outer, head, around, template)


def _has_parameters(outer: "Node", node: "Node") -> bool:
    """Whether a `template<...>` between `outer` and `node` is not the `<>` of a specialisation."""
    while outer != node and outer.type == "template_declaration":
        listed = outer.child_by_field_name("parameters")
        if listed is not None and listed.named_child_count:
            return True
        outer = outer.named_children[-1]
    return False


def _parameter(node: "Node") -> Parameter:
    default = node.child_by_field_name("default_value")
    declarator = node.child_by_field_name("declarator")
    name = declarator
    while name is not None and name.type != "identifier":
        name = declarator_of(name) if name.named_children else None
    source, base = node.text or b"", node.start_byte
    end = len(source)
    if default is not None:
        end = source[: default.start_byte - base].rindex(b"=")
    if name is None:
        written = source[:end]
    else:
        written = source[: name.start_byte - base] + b" " + source[name.end_byte - base : end]
    return Parameter(
        spaced(written.decode()),
        text_of(name) if name is not None else "",
        text_of(default) if default is not None else None,
    )


def _without_macros(root: "Node", source: bytes) -> bytes:
    """Blank the macros that were taken for the types of functions, lengths kept."""
    result = bytearray(source)
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if not node.has_error:
            continue
        waiting += node.children
        if node.type not in ("function_definition", "declaration", "field_declaration"):
            continue
        written = node.child_by_field_name("type")
        broken = any(child.is_error or child.is_missing for child in node.children)
        if broken and written is not None and _MACRO.fullmatch(written.text or b""):
            result[written.start_byte : written.end_byte] = b" " * len(written.text or b"")
    return bytes(result)

"""Small questions to tree-sitter's nodes of C++: what is declared, by what words, and where."""

from collections.abc import Iterator

from tree_sitter import Node

_NAMES = ("identifier", "field_identifier", "type_identifier")
_FUNCTIONS = ("function_definition", "lambda_expression")


def walk(node: Node) -> Iterator[Node]:
    """Yield the node and all below it, in the order of the text."""
    pending = [node]
    while pending:
        found = pending.pop()
        yield found
        pending.extend(reversed(found.children))


def text_of(node: Node) -> str:
    """The node's own text."""
    return node.text.decode(errors="replace") if node.text is not None else ""


def specifiers(declaration: Node) -> set[str]:
    """The words before the declarators: `static`, `const`, `constexpr` and the like."""
    found = set()
    for child in declaration.children:
        if child.type in ("storage_class_specifier", "type_qualifier"):
            found.add(text_of(child))
    return found


def declarators(declaration: Node) -> list[Node]:
    """What a declaration declares, with initial values."""
    return declaration.children_by_field_name("declarator")


def name_of(declarator: Node) -> str | None:
    """The name inside a declarator, its last part where it is qualified."""
    node: Node | None = declarator
    while node is not None:
        if node.type in (*_NAMES, "operator_name", "destructor_name"):
            return text_of(node)
        inner = node.child_by_field_name("declarator") or node.child_by_field_name("name")
        if inner is None and node.type in ("reference_declarator", "parenthesized_declarator"):
            inner = next(iter(node.named_children), None)
        node = inner
    return None


def names_in(node: Node) -> set[str]:
    """Every identifier in it that is no member's."""
    return {text_of(item) for item in walk(node) if item.type == "identifier"}


def functions_around(node: Node) -> list[Node]:
    """The functions and lambdas that hold the node, innermost first."""
    found = []
    parent = node.parent
    while parent is not None:
        if parent.type in _FUNCTIONS:
            found.append(parent)
        parent = parent.parent
    return found

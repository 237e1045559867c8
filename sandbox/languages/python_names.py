"""Who a name in a Python text belongs to: every identifier with the scope that holds it.

Positions come from tree-sitter, since Python's own tree has none for names in imports, `except`,
`global`, patterns and (before 3.12) f-strings. Scoping follows the language reference, section
"Naming and binding".
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tree_sitter import Node


@dataclass(slots=True, eq=False)
class Scope:
    """A namespace: module, class, function (lambdas too) or comprehension."""

    kind: str
    node: "Node"
    parent: "Scope | None"
    bound: set[str] = field(default_factory=set)
    globals: set[str] = field(default_factory=set)
    nonlocals: set[str] = field(default_factory=set)

    def home_of(self, name: str) -> "Scope":
        """The scope whose `name` is meant here; the module's for globals and builtins."""
        scope, own = self, True
        while scope.parent is not None:
            if name in scope.globals:
                return scope.module
            visible = own or scope.kind != "class"
            if visible and name in scope.bound and name not in scope.nonlocals:
                return scope
            scope, own = scope.parent, False
        return scope

    @property
    def module(self) -> "Scope":
        scope = self
        while scope.parent is not None:
            scope = scope.parent
        return scope

    def is_within(self, other: "Scope") -> bool:
        """Whether this scope is `other` or lies inside it."""
        scope: Scope | None = self
        while scope is not None and scope is not other:
            scope = scope.parent
        return scope is other


@dataclass(frozen=True, slots=True, eq=False)
class Name:
    """One occurrence of an identifier that is a name (no attribute, no keyword of a call)."""

    text: str
    line: int
    """1-based."""
    start: int
    end: int
    at: Scope
    """Where it stands."""
    home: Scope
    """Whose it is."""
    role: str
    """`plain`; `imported` (`import x`: renaming adds `as`); `package` (`import x.y`) and `shown`
    (`f"{x=}"`) cannot be renamed; `declared` stands in a global or nonlocal statement."""
    binds: bool


def names(root: "Node") -> list[Name]:
    """Return every name of a tree, in the order of the text, resolved to its scope."""
    walk = _Walk(root)
    found = []
    for node, at, role, binds in walk.found:
        text, line = _text(node), node.start_point[0] + 1
        span = node.start_byte, node.end_byte
        found.append(Name(text, line, *span, at, at.home_of(text), role, binds))
    return sorted(found, key=lambda name: name.start)


def bound_in(root: "Node") -> frozenset[str]:
    """Return the names that a module binds, wherever in the text it does so."""
    return frozenset(name.text for name in names(root) if name.home.kind == "module" and name.binds)


def spliced(source: bytes, changes: Mapping[tuple[int, int], str]) -> bytes:
    """Return `source` with each (start, end) span of bytes replaced."""
    for (start, end), text in sorted(changes.items(), reverse=True):
        source = source[:start] + text.encode() + source[end:]
    return source


def rename(occurrences: Iterable[Name], new: str) -> dict[tuple[int, int], str] | None:
    """Return the splices that rename `occurrences` to `new`, or None if one of them cannot be."""
    changes: dict[tuple[int, int], str] = {}
    for name in occurrences:
        if name.role in ("package", "shown"):
            return None
        text = f"{name.text} as {new}" if name.role == "imported" else new
        changes[name.start, name.end] = text
    return changes


def same_binding(before: list[Name], after: list[Name]) -> bool:
    """Whether a renaming captured nothing: each name still belongs to the scope it did.

    Both lists come from `names`, of the text before and after.
    """
    # `import x` became `import x as y`: still one name, the alias
    if len(before) != len(after):
        return False
    order_before, order_after = _numbered(before), _numbered(after)
    forth: dict[tuple[int, str], tuple[int, str]] = {}
    back: dict[tuple[int, str], tuple[int, str]] = {}
    for old, new in zip(before, after, strict=True):
        old_key = (order_before[old.home], old.text)
        new_key = (order_after[new.home], new.text)
        if old_key[0] != new_key[0]:
            return False
        if forth.setdefault(old_key, new_key) != new_key:
            return False
        if back.setdefault(new_key, old_key) != old_key:
            return False
    return True


def _numbered(found: list[Name]) -> dict[Scope, int]:
    scopes = {scope for name in found for scope in (name.at, name.home)}
    places = sorted(scopes, key=lambda scope: (scope.node.start_byte, -scope.node.end_byte))
    return {scope: number for number, scope in enumerate(places)}


_COMPREHENSIONS = frozenset(
    {"list_comprehension", "set_comprehension", "dictionary_comprehension", "generator_expression"}
)


class _Walk:
    """One pass over a tree that collects scopes and raw names; an explicit stack, no recursion."""

    def __init__(self, root: "Node") -> None:
        self.found: list[tuple[Node, Scope, str, bool]] = []
        self.waiting: list[tuple[Node, Scope]] = [(root, Scope("module", root, None))]
        while self.waiting:
            node, scope = self.waiting.pop()
            self.visit(node, scope)

    def visit(self, node: "Node", scope: Scope) -> None:
        kind = node.type
        if kind == "identifier":
            self.found.append((node, scope, _role(node), False))
        elif kind in ("function_definition", "lambda"):
            self.function(node, scope)
        elif kind == "class_definition":
            self.class_(node, scope)
        elif kind in _COMPREHENSIONS:
            self.comprehension(node, scope)
        elif kind in ("assignment", "augmented_assignment", "for_statement", "for_in_clause"):
            self.split(node, scope, "left")
        elif kind == "named_expression":
            self.walrus(node, scope)
        elif kind == "as_pattern":
            self.as_pattern(node, scope)
        elif kind == "delete_statement":
            for child in node.named_children:
                self.bind(child, scope)
        elif kind in ("import_statement", "import_from_statement", "future_import_statement"):
            self.imports(node, scope)
        elif kind in ("global_statement", "nonlocal_statement"):
            self.declare(node, scope)
        elif kind in ("attribute", "member_type"):
            self.waiting.append((node.named_children[0], scope))
        elif kind == "keyword_argument":
            self.push(node.child_by_field_name("value"), scope)
        elif kind == "type_alias_statement":
            self.split(node, scope, "left")
        elif kind in ("case_pattern", "keyword_pattern", "splat_pattern", "class_pattern"):
            self.pattern(node, scope)
        elif kind == "dotted_name":
            self.waiting.append((node.named_children[0], scope))
        else:
            self.waiting += [(child, scope) for child in node.named_children]

    def push(self, node: "Node | None", scope: Scope) -> None:
        if node is not None:
            self.waiting.append((node, scope))

    def bind(self, node: "Node | None", scope: Scope, role: str = "plain") -> None:
        """Bind the names that `node`, an assignment's target, holds; read whatever else it does."""
        if node is None:
            return
        if node.type == "identifier":
            scope.bound.add(_text(node))
            self.found.append((node, scope, role, True))
        elif node.type in _TARGETS:
            for child in node.named_children:
                self.bind(child, scope, role)
        else:
            self.waiting.append((node, scope))

    def split(self, node: "Node", scope: Scope, field_name: str) -> None:
        """Bind what stands in one field, read the other children."""
        target = node.child_by_field_name(field_name)
        self.bind(target, scope)
        self.waiting += [(child, scope) for child in node.named_children if child != target]

    def function(self, node: "Node", scope: Scope) -> None:
        self.bind(node.child_by_field_name("name"), scope)
        inner = Scope("function", node, scope)
        parameters = node.child_by_field_name("parameters")
        for parameter in parameters.named_children if parameters is not None else []:
            self.parameter(parameter, scope, inner)
        self.push(node.child_by_field_name("return_type"), scope)
        self.push(node.child_by_field_name("body"), inner)

    def parameter(self, node: "Node", outer: Scope, inner: Scope) -> None:
        if node.type in ("default_parameter", "typed_default_parameter"):
            self.bind(node.child_by_field_name("name"), inner)
            self.push(node.child_by_field_name("value"), outer)
            self.push(node.child_by_field_name("type"), outer)
        elif node.type == "typed_parameter":
            self.bind(node.named_children[0], inner)
            self.push(node.child_by_field_name("type"), outer)
        else:
            self.bind(node, inner)

    def class_(self, node: "Node", scope: Scope) -> None:
        self.bind(node.child_by_field_name("name"), scope)
        self.push(node.child_by_field_name("superclasses"), scope)
        self.push(node.child_by_field_name("body"), Scope("class", node, scope))

    def comprehension(self, node: "Node", scope: Scope) -> None:
        inner = Scope("comprehension", node, scope)
        clauses = [child for child in node.named_children if child.type == "for_in_clause"]
        for child in node.named_children:
            if clauses and child == clauses[0]:
                # the first iterable is evaluated outside the comprehension
                self.bind(child.child_by_field_name("left"), inner)
                for iterable in child.children_by_field_name("right"):
                    self.push(iterable, scope)
            else:
                self.waiting.append((child, inner))

    def walrus(self, node: "Node", scope: Scope) -> None:
        holder = scope
        while holder.kind == "comprehension" and holder.parent is not None:
            holder = holder.parent
        self.bind(node.child_by_field_name("name"), holder)
        self.push(node.child_by_field_name("value"), scope)

    def as_pattern(self, node: "Node", scope: Scope) -> None:
        alias = node.child_by_field_name("alias")
        target = alias if alias is not None else node.named_children[-1]
        self.bind(target, scope)
        self.waiting += [(child, scope) for child in node.named_children if child != target]

    def imports(self, node: "Node", scope: Scope) -> None:
        for item in node.children_by_field_name("name"):
            if item.type == "aliased_import":
                self.bind(item.child_by_field_name("alias"), scope)
            else:
                role = "imported" if len(item.named_children) == 1 else "package"
                self.bind(item.named_children[0], scope, role)

    def declare(self, node: "Node", scope: Scope) -> None:
        declared = scope.globals if node.type == "global_statement" else scope.nonlocals
        for child in node.named_children:
            declared.add(_text(child))
            self.found.append((child, scope, "declared", False))

    def pattern(self, node: "Node", scope: Scope) -> None:
        for position, child in enumerate(node.named_children):
            is_name = child.type == "dotted_name" and len(child.named_children) == 1
            if node.type == "class_pattern" and position == 0:
                self.waiting.append((child.named_children[0], scope))
            elif node.type == "keyword_pattern" and position == 0:
                continue
            elif is_name or (node.type == "splat_pattern" and child.type == "identifier"):
                self.bind(child.named_children[0] if is_name else child, scope)
            else:
                self.waiting.append((child, scope))


_TARGETS = frozenset(
    {
        *("pattern_list", "tuple_pattern", "list_pattern", "list_splat_pattern", "tuple", "list"),
        *("dictionary_splat_pattern", "as_pattern_target", "parenthesized_expression"),
        *("expression_list", "list_splat", "type"),
    }
)


def _role(node: "Node") -> str:
    """`shown` where an f-string prints the expression's own text, as in `f"{x=}"`."""
    parent = node.parent
    while parent is not None and parent.type not in ("block", "module"):
        if parent.type == "interpolation":
            return "shown" if any(child.type == "=" for child in parent.children) else "plain"
        parent = parent.parent
    return "plain"


def _text(node: "Node") -> str:
    return (node.text or b"").decode()

"""The faults planted in C++ and C: one small function per operator, each yielding changes of text.

To add one, write its function and list it in `OPERATORS` with the nodes it looks at.
"""

import enum
import itertools
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tree_sitter import Node

ARITHMETIC = {
    "+": "-", "-": "+", "*": "+", "/": "*", "%": "*",
    "<<": ">>", ">>": "<<", "&": "|", "|": "&", "^": "&",
}  # fmt: skip
COMPARISONS = {
    "<": ("<=", ">="), "<=": ("<", ">"), ">": (">=", "<="), ">=": (">", "<"),
    "==": ("!=",), "!=": ("==",),
}  # fmt: skip
LOGICAL = {"&&": "||", "||": "&&", "and": "or", "or": "and"}
NOTHING = frozenset(["0", "0u", "0U", "0L", "0l", "0ul", "0UL", "0.0", "0.0f", "0.f", "0."])
EMPTY = NOTHING | {"false", "nullptr", "NULL", "{}", '""', "std::nullopt", "'\\0'"}
"""What `return {}` returns too."""
SWAPPED_NAMES = {
    one: other
    for pair in (
        ("min", "max"), ("min_element", "max_element"), ("fmin", "fmax"), ("floor", "ceil"),
        ("lower_bound", "upper_bound"), ("any_of", "all_of"), ("find", "rfind"),
        ("find_first_of", "find_last_of"), ("find_first_not_of", "find_last_not_of"),
        ("front", "back"), ("push_back", "push_front"), ("pop_back", "pop_front"),
        ("isupper", "islower"), ("toupper", "tolower"), ("first", "second"), ("row", "col"),
        ("x", "y"), ("less", "greater"),
    )
    for one, other in (pair, pair[::-1])
}  # fmt: skip
SYMMETRIC = frozenset(
    ["min", "max", "fmin", "fmax", "swap", "gcd", "lcm", "hypot", "minmax", "iter_swap", "abs"]
)
"""Functions whose arguments may change places."""
C_PLACES = frozenset(["assignment_expression", "update_expression", "pointer_expression"])
"""Where C wants what has an address, which a `?:` has in C++ only."""
CASTS = ("static_cast", "reinterpret_cast")


class Form(enum.IntEnum):
    """How a change is switched; on one span the lower value goes inside the higher."""

    EXPRESSION = 0
    """Both texts are expressions of one type and value category."""
    CONDITION = 1
    """Both are asked for their truth only."""
    STATEMENT = 2


@dataclass(frozen=True, slots=True)
class Change:
    """Bytes [start, end) of the file, a node's, become `text`."""

    start: int
    end: int
    text: str
    operator: str
    form: Form


def text_of(node: "Node") -> str:
    return (node.text or b"").decode()


def changes_at(node: "Node", *, is_c: bool) -> Iterator[Change]:
    """Every change that some operator can make at a node."""
    for operator in OPERATORS.get(node.type, ()):
        yield from operator(node, is_c)


def _replace(node: "Node", text: str, operator: str, form: Form = Form.EXPRESSION) -> Change:
    return Change(node.start_byte, node.end_byte, text, operator, form)


def _with(node: "Node", inner: "Node", text: str) -> str:
    """The text of `node` with that of `inner`, a node in it, replaced."""
    data = node.text or b""
    start, end = inner.start_byte - node.start_byte, inner.end_byte - node.start_byte
    return (data[:start] + text.encode() + data[end:]).decode()


def _sides(node: "Node") -> tuple["Node", "Node", "Node"] | None:
    """Left operand, operator and right operand."""
    names = ("left", "operator", "right")
    left, token, right = (node.child_by_field_name(name) for name in names)
    return (left, token, right) if left and token and right else None


def _binary(node: "Node", is_c: bool) -> Iterator[Change]:
    sides = _sides(node)
    if sides is None:
        return
    left, token, right = sides
    sign = text_of(token)
    if sign in ARITHMETIC:
        # x + 0 and x - 0 are one; so are x << 0 and x >> 0.
        if text_of(right) not in NOTHING:
            yield _replace(node, _with(node, token, ARITHMETIC[sign]), "arithmetic")
    elif sign in COMPARISONS:
        for other in COMPARISONS[sign]:
            is_boundary = other.rstrip("=") == sign.rstrip("=")
            if is_boundary and _picks_one(node, text_of(left), text_of(right)):
                continue
            name = "comparison boundary" if is_boundary else "comparison negated"
            yield _replace(node, _with(node, token, other), name)
        if sign in ("<", "<=") and _is_loop_condition(node):
            yield _replace(node, _with(node, right, f"({text_of(right)}) - 1"), "loop bound")
    elif sign in LOGICAL:
        other = f"({text_of(left)}) {LOGICAL[sign]} ({text_of(right)})"
        yield _replace(node, other, "and/or")
        for side in (left, right):
            yield _replace(node, f"!!({text_of(side)})", "short circuit")


def _picks_one(node: "Node", left: str, right: str) -> bool:
    """Whether a tie makes no difference: `a > b ? a : b`, `if (a > b) b = a;`."""
    parent = node.parent
    while parent is not None and parent.type in ("parenthesized_expression", "condition_clause"):
        parent = parent.parent
    if parent is None:
        return False
    if parent.type == "conditional_expression":
        chosen = [parent.child_by_field_name(name) for name in ("consequence", "alternative")]
        return {text_of(item) for item in chosen if item is not None} == {left, right}
    body = parent.child_by_field_name("consequence") if parent.type == "if_statement" else None
    if body is None or parent.child_by_field_name("alternative") is not None:
        return False
    said = re.sub(r"\s+", "", text_of(body)).strip("{};")
    one, other = (re.sub(r"\s+", "", side) for side in (left, right))
    return said in (f"{one}={other}", f"{other}={one}")


def _is_loop_condition(node: "Node") -> bool:
    parent = node.parent
    return (
        parent is not None
        and parent.type == "for_statement"
        and parent.child_by_field_name("condition") == node
    )


def _assignment(node: "Node", is_c: bool) -> Iterator[Change]:
    sides = _sides(node)
    if sides is None or text_of(sides[1]) == "=":
        return
    token, right = sides[1], text_of(sides[2])
    sign = text_of(token).removesuffix("=")
    if sign in ARITHMETIC and right not in NOTHING:
        for other in (ARITHMETIC[sign] + "=", "="):
            yield _replace(node, _with(node, token, other), "assignment operator")


def _update(node: "Node", is_c: bool) -> Iterator[Change]:
    token = node.child_by_field_name("operator")
    if token is not None:
        other = {"++": "--", "--": "++"}[text_of(token)]
        yield _replace(node, _with(node, token, other), "++/--")


def _unary(node: "Node", is_c: bool) -> Iterator[Change]:
    token, operand = (node.child_by_field_name(name) for name in ("operator", "argument"))
    if token is None or operand is None:
        return
    sign, inner = text_of(token), text_of(operand)
    if sign in ("-", "~") and inner not in NOTHING:
        # The sign that changes nothing promotes as the other did.
        yield _replace(node, f"+({inner})", "remove unary")
    elif sign in ("!", "not") and not _is_condition(node):
        yield _replace(node, f"!!({inner})", "remove not")


def _number(node: "Node", is_c: bool) -> Iterator[Change]:
    text = text_of(node)
    plain = re.fullmatch(r"(0|[1-9][0-9]*)([uUlLzZ]*)", text)
    if plain:
        value, suffix = int(plain[1]), plain[2]
        down = f"{value - 1}{suffix}" if value else f"-1{suffix}"
        others: tuple[str, ...] = (f"{value + 1}{suffix}", down)
    elif re.search(r"[.eEpP]", text) and not text.lower().startswith("0x"):
        others = (f"({text} + 1)",)
    else:
        others = (f"({text} + 1)", f"({text} - 1)")
    for other in others:
        yield _replace(node, other, "constant")


def _character(node: "Node", is_c: bool) -> Iterator[Change]:
    yield _replace(node, f"({text_of(node)} + 1)", "constant")


def _truth(node: "Node", is_c: bool) -> Iterator[Change]:
    yield _replace(node, "false" if text_of(node) == "true" else "true", "constant")


def _string(node: "Node", is_c: bool) -> Iterator[Change]:
    """One letter changes: of another length it would be of another type."""
    parts = [child for child in node.named_children if child.type == "string_content"]
    text = text_of(parts[0]) if parts else ""
    array = node.parent is not None and node.parent.type == "init_declarator" and (
        (declared := node.parent.child_by_field_name("declarator")) is not None
        and declared.type == "array_declarator"
    )  # fmt: skip
    in_row = node.parent is not None and node.parent.type == "concatenated_string"
    if not array and not in_row and len(node.named_children) == 1 and text[:1].isalnum():
        other = "Y" if text[0] == "X" else "X"
        yield _replace(node, _with(node, parts[0], other + text[1:]), "constant")


def _cast(node: "Node", is_c: bool) -> Iterator[Change]:
    """The operation on a cast's result works on what was cast."""
    operand = _cast_operand(node)
    inner, parent = node, node.parent
    while parent is not None and parent.type == "parenthesized_expression":
        inner, parent = parent, parent.parent
    if operand is None or parent is None or parent.type != "binary_expression":
        return
    yield _replace(parent, _with(parent, inner, f"({text_of(operand)})"), "cast dropped")


def _cast_operand(node: "Node") -> "Node | None":
    if node.type == "cast_expression":
        return node.child_by_field_name("value")
    called, given = (node.child_by_field_name(name) for name in ("function", "arguments"))
    if called is None or given is None or len(given.named_children) != 1:
        return None
    is_cast = called.type == "primitive_type" or (
        called.type == "template_function" and text_of(called).startswith(CASTS)
    )
    return given.named_children[0] if is_cast else None


def _call(node: "Node", is_c: bool) -> Iterator[Change]:
    called, given = (node.child_by_field_name(name) for name in ("function", "arguments"))
    if called is None or given is None:
        return
    if _cast_operand(node) is not None:
        yield from _cast(node, is_c)
        return
    name = _last_name(called)
    if name is not None and text_of(name) in SWAPPED_NAMES:
        other = SWAPPED_NAMES[text_of(name)]
        yield _replace(node, _with(node, name, other), f"{text_of(name)}/{other}")
    arguments = given.named_children
    if name is None or text_of(name) in SYMMETRIC or any(a.type == "comment" for a in arguments):
        return
    for left, right in itertools.pairwise(arguments):
        one, two = text_of(left), text_of(right)
        if left.type == right.type and one != two and left.type != "lambda_expression":
            yield _replace(node, _exchanged(node, left, right), "swapped arguments")


def _exchanged(node: "Node", left: "Node", right: "Node") -> str:
    """The text of `node` with two nodes in it, the left before the right, in each other's place."""
    data, base = node.text or b"", node.start_byte
    between = data[left.end_byte - base : right.start_byte - base]
    head, tail = data[: left.start_byte - base], data[right.end_byte - base :]
    return (head + (right.text or b"") + between + (left.text or b"") + tail).decode()


def _last_name(called: "Node") -> "Node | None":
    """The name of what is called: `max` of `std::max<int>`, `find` of `text.find`."""
    node: Node | None = called
    while node is not None and node.type not in ("identifier", "field_identifier"):
        node = node.child_by_field_name("field") or node.child_by_field_name("name")
    return node


def _field(node: "Node", is_c: bool) -> Iterator[Change]:
    name = node.child_by_field_name("field")
    parent = node.parent
    if parent is None or (is_c and parent.type in C_PLACES):
        return
    called = parent.child_by_field_name("function") == node
    if name is not None and not called and text_of(name) in SWAPPED_NAMES:
        other = SWAPPED_NAMES[text_of(name)]
        yield _replace(node, _with(node, name, other), f"{text_of(name)}/{other}")


def _condition_of(node: "Node") -> "Node | None":
    """What an if, a loop or a `?:` asks; None where it declares or there is nothing."""
    asked = node.child_by_field_name("condition")
    if asked is not None and asked.type == "condition_clause":
        asked = asked.child_by_field_name("value")
    while asked is not None and asked.type == "parenthesized_expression":
        asked = asked.named_children[0] if len(asked.named_children) == 1 else None
    return None if asked is None or asked.type == "declaration" else asked


def _is_condition(node: "Node") -> bool:
    parent = node.parent
    while parent is not None and parent.type in ("parenthesized_expression", "condition_clause"):
        parent = parent.parent
    return parent is not None and _condition_of(parent) == node


def _choice(node: "Node", is_c: bool) -> Iterator[Change]:
    asked = _condition_of(node)
    if asked is None:
        return
    sides = _sides(asked) if asked.type == "binary_expression" else None
    if sides is None or text_of(sides[1]) not in COMPARISONS:  # negated as a comparison already
        yield _replace(asked, f"!({text_of(asked)})", "condition", Form.CONDITION)
    for other in ("1", "0") if is_c else ("true", "false"):
        if text_of(asked) != other:
            yield _replace(asked, other, "condition", Form.CONDITION)


def _loop(node: "Node", is_c: bool) -> Iterator[Change]:
    asked = _condition_of(node)
    if asked is not None:
        yield _replace(asked, "0" if is_c else "false", "empty loop", Form.CONDITION)
    body = node.child_by_field_name("body")
    if node.type == "for_range_loop" and body is not None:
        yield _replace(body, "break;", "empty loop", Form.STATEMENT)


def _else(node: "Node", is_c: bool) -> Iterator[Change]:
    body = node.named_children[-1] if node.named_children else None
    if body is not None and body.type == "compound_statement":
        yield _replace(body, "{}", "drop else", Form.STATEMENT)


def _jump(node: "Node", is_c: bool) -> Iterator[Change]:
    around = node.parent
    loops = ("for_statement", "while_statement", "do_statement", "for_range_loop")
    while around is not None and around.type not in (*loops, "switch_statement"):
        around = around.parent
    if node.type == "break_statement" and around is not None and around.type == "switch_statement":
        yield _replace(node, ";", "fall through", Form.STATEMENT)
        return
    other = "continue;" if node.type == "break_statement" else "break;"
    yield _replace(node, other, "break/continue", Form.STATEMENT)


def _statement(node: "Node", is_c: bool) -> Iterator[Change]:
    """Nothing is done: an assignment, a call, an increment goes."""
    inner = node.named_children[0] if node.named_children else None
    kinds = ("assignment_expression", "call_expression", "update_expression")
    if inner is not None and inner.type in kinds:
        yield _replace(node, ";", "remove statement", Form.STATEMENT)


def _return(node: "Node", is_c: bool) -> Iterator[Change]:
    value = node.named_children[0] if node.named_children else None
    if value is not None and text_of(value) not in EMPTY:
        text = "return 0;" if is_c else "return {};"
        yield _replace(node, text, "return nothing", Form.STATEMENT)


def _throw(node: "Node", is_c: bool) -> Iterator[Change]:
    if node.named_children:
        yield _replace(node, "throw 0;", "exception type", Form.STATEMENT)


OPERATORS: dict[str, tuple[Callable[["Node", bool], Iterator[Change]], ...]] = {
    "binary_expression": (_binary,),
    "assignment_expression": (_assignment,),
    "update_expression": (_update,),
    "unary_expression": (_unary,),
    "number_literal": (_number,),
    "char_literal": (_character,),
    "true": (_truth,),
    "false": (_truth,),
    "string_literal": (_string,),
    "cast_expression": (_cast,),
    "call_expression": (_call,),
    "field_expression": (_field,),
    "if_statement": (_choice,),
    "conditional_expression": (_choice,),
    "while_statement": (_loop,),
    "do_statement": (_loop,),
    "for_statement": (_loop,),
    "for_range_loop": (_loop,),
    "else_clause": (_else,),
    "break_statement": (_jump,),
    "continue_statement": (_jump,),
    "expression_statement": (_statement,),
    "return_statement": (_return,),
    "throw_statement": (_throw,),
}

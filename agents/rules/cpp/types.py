"""The types of variables and expressions, as far as declarations show them.

Types are texts without `const`, references and `std::`: `vector<int>`, `unsigned long`, `char*`.
"""

import re
from typing import TYPE_CHECKING

from perfbot.agents.rules.cpp.effects import called_name, is_scalar, method_name
from perfbot.sandbox.languages.cpp_tree import spaced, text_of

if TYPE_CHECKING:
    from tree_sitter import Node

    from perfbot.agents.rules.cpp.function import CppFunction

_SEQUENCES = ("vector", "array", "deque", "list", "set", "unordered_set", "multiset", "span",
              "initializer_list", "stack", "queue", "priority_queue", "basic_string", "valarray",
              "forward_list", "optional", "unordered_multiset")  # fmt: skip
_MAPS = ("map", "unordered_map", "multimap", "unordered_multimap")
_HEAVY = re.compile(
    r"(?:vector|deque|list|map|set|multimap|multiset|unordered_map|unordered_set|basic_string"
    r"|pair|tuple|shared_ptr|function|array|valarray|optional|variant|any|forward_list)<|"
    r"string$|wstring$|bitset<"
)
_HASHED = re.compile(r"string|wstring|u16string|u32string|string_view")
_SUFFIXES = {"u": "unsigned int", "l": "long", "ul": "unsigned long", "ll": "long long",
             "ull": "unsigned long long", "z": "ptrdiff_t", "uz": "size_t"}  # fmt: skip
_WIDE = ("string", "double", "float", "unsigned long long", "uint64_t", "size_t",
         "unsigned long", "long long", "int64_t", "long", "unsigned int", "uint32_t")  # fmt: skip
"""What an operation with such an operand gives, the first that fits."""
_SIZES = frozenset({"size", "length", "count", "find", "rfind", "capacity"})


def plain_type(text: str) -> str:
    """A type's text without what does not matter for what may be done with its values."""
    text = re.sub(r"\b(?:const|volatile|constexpr|static|typename|struct|mutable)\b", " ", text)
    return spaced(re.sub(r"\bstd::", "", text).replace("&", " ")).strip()


def arguments_of(kind: str) -> list[str]:
    """The template arguments of a type: `int` and `string` of `map<int, string>`."""
    if "<" not in kind or not kind.endswith(">"):
        return []
    found, depth, current = [], 0, ""
    for character in kind[kind.index("<") + 1 : -1]:
        depth += (character in "<(") - (character in ">)")
        if character == "," and depth == 0:
            found.append(current.strip())
            current = ""
        else:
            current += character
    return [*found, current.strip()]


def element_of(kind: str | None) -> str | None:
    """The type of what a container, an array or a pointer of this type holds."""
    if kind is None:
        return None
    name = kind.partition("<")[0]
    inner = arguments_of(kind)
    if name in _SEQUENCES and inner:
        return inner[0]
    if name in _MAPS and len(inner) > 1:
        return f"pair<{inner[0]}, {inner[1]}>"
    if kind in ("string", "string_view"):
        return "char"
    if kind.endswith("*"):
        return kind[:-1].strip()
    array = re.fullmatch(r"(.*?)\[\]((?:\[\])*)", kind)
    if array:
        return array[1] + array[2]
    return None


def is_heavy(kind: str | None) -> bool:
    """Whether a copy of such a value takes an allocation or many bytes."""
    return kind is not None and not kind.endswith("*") and bool(_HEAVY.match(kind))


def is_integer(kind: str | None) -> bool:
    """Whether a type is one of whole numbers."""
    return is_scalar(kind) and kind not in ("double", "float", "long double", "bool", "ld")


def is_hashable(kind: str | None) -> bool:
    """Whether `std::hash` takes such values, equal ones alike."""
    if kind is None:
        return False
    return is_scalar(kind) or bool(_HASHED.fullmatch(kind)) or kind.endswith("*")


def written(kind: str) -> str:
    """A type as it is written in a text that has no `using namespace std`."""
    names = "|".join((*_SEQUENCES, *_MAPS, "string", "string_view", "pair", "tuple", "size_t",
                      "wstring", "bitset", "shared_ptr", "unique_ptr", "function", "optional",
                      r"u?int\d+_t", "ptrdiff_t"))  # fmt: skip
    return re.sub(rf"(?<![\w:])({names})(?!\w)", r"std::\1", kind)


def type_of_name(function: "CppFunction", name: str) -> str | None:
    """The type of a variable, a parameter, or a member or global that the file declares."""
    declarator = function.declared_once(name)
    if declarator is None:
        return None if name in function.declarations else _elsewhere(function, name)
    return _of_declarator(function, declarator, name)


def _of_declarator(function: "CppFunction", declarator: "Node", name: str) -> str | None:
    """The type that a declarator gives to `name`."""
    above = declarator.parent
    if above is None:
        return None
    kind = _declared(above, declarator)
    if kind != "auto":
        return kind
    if above.type == "for_range_loop":
        source = above.child_by_field_name("right")
        kind = element_of(type_of(function, source)) if source is not None else None
    else:
        value = declarator.child_by_field_name("value")
        kind = type_of(function, value) if value is not None else None
    if kind is None or "structured_binding" not in _kinds(declarator):
        return kind
    names = re.findall(r"\w+", text_of(declarator).partition("[")[2].partition("]")[0])
    inner = arguments_of(kind)
    return inner[names.index(name)] if len(inner) == len(names) else None


def type_of(function: "CppFunction", node: "Node") -> str | None:
    """The type of an expression, or None where its text does not show it."""
    kind = node.type
    if kind in ("identifier", "field_identifier"):
        seen = function.declared_at(node) if kind == "identifier" else None
        if seen is not None:
            return _of_declarator(function, seen, text_of(node))
        return type_of_name(function, text_of(node))
    if kind == "number_literal":
        return _literal(text_of(node).lower())
    if kind in ("char_literal", "true", "false"):
        return "char" if kind == "char_literal" else "bool"
    if kind == "parenthesized_expression" and node.named_children:
        return type_of(function, node.named_children[0])
    if kind == "subscript_expression":
        argument = node.child_by_field_name("argument")
        owner = type_of(function, argument) if argument is not None else None
        if owner is not None and owner.partition("<")[0] in _MAPS:
            return arguments_of(owner)[1]
        return element_of(owner)
    if kind == "pointer_expression" and text_of(node).startswith("*"):
        argument = node.child_by_field_name("argument")
        owner = type_of(function, argument) if argument is not None else None
        return element_of(owner)
    if kind == "field_expression":
        return _member(function, node)
    if kind == "call_expression":
        return _call(function, node)
    if kind == "binary_expression":
        return _binary(function, node)
    if kind == "cast_expression":
        target = node.child_by_field_name("type")
        return plain_type(text_of(target)) if target is not None else None
    return None


def _declared(above: "Node", declarator: "Node") -> str | None:
    """The declared type, with stars and brackets of the declarator; `auto` as it is."""
    base = above.child_by_field_name("type")
    if base is None:
        return None
    kind = plain_type(text_of(base))
    inner: Node | None = declarator
    stars, brackets = 0, ""
    while inner is not None and inner.type != "identifier":
        stars += inner.type == "pointer_declarator"
        brackets += "[]" if inner.type == "array_declarator" else ""
        deeper = inner.child_by_field_name("declarator")
        inner = deeper or (inner.named_children[-1] if inner.named_children else None)
    return kind + "*" * stars + brackets


def _kinds(node: "Node") -> str:
    return node.type + "".join(_kinds(child) for child in node.named_children)


def _elsewhere(function: "CppFunction", name: str) -> str | None:
    """The type of a member or global of this name, where the file declares just one."""
    pattern = rf"^[ \t]*((?:[\w:]+[ \t]+)*[\w:]+(?:<[^;(){{}}]*>)?[ \t*&]*)[ \t*&]{re.escape(name)}"
    pattern += r"[ \t]*(?:[;={]|\[[^\]\n]*\](?:\[[^\]\n]*\])?[ \t]*[;={])"
    found = {plain_type(match[1]) for match in re.finditer(pattern, function.file.text, re.M)}
    found -= {"return", "using", "else", "delete", "case", "goto"}
    return found.pop() if len(found) == 1 else None


def _literal(text: str) -> str:
    if text.startswith("0x"):
        digits = re.match(r"0x[\da-f']+", text)
        suffix = text[digits.end() :] if digits else ""
    elif re.search(r"[.e]", text):
        return "float" if text.endswith("f") else "double"
    else:
        suffix = text.lstrip("0123456789'b")
    return _SUFFIXES.get("".join(sorted(suffix, reverse=True)), "int")


def _member(function: "CppFunction", node: "Node") -> str | None:
    argument, field = node.child_by_field_name("argument"), node.child_by_field_name("field")
    if argument is None or field is None:
        return None
    owner = type_of(function, argument)
    name = text_of(field)
    if owner is not None and owner.startswith("pair<") and name in ("first", "second"):
        inner = arguments_of(owner)
        return inner[name == "second"] if len(inner) == 2 else None
    return _elsewhere(function, name)


def _call(function: "CppFunction", node: "Node") -> str | None:
    method = method_name(node)
    called = node.child_by_field_name("function")
    if called is None:
        return None
    if not method:
        name = called_name(node)
        if called.type == "template_function" or text_of(called).startswith("static_cast<"):
            match = re.match(r"static_cast<(.*)>$", text_of(called), re.S)
            return plain_type(match[1]) if match else None
        if name in ("sqrt", "pow", "exp", "log", "floor", "ceil"):
            return "double"
        if name in ("strlen", "to_string", "string", "string_view"):
            return {"strlen": "size_t", "to_string": "string"}.get(name, name)
        return plain_type(text_of(called)) if is_scalar(plain_type(text_of(called))) else None
    owner_node = called.child_by_field_name("argument")
    owner = type_of(function, owner_node) if owner_node is not None else None
    if owner is None:
        return None
    if method in _SIZES and (method != "find" or owner.startswith("string")):
        return "size_t"
    if method in ("at", "front", "back", "top", "value"):
        inner = arguments_of(owner)
        return (
            inner[1] if owner.partition("<")[0] in _MAPS and len(inner) > 1 else element_of(owner)
        )
    if method == "substr":
        return owner
    return None


def _binary(function: "CppFunction", node: "Node") -> str | None:
    sides = [node.child_by_field_name(name) for name in ("left", "right")]
    operator = node.child_by_field_name("operator")
    if operator is None or operator.type in ("<", ">", "<=", ">=", "==", "!=", "&&", "||"):
        return "bool"
    kinds = [type_of(function, side) if side is not None else None for side in sides]
    for wide in _WIDE:
        if wide in kinds:
            return wide
    return "int" if all(is_integer(kind) for kind in kinds) else None

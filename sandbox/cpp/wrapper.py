"""What follows a version's text, so that its library can be asked by the driver.

Types stay the compiler's business: the lines that are generated name the function, and templates
of `drivers/cpp` do the rest for whatever types it has.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from perfbot.sandbox.cpp.units import Unit
from perfbot.sandbox.errors import UsageError
from perfbot.sandbox.languages.cpp import definition_of, enclosing, functions, parameters
from perfbot.sandbox.languages.cpp_tree import (
    Definition,
    definitions,
    is_const_member,
    parameters_of,
    parse_tree,
    text_of,
)
from perfbot.sandbox.target import Target

__all__ = ["ADAPTER", "WRAPPER", "Hints", "names_of", "unit_for"]

ADAPTER = "perfbot_adapter"
"""The namespace of a workload's adapter."""
HEADER = "perfbot_driver.hpp"
EXPORTED = "perfbot_exported"
MARK = "perfbot_tells_errno"
WRAPPER = "perfbot-wrapper.cpp"
"""What the compiler calls the generated lines."""
_DEFINED = re.compile(r"^[ \t]*#[ \t]*define[ \t]+([A-Za-z]\w*)", re.MULTILINE)
_KEPT = frozenset(("NDEBUG",))
"""Macros that headers look at, and not a name of theirs."""
_INCLUDE = re.compile(r"^[ \t]*#[ \t]*include\b.*$", re.MULTILINE)
_COUNT = re.compile(
    r"(n|num|len|length|size|sz|count|cnt)\d*|(n|num)_\w+|\w+_(n|len|length|size|count)"
    r"|n[A-Z]\w*|\w+(Len|Length|Size|Count)|\w{1,3}(len|size)"
)
"""Parameters that say how many items the pointer beside them has."""
_REPEATS = re.compile(r"count|cnt|num|num_\w+|\w+_count|\w+Count")
"""Those that beside a text say something else: how often, as in `repeat(text, count)`."""


_SETS_ERRNO = re.compile(r"\berrno\s*=\s*E[A-Z0-9]+\b")


@dataclass(frozen=True, slots=True)
class Hints:
    """What a workload file says of the wrapper."""

    adapter: str | None = None
    """C++ with a function `call`, which is called instead of the target."""
    includes: tuple[str, ...] = ()
    """Names of headers that the adapter needs besides, as between `<` and `>`."""
    program: bool = False
    """The target is the whole program: what `main` prints, and its exit status, for its input."""


def unit_for(target: Target, source: str, hints: Hints | None = None) -> Unit:
    """`source`, a version of the target's file, with what makes it a library of the driver's."""
    hints = hints or Hints()
    if hints.program:
        return Unit(source, target.path)
    return _c_unit(target, source, hints) if target.language == "c" else Unit(
        "".join((source, "\n", _adapter(hints), _undefined(source), _entry(target, hints))),
        target.path,
    )  # fmt: skip


def names_of(target: Target, hints: Hints | None = None) -> list[str]:
    """The names of what goes in, in order; those without a name by their number."""
    return [name for _type, name in _called_parameters(target, hints or Hints())]


def _called_parameters(target: Target, hints: Hints) -> list[tuple[str, str]]:
    if hints.program:
        return [("", "stdin")]
    if hints.adapter is not None:
        found = _adapter_parameters(hints.adapter)
    else:
        found = parameters(target)
        if target.kind == "method":
            found = [("", "self"), *found]
    return [(kind, name or f"argument_{at + 1}") for at, (kind, name) in enumerate(found)]


def _adapter_parameters(adapter: str) -> list[tuple[str, str]]:
    for item in definitions(parse_tree(adapter.encode()).root_node):
        if item.name == "call":
            return [(found.type, found.name) for found in parameters_of(item.head)]
    return []


def _adapter(hints: Hints) -> str:
    """The adapter in its namespace; its includes before it."""
    if hints.adapter is None:
        return ""
    included = "".join(f"#include <{name}>\n" for name in hints.includes)
    included += "".join(f"{line}\n" for line in _INCLUDE.findall(hints.adapter))
    rest = _INCLUDE.sub("", hints.adapter)
    return f'{included}namespace {ADAPTER} {{\n#line 1 "adapter"\n{rest}\n}}\n'


def _tells_errno(target: Target) -> str:
    """A mark on the library: `errno` is told too, as the original's comment or own code has it.

    Elsewhere what a call leaves there is an accident of the library functions that it uses.
    """
    if not (_SETS_ERRNO.search(target.source) or "errno" in _comment_above(target)):
        return ""
    return f'extern "C" {{ extern const int {MARK}; const int {MARK} = 1; }}\n'


def _comment_above(target: Target) -> str:
    before = target.file_source.encode()[: target.start_byte].decode().rstrip()
    found = ""
    while True:
        block = before.rfind("/*") if before.endswith("*/") else -1
        line = before.rfind("\n") + 1
        start = block if block >= 0 else line if before[line:].lstrip().startswith("//") else -1
        if start < 0:
            return found
        found, before = before[start:] + found, before[:start].rstrip()


def _undefined(source: str) -> str:
    """Macros of the version end with its text: `#define int long long` is not meant for us."""
    names = dict.fromkeys(_DEFINED.findall(source))
    return "".join(f"#undef {name}\n" for name in names if name not in _KEPT)


def _entry(target: Target, hints: Hints) -> str:
    """The entry, in the target's namespace, where the types of its parameters have their names."""
    if hints.adapter is not None:
        pointer = f"&::{ADAPTER}::call"
        return _entry_of(pointer, _called_parameters(target, hints)) + _tells_errno(target)
    namespaces = [name for name in enclosing(target).namespaces if name]
    opened = "".join(f"namespace {name} {{ " for name in namespaces)
    text = _entry_of(_pointer(target), _called_parameters(target, hints), opened)
    return f"{text}{'}' * len(namespaces)}\n{_tells_errno(target)}"


def _entry_of(pointer: str, given: Sequence[tuple[str, str]], opened: str = "") -> str:
    names = "".join(f'"{name}", ' for _type, name in given)
    counts = ", ".join(map(str, counts_of(given)))
    return (
        f'#line 1 "{WRAPPER}"\n#include "{HEADER}"\n{opened}\n'
        'extern "C" const ::perfbot_driver::Entry* perfbot_driver_entry() {\n'
        f"    static const char* const names[] = {{{names}nullptr}};\n"
        f"    return ::perfbot_driver::entry_of<::perfbot_driver::CountsAt<{counts}>>(\n"
        f"        {pointer}, names);\n}}\n"
    )


def _pointer(target: Target) -> str:
    """The target's address; an overload is picked by its parameters' types."""
    item = definition_of(target)
    name = _without_types(target.qualname)
    if not _is_overloaded(target, name):
        return f"&::{name}"
    types = ", ".join(found.type for found in parameters_of(item.head))
    how = "WithConst" if is_const_member(item.head) else "With"
    return f"::perfbot_driver::{how}<{types}>::of(&::{name})"


def _without_types(qualname: str) -> str:
    """`geo::area` of `geo::area(const Point&) const`."""
    match = re.fullmatch(r"(.*?(?:operator\(\))?)(\(.*\)(?: ?const)?)?", qualname, re.DOTALL)
    return match[1] if match else qualname


def _is_overloaded(target: Target, name: str) -> bool:
    """Whether the name alone may be several functions: in this text, or declared in it."""
    if name != target.qualname:
        return True
    last = re.escape(name.rpartition("::")[2].partition("<")[0])
    heads = re.findall(rf"\b{last}\s*\(([^()]*)\)\s*(?:const\s*)?(?:noexcept\s*)?[;{{:]",
                       target.file_source)  # fmt: skip
    return len({len(head.split(",")) if head.strip() else 0 for head in heads}) > 1


def counts_of(given: Sequence[tuple[str, str]]) -> list[int]:
    """Per parameter the place of the one that may give the number of its items, or -1.

    `(T* p, size_t n)`, `(T* p, T* q, int n)` and `(int n, T* p)`; what is no pointer ignores it.
    """
    found = []
    for at, (kind, _name) in enumerate(given):
        place = -1
        if _is_pointer(kind):
            after = at + 1
            while after < len(given) and _is_pointer(given[after][0]):
                after += 1
            if after < len(given) and _counts(given[after][1], kind):
                place = after
            elif at > 0 and _counts(given[at - 1][1], kind) and not _is_pointer(given[at - 1][0]):
                place = at - 1
        found.append(place)
    return found


def _is_pointer(kind: str) -> bool:
    return kind.replace("restrict", "").rstrip("_ ").endswith(("*", "*const", "[]"))


def _counts(name: str, kind: str) -> bool:
    is_text = re.match(r"(const )?char( const)?\*", kind) is not None
    return bool(_COUNT.fullmatch(name)) and not (is_text and _REPEATS.fullmatch(name))


def _c_unit(target: Target, source: str, hints: Hints) -> Unit:
    """A C file exports the address of the target, static or not; C++ beside it calls that."""
    if hints.adapter is not None and "std::" not in hints.adapter:
        return _c_unit_adapted(target, source, hints, hints.adapter)
    item = definition_of(target)
    name = target.qualname
    text = f'{source}\n#line 1 "perfbot-exports.c"\n__typeof__(&{name}) {EXPORTED} = &{name};\n'
    declared = (
        f'{_c_declarations(target.file_source)}extern "C" {{ extern {_c_pointer(item)}; }}\n'
        # In the adapter's namespace alone: a header may declare the function, static it may not be.
        f"namespace {ADAPTER} {{ static const auto& {name} = ::{EXPORTED}; }}\n"
    )
    pointer = f"&::{ADAPTER}::call" if hints.adapter is not None else EXPORTED
    entry = _entry_of(pointer, _called_parameters(target, hints)) + _tells_errno(target)
    undefined = _undefined(target.file_source) + "#undef restrict\n"
    return Unit(text, target.path, f"{declared}{_adapter(hints)}{undefined}{entry}")


def _c_unit_adapted(target: Target, source: str, hints: Hints, adapter: str) -> Unit:
    """An adapter that is C itself, in the file's own translation unit.

    It sees what the file sees, even where the project's headers are no C++ (a `typedef` with its
    struct's name, a parameter called `new`); C++ beside it sees the adapter's own types alone.
    """
    renamed = f'#define call {ADAPTER}_call\n#line 1 "adapter"\n{adapter}\n#undef call\n'
    text = f"{source}\n{renamed}__typeof__(&{ADAPTER}_call) {EXPORTED} = &{ADAPTER}_call;\n"
    root = parse_tree(adapter.encode()).root_node
    item = next((found for found in definitions(root) if found.name == "call"), None)
    if item is None:
        raise UsageError(
            "the workload's adapter has no function `call`",
            'write it as `adapter = r"""int call(const int *values, size_t n) { ... }"""`',
        )
    declared = f'{_c_declarations(adapter)}extern "C" {{ extern {_c_pointer(item)}; }}\n'
    entry = _entry_of(EXPORTED, _called_parameters(target, hints)) + _tells_errno(target)
    return Unit(text, target.path, f"{declared}#undef restrict\n{entry}")


def _c_pointer(item: Definition) -> str:
    """The declaration of a pointer to the function, with its own words."""
    source = item.node.text or b""
    base = item.node.start_byte
    body = item.node.child_by_field_name("body")
    named = item.head.child_by_field_name("declarator")
    assert body is not None and named is not None
    before = source[: named.start_byte - base].decode()
    after = source[named.end_byte - base : body.start_byte - base].decode()
    before = re.sub(r"\b(static|extern|inline|__inline__|__inline|_Noreturn)\b", " ", before)
    return f"{before}(*{EXPORTED}){after}"


_DECLARING = frozenset(
    ("type_definition", "struct_specifier", "union_specifier", "enum_specifier", "preproc_def",
     "preproc_function_def", "preproc_include")
)  # fmt: skip


def _c_declarations(source: str) -> str:
    """Types, macros and includes of a C file, to be read as C++."""
    root = parse_tree(source.encode()).root_node
    system, own = ["#define restrict __restrict\n#define _Bool bool\n"], []
    for node in root.named_children:
        text = text_of(node).rstrip("\n")
        if node.type == "preproc_include" and "<" in text:
            system.append(text + "\n")
        elif node.type in _DECLARING:
            own.append(text + (";\n" if node.type.endswith("specifier") else "\n"))
        elif _is_type_alone(node.type, text):
            own.append(text + "\n")
    return f'{"".join(system)}extern "C" {{\n{"".join(own)}}}\n'


def _is_type_alone(kind: str, text: str) -> bool:
    """Whether a top-level item declares a type, or stands under an `#if` that has no function."""
    if kind == "declaration":
        return re.match(r"(struct|union|enum)\b[^()]*\{", text) is not None
    return kind.startswith("preproc_if") and not functions(text)

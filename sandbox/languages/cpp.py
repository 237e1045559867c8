"""C++ and C source texts: which functions a file holds, and where."""

import difflib
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from perfbot.sandbox.errors import UsageError
from perfbot.sandbox.languages import cpp_tree
from perfbot.sandbox.languages.cpp_tree import (
    Around,
    Definition,
    definitions,
    first_error,
    is_const_member,
    parameters_of,
    parse_tree,
    return_type_of,
    spaced,
    text_of,
    without_arguments,
)
from perfbot.sandbox.target import Target

__all__ = [
    *("SUFFIXES", "Around", "Definition", "Function", "check_syntax", "definition_of"),
    *("definitions", "enclosing", "functions", "locate", "parameters", "parse_tree"),
    *("read_source", "return_type", "target_of"),
]

SUFFIXES = {
    ".c": "c",
    **dict.fromkeys((".cpp", ".cc", ".cxx", ".c++", ".C"), "cpp"),
    **dict.fromkeys((".hpp", ".hh", ".hxx", ".h++", ".h"), "cpp"),
    **dict.fromkeys((".ipp", ".inl", ".tpp", ".txx"), "cpp"),
}
"""The language of a file by how its name ends. A `.h` that is C alone is read as C++ too."""
_INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*"([^"\n]+)"', re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Function:
    """A function in a text. Byte offsets and 1-based lines include its `template<...>`."""

    qualname: str
    """`geo::Hull::build`; with the parameters' types where the file overloads the name:
    `geo::area(const Point&, int)`."""
    start_byte: int
    end_byte: int
    start_line: int
    end_line: int
    kind: str
    """function, method or staticmethod."""
    is_template: bool
    """Whether an instantiation has to be named, `f<int>`, before it can be called."""


def functions(file_source: str) -> list[Function]:
    """Return the functions of a text that can be targets, in the order of the text.

    Members (defined in their class or outside), operators, templates, functions in namespaces,
    in `extern "C"` and under `#if` count; constructors, destructors, conversions, friends defined
    in a class, lambdas, declarations without a body, and K&R definitions do not.
    """
    root = parse_tree(file_source.encode()).root_node
    found = list(definitions(root))
    plain = [_plain_name(item) for item in found]
    times = Counter(plain)
    # the two of an #if and its #else have equal parameters: telling them apart takes a line
    signed = [_signed_name(item) for item in found]
    overloaded = {name for name in times if len({s for s in signed if _base(s) == name}) > 1}
    return [
        Function(
            qualname=with_types if name in overloaded else name,
            start_byte=item.outer.start_byte,
            end_byte=item.outer.end_byte,
            start_line=item.outer.start_point[0] + 1,
            end_line=item.outer.end_point[0] + 1,
            kind=_kind(item, [file_source]),
            is_template=item.template,
        )
        for item, name, with_types in zip(found, plain, signed, strict=True)
    ]


def locate(
    root: Path, path: str, qualname: str | None, line: int | None = None, *, import_root: str = "."
) -> Target:
    """Return the function `qualname` of `root/path`, or the one that spans `line` (1-based).

    The end of a name is enough where it is the only one: `build` for `geo::Hull::build`. An
    overload is named with its parameters' types, a template with its arguments.

    Raises:
        UsageError: no such file or function, not UTF-8, an ambiguous name, a template without
            arguments, or a syntax error inside the function.
    """
    file_source = read_source(root, path)
    found = functions(file_source)
    if qualname is not None:
        function = _by_name(found, qualname, path)
    elif line is not None:
        function = _by_line(found, line, path)
    else:
        raise UsageError(f"{path}: no function was named.", f"Write {path}::FUNCTION.")
    if function.is_template and "<" not in function.qualname.partition("(")[0]:
        raise UsageError(
            f"{path}: `{function.qualname}` is a template.",
            f"Name an instantiation, e.g. {path}::{_base(function.qualname)}<int>.",
        )
    check_syntax(file_source, path, function)
    return target_of(root, path, function, file_source, import_root=import_root)


def target_of(
    root: Path, path: str, function: Function, file_source: str, *, import_root: str = "."
) -> Target:
    """Return the Target for a `function` that `functions` found in `file_source`."""
    kind = function.kind
    if kind == "method":
        item = _definition_at(file_source, function.start_byte, path)
        kind = _kind(item, [file_source, *_included(root, path, file_source)])
    return Target(
        root=root,
        path=path,
        qualname=function.qualname,
        module="",
        import_root=import_root,
        file_source=file_source,
        start_byte=function.start_byte,
        end_byte=function.end_byte,
        start_line=function.start_line,
        end_line=function.end_line,
        kind=kind,
        is_async=False,
        is_generator=False,
        language=SUFFIXES[Path(path).suffix],
    )


def check_syntax(file_source: str, path: str, function: Function) -> None:
    """Refuse a function whose own text has a syntax error; errors elsewhere may be macros.

    Raises:
        UsageError: there is one; the message names `path` and the line.
    """
    item = _definition_at(file_source, function.start_byte, path)
    error = first_error(item.outer)
    if error is not None:
        shown = text_of(error).split("\n")[0].strip()[:40]
        what = f"near `{shown}`" if shown else f"`{error.type}` is missing"
        raise UsageError(
            f"{path}:{error.start_point[0] + 1}: not valid C++: {what}.",
            "Correct that line, then run perfbot again. A macro that is not an expression or a "
            "statement cannot be read: write out what it stands for.",
        )


def read_source(root: Path, path: str) -> str:
    """Return the text of `root/path` with its newlines and byte order mark as they are.

    Raises:
        UsageError: no such file, not a C or C++ file, or not UTF-8.
    """
    file = root / path
    if not file.is_file():
        files = file.parent.iterdir() if file.parent.is_dir() else ()
        siblings = [item.name for item in files if item.suffix in SUFFIXES]
        close = difflib.get_close_matches(file.name, siblings)
        raise UsageError(f"{path}: no such file.", _did_you_mean(close))
    if file.suffix not in SUFFIXES:
        raise UsageError(
            f"{path}: not a C or C++ file.",
            f"perfbot reads files that end in {', '.join(SUFFIXES)}.",
        )
    try:
        return file.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        raise UsageError(f"{path}: not UTF-8 (byte {error.start}).", "Save it as UTF-8.") from error


def definition_of(target: Target) -> Definition:
    """Return the target's place in the tree of its own file.

    Raises:
        UsageError: `target` does not fit its own text.
    """
    return _definition_at(target.file_source, target.start_byte, target.path)


def parameters(target: Target) -> list[tuple[str, str]]:
    """Return the type and name of each parameter; `...` comes last, without a name."""
    return [(item.type, item.name) for item in parameters_of(definition_of(target).head)]


def return_type(target: Target) -> str:
    """Return the type that the target returns, as written; of `auto f() -> T` the `T`."""
    return return_type_of(definition_of(target))


def enclosing(target: Target) -> Around:
    """Return the namespaces and classes of the target, wherever its definition stands.

    Of `int geo::Hull::size() const`, outside of its class, the parts before the name count too.
    """
    return _around(definition_of(target), texts_of(target))


def texts_of(target: Target) -> list[str]:
    """The target's file, and the headers of the project that it includes."""
    return [target.file_source, *_included(target.root, target.path, target.file_source)]


def _around(item: Definition, texts: list[str]) -> Around:
    around = item.around
    for part in _parts(item.name)[:-1]:
        if not around.classes and "<" not in part and _names_namespace(part, texts):
            around = replace(around, namespaces=(*around.namespaces, part))
        else:
            around = replace(around, classes=(*around.classes, part))
    return around


def _names_namespace(name: str, texts: list[str]) -> bool:
    found = re.compile(rf"\bnamespace\s+(?:[\w:]+::)?(?:inline\s+)?{re.escape(name)}\b")
    return any(found.search(text) for text in texts)


def _kind(item: Definition, texts: list[str]) -> str:
    around = _around(item, texts)
    if not around.classes:
        return "function"
    own = [text_of(child) for child in item.node.children]
    if "static" in own:
        return "staticmethod"
    if item.around.classes:
        return "method"
    wanted = (without_arguments(around.classes[-1]), _parts(item.name)[-1])
    types = [parameter.type for parameter in parameters_of(item.head)]
    statics = (declared for text in texts for declared in _static_members(text))
    return "staticmethod" if (*wanted, types) in statics else "method"


def _static_members(text: str) -> Iterator[tuple[str, str, list[str]]]:
    """Class, name and parameter types of the static member functions that a text declares."""
    if "static" not in text:
        return
    waiting = [parse_tree(text.encode()).root_node]
    while waiting:
        node = waiting.pop()
        waiting += node.named_children
        if node.type != "field_declaration" or not any(c.text == b"static" for c in node.children):
            continue
        head = node.child_by_field_name("declarator")
        while head is not None and head.type != "function_declarator":
            head = cpp_tree.declarator_of(head) if head.named_children else None
        owner = node.parent.parent if node.parent else None
        named = owner.child_by_field_name("name") if owner is not None else None
        name = head.child_by_field_name("declarator") if head is not None else None
        if head is not None and name is not None and named is not None:
            types = [item.type for item in parameters_of(head)]
            yield without_arguments(text_of(named)), text_of(name), types


def _included(root: Path, path: str, file_source: str) -> list[str]:
    """The texts of the project's headers that the file includes by `"..."`."""
    folders = ((root / path).parent, root, root / "include", root / "src")
    found = []
    for name in _INCLUDE.findall(file_source):
        for folder in folders:
            file = (folder / name).resolve()
            if file.is_file() and file.is_relative_to(root.resolve()):
                found.append(file.read_text(errors="replace"))
                break
    return found


def _definition_at(file_source: str, start_byte: int, path: str) -> Definition:
    for item in definitions(parse_tree(file_source.encode()).root_node):
        if item.outer.start_byte == start_byte:
            return item
    raise UsageError(f"{path}: no function begins at byte {start_byte}.")


def _plain_name(item: Definition) -> str:
    name = item.name
    if item.template:
        name = without_arguments(name)
    return "::".join(part for part in (*item.around.namespaces, *item.around.classes, name) if part)


def _signed_name(item: Definition) -> str:
    types = ", ".join(parameter.type for parameter in parameters_of(item.head))
    return f"{_plain_name(item)}({types}){' const' if is_const_member(item.head) else ''}"


def _parts(name: str) -> list[str]:
    """The parts of a name between `::`, those inside template arguments apart."""
    parts, depth, current = [], 0, ""
    head, operator, symbol = name.partition("operator")
    for character in head:
        depth += (character == "<") - (character == ">")
        current += character
        if depth == 0 and current.endswith("::"):
            parts.append(current[:-2])
            current = ""
    return [*parts, current + operator + symbol]


def _base(qualname: str) -> str:
    """A name without the parameters' types that tell an overload."""
    match = re.fullmatch(r"(.*?(?:operator\(\))?)(\(.*\)(?: ?const)?)?", qualname, re.DOTALL)
    return match[1] if match else qualname


def _by_name(found: list[Function], qualname: str, path: str) -> Function:
    wanted = _shown(qualname)
    exact = [item for item in found if item.qualname == wanted]
    matching = exact or [item for item in found if _fits(item, wanted)]
    if len(matching) == 1:
        item = matching[0]
        return replace(item, qualname=_instantiated(item, wanted)) if item.is_template else item
    names = list(dict.fromkeys(item.qualname for item in matching))
    if len(names) == 1:
        lines = ", ".join(str(item.start_line) for item in matching)
        raise UsageError(
            f"{path}: `{names[0]}` is defined more than once (lines {lines}).",
            f"Name the line, e.g. {path}:{matching[0].start_line}.",
        )
    if names:
        raise UsageError(
            f"{path}: `{qualname}` is ambiguous: {'; '.join(names)}.",
            f"Write the full name, e.g. '{path}::{names[0]}'.",
        )
    all_names = list(dict.fromkeys(item.qualname for item in found))
    ends = {name: _parts(_base(name))[-1] for name in all_names}
    last = _parts(_base(wanted))[-1]
    close = difflib.get_close_matches(wanted, all_names) or [
        name for name in all_names if difflib.get_close_matches(last, [ends[name]])
    ]
    raise UsageError(
        f"{path}: no function `{qualname}`.", _did_you_mean(close[:3]) or _listing(path, all_names)
    )


def _fits(item: Function, wanted: str) -> bool:
    """Whether a name as a person writes it is the end of a function's name."""
    base, types = _base(wanted), wanted[len(_base(wanted)) :]
    own, own_types = _base(item.qualname), item.qualname[len(_base(item.qualname)) :]
    if types and types != own_types:
        return False
    if item.is_template:
        base = without_arguments(base)
    return own == base or own.endswith(f"::{base}")


def _instantiated(item: Function, wanted: str) -> str:
    """A template's full name with the arguments that were asked for."""
    own = _base(item.qualname)
    asked = _parts(_base(wanted))
    parts = _parts(own)
    return "::".join([*parts[: len(parts) - len(asked)], *asked]) + item.qualname[len(own) :]


def _shown(qualname: str) -> str:
    """A name as `functions` writes it, whatever its whitespace."""
    text = spaced(qualname)
    return re.sub(r"\)const$", ") const", text)


def _by_line(found: list[Function], line: int, path: str) -> Function:
    around = [item for item in found if item.start_line <= line <= item.end_line]
    if around:
        return around[-1]
    nearest = sorted(found, key=lambda item: abs(item.start_line - line))[:3]
    places = ", ".join(f"{item.qualname} (line {item.start_line})" for item in nearest)
    raise UsageError(
        f"{path}:{line}: no function there.",
        f"Nearest: {places}." if places else f"{path} has no functions.",
    )


def _listing(path: str, names: list[str]) -> str:
    if not names:
        return f"{path} has no functions."
    more = f" and {len(names) - 8} more" if len(names) > 8 else ""
    return f"It has: {'; '.join(names[:8])}{more}."


def _did_you_mean(close: list[str]) -> str:
    return f"Did you mean {' or '.join(close)}?" if close else ""

"""A counterexample as a program of C: compiled twice, it shows what each version does."""

from perfbot.sandbox.cpp.signature import Described, Description
from perfbot.sandbox.cpp.snippet import LONGEST
from perfbot.sandbox.cpp.snippet_arguments import NoProgramError, as_character, written
from perfbot.sandbox.drivers.unwire import decode
from perfbot.sandbox.drivers.values import WireError
from perfbot.sandbox.target import Target

PROGRAM = """\
/* A call of {qualname} on which an edit differs. Save this beside {path} and compile it twice, with
   the project's own flags besides:
     gcc -O2 {options} -o original && ./original
     gcc -O2 -DEDIT {options} -o edit && ./edit
   What only sanitizers see needs -g -fsanitize=address,undefined too. */
#define main main_of_the_project
#ifdef EDIT
{edit}
#else
{original}
#endif
#undef main
#include <math.h>
#include <stddef.h>
#include <stdio.h>

static void show_integer(long long value) {{ printf("%lld", value); }}
static void show_natural(unsigned long long value) {{ printf("%llu", value); }}
static void show_real(double value) {{ printf("%.17g", value); }}
static void show_text(const char *value) {{ printf("\\"%s\\"", value ? value : "(null)"); }}

#define SHOW(value) _Generic((value), float: show_real, double: show_real, char *: show_text, \\
    const char *: show_text, unsigned long: show_natural, unsigned long long: show_natural, \\
    default: show_integer)(value)

int main(void) {{
    for (int time = 0; time < {times}; ++time) {{
{variables}
{call}
{after}
        printf("\\n");
    }}
    return 0;
}}
"""
_NUMBERS = frozenset(
    (
        *("bool", "_Bool", "char", "signed", "unsigned", "short", "int", "long", "float", "double"),
        *("size_t", "ssize_t", "ptrdiff_t", "intptr_t", "uintptr_t"),
        *(f"{sign}int{bits}_t" for sign in ("", "u") for bits in (8, 16, 32, 64)),
    )
)


def snippet_c(
    target: Target, edit_source: str, inputs: bytes, way: str, *, described: Description
) -> str:
    """The program, or "" where none can be written: for structs, callbacks and pointers alone."""
    try:
        args, _ = decode(inputs)
        variables, passed = _variables(described, list(args))
        called = f"{target.qualname}({', '.join(passed)})"
        made = PROGRAM.format(
            qualname=target.qualname,
            path=target.path,
            options="counterexample.c -lm",
            edit=edit_source.rstrip("\n"),
            original=target.file_source.rstrip("\n"),
            times=2 if way == "twice" else 1,
            variables="\n".join(f"        {line}" for line in variables),
            call=f"        {_shown_call(described, called)}",
            after="\n".join(_shown_after(described, list(args))),
        )
    except (WireError, ValueError, NoProgramError):
        return ""
    return made if len(made) <= LONGEST else ""


def _shown_call(described: Description, called: str) -> str:
    kind = described.result.type
    if kind == "void":
        return f"{called};"
    if not (_is_number(kind) or _is_text(kind)):
        raise NoProgramError(kind)
    return f'printf("returns "); SHOW({called});'


def _shown_after(described: Description, args: list[object]) -> list[str]:
    """Lines that print what the call may have changed."""
    return [
        f'        printf("; {item.name or _name(at)}:"); for (size_t i = 0; i < {_length(value)};'
        f' ++i) {{ printf(" "); SHOW({_name(at)}[i]); }}'
        for at, (item, value) in enumerate(zip(described.parameters, args, strict=True))
        if item.may_change and not _is_text(item.type)
    ] + [
        f'        printf("; {item.name or _name(at)}: "); SHOW((const char *){_name(at)});'
        for at, item in enumerate(described.parameters)
        if _is_text(item.type) and "const" not in item.type
    ]


def _variables(described: Description, args: list[object]) -> tuple[list[str], list[str]]:
    """Lines that make the arguments, and what is passed for each."""
    lines: list[str] = []
    passed: list[str] = []
    seen: dict[int, str] = {}
    pairs = zip(described.parameters, args, strict=True)
    for at, (item, value) in enumerate(pairs):
        name = _name(at)
        passed.append(seen.get(id(value), name) if isinstance(value, list) else name)
        if passed[-1] != name:
            lines.append(f"#define {name} {passed[-1]}  /* the same object */")
        else:
            lines.append(_variable(item, name, value))
        seen[id(value)] = name
    return lines, passed


def _variable(item: Described, name: str, value: object) -> str:
    if _is_text(item.type) and isinstance(value, (str, bytes)):
        return f"char {name}[] = {_literal(value)};"
    kind = _plain(item.type)
    if item.passing.endswith("counted") and _is_number(kind.removesuffix("*").strip()):
        if not isinstance(value, (list, tuple)):
            raise NoProgramError(item.type)
        items = ", ".join(written(each) for each in value)
        return f"{kind.removesuffix('*').strip()} {name}[{_length(value)} + 1] = {{{items}}};"
    if _is_number(kind):
        return f"{kind} {name} = {written(as_character(kind, value))};"
    raise NoProgramError(item.type)


def _literal(value: str | bytes) -> str:
    text = written(value)
    if text.startswith("std::"):
        raise NoProgramError("a text that holds its own end")
    return text


def _length(value: object) -> int:
    return len(value) if isinstance(value, (list, tuple)) else 0


def _name(at: int) -> str:
    return f"argument_{at + 1}"


def _plain(kind: str) -> str:
    return " ".join(word for word in kind.replace("*", " * ").split() if word != "const").replace(
        " *", "*"
    )


def _is_text(kind: str) -> bool:
    return _plain(kind) == "char*"


def _is_number(kind: str) -> bool:
    return all(word in _NUMBERS for word in _plain(kind).split()) and bool(kind.strip())

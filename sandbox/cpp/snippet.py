"""A counterexample as a program of C++: compiled twice, it shows what each version does."""

import math
import re

from perfbot.sandbox.cpp.signature import Described, Description
from perfbot.sandbox.drivers.unwire import decode
from perfbot.sandbox.drivers.values import WireError
from perfbot.sandbox.target import Target

PROGRAM = """\
// A call of {qualname} on which an edit differs. Save this beside {path} and compile it twice, with
// the project's own flags besides:
//   {compiler} -O2 {options} -o original && ./original
//   {compiler} -O2 -DEDIT {options} -o edit && ./edit
// What only sanitizers see needs -g -fsanitize=address,undefined too.
#define main main_of_the_project
#ifdef EDIT
{edit}
#else
{original}
#endif
#undef main
{adapter}
#include <cmath>
#include <exception>
#include <iomanip>
#include <iostream>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

template <class T, class = void> struct is_range : std::false_type {{}};
template <class T>
struct is_range<T, std::void_t<decltype(std::declval<const T&>().begin())>> : std::true_type {{}};
template <class T, class = void> struct is_tuple : std::false_type {{}};
template <class T>
struct is_tuple<T, std::void_t<decltype(std::tuple_size<T>::value)>> : std::true_type {{}};
template <class T, class = void> struct is_optional : std::false_type {{}};
template <class T>
struct is_optional<T, std::void_t<decltype(std::declval<const T&>().has_value())>>
    : std::true_type {{}};

template <class T> void show(const T& value) {{
    if constexpr (std::is_same_v<T, bool>) {{
        std::cout << (value ? "true" : "false");
    }} else if constexpr (std::is_arithmetic_v<T>) {{
        std::cout << std::setprecision(17) << +value;
    }} else if constexpr (std::is_enum_v<T>) {{
        std::cout << +static_cast<std::underlying_type_t<T>>(value);
    }} else if constexpr (std::is_convertible_v<T, std::string>) {{
        std::cout << std::quoted(std::string(value));
    }} else if constexpr (is_optional<T>::value) {{
        if (value.has_value()) show(*value);
        else std::cout << "nothing";
    }} else if constexpr (is_range<T>::value) {{
        std::cout << "{{";
        for (const auto& item : value) show(item), std::cout << ", ";
        std::cout << "}}";
    }} else if constexpr (is_tuple<T>::value) {{
        std::cout << "(";
        std::apply([](const auto&... part) {{ ((show(part), std::cout << ", "), ...); }}, value);
        std::cout << ")";
    }} else {{
        std::cout << "(a value that this program cannot show)";
    }}
}}

template <class T> using plain = std::remove_cv_t<std::remove_reference_t<T>>;

int main() {{
    for (int time = 0; time < {times}; ++time) {{
{variables}
        try {{
{call}
        }} catch (const std::exception& error) {{
            std::cout << "throws " << error.what();
        }}
{after}
        std::cout << std::endl;
    }}
}}
"""
LONGEST = 50_000
"""A program longer than this helps nobody."""


_CHARACTER = re.compile(r"(const |signed |unsigned )*char( ?&)?")


class NoProgramError(Exception):
    """A value or a type that this module cannot write."""


def snippet(
    target: Target,
    edit_source: str,
    inputs: bytes,
    way: str,
    *,
    described: Description,
    adapter: str = "",
) -> str:
    """The program, or "" where none can be written: for C, and for types that need a storage."""
    if target.language == "c" or (target.kind == "method" and not adapter):
        return ""
    try:
        args, _ = decode(inputs)
        variables, names = _variables(described, list(args))
    except (WireError, ValueError, NoProgramError):
        return ""
    function = "perfbot_adapter::call" if adapter else target.qualname.partition("(")[0]
    called = f"{function}({', '.join(names)})"
    returns = described.result.type != "void"
    made = PROGRAM.format(
        qualname=target.qualname,
        path=target.path,
        compiler="g++ -std=c++20",
        options="counterexample.cpp",
        edit=edit_source.rstrip("\n"),
        original=target.file_source.rstrip("\n"),
        adapter=f"namespace perfbot_adapter {{\n{adapter}\n}}" if adapter else "",
        times=2 if way == "twice" else 1,
        variables="\n".join(f"        {line}" for line in variables),
        call=f'            std::cout << "returns ", show({called});' if returns
        else f"            {called};",
        after="\n".join(
            f'        std::cout << "; {item.name}: ", show({name});'
            for item, name in zip(described.parameters, _plain_names(described), strict=True)
            if item.may_change
        ),
    )  # fmt: skip
    return made if len(made) <= LONGEST else ""


def _plain_names(described: Description) -> list[str]:
    return [f"argument_{at + 1}" for at in range(len(described.parameters))]


def _variables(described: Description, args: list[object]) -> tuple[list[str], list[str]]:
    """Lines that make the arguments, and what is passed for each."""
    lines: list[str] = []
    passed: list[str] = []
    seen: dict[int, str] = {}
    for item, name, value in zip(described.parameters, _plain_names(described), args, strict=True):
        if id(value) in seen and isinstance(value, list):
            lines.append(f"auto& {name} = {seen[id(value)]};  // the same object")
        elif item.passing.endswith("counted"):
            kind = item.type.rpartition("*")[0]
            lines.append(f"std::vector<plain<{kind}>> {name} = {written(value)};")
        else:
            shown = written(as_character(item.type, value))
            lines.append(f"plain<{_written_type(item)}> {name} = {shown};")
        seen[id(value)] = name
        passed.append(_passed(item, name))
    return lines, passed


def _written_type(item: Described) -> str:
    pointer = "*" in item.type and item.type.replace(" ", "") not in ("constchar*", "charconst*")
    if pointer or any(word in item.type for word in ("span<", "initializer_list<", "_ptr<")):
        raise NoProgramError(item.type)
    return item.type


def _passed(item: Described, name: str) -> str:
    if item.passing.endswith("counted"):
        return f"{name}.data()"
    return f"std::move({name})" if item.passing == "moved" else name


def as_character(kind: str, value: object) -> object:
    """The number of a character that a workload gave as a text of one, for a `char`."""
    text = value.encode("utf-8", "surrogateescape") if isinstance(value, str) else value
    if isinstance(text, bytes) and len(text) == 1 and _CHARACTER.fullmatch(kind):
        return text[0]
    return value


def written(value: object) -> str:
    """A value as C++ initialises from. Raises: NoProgramError."""
    if value is None:
        return "{}"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return _integer(value)
    if isinstance(value, float):
        return _real(value)
    if isinstance(value, (str, bytes)):
        return _text(value)
    if isinstance(value, (list, tuple, set, frozenset)):
        return f"{{{', '.join(written(item) for item in value)}}}"
    if isinstance(value, dict):
        pairs = (f"{{{written(key)}, {written(item)}}}" for key, item in value.items())
        return f"{{{', '.join(pairs)}}}"
    raise NoProgramError(type(value).__name__)


def _integer(value: int) -> str:
    if value == -(2**63):
        return "(-9223372036854775807LL - 1)"
    if not -(2**63) <= value < 2**64:
        raise NoProgramError("a number of more than 64 bits")
    if value == -(2**31):
        return "(-2147483647 - 1)"
    return f"{value}{'u' if value >= 2**63 else ''}"


def _real(value: float) -> str:
    if math.isnan(value):
        return "static_cast<double>(NAN)"
    if math.isinf(value):
        return f"{'-' if value < 0 else ''}HUGE_VAL"
    return repr(value)


def _text(value: str | bytes) -> str:
    data = value.encode("utf-8", "surrogateescape") if isinstance(value, str) else value
    shown = "".join(
        chr(byte) if 32 <= byte < 127 and byte not in b'"\\?' else f"\\{byte:03o}" for byte in data
    )
    return f'std::string("{shown}", {len(data)})' if 0 in data else f'"{shown}"'

"""A counterexample as a program of C++: compiled twice, it shows what each version does."""

from perfbot.sandbox.cpp.signature import Description
from perfbot.sandbox.cpp.snippet_arguments import (
    NOTHING,
    Arguments,
    NoProgramError,
    arguments,
    may_change,
)
from perfbot.sandbox.drivers.unwire import decode
from perfbot.sandbox.drivers.values import WireError
from perfbot.sandbox.languages.cpp_members import public_members
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


def snippet(
    target: Target,
    edit_source: str,
    inputs: bytes,
    way: str,
    *,
    described: Description,
    adapter: str = "",
) -> str:
    """The program, or "" where none can be written: for C, and for types that have no literal."""
    if target.language == "c":
        return ""
    try:
        args, _ = decode(inputs)
        made = arguments(described, list(args))
        is_method = target.kind == "method" and not adapter
        called = _called(target, made, "perfbot_adapter::call" if adapter else None)
        after = _after(described, made, public_members(target) if is_method else None)
    except (WireError, ValueError, NoProgramError):
        return ""
    returns = described.result.type != "void"
    if not (returns or after):
        return ""
    text = PROGRAM.format(
        qualname=target.qualname,
        path=target.path,
        compiler="g++ -std=c++20",
        options="counterexample.cpp",
        edit=edit_source.rstrip("\n"),
        original=target.file_source.rstrip("\n"),
        adapter=f"namespace perfbot_adapter {{\n{adapter}\n}}" if adapter else "",
        times=2 if way == "twice" else 1,
        variables="\n".join(f"        {line}" for line in made.lines),
        call=f'            std::cout << "returns ", show({called});' if returns
        else f"            {called};",
        after="\n".join(f"        {line}" for line in after),
    )  # fmt: skip
    return text if len(text) <= LONGEST else ""


def _called(target: Target, made: Arguments, adapter: str | None) -> str:
    """The call; of a method the first argument is the object."""
    name = adapter or target.qualname.partition("(")[0]
    if adapter is None and target.kind == "method":
        made_for, *rest = made.passed
        name = name.rpartition("::")[2]
        if name == "operator":  # of `operator()(int)` the parameters were cut off
            name = "operator()"
        return f"{made_for}.{name}({', '.join(rest)})"
    return f"{name}({', '.join(made.passed)})"


def _after(described: Description, made: Arguments, members: list[str] | None) -> list[str]:
    """Lines that print what the call may have changed; of its object the public members."""
    lines = []
    for at, (item, name) in enumerate(zip(described.parameters, made.names, strict=True)):
        if at == 0 and members is not None:
            lines += [
                f'std::cout << "; {item.name}.{member}: ", show({name}.{member});'
                for member in members
                if item.may_change
            ]
        elif may_change(item) and made.passed[at] != NOTHING:
            lines.append(f'std::cout << "; {item.name}: ", show({name});')
    return lines

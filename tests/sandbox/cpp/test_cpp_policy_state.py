"""The policy gate of C++ refuses state that outlives a call, and addresses, by any detour."""

from pathlib import Path

import pytest

from perfbot.sandbox.edit import Edit
from perfbot.sandbox.gates import cpp_policy
from perfbot.sandbox.target import Target

BODIES_REFUSED = {
    "pointer copied": "    float* g; memcpy(&g, &p, sizeof g); k += *g;\n",
    "address called for": "    k += long(p);\n",
    "address printed": '    char b[40]; snprintf(b, 40, "%p", p);\n',
    "const pointer to what changes": "    static int* const q = new int(0); ++*q;\n",
    "constexpr pointer to what changes": "    static constexpr int* q = &calls; q[0]++;\n",
    "const handle": "    static const std::unique_ptr<int> q(new int(0)); ++*q;\n",
    "const handle by auto": "    static const auto q = std::make_shared<int>(0); ++*q;\n",
    "const struct that points": "    static const struct { int* v; } q = {new int}; ++*q.v;\n",
    "const function that counts": (
        "    static const std::function<int()> q = [n = 0]() mutable { return n; };\n"
    ),
    "const decided in parentheses": "    static const long n(xs.size()); k += n;\n",
    "const decided in braces": "    static const long n{k}; k += n;\n",
    "state in a lambda": "    auto g = [] { static int n; return ++n; }; k += g();\n",
    "state in a local class": (
        "    struct M { static int& v() { static int x; return x; } }; ++M::v();\n"
    ),
    "array by another name": "    int (&w)[3] = weights; w[0]++;\n",
    "array by a sum": "    *(weights + 1) = 3;\n",
    "array filled": "    std::fill(weights, weights + 3, 0);\n",
    "elements swapped": "    std::swap(weights[0], weights[1]);\n",
    "elements in a loop": "    for (int& w : weights) w = 1;\n",
    "global read into": '    std::istringstream("3") >> calls;\n',
    "const lost by a type's name": "    typedef std::vector<int>& R; ((R)xs)[0] = 1;\n",
    "parenthesised name": "    (exit)(0);\n",
    "own declaration of write": (
        "    long write(int, const void*, unsigned long); write(3, &k, 4);\n"
    ),
}
BEFORE_REFUSED = {
    "variable template": "template <class T> T memo = 0;",
    "const pointer": "static int* const buffer = new int[4];",
    "const handle": "static const std::unique_ptr<int[]> buffer(new int[4]);",
    "struct and object": "struct S { int v[4]; } scratch;",
    "one of two": "const int a = 1; int b;",
    "constructor that sets": "struct Init { Init() { calls = 3; } };",
    "lambda that counts": "static auto next = [n = 0]() mutable { return ++n; };",
    "asm of the file": 'asm(".globl x");',
    "alias": 'int g() __attribute__((alias("f")));',
    "line directive": '#line 5 "a"',
}
BODIES_PASSED = {
    "reading elements": "    k += std::max(weights[0], k) - weights[1]; int w = weights[2];\n",
    "a const pointer to a table": "    const int* w = weights; k += w[0] + w[1];\n",
    "a loop that reads": "    for (int w : weights) k += w;\n",
    "a use of it as an index": "    k += weights[weights[0]];\n",
    "a constant table of constants": (
        "    static const int* const t[] = {nullptr}; k += t[0] == p;\n"
    ),
    "a lambda that is called at once": "    static const int n = [] { return 3; }(); k += n;\n",
}


def file(body: str, before: str = "") -> str:
    """The file of the target `f`, with this body, and this text before the function."""
    return f"""\
#include <vector>
#include <string>

static int calls = 0;
int weights[3] = {{1, 2, 3}};
{before}

long long f(const std::vector<int>& xs, std::vector<int>& out, int* p, int k) {{
{body}    return k + calls + weights[0];
}}
"""


def refusals(edited: str) -> list[str]:
    """What the gate refuses in this file."""
    source = file("")
    target = Target(
        root=Path("/project"),
        path="f.cpp",
        qualname="f",
        module="",
        import_root=".",
        file_source=source,
        start_byte=source.index("long long f"),
        end_byte=len(source),
        start_line=8,
        end_line=10,
        kind="function",
        is_async=False,
        is_generator=False,
        language="cpp",
    )
    data = cpp_policy.check(target, Edit(edited)).data
    return [str(item[1]) for item in data["refused"] if item[0] != "syntax"]


@pytest.mark.parametrize("body", BODIES_REFUSED.values(), ids=BODIES_REFUSED)
def test_a_detour_in_the_body_is_refused(body: str) -> None:
    """What leads to something that outlives the call, or to an address, is refused."""
    assert refusals(file(body))


@pytest.mark.parametrize("before", BEFORE_REFUSED.values(), ids=BEFORE_REFUSED)
def test_a_detour_before_the_function_is_refused(before: str) -> None:
    """State beside the function is refused, whatever holds it."""
    assert refusals(file("", before))


@pytest.mark.parametrize("body", BODIES_PASSED.values(), ids=BODIES_PASSED)
def test_reading_is_passed(body: str) -> None:
    """Reading what the file holds, and constants of the function, pass."""
    assert refusals(file(body)) == []

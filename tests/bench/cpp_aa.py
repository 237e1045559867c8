"""The same for C++: unchanged functions called faster, and 5 % that was planted, found or not.

    python tests/bench/cpp_aa.py --decisions 40

runs, for each of five functions from 1 us to 10 ms, 40 A/A measurements (both sides the same
library) and 20 with a planted gain (21 passes over the data become 20), by the code of
`perfbot aa`, through the real sandbox. The number of passes is read from memory, so that both
texts have the same machine code but for that number; where each pass begins is read from memory
too, and where it ends is written there, so that the compiler can leave no pass out. Ends with 1
if any A/A measurement said `faster` or fewer than 90 % of the planted gains were found.
"""

import random
import sys

from aa import Function, numbers, run

SLOW_PASSES, FAST_PASSES = 21, 20
FILE = """\
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

volatile int passes = {{passes}};
volatile std::uint32_t start = 1;
volatile double kept;

{result} fn(const {argument}& data) {{{{
    {result} result{{{{}}}};
    for (int pass = 0, last = passes; pass < last; ++pass) {{{{
        const std::uint32_t seed = start;
{{body}}
    }}}}
    return result;
}}}}
"""


def cpp(name: str, body: str, types: tuple[str, str], make: object, variants: int) -> Function:
    """A Function whose file is C++; `types` are those of the result and of `data`."""
    result, argument = types
    template = FILE.format(result=result, argument=argument)
    return Function(name, body, make, variants, path="module.cpp", template=template)


def reals(count: int) -> object:
    """Lists of `count` floats."""
    return lambda draw: [draw.uniform(0.5, 2.0) for _ in range(count)]


def letters(count: int) -> object:
    """Texts of `count` characters."""
    return lambda draw: "".join(draw.choices("abcdef ,;", k=count))


def rows(count: int) -> object:
    """Lists of `count` short texts."""

    def make(draw: random.Random) -> list[str]:
        return ["".join(draw.choices("abcdefgh", k=draw.randrange(4, 24))) for _ in range(count)]

    return make


FUNCTIONS = (
    cpp(
        "mixed, 1 us",
        "result = seed;\n"
        "for (std::uint32_t item : data) result = (result ^ item) * 16777619u;\n"
        "kept = result;",
        ("std::uint32_t", "std::vector<std::uint32_t>"),
        numbers(50),
        12_000,
    ),
    cpp(
        "norm, 10 us",
        "result = seed;\n"
        "for (double item : data) result = std::sqrt(result * item + 1.0);\n"
        "kept = result;",
        ("double", "std::vector<double>"),
        reals(70),
        3000,
    ),
    cpp(
        "split, 100 us",
        "result.clear();\n"
        "std::string word;\n"
        "for (char item : data) {\n"
        "    if (item != ' ') word += item;\n"
        "    else if (!word.empty()) { result.push_back(word); word.clear(); }\n"
        "}",
        ("std::vector<std::string>", "std::string"),
        letters(2_500),
        700,
    ),
    cpp(
        "counts, 1 ms",
        "std::unordered_map<std::string, int> seen;\n"
        "for (const std::string& item : data) ++seen[item.substr(0, 2)];\n"
        "result = seed;\n"
        "for (const auto& [word, count] : seen) result += count * static_cast<int>(word.size());\n"
        "kept = result;",
        ("int", "std::vector<std::string>"),
        rows(2_000),
        90,
    ),
    cpp(
        "sorted, 10 ms",
        "std::vector<std::uint32_t> copy(data);\n"
        "for (std::uint32_t& item : copy) item = item * 2654435761u + seed;\n"
        "std::sort(copy.begin(), copy.end());\n"
        "result = copy[copy.size() / 2];\n"
        "kept = result;",
        ("std::uint32_t", "std::vector<std::uint32_t>"),
        numbers(9_000),
        10,
    ),
)


def main() -> int:
    """Run what the arguments ask for, print the table, and say whether it is as promised."""
    return run(__doc__, FUNCTIONS, (SLOW_PASSES, FAST_PASSES), least_found=0.9)


if __name__ == "__main__":
    sys.exit(main())

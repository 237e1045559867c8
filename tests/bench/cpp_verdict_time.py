"""How long a verdict on C++ takes, as a user waits for it: whole process, split by gate.

    python tests/bench/cpp_verdict_time.py [--runs 5] [--only bits]

The target needs about 1 ms per call. Three edits (the same code spelled otherwise, a wrong one, one
that is about twice as fast), each on a file that includes <vector> alone and on one that includes
<bits/stdc++.h>. The project's Makefile builds and tests it.

What an earlier verdict on the target has left in the cache is there: the baseline, its mutants, the
precompiled headers. Each run's edit is a new text, so that nothing of the edit itself is there.
"""

import argparse
import tempfile
from pathlib import Path

from verdict_time import show, timed_verdict

HEADERS = {"<vector>": "#include <vector>", "<bits/stdc++.h>": "#include <bits/stdc++.h>"}
FILE = """\
{header}

// The sum of each row's positive numbers.
std::vector<long> totals(const std::vector<std::vector<int>>& rows) {{
    std::vector<long> found;
    for (const std::vector<int>& row : rows) {{
        long total = 0;
        for (unsigned index = 0; index < row.size(); ++index)
            for (int bit = 0; bit < 31; ++bit)
                if (row.at(index) > 0 && (row.at(index) >> bit & 1)) total = total + (1L << bit);
        found.push_back(total);
    }}
    return found;
}}
"""
TESTS = """\
#include "module.cpp"

int main() {
    return totals({{5, -2, 3}, {}}) == std::vector<long>{8, 0} ? 0 : 1;
}
"""
MAKEFILE = """\
CXXFLAGS = -std=c++20 -O2
all: test_module module.o
test_module: test_module.cpp module.cpp
\t$(CXX) $(CXXFLAGS) $< -o $@
check: test_module
\t./test_module
"""
WORKLOAD = """\
import random


def cases():
    draw = random.Random(7)
    yield ([[draw.randrange(-50_000, 100_000) for _ in range(100)] for _ in range(200)],)
"""
LOOP = """\
std::vector<long> totals(const std::vector<std::vector<int>>& rows) {{
    std::vector<long> found;  // {number}
    for (const std::vector<int>& row : rows) {{
        long total = 0;
        {loop}
        found.push_back(total);
    }}
    return found;
}}
"""
BITS = """\
for (unsigned index = 0; index < row.size(); ++index)
            for (int bit = 0; bit < 31; ++bit)
                if (row.at(index) > {least} && (row.at(index) >> bit & 1)) {add};"""
EDITS = {
    "identical": BITS.format(least=0, add="total += 1L << bit"),
    "wrong": BITS.format(least=1, add="total = total + (1L << bit)"),
    "faster": "for (const int number : row) total += number > 0 ? number : 0;",
}


def main() -> None:
    """Print, per header and edit, the median seconds to the verdict and the seconds by gate."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--only", default="", help="headers and edits whose name contains this")
    options = parser.parse_args()
    for header, line in HEADERS.items():
        chosen = [name for name in EDITS if options.only in f"{header} {name}"]
        if not chosen:
            continue
        print(header)
        with tempfile.TemporaryDirectory() as folder:
            # What lies in the project is part of the baseline; an edit in it would make it anew.
            project, edit = Path(folder) / "project", Path(folder) / "edit.txt"
            lay_out(project, line)
            number = 0
            for name in chosen:
                found = []
                for _ in range(options.runs + 1):
                    number += 1
                    text = LOOP.format(number=number, loop=EDITS[name])
                    edit.write_text(text)
                    found.append(timed_verdict(project, "module.cpp::totals", str(edit)))
                times, verdicts = zip(*found[1:], strict=True)
                show(name, times, verdicts)


def lay_out(project: Path, header: str) -> None:
    """Write the project whose file includes `header`."""
    project.mkdir()
    (project / "module.cpp").write_text(FILE.format(header=header))
    (project / "test_module.cpp").write_text(TESTS)
    (project / "Makefile").write_text(MAKEFILE)
    (project / "workload.txt").write_text(WORKLOAD)


if __name__ == "__main__":
    main()

"""How many of a file's replies are the same code: judgements that a run would save.

    python tests/bench/dedup.py --data FILE.jsonl [--results RESULTS.jsonl]

`--data` is as for tests/bench/coffe.py, `--results` what that wrote. Nothing is judged here. The
replies to one problem are taken for one run, in their order: one that is the original's code, or an
earlier one's, is not judged. With results: the seconds that saves, whether an accepted edit is lost
(a twin was accepted, and the one that stands for it was not), and how many refusals came with an
input, which the next run on the same project tries first on the same code.
"""

import argparse
import ast
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from bench.coffe import Row, decision, gate, lay_out, load, results
from judging import table

from perfbot.agents.dedup import BY_TEXT
from perfbot.agents.replies import code_from_reply
from perfbot.sandbox.errors import PerfbotError
from perfbot.sandbox.fingerprint import python_key
from perfbot.sandbox.intake import edit_from
from perfbot.sandbox.languages.python import locate


@dataclass(frozen=True, slots=True)
class Reply:
    """A reply's edit: the whole new text of the original's file."""

    problem: str
    model: str
    original: str
    text: str


def main() -> int:
    """Print the shares; exit code 1 where an accepted edit would be lost."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--data", type=Path, help="the JSONL file; without it nothing is done")
    parser.add_argument("--results", type=Path, help="what tests/bench/coffe.py wrote")
    options = parser.parse_args()
    if options.data is None:
        print("skipped: give the replies with --data FILE.jsonl (see --help)")
        return 0
    pairs = load(options.data, None)
    replies = [found for pair in pairs if (found := reply_of(*pair)) is not None]
    print(f"{len(pairs)} replies, {len(replies)} of them with an edit\n")
    rows = []
    for name, known_by in (("layout and comments apart", tree), ("same code", python_key)):
        first = standing_for(replies, known_by)
        same = sum(known_by(item.text) == known_by(item.original) for item in replies)
        again = sum(first[item] != item for item in replies) - sum(
            first[item] != item and known_by(item.text) == known_by(item.original)
            for item in replies
        )
        rows.append([name, str(same), str(again), f"{(same + again) / len(replies):.1%}"])
    print(table(["equal if", "to the original", "to an earlier reply", "not judged"], rows))
    return 0 if options.results is None else compared(replies, options.results)


def reply_of(problem: Row, candidate: Row) -> Reply | None:
    """The edit that a reply asks for, as perfbot takes it in; None where it has none."""
    code = code_from_reply(candidate["completion"], problem["entry"], original=problem["original"])
    if code is None:
        return None
    with tempfile.TemporaryDirectory() as name:
        project = Path(name) / "project"
        lay_out(problem, project)
        target = locate(project, "original.py", problem["entry"], import_root=".")
        try:
            edit = edit_from(target, code)
        except PerfbotError:
            return None
    return Reply(problem["id"], candidate["model"], target.file_source, edit.file_source)


def tree(source: str) -> str:
    """What the gate `dedup` went by before: the syntax tree."""
    try:
        return ast.dump(ast.parse(source))
    except SyntaxError:
        return source


def standing_for(replies: list[Reply], known_by: Callable[[str], str]) -> dict[Reply, Reply]:
    """For each reply the one that is judged in its place: the first of the same code, or itself."""
    first: dict[tuple[str, str], Reply] = {}
    for reply in replies:
        first.setdefault((reply.problem, known_by(reply.text)), reply)
    return {reply: first[reply.problem, known_by(reply.text)] for reply in replies}


def compared(replies: list[Reply], path: Path) -> int:
    """Print what results of judging every reply say of leaving some out; 1 where one is lost."""
    found = results(path, None)
    first = standing_for(replies, python_key)
    judged = [item for item in replies if (item.problem, item.model) in found]

    def row(reply: Reply) -> Row:
        return found[reply.problem, reply.model]

    own = [item for item in judged if python_key(item.text) == python_key(item.original)]
    twins = [
        item
        for item in judged
        if item not in own
        and first[item] != item
        and first[item] in judged
        and gate(row(first[item])) not in BY_TEXT  # else it is judged itself
    ]
    saved_s, all_s = (
        sum(float(row(item)["verdict"].get("seconds") or 0.0) for item in items)
        for items in (own + twins, judged)
    )
    print(f"\n{len(judged)} replies have results; {len(own)} of them are the original's code, "
          f"{len(twins)} an earlier reply's: {saved_s:.0f} of {all_s:.0f} s not spent")  # fmt: skip
    for item in own:
        print(f"  {item.problem} {item.model}: {decision(row(item))}; the original's code")
    for item in twins:
        print(f"  {item.problem} {item.model}: {decision(row(item))}; "
              f"{first[item].model} before it: {decision(row(first[item]))}")  # fmt: skip
    lost = [item for item in own if decision(row(item)) == "accepted"] + [
        item
        for item in twins
        if decision(row(item)) == "accepted" and decision(row(first[item])) != "accepted"
    ]
    refused = [item for item in judged if decision(row(item)) == "refuted"]
    shown = [item for item in refused if row(item)["verdict"].get("counterexample")]
    print(f"accepted edits lost: {len(lost)}")
    print(f"refusals that came with an input, which the next run tries first on the same code: "
          f"{len(shown)} of {len(refused)}")  # fmt: skip
    return 1 if lost else 0


if __name__ == "__main__":
    sys.exit(main())

"""Routing: whom to ask is chosen from what is on record, and a success or a failure changes it."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from perfbot.agents.asker import Asker
from perfbot.agents.calls import ANSWERED, Call, Usage
from perfbot.agents.context import REQUIRED, Section
from perfbot.agents.difficulty import Difficulty, difficulty
from perfbot.agents.llm import Model
from perfbot.agents.llm_proposer import ModelProposer
from perfbot.agents.policies.guided import Guided
from perfbot.agents.proposal import Proposal
from perfbot.agents.routing import ByComplexity, Outcome, Route, Routed, reward, routes
from perfbot.agents.search import Account, ArchiveView, Budget, ProposalSpec
from perfbot.agents.styles import ANALYSE, PLAIN, STRATEGIES, STYLES, in_style
from perfbot.optimizer.ledger import Ledger, new_run, open_run
from perfbot.sandbox.edit import Edit, baseline
from perfbot.sandbox.languages import cpp, python
from perfbot.sandbox.measurement import Measurement, Speedup
from perfbot.sandbox.target import Target
from perfbot.sandbox.trial import Cost, Trial
from perfbot.sandbox.verdict import Evidence, Status, Verdict
from tests.agents.model_server import ModelServer, completion

EASY = Difficulty(5, 2, 1, 0, False, "python")
HARD = Difficulty(60, 20, 2, 0, False, "python")
SOURCE = "def f(x: int) -> int:\n    return x\n"


@pytest.fixture
def target(tmp_path: Path) -> Target:
    """`f` in a file."""
    (tmp_path / "m.py").write_text(SOURCE)
    return python.locate(tmp_path, "m.py", "f", import_root=".")


@pytest.fixture
def ledger(target: Target, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Ledger]:
    """A new run that has the original."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    run = new_run(target, base=None, options={})
    run.add(baseline(target))
    yield run
    run.close()


def _counted(folder: Path, text: str, name: str = "f") -> Difficulty:
    (folder / "d.py").write_text(text)
    return difficulty(python.locate(folder, "d.py", name, import_root="."))


def test_what_makes_a_function_difficult_is_counted(tmp_path: Path) -> None:
    """Lines without the docstring, paths, loops in loops (comprehensions too), types, recursion."""
    found = _counted(
        tmp_path,
        "def f(xs: list[int], n, *rest, k=1):\n"
        '    """Two\n    lines."""\n\n'
        "    # a remark\n"
        "    for x in xs:\n"
        "        if x and n:\n"
        "            return [a for a in xs for b in xs if a]\n"
        "    return f(xs, n - 1)\n",
    )
    assert (found.lines, found.loops, found.untyped, found.recursive) == (5, 3, 3, True)
    assert found.paths == 1 + 3 + 1 + 1 + 1  # loops, if, and, the comprehension's if
    assert not found.simple
    assert "loops 3 deep" in found.reasons


def test_a_short_typed_loop_is_simple(tmp_path: Path) -> None:
    """One loop of a few lines; a method's self needs no type; a namesake is not recursion."""
    text = "class A:\n    def f(self, x: int):\n        return [g(i) for i in range(x)]\n"
    found = _counted(tmp_path, text, "A.f")
    assert found.simple
    assert found.reasons == ()
    assert str(found) == "simple (short)"


def test_most_of_the_profile_is_a_reason(tmp_path: Path) -> None:
    """What takes half of the tests' time is worth more than what takes a tenth of it."""
    one = _counted(tmp_path, "def f(x):\n    return x\n")
    assert replace(one, share=0.1).simple
    assert not replace(one, share=0.5).simple


def test_a_cpp_function_is_counted(tmp_path: Path) -> None:
    """Loops of every kind, forks, &&, and a call of itself; its types are declared."""
    (tmp_path / "a.cpp").write_text(
        "int g(int n) {\n  for (int i = 0; i < n; i++)\n    do { while (n && i) n--; } while (n);\n"
        "  return n ? g(n - 1) : 2;\n}\n"
    )
    found = difficulty(cpp.locate(tmp_path, "a.cpp", "g"))
    assert (found.loops, found.paths, found.untyped, found.recursive) == (3, 6, 0, True)
    assert "C or C++" in found.reasons


def _outcomes(*gains: float) -> list[Outcome]:
    return [Outcome(Route("m"), gain, 100, None) for gain in gains]


def test_the_cheap_model_is_asked_first_where_it_is_simple() -> None:
    """A dearer one only after failure; a success stays; the last step is not left."""
    router = ByComplexity(EASY, "strong", "cheap")
    steps = [router.choose(_outcomes(*gains), 0)[0] for gains in ([], [2.0], [1.0], [1.0, 1.0])]
    assert steps == [
        Route("cheap"), Route("cheap"), Route("strong", ANALYSE), Route("strong", STRATEGIES)
    ]  # fmt: skip
    assert router.choose(_outcomes(*[1.0] * 9), 0)[0] == Route("strong", STRATEGIES)


def test_the_strong_model_is_asked_first_where_it_is_difficult() -> None:
    """With one model the styles alone differ."""
    assert ByComplexity(HARD, "strong", "cheap").choose([], 0)[0] == Route("strong", ANALYSE)
    assert ByComplexity(EASY, "only").choose([], 0)[0] == Route("only", PLAIN)
    assert "60 lines" in ByComplexity(HARD, "only").choose([], 0)[1]


def test_rewards_are_of_the_logarithm() -> None:
    """Nothing is worth 0, ten times 1, and twice as much adds the same wherever it begins."""
    assert reward(1.0) == 0.0
    assert reward(10.0) == reward(100.0) == 1.0
    assert reward(4.0) == pytest.approx(2 * reward(2.0))
    assert reward(0.5) == 0.0


def test_routes_are_models_times_styles() -> None:
    """Each pair once, and each style has words of its own that a prompt ends with."""
    assert len(set(routes(["a", "b"]))) == 2 * len(STYLES)
    texts = {in_style("Make it faster.", style) for style in STYLES}
    assert len(texts) == len(STYLES)
    assert all(text.startswith("Make it faster.") for text in texts)
    with pytest.raises(ValueError, match="not one of"):
        in_style("x", "poem")


def test_a_style_makes_another_request_and_none_the_old_one() -> None:
    """The key of a plain request is what it was before there were styles: old runs resume."""
    plain = ProposalSpec("p", "llm", "m", 1)
    assert plain.key == "llm/m/1/p"
    assert ProposalSpec("p", "llm", "m", 1, ANALYSE).key not in (plain.key, "")
    assert ProposalSpec(**plain.as_json()) == plain  # type: ignore[arg-type]


def _answered(
    ledger: Ledger, spec: ProposalSpec, low: float | None, tokens: tuple[int, int]
) -> None:
    """Put a request on record, with one edit that is accepted at `low` or refuted, and its cost."""
    edit = Edit(f"{SOURCE}# {spec.key} {low}\n", parent=spec.parent)
    ledger.record_proposals(spec.key, [Proposal(edit, "llm", "", f"{spec.key}#0")])
    used = Usage(*tokens)
    ledger.record_call(Call(f"{spec.key}#0", 1, spec.model or "", (), used, 0.01))
    ledger.record_call(
        Call(f"{spec.key}#0", 1, spec.model or "", (), used, 0.01, ANSWERED, usage=used, usd=0.01)
    )
    status = Status.REFUTED if low is None else Status.SURVIVED
    verdict = Verdict((Evidence("suite", status, ""),))
    decision = "refuted" if low is None else "accepted"
    judged = Trial(edit, verdict, None, Cost(), decision, "")
    ledger.record_judged(judged)
    if low is not None:
        found = Measurement("", "", Speedup(low, low, low, 0.99, 9, "cpu"))
        ledger.record_measured(replace(judged, measurement=found))


def _view(ledger: Ledger, original: str, requests: list[ProposalSpec]) -> ArchiveView:
    answers = {
        spec.key: tuple(item.edit.id for item in ledger.proposals(spec.key) or ())
        for spec in requests
    }
    return ArchiveView(original, tuple(ledger.trials()), {}, tuple(requests), answers)


def test_outcomes_are_read_from_the_record(ledger: Ledger, target: Target) -> None:
    """Gains are over the best so far; every try is charged; what has no answer is no outcome."""
    original = baseline(target).id
    first, second, third, open_ = (ProposalSpec(original, "llm", "m", n) for n in range(4))
    _answered(ledger, first, 2.0, (90, 10))
    _answered(ledger, second, 1.9, (180, 20))
    _answered(ledger, third, 6.0, (270, 30))
    policy = Routed(Guided("m"), ByComplexity(EASY, "m"), ledger)
    found = policy.outcomes([first, second, third, open_])
    assert [item.gain for item in found] == [2.0, 1.0, pytest.approx(3.0)]
    assert [item.tokens for item in found] == [100, 200, 300]
    assert [item.usd for item in found] == [0.01] * 3
    assert policy.outcomes([open_]) == []


def test_a_failure_is_followed_by_the_stronger_model(ledger: Ledger, target: Target) -> None:
    """Request by request, as the graph asks; the choice is in the request, and it is said why."""
    said: list[str] = []
    original = baseline(target).id
    router = ByComplexity(EASY, "strong", "cheap")
    requests: list[ProposalSpec] = []
    for low in (None, 3.0):
        policy = Routed(Guided("strong"), router, ledger, said.append)  # as a resumed run has it
        (spec,) = policy.ask(_view(ledger, original, requests), Budget())
        again = Routed(Guided("strong"), router, ledger)
        assert again.ask(_view(ledger, original, requests), Budget()) == [spec]
        _answered(ledger, spec, low, (90, 10))
        requests.append(spec)
    assert [(spec.model, spec.style) for spec in requests] == [("cheap", ""), ("strong", ANALYSE)]
    assert said == [
        "asking cheap, plain: simple (short)",
        "asking strong, analyse first: after 1 without a better edit",
    ]


def test_requests_to_the_rules_are_left_alone(ledger: Ledger, target: Target) -> None:
    """They cost nothing: there is nothing to choose."""
    policy = Routed(Guided("strong", rules=True), ByComplexity(EASY, "strong", "cheap"), ledger)
    original = baseline(target).id
    assert policy.name == "refine"
    assert policy.ask(_view(ledger, original, []), Budget()) == [ProposalSpec(original)]


def test_the_choice_survives_the_process(ledger: Ledger, target: Target) -> None:
    """What was decided is read from the ledger, not remembered: another process goes on alike."""
    original = baseline(target).id
    spec = ProposalSpec(original, "llm", "cheap")
    _answered(ledger, spec, None, (1, 1))
    ledger.close()
    again = open_run(ledger.folder.name, resume=True)
    policy = Routed(Guided("strong"), ByComplexity(EASY, "strong", "cheap"), again)
    (following,) = policy.ask(_view(again, original, [spec]), Budget())
    assert following.model == "strong"
    again.close()


def test_a_request_goes_to_the_model_that_it_names(ledger: Ledger, target: Target) -> None:
    """In its style; one that names no model of the run goes to the first."""
    original = baseline(target).id
    with ModelServer(lambda request: completion("I see no faster way.")) as server:
        account = Account(ledger, Budget())
        askers = {
            name: Asker(Model(f"openai/{name}", server.url), account)
            for name in ("cheap", "strong")
        }
        section = Section("The function", target.source, REQUIRED)
        proposer = ModelProposer(target, askers["strong"], [section], others=askers)
        for model, style in (("cheap", STRATEGIES), ("strong", PLAIN), ("gone", PLAIN)):
            assert proposer.propose(ProposalSpec(original, "llm", model, 0, style)) == []
        assert [request.model for request in server.requests] == ["cheap", "strong", "strong"]
        assert ["Strategies:" in request.text for request in server.requests] == [
            True,
            False,
            False,
        ]
    assert [call.model for call in ledger.calls()][:2] == ["openai/cheap", "openai/strong"]

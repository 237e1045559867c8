"""Spans over OTLP, received on loopback: what is sent, what never is, and what a failure costs."""

import json
import socket
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from perfbot.agents.calls import ANSWERED, FAILED, Call, Message, Usage
from perfbot.agents.graph import run
from perfbot.agents.policies.refine import Refine
from perfbot.agents.search import Account, Budget, ProposalSpec
from perfbot.optimizer import telemetry
from perfbot.optimizer.config import Options
from perfbot.optimizer.ledger import new_run
from perfbot.optimizer.telemetry import missing, spans_of, wanted
from perfbot.sandbox.edit import Edit
from perfbot.sandbox.trial import Trial
from tests.agents.model_server import FAULTS, Answer, ModelServer, Replay, Request
from tests.agents.test_graph import BEST, ORIGINAL, Toy, _target
from tests.optimizer.span_server import SpanServer
from tests.shop import FAST, SHOP, SUITE, WRONG, environment, perfbot, repository

WORKLOAD = "def cases():\n    yield (list(range(300)), list(range(150, 450)))\n"

LOST = Call(
    "", 1, "azure/m", (Message("user", "a secret"),), Usage(10, 20), None,
    state=FAILED, fault="timeout", detail="a secret", seconds=0.5,
)  # fmt: skip


@pytest.fixture
def toy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Toy:
    """The toy problem of `test_graph` over a new run, with nothing of OTEL_* set."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    for name in (*telemetry.ENDPOINTS, *telemetry.PROTOCOLS, "OTEL_SDK_DISABLED"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(telemetry, "_said", set())
    return Toy(new_run(_target(tmp_path), base=None, options={}), tmp_path / "log")


def _searched(toy: Toy, said: list[str]) -> str | None:
    """The best edit's id, after a search whose spans are sent as the environment says."""
    ledger = toy.archive
    target = _target(ledger.folder)
    with spans_of(ledger.folder.name, target, Options(), said.append) as spans:
        return run(
            ledger.folder, ledger, ORIGINAL, spans.policy(Refine()),
            propose=spans.proposing(toy.propose), judge=spans.judging(toy.judge),
            measure=spans.measuring(toy.measure), max_concurrency=3,
            account=Account(ledger, Budget(), watch=spans.call_ended),
        ).best  # fmt: skip


def test_a_search_is_a_tree_of_spans(toy: Toy, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every request, judgement, gate and measurement is one span under its round, under the run."""
    said: list[str] = []
    with SpanServer() as server:
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", server.url)
        assert _searched(toy, said) == BEST.id
    assert said == []
    assert set(server.paths) == {"/v1/traces"}
    (root,) = server.named("optimize")
    assert root.attributes["perfbot.run"] == toy.archive.folder.name
    assert not root.parent
    log = [line.split()[0] for line in toy.log.read_text().splitlines()]
    for kind, name in (("propose", "propose"), ("judge", "attempt"), ("measure", "measure")):
        spans = server.named(name)
        assert len(spans) == log.count(kind) > 0
        for span in spans:
            nearest, _, rest = server.above(span).partition(" < ")
            assert nearest.startswith("round ") and rest == "optimize"
    gates = server.named("gate toy")
    assert len(gates) == len(server.named("attempt"))
    assert {gate.attributes["perfbot.status"] for gate in gates} == {"SURVIVED", "REFUTED"}
    by_edit = {span.attributes["perfbot.edit"]: span for span in server.named("attempt")}
    assert set(by_edit) == {trial.edit.id for trial in toy.archive.trials()}
    first, second = server.named("round ")[:2]
    assert first.end_ns <= second.start_ns


def test_nothing_is_sent_while_something_is_measured(
    toy: Toy, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The batches wait for the clock: the sender's work would be noise in it."""
    monkeypatch.setenv("OTEL_BSP_SCHEDULE_DELAY", "1")
    during: list[int] = []
    real = toy.measure

    with SpanServer() as server:

        def measure(trial: Trial) -> Trial:
            before = -1
            while before != len(server.bodies):  # what was on its way has come
                before = len(server.bodies)
                time.sleep(0.2)
            time.sleep(0.3)
            during.append(len(server.bodies) - before)
            return real(trial)

        monkeypatch.setattr(toy, "measure", measure)
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", server.url)
        _searched(toy, [])
        assert len(server.bodies) > 1
    assert during and not any(during)


def test_an_exception_is_told_by_its_type_alone(toy: Toy, monkeypatch: pytest.MonkeyPatch) -> None:
    """What an error says may quote source or a prompt."""

    def judge(edit: Edit) -> Trial:
        raise ValueError(f"a secret of {edit.file_source}")

    monkeypatch.setattr(toy, "judge", judge)
    with SpanServer() as server:
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", server.url)
        with pytest.raises(ValueError, match="a secret"):
            _searched(toy, [])
    failed = [span for span in server.spans if span.failed]
    assert {span.name for span in failed} == {"attempt", "optimize"}
    assert {span.attributes["error.type"] for span in failed} == {"ValueError"}
    assert not any(b"a secret" in body for body in server.bodies)


@pytest.mark.parametrize("kind", ["nobody", "silent", "refusing"])
def test_a_receiver_that_fails_costs_seconds_and_one_warning(
    toy: Toy, monkeypatch: pytest.MonkeyPatch, kind: str, capfd: pytest.CaptureFixture[str]
) -> None:
    """Nobody listens, nobody answers, or everything is refused: the search ends as it would."""
    said: list[str] = []
    with socket.create_server(("127.0.0.1", 0)) as silent, SpanServer(status=503) as refusing:
        port = silent.getsockname()[1]
        if kind == "nobody":
            silent.close()
        url = refusing.url if kind == "refusing" else f"http://127.0.0.1:{port}"
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", url)
        assert _searched(toy, said) == BEST.id
    assert said == ["warning: not all spans were received: check OTEL_EXPORTER_OTLP_ENDPOINT"]
    assert capfd.readouterr().err == ""


def test_nothing_of_it_is_loaded_where_nobody_asks(tmp_path: Path) -> None:
    """Without an endpoint OpenTelemetry is not imported, with one and without `otel` neither."""
    program = (
        "import sys\n"
        "from pathlib import Path\n"
        "from perfbot.optimizer.config import Options\n"
        "from perfbot.optimizer.telemetry import spans_of\n"
        "from tests.agents.test_graph import _target\n"
        "class Hidden:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name.startswith('opentelemetry'): raise ModuleNotFoundError(name=name)\n"
        "if sys.argv[1:]: sys.meta_path.insert(0, Hidden())\n"
        "for _ in range(2):\n"
        "    with spans_of('run', _target(Path('.')), Options(), print): pass\n"
        "assert not [name for name in sys.modules if name.startswith('opentelemetry.sdk')]\n"
    )
    here = Path(__file__).parents[2]
    plain = {"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "PYTHONPATH": str(here)}
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, env=plain, cwd=tmp_path, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    there = {**plain, telemetry.ENDPOINTS[1]: "http://127.0.0.1:1"}
    done = subprocess.run(
        [*command, "hidden"], env=there, cwd=tmp_path, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("pip install 'perfbot[otel]'") == 1  # once, though there are two runs


@pytest.mark.parametrize(
    ("environ", "sent"),
    [
        ({}, False),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": " "}, False),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://h:4318"}, True),
        ({"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://h:4318/v1/traces"}, True),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://h", "OTEL_SDK_DISABLED": "true"}, False),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://h", "OTEL_TRACES_EXPORTER": "none"}, False),
    ],
)
def test_when_spans_are_wanted(environ: dict[str, str], sent: bool) -> None:
    """An endpoint asks for them; OpenTelemetry's own switches turn them off."""
    assert wanted(environ) is sent


def test_another_protocol_is_said() -> None:
    """An endpoint that speaks gRPC would take no span of ours."""
    assert missing({"OTEL_EXPORTER_OTLP_PROTOCOL": "http/protobuf"}) is None
    assert "not grpc" in (missing({"OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"}) or "")


@pytest.mark.slow
def test_a_run_with_a_model_sends_sizes_and_ids_and_no_text(tmp_path: Path) -> None:
    """A whole command: the spans of its calls have the conventions' attributes, a call with two
    tries is one span, and no prompt, reply, title or source is in any byte that was sent."""
    env = environment(tmp_path / "home")
    repo = repository(tmp_path / "shop", env, shop_py=SHOP, test_shop_py=SUITE)
    (tmp_path / "workload.py").write_text(WORKLOAD)
    good = f"Change: look items up in a set\nWhy: A set is faster.\n\n```python\n{FAST}```"
    wrong = f"Change: skip seven\n\n```python\n{WRONG}```"
    replies = Replay({"shop.py::common": [wrong, good]})

    def answer(request: Request) -> Answer:
        return FAULTS["500"] if request.number == 1 else replies(request)

    with SpanServer() as spans, ModelServer(answer) as server:
        done = perfbot(
            repo, {**env, "OTEL_EXPORTER_OTLP_ENDPOINT": spans.url},
            *("optimize", "shop.py::common", "--workload", "../workload.py", "--seed", "1"),
            *("--proposer", "llm", "--model", "openai/test", "--api-base", server.url),
            *("--samples", "2", "--budget", "2c", "--json", "-"),
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        billed, port = server.billed, int(server.url.rpartition(":")[2].partition("/")[0])
    document = json.loads(done.stdout)["runs"][0]
    calls = spans.named("chat openai/test")
    assert len(calls) == document["models"][0]["replies"] == 2
    assert sorted(call.attributes["perfbot.tries"] for call in calls) == [1, 2]
    for call in calls:
        assert spans.above(call) == "propose < round 1 < optimize"
        assert call.attributes["gen_ai.operation.name"] == "chat"
        assert call.attributes["gen_ai.provider.name"] == "openai"
        assert call.attributes["gen_ai.request.model"] == "openai/test"
        assert call.attributes["gen_ai.response.model"] == "test"
        assert call.attributes["gen_ai.response.finish_reasons"] == ["stop"]
        assert call.attributes["server.address"] == "127.0.0.1"
        assert call.attributes["server.port"] == port
        assert call.start_ns < call.end_ns
    tokens = ("gen_ai.usage.input_tokens", "gen_ai.usage.output_tokens")
    assert sum(call.attributes[name] for call in calls for name in tokens) == billed
    decisions = {span.attributes["perfbot.decision"] for span in spans.named("attempt")}
    assert decisions == {"refuted", "survived"}
    assert [span.attributes["perfbot.decision"] for span in spans.named("measure")] == ["accepted"]
    for name in ("prepare", "verify", "commit"):
        assert len(spans.named(name)) == 1
    assert "gate fuzz" in {span.name for span in spans.spans}
    sent = b"".join(spans.bodies)
    for text in (b"known = set", b"faster", b"skip seven", b"look items up", b"def common", b"You"):
        assert text not in sent


def _told(toy: Toy, monkeypatch: pytest.MonkeyPatch, *tries: Call) -> SpanServer:
    """What is received of the tries of one call, within a request."""
    with SpanServer() as server:
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", server.url)
        options = Options(proposer="llm", model="azure/m", api_base="https://here.example/v1")
        with spans_of("run", _target(toy.log.parent), options, print) as spans:

            def propose(spec: ProposalSpec) -> None:
                for call in tries:
                    spans.call_ended(replace(call, key=f"{spec.key}#0"))

            spans.proposing(propose)(ProposalSpec("p", "llm", "azure/m"))
    assert not any(b"a secret" in body for body in server.bodies)
    return server


def test_a_call_that_is_answered_at_the_second_try_is_one_span(
    toy: Toy, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It has the conventions' attributes, the sizes of what was said, and none of the words."""
    answer = replace(
        LOST, attempt=2, state=ANSWERED, fault="", reply="a secret", answered_by="m-2026",
        finish="stop", usage=Usage(11, 21, 5), usd=0.25,
    )  # fmt: skip
    server = _told(toy, monkeypatch, LOST, answer)
    (call,) = server.named("chat azure/m")
    assert server.above(call) == "propose < optimize"
    assert not call.failed
    assert call.attributes == {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "azure.ai.openai",
        "gen_ai.request.model": "azure/m",
        "gen_ai.request.max_tokens": 20,
        "gen_ai.response.model": "m-2026",
        "gen_ai.response.finish_reasons": ["stop"],
        "gen_ai.usage.input_tokens": 11,
        "gen_ai.usage.output_tokens": 21,
        "gen_ai.usage.cache_read.input_tokens": 5,
        "server.address": "here.example",
        "server.port": 443,
        "perfbot.usd": 0.25,
        "perfbot.prompt.characters": 8,
        "perfbot.reply.characters": 8,
        "perfbot.tries": 2,
    }


def test_a_call_without_an_answer_is_a_failed_span(
    toy: Toy, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its kind of fault is the error's type, and its span ends with the request that it was for."""
    server = _told(toy, monkeypatch, LOST, LOST)
    (call,) = server.named("chat")
    assert (call.failed, call.attributes["error.type"]) == (True, "timeout")
    assert call.attributes["perfbot.tries"] == 2
    assert server.above(call) == "propose < optimize"

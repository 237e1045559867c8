"""The spans of a run, through OpenTelemetry's SDK: run > round > propose, attempt, measure.

Calls to models follow the semantic conventions for generative AI (span `gen_ai.client.inference`),
without the messages, which are opt-in there.
Source: github.com/open-telemetry/semantic-conventions-genai, docs/gen-ai/client-inference.md.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.trace import Span, SpanKind, StatusCode, Tracer, set_span_in_context

import perfbot
from perfbot.agents.asker import is_answer
from perfbot.agents.calls import Call
from perfbot.agents.proposal import Proposal
from perfbot.agents.search import ArchiveView, Budget, ProposalSpec, SearchPolicy
from perfbot.optimizer.config import Options
from perfbot.optimizer.telemetry import Propose, Say, Spans
from perfbot.sandbox.edit import Edit
from perfbot.sandbox.target import Target
from perfbot.sandbox.trial import Trial

CLOSING_S = 2.0
"""So long the end of a run may wait for its last spans to be received."""
_NS = 1_000_000_000
_PROVIDERS = {
    "azure": "azure.ai.openai",
    "bedrock": "aws.bedrock",
    "gemini": "gcp.gemini",
    "mistral": "mistral_ai",
    "vertex_ai": "gcp.vertex_ai",
    "watsonx": "ibm.watsonx.ai",
    "xai": "x_ai",
}
"""LiteLLM's names of providers where the conventions have others."""
Value = str | int | float | bool | Sequence[str]


class _Exporter(SpanExporter):
    """Sends as the environment says, never while something is measured; remembers failures."""

    def __init__(self, quiet: threading.Event) -> None:
        self.inner = OTLPSpanExporter()
        self.quiet = quiet
        self.failed = False

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Send a batch, once the clock does not run."""
        self.quiet.wait()
        found = self.inner.export(spans)
        self.failed = self.failed or found is not SpanExportResult.SUCCESS
        return found

    def shutdown(self) -> None:
        """End; a retry that waits is given up."""
        self.inner.shutdown()  # type: ignore[no-untyped-call]


@dataclass(slots=True)
class Sending(Spans):
    """Makes spans under one run's. Branches work in threads, so parents are named, not implied."""

    tracer: Tracer
    root: Span
    options: Options
    quiet: threading.Event
    """Set while nothing is measured."""
    round: Span | None = None
    rounds: int = 0
    asked: dict[str, Span] = field(default_factory=dict)
    """The open spans of requests, by the requests' keys."""
    calls: dict[str, tuple[int, int, Call]] = field(default_factory=dict)
    """Calls without an answer yet, by key: when the first was sent (ns), tries, the last."""
    lock: threading.Lock = field(default_factory=threading.Lock)

    def open(self, name: str, values: Mapping[str, Value], above: Span | None = None) -> Span:
        """A span that has begun, under the span `above`, or else under the round or the run."""
        context = set_span_in_context(above or self.round or self.root)
        return self.tracer.start_span(name, context, attributes=_named(values))

    @contextmanager
    def span(self, name: str, **values: Value) -> Iterator[Span]:
        """A span around the block; an exception is told by its type alone."""
        made = self.open(name, values)
        try:
            yield made
        except BaseException as error:
            _failed(made, type(error).__name__)
            raise
        finally:
            made.end()

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """A span around a step; the last round, if it is open, has ended before it."""
        self.end_round()
        with self.span(name):
            yield

    def policy(self, policy: SearchPolicy) -> SearchPolicy:
        """The policy; from its requests to their results is a round."""
        return _Rounds(policy, self)

    def begin_round(self, requests: int) -> None:
        """A span for the round whose requests are known."""
        self.end_round()
        self.rounds += 1
        self.round = self.open(f"round {self.rounds}", {"requests": requests}, self.root)

    def end_round(self) -> None:
        """End the round's span, if one is open."""
        if self.round is not None:
            self.round.end()
            self.round = None

    def proposing(self, propose: Propose) -> Propose:
        """A span for each request."""

        def proposed(spec: ProposalSpec) -> list[Proposal] | None:
            with self.span("propose", operator=spec.operator, parent=spec.parent) as made:
                if spec.model:
                    made.set_attribute("gen_ai.request.model", spec.model)
                self.asked[spec.key] = made
                try:
                    found = propose(spec)
                finally:
                    self.give_up(spec.key)
                made.set_attribute("perfbot.proposals", len(found or ()))
            return found

        return proposed

    def judging(self, judge: Callable[[Edit], Trial]) -> Callable[[Edit], Trial]:
        """A span for each edit; the gates' spans are made of the times in the evidence."""

        def judged(edit: Edit) -> Trial:
            at = time.time_ns()
            with self.span("attempt", edit=edit.id, origin=edit.origin) as made:
                trial = judge(edit)
                made.set_attributes(_named(_of_trial(trial)))
                context = set_span_in_context(made)
                for item in trial.verdict.evidence:
                    gate = self.tracer.start_span(f"gate {item.gate}", context, start_time=at)
                    gate.set_attributes(_named({"gate": item.gate, "status": item.status.name}))
                    at += int(item.seconds * _NS)
                    gate.end(at)
            return trial

        return judged

    def measuring(self, measure: Callable[[Trial], Trial]) -> Callable[[Trial], Trial]:
        """A span for each measurement."""

        def measured(trial: Trial) -> Trial:
            with self.span("measure", edit=trial.edit.id) as made:
                self.quiet.clear()
                try:
                    found = measure(trial)
                finally:
                    self.quiet.set()
                made.set_attributes(_named(_of_trial(found)))
            return found

        return measured

    def call_ended(self, call: Call) -> None:
        """One span for all tries of a call, when the last has ended."""
        now = time.time_ns()
        with self.lock:
            started, tries, _ = self.calls.pop(call.key, (now - int(call.seconds * _NS), 0, call))
            if not is_answer(call):
                self.calls[call.key] = (started, tries + 1, call)
                return
        self.tell_call(started, tries + 1, call, now)

    def give_up(self, key: str) -> None:
        """End the spans of a request's calls that got no answer."""
        with self.lock:
            left = [name for name in self.calls if name.partition("#")[0] == key]
            unanswered = [self.calls.pop(name) for name in left]
        for started, tries, call in unanswered:
            self.tell_call(started, tries, call, time.time_ns())
        self.asked.pop(key, None)

    def tell_call(self, started: int, tries: int, call: Call, now: int) -> None:
        """A span of a call, by the conventions; sizes of what was said, not the words."""
        parent = self.asked.get(call.key.partition("#")[0]) or self.round or self.root
        made = self.tracer.start_span(
            f"chat {call.model}", set_span_in_context(parent), SpanKind.CLIENT, start_time=started
        )
        made.set_attributes(_of_call(call, self.options))
        made.set_attribute("perfbot.tries", tries)
        if call.fault:
            _failed(made, call.fault)
        made.end(now)


@dataclass(frozen=True, slots=True)
class _Rounds:
    """A policy that tells of its rounds."""

    inner: SearchPolicy
    spans: Sending

    @property
    def name(self) -> str:
        """The policy's name."""
        return self.inner.name

    def ask(self, view: ArchiveView, budget: Budget) -> list[ProposalSpec]:
        """The policy's requests, with which a round begins."""
        requests = self.inner.ask(view, budget)
        if requests:
            self.spans.begin_round(len(requests))
        return requests

    def tell(self, results: list[Trial]) -> None:
        """The round has ended."""
        self.spans.end_round()
        self.inner.tell(results)


@contextmanager
def sending(run_id: str, target: Target, options: Options, say: Say) -> Iterator[Sending]:
    """The spans of a run, sent in the background and at the end, within CLOSING_S."""
    # What it logs of a receiver that is not there is said once, in our words.
    logging.getLogger("opentelemetry").setLevel(logging.CRITICAL)
    quiet = threading.Event()
    quiet.set()
    exporter = _Exporter(quiet)
    about = {"service.name": "perfbot", "service.version": perfbot.__version__}
    provider = TracerProvider(resource=Resource.create(about), shutdown_on_exit=False)
    provider.add_span_processor(BatchSpanProcessor(exporter))
    tracer = provider.get_tracer("perfbot", perfbot.__version__)
    root = tracer.start_span("optimize", attributes=_of_run(run_id, target, options))
    spans = Sending(tracer, root, options, quiet)
    try:
        yield spans
    except BaseException as error:
        _failed(root, type(error).__name__)
        raise
    finally:
        spans.end_round()
        root.end()
        # A daemon, so that neither it nor the SDK's own thread outlives the run's end.
        closing = threading.Thread(target=provider.shutdown, daemon=True)
        closing.start()
        closing.join(CLOSING_S)
        if closing.is_alive() or exporter.failed:
            say("warning: not all spans were received: check OTEL_EXPORTER_OTLP_ENDPOINT")


def _of_run(run_id: str, target: Target, options: Options) -> dict[str, Value]:
    return {
        "perfbot.run": run_id,
        "perfbot.language": target.language,
        "perfbot.proposer": options.proposer,
        "perfbot.policy": options.policy,
        "code.file.path": target.path,
        "code.function.name": target.qualname,
    }


def _of_trial(trial: Trial) -> dict[str, Value]:
    decisive = trial.verdict.decisive
    values: dict[str, Value] = {"decision": trial.decision}
    if decisive is not None:
        values["gate"] = decisive.gate
    measured = trial.measurement
    if measured is not None and measured.speedup is not None:
        values["speedup"] = measured.speedup.estimate
        values["speedup.low"] = measured.speedup.low
        values["speedup.high"] = measured.speedup.high
        values["clock"] = measured.speedup.clock
    return values


def _of_call(call: Call, options: Options) -> dict[str, Value]:
    provider, named, _ = call.model.partition("/")
    values: dict[str, Value] = {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": _PROVIDERS.get(provider, provider) if named else "unknown",
        "gen_ai.request.model": call.model,
        "gen_ai.request.max_tokens": call.reserved.completion,
        "perfbot.prompt.characters": sum(len(item.content) for item in call.messages),
        "perfbot.reply.characters": len(call.reply),
    }
    if options.temperature is not None:
        values["gen_ai.request.temperature"] = options.temperature
    if call.answered_by:
        values["gen_ai.response.model"] = call.answered_by
    if call.finish:
        values["gen_ai.response.finish_reasons"] = [call.finish]
    if call.usage is not None:
        values["gen_ai.usage.input_tokens"] = call.usage.prompt
        values["gen_ai.usage.output_tokens"] = call.usage.completion
        values["gen_ai.usage.cache_read.input_tokens"] = call.usage.cached
    if call.usd is not None:
        values["perfbot.usd"] = call.usd
    if options.api_base and call.model == options.model:
        server = urlsplit(options.api_base)
        values["server.address"] = server.hostname or ""
        values["server.port"] = server.port or (443 if server.scheme == "https" else 80)
    return values


def _named(values: Mapping[str, Value]) -> dict[str, Value]:
    return {f"perfbot.{name}": value for name, value in values.items()}


def _failed(span: Span, kind: str) -> None:
    span.set_attribute("error.type", kind)
    span.set_status(StatusCode.ERROR)

"""OpenTelemetry: a run as spans, sent only where the environment names a receiver.

Off unless OTEL_EXPORTER_OTLP_ENDPOINT or OTEL_EXPORTER_OTLP_TRACES_ENDPOINT is set and the extra
`otel` is installed; nothing of OpenTelemetry is imported before that. What is sent are names, ids,
sizes, times and decisions: never a prompt, a reply or source.
"""

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from perfbot.agents.calls import Call
from perfbot.agents.proposal import Proposal
from perfbot.agents.search import ProposalSpec, SearchPolicy
from perfbot.optimizer.config import Options
from perfbot.sandbox.edit import Edit
from perfbot.sandbox.target import Target
from perfbot.sandbox.trial import Trial

ENDPOINTS = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")
PROTOCOLS = ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL")
Say = Callable[[str], None]
Propose = Callable[[ProposalSpec], list[Proposal] | None]
_said: set[str] = set()


class Spans:
    """No spans: what is handed in comes back as it is. `telemetry_spans.Sending` sends some."""

    def policy(self, policy: SearchPolicy) -> SearchPolicy:
        """A policy whose rounds are spans."""
        return policy

    def proposing(self, propose: Propose) -> Propose:
        """Requests for proposals as spans."""
        return propose

    def judging(self, judge: Callable[[Edit], Trial]) -> Callable[[Edit], Trial]:
        """Judgements as spans, with one for each gate."""
        return judge

    def measuring(self, measure: Callable[[Trial], Trial]) -> Callable[[Trial], Trial]:
        """Measurements as spans; nothing is sent while the clock runs."""
        return measure

    def call_ended(self, call: Call) -> None:
        """A request to a model has ended, with or without a reply."""

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """A span around a step of the run that has none of its own."""
        yield


@contextmanager
def spans_of(run_id: str, target: Target, options: Options, say: Say) -> Iterator[Spans]:
    """What makes the spans of one run, which is a span itself; sent when the block has ended.

    A receiver that does not answer costs two seconds at the end and a warning, and nothing else.
    """
    if not wanted(os.environ):
        yield Spans()
        return
    why = missing(os.environ)
    if why:
        _say_once(say, why)
        yield Spans()
        return
    from perfbot.optimizer.telemetry_spans import sending

    with sending(run_id, target, options, lambda text: _say_once(say, text)) as spans:
        yield spans


def wanted(environ: Mapping[str, str]) -> bool:
    """Whether the environment names a receiver of spans and does not turn them off."""
    off = environ.get("OTEL_SDK_DISABLED", "").strip().lower() == "true"
    none = environ.get("OTEL_TRACES_EXPORTER", "otlp").strip().lower() == "none"
    return any(environ.get(name, "").strip() for name in ENDPOINTS) and not (off or none)


def missing(environ: Mapping[str, str]) -> str | None:
    """Why no spans can be sent though they are wanted, and what to do; None where they can."""
    from importlib.util import find_spec

    protocol = next((value for name in PROTOCOLS if (value := environ.get(name, "").strip())), "")
    if protocol not in ("", "http/protobuf"):
        return (
            f"warning: no spans are sent: perfbot speaks OTLP over http/protobuf, not {protocol}; "
            "unset OTEL_EXPORTER_OTLP_PROTOCOL and name the port for HTTP (4318 as a rule)"
        )
    for module in ("opentelemetry.sdk", "opentelemetry.exporter.otlp.proto.http"):
        try:
            found = find_spec(module)
        except ModuleNotFoundError:
            found = None
        if found is None:
            return (
                "warning: no spans are sent, though the environment names a receiver: "
                "pip install 'perfbot[otel]'"
            )
    return None


def _say_once(say: Say, text: str) -> None:
    if text not in _said:
        _said.add(text)
        say(text)

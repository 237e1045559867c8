"""A receiver of OTLP over HTTP on loopback, which keeps the spans that it gets."""

import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)


@dataclass(frozen=True, slots=True)
class Received:
    """One span as it came over the wire."""

    name: str
    id: bytes
    parent: bytes
    start_ns: int
    end_ns: int
    failed: bool
    attributes: dict[str, Any]


@dataclass(slots=True)
class SpanServer:
    """Use it in a `with` statement; `status` is what it answers each request with."""

    status: int = 200
    spans: list[Received] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    server: ThreadingHTTPServer | None = None

    def __enter__(self) -> "SpanServer":
        owner = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                owner.note(self.path, body)
                self.send_response(owner.status)
                reply = ExportTraceServiceResponse().SerializeToString()
                self.send_header("Content-Type", "application/x-protobuf")
                self.send_header("Content-Length", str(len(reply)))
                self.end_headers()
                self.wfile.write(reply)

            def log_message(self, format: str, *args: Any) -> None:
                """Nothing: the tests read what was received."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        assert self.server is not None
        self.server.shutdown()
        self.server.server_close()

    @property
    def url(self) -> str:
        """What OTEL_EXPORTER_OTLP_ENDPOINT is set to."""
        assert self.server is not None
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    def note(self, path: str, body: bytes) -> None:
        """Keep a request, and its spans."""
        self.paths.append(path)
        self.bodies.append(body)
        message = ExportTraceServiceRequest.FromString(body)
        for resource in message.resource_spans:
            for scope in resource.scope_spans:
                for item in scope.spans:
                    self.spans.append(
                        Received(
                            item.name, item.span_id, item.parent_span_id,
                            item.start_time_unix_nano, item.end_time_unix_nano,
                            item.status.code == 2,
                            {pair.key: _plain(pair.value) for pair in item.attributes},
                        )
                    )  # fmt: skip

    def named(self, start: str) -> list[Received]:
        """The spans whose names begin so, in the order they began."""
        found = [item for item in self.spans if item.name.startswith(start)]
        return sorted(found, key=lambda item: item.start_ns)

    def above(self, span: Received) -> str:
        """The names of the spans above one, the nearest first."""
        by_id = {item.id: item for item in self.spans}
        names = []
        while span.parent:
            span = by_id[span.parent]
            names.append(span.name)
        return " < ".join(names)


def _plain(value: Any) -> Any:
    kind = value.WhichOneof("value")
    if kind == "array_value":
        return [_plain(item) for item in value.array_value.values]
    return getattr(value, kind)

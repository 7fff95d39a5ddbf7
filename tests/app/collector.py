"""Receives spans as an OpenTelemetry collector does: OTLP over HTTP, protobuf."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import KeyValue
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from tests.app.posts import Posted, Posts, posts_to

SERVER = Span.SpanKind.SPAN_KIND_SERVER


@dataclass(frozen=True)
class Received:
    """A span with the attributes of its sender."""

    name: str
    trace_id: str
    span_id: str
    parent_id: str
    kind: int
    failed: bool
    started: int
    ended: int
    attributes: dict[str, Any]
    resource: dict[str, Any]


class Collector:
    """A running receiver."""

    def __init__(self, posts: Posts) -> None:
        self.url = posts.url
        self._posts = posts
        self.received: list[Received] = []
        """The spans that were read so far."""

    def wait_for(self, name: str, trace_id: str) -> Received:
        """The first span of that name in a trace, waited for."""
        while True:
            found = next((span for span in self.received if (span.name, span.trace_id) == (name, trace_id)), None)
            if found is not None:
                return found
            self.received += _spans(self._posts.next().body)

    def all(self) -> list[Received]:
        """The spans that were received so far."""
        for post in self._posts.rest():
            assert post.path == "/v1/traces"
            self.received += _spans(post.body)
        return self.received


@contextmanager
def collector() -> Iterator[Collector]:
    """A receiver that takes everything."""

    def take(request: Posted, _body: bytes) -> None:
        request.give(b"", Content_Type="application/x-protobuf")

    with posts_to(take) as posts:
        yield Collector(posts)


def _spans(body: bytes) -> Iterator[Received]:
    for resource_spans in ExportTraceServiceRequest.FromString(body).resource_spans:
        resource = _values(resource_spans.resource.attributes)
        for scope_spans in resource_spans.scope_spans:
            for span in scope_spans.spans:
                yield Received(
                    name=span.name,
                    trace_id=span.trace_id.hex(),
                    span_id=span.span_id.hex(),
                    parent_id=span.parent_span_id.hex(),
                    kind=span.kind,
                    failed=span.status.code == 2,
                    started=span.start_time_unix_nano,
                    ended=span.end_time_unix_nano,
                    attributes=_values(span.attributes),
                    resource=resource,
                )


def _values(attributes: Any) -> dict[str, Any]:
    def value(pair: KeyValue) -> Any:
        return getattr(pair.value, str(pair.value.WhichOneof("value")))

    return {pair.key: value(pair) for pair in attributes}

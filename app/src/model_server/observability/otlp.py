"""Exports spans by OTLP over HTTP in the background. The only module that imports OpenTelemetry.

A span is written once the response is ready, from times that are measured anyway. A request that is not sampled
therefore costs little more than one without tracing.
"""

import logging
import threading
import time
from collections.abc import Sequence
from urllib.parse import urlsplit

from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http import Compression
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import OTELResourceDetector, Resource
from opentelemetry.sdk.trace import ReadableSpan, SpanLimits, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.sdk.trace.sampling import ParentBased, TraceIdRatioBased
from opentelemetry.trace import (
    NonRecordingSpan,
    Span,
    SpanContext,
    SpanKind,
    StatusCode,
    TraceFlags,
    Tracer,
    TraceState,
    set_span_in_context,
)
from prometheus_client import Counter

from model_server import __version__
from model_server.observability.logs import LOGGER_NAME, LogThrottle
from model_server.observability.trace_context import TraceContext
from model_server.observability.tracing import RequestFacts, RequestTrace, Stage

_log = logging.getLogger(f"{LOGGER_NAME}.tracing")

_TRACES_PATH = "/v1/traces"

# A request has five spans, so about 400 requests fit while the collector does not answer.
_QUEUE_SPANS = 2048
_BATCH_SPANS = 512
_BATCH_MILLISECONDS = 1000

# For one batch, including retries.
_SEND_SECONDS = 5.0

# A path can be as long as the request line.
_LIMITS = SpanLimits(max_attribute_length=1024)

_METHODS = {"CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "TRACE"}


class OtlpTracing:
    """Records each request as a span with one child per stage."""

    def __init__(self, endpoint: str, sample_ratio: float, dropped: Counter) -> None:
        # The exporter logs several lines per failure. _CountingExporter counts failures and logs at most once a minute.
        logging.getLogger("opentelemetry").setLevel(logging.CRITICAL)
        slots = threading.Semaphore(_QUEUE_SPANS)
        exporter = OTLPSpanExporter(_traces_url(endpoint), timeout=_SEND_SECONDS, compression=Compression.NoCompression)
        self._processor = _BoundedProcessor(_CountingExporter(exporter, slots, endpoint, dropped), slots, dropped)
        self._provider = TracerProvider(
            sampler=ParentBased(TraceIdRatioBased(sample_ratio)),
            resource=_resource(),
            span_limits=_LIMITS,
            shutdown_on_exit=False,
        )
        self._provider.add_span_processor(self._processor)
        self._tracer = self._provider.get_tracer("model_server", __version__)

    def begin(self, caller: TraceContext | None) -> RequestTrace:
        """Start the request's span, as a child of the caller's if there is one."""
        return _RequestSpan(self._tracer, caller)

    def flush(self, seconds: float) -> None:
        """Export waiting spans, for at most `seconds`."""
        # The SDK's own timeout does not limit the exporter, whose retries may take longer.
        sender = threading.Thread(target=self._processor.shutdown, name="tracing-flush", daemon=True)
        sender.start()
        sender.join(seconds)


class _RequestSpan:
    """The span of one request."""

    def __init__(self, tracer: Tracer, caller: TraceContext | None) -> None:
        self._tracer = tracer
        self._started, self._started_ns = time.perf_counter(), time.time_ns()
        parent = Context() if caller is None else set_span_in_context(NonRecordingSpan(_remote(caller)), Context())
        # `end` names the span: the route is not known yet.
        self._span: Span = tracer.start_span("", context=parent, kind=SpanKind.SERVER, start_time=self._started_ns)
        own = self._span.get_span_context()
        self.context: TraceContext | None = TraceContext(
            f"{own.trace_id:032x}", f"{own.span_id:016x}", own.trace_flags.sampled, caller.state if caller else ""
        )

    def end(self, facts: RequestFacts, stages: Sequence[Stage]) -> None:
        """Write the span and its children."""
        span = self._span
        if not span.is_recording():
            return
        method = facts.method if facts.method in _METHODS else "_OTHER"
        span.update_name(f"{method if method in _METHODS else 'HTTP'} {facts.route}".rstrip())
        attributes: dict[str, str | int | bool] = {
            "http.request.method": method,
            "http.response.status_code": facts.status,
            "url.path": facts.path,
            "url.scheme": facts.scheme,
            "model": facts.model,
            "version": facts.version,
            "rows": facts.rows,
        }
        if facts.route:
            attributes["http.route"] = facts.route
        if facts.shadow:
            attributes["shadow"] = True
        if facts.status >= 500:
            attributes["error.type"] = str(facts.status)
            span.set_status(StatusCode.ERROR)
        span.set_attributes(attributes)
        inside = set_span_in_context(span, Context())
        for stage in stages:
            child = self._tracer.start_span(stage.name, context=inside, start_time=self._wall(stage.started))
            child.end(self._wall(stage.ended))
        span.end(self._wall(time.perf_counter()))

    def _wall(self, moment: float) -> int:
        """Return the wall-clock time of a reading of `time.perf_counter`, in nanoseconds."""
        return self._started_ns + int((moment - self._started) * 1e9)


class _BoundedProcessor(BatchSpanProcessor):
    """Exports in batches and counts the spans that do not fit; the SDK would drop them silently."""

    def __init__(self, exporter: SpanExporter, slots: threading.Semaphore, dropped: Counter) -> None:
        super().__init__(exporter, _QUEUE_SPANS, _BATCH_MILLISECONDS, _BATCH_SPANS)
        self._slots = slots
        self._queue_full = dropped.labels("queue")

    def on_end(self, span: ReadableSpan) -> None:
        """Queue a span that has ended, without blocking."""
        if self._slots.acquire(blocking=False):
            super().on_end(span)
        else:
            self._queue_full.inc()


class _CountingExporter(SpanExporter):
    """Counts the spans that another exporter could not send, and logs failures at most once a minute."""

    def __init__(self, exporter: SpanExporter, slots: threading.Semaphore, endpoint: str, dropped: Counter) -> None:
        self._exporter = exporter
        self._slots = slots
        self._endpoint = endpoint
        self._lost = dropped.labels("unreachable")
        self._throttle = LogThrottle()

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Export a batch."""
        try:
            result = self._exporter.export(spans)
        except Exception:
            _log.exception("spans could not be written")
            result = SpanExportResult.FAILURE
        finally:
            self._slots.release(len(spans))
        if result is not SpanExportResult.SUCCESS:
            self._lost.inc(len(spans))
            if self._throttle.is_due():
                fields = {"spans": len(spans), "endpoint": self._endpoint}
                _log.warning("spans dropped: the endpoint of traces takes none", extra={"fields": fields})
        return result

    def shutdown(self) -> None:
        """Stop the exporter and its retries."""
        self._exporter.shutdown()


def _remote(caller: TraceContext) -> SpanContext:
    flags = TraceFlags(TraceFlags.SAMPLED if caller.sampled else TraceFlags.DEFAULT)
    state = TraceState.from_header([caller.state]) if caller.state else None
    return SpanContext(int(caller.trace_id, 16), int(caller.span_id, 16), True, flags, state)


def _resource() -> Resource:
    """Return the resource of all spans. `OTEL_SERVICE_NAME` and `OTEL_RESOURCE_ATTRIBUTES` take precedence."""
    own = Resource.create({"service.name": "model-server", "service.version": __version__})
    return own.merge(OTELResourceDetector().detect())


def _traces_url(endpoint: str) -> str:
    """Append the path for traces to the endpoint, unless its path ends with it already."""
    base = endpoint.rstrip("/")
    return base if urlsplit(base).path.endswith(_TRACES_PATH) else base + _TRACES_PATH

"""Spans, sent by OTLP over HTTP in the background. The only module that imports OpenTelemetry.

What a span says is written once the answer is ready, from times that are taken in any case: a request that is not
sampled costs little more than one without tracing.
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

# Five spans a request: room for some 400 requests while the collector does not answer.
_QUEUE_SPANS = 2048
_BATCH_SPANS = 512
_BATCH_MILLISECONDS = 1000

# For one batch, attempts after the first one included.
_SEND_SECONDS = 5.0

# A path may be as long as a request line.
_LIMITS = SpanLimits(max_attribute_length=1024)

_METHODS = {"CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "TRACE"}


class OtlpTracing:
    """Makes each request a span, with a child for each stage."""

    def __init__(self, endpoint: str, sample_ratio: float, dropped: Counter) -> None:
        # The exporter says each failure in several lines of its own; _CountingExporter says it seldom, and counts.
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
        """Begin the request's span, as a child of the caller's where it sends one."""
        return _RequestSpan(self._tracer, caller)

    def flush(self, seconds: float) -> None:
        """Send what waits, for at most so long."""
        # The SDK's own limit of time is not for the exporter, whose attempts may take longer.
        sender = threading.Thread(target=self._processor.shutdown, name="tracing-flush", daemon=True)
        sender.start()
        sender.join(seconds)


class _RequestSpan:
    """The span of one request."""

    def __init__(self, tracer: Tracer, caller: TraceContext | None) -> None:
        self._tracer = tracer
        self._begun, self._begun_ns = time.perf_counter(), time.time_ns()
        parent = Context() if caller is None else set_span_in_context(NonRecordingSpan(_remote(caller)), Context())
        # Its name is known with the route.
        self._span: Span = tracer.start_span("", context=parent, kind=SpanKind.SERVER, start_time=self._begun_ns)
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
            child = self._tracer.start_span(stage.name, context=inside, start_time=self._wall(stage.begun))
            child.end(self._wall(stage.ended))
        span.end(self._wall(time.perf_counter()))

    def _wall(self, moment: float) -> int:
        """The time of day of a reading of `time.perf_counter`, in nanoseconds."""
        return self._begun_ns + int((moment - self._begun) * 1e9)


class _BoundedProcessor(BatchSpanProcessor):
    """Sends in batches, and counts what there is no room for; the SDK would drop that without a trace."""

    def __init__(self, exporter: SpanExporter, slots: threading.Semaphore, dropped: Counter) -> None:
        super().__init__(exporter, _QUEUE_SPANS, _BATCH_MILLISECONDS, _BATCH_SPANS)
        self._slots = slots
        self._queue_full = dropped.labels("queue")

    def on_end(self, span: ReadableSpan) -> None:
        """Take a span that has ended, without waiting."""
        if self._slots.acquire(blocking=False):
            super().on_end(span)
        else:
            self._queue_full.inc()


class _CountingExporter(SpanExporter):
    """Sends by another exporter, counts what it could not send, and says so at most once a minute."""

    def __init__(self, exporter: SpanExporter, slots: threading.Semaphore, endpoint: str, dropped: Counter) -> None:
        self._exporter = exporter
        self._slots = slots
        self._endpoint = endpoint
        self._lost = dropped.labels("unreachable")
        self._throttle = LogThrottle()

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Send a batch."""
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
        """End the exporter, and attempts that it still makes."""
        self._exporter.shutdown()


def _remote(caller: TraceContext) -> SpanContext:
    flags = TraceFlags(TraceFlags.SAMPLED if caller.sampled else TraceFlags.DEFAULT)
    state = TraceState.from_header([caller.state]) if caller.state else None
    return SpanContext(int(caller.trace_id, 16), int(caller.span_id, 16), True, flags, state)


def _resource() -> Resource:
    """Who sends: `OTEL_SERVICE_NAME` and `OTEL_RESOURCE_ATTRIBUTES` win, as everywhere in OpenTelemetry."""
    own = Resource.create({"service.name": "model-server", "service.version": __version__})
    return own.merge(OTELResourceDetector().detect())


def _traces_url(endpoint: str) -> str:
    """The endpoint's own path is kept; the one for traces is added where it is not there."""
    base = endpoint.rstrip("/")
    return base if urlsplit(base).path.endswith(_TRACES_PATH) else base + _TRACES_PATH

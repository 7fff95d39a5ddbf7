"""Traces: which one a request belongs to, and what is sent of it.

Without an endpoint a request only knows its caller's place in a trace, for its log line and for the calls that it
makes. With one it is a span of its own; see `otlp`, which is imported only then.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from model_server.observability.metrics import Metrics
from model_server.observability.trace_context import TraceContext
from model_server.settings import Settings


@dataclass(frozen=True)
class Stage:
    """A part of a request's way, from one reading of `time.perf_counter` to another."""

    name: str
    begun: float
    ended: float


@dataclass(frozen=True)
class RequestFacts:
    """What a span says of the request that it was. `route` is empty for a path that does not exist."""

    method: str
    route: str
    path: str
    scheme: str
    status: int
    model: str
    version: str
    rows: int
    shadow: bool


class RequestTrace(Protocol):
    """One request's part of a trace."""

    @property
    def context(self) -> TraceContext | None:
        """Where the request stands in its trace: what log lines name, and what its own calls carry on."""

    def end(self, facts: RequestFacts, stages: Sequence[Stage]) -> None:
        """The answer is ready."""


class Tracing(Protocol):
    """Begins a trace, or goes on with the caller's, for each request."""

    def begin(self, caller: TraceContext | None) -> RequestTrace:
        """A request has come from this place in a trace."""

    def flush(self, seconds: float) -> None:
        """Send what waits, for at most so long. Nothing may be begun afterwards."""


@dataclass(frozen=True)
class _CallersTrace:
    """A request that is no span: it stands where its caller does."""

    context: TraceContext | None

    def end(self, facts: RequestFacts, stages: Sequence[Stage]) -> None:
        """Nobody is told."""


class NoTracing:
    """Sends nothing."""

    def begin(self, caller: TraceContext | None) -> RequestTrace:
        """Go on where the caller stands."""
        return _CallersTrace(caller)

    def flush(self, seconds: float) -> None:
        """There is nothing to send."""


def start_tracing(settings: Settings, metrics: Metrics) -> Tracing:
    """What the settings ask for."""
    if not settings.tracing_endpoint:
        return NoTracing()
    # Imported here: it takes a third of a second and some megabytes.
    from model_server.observability.otlp import OtlpTracing

    metrics.init_tracing()
    return OtlpTracing(settings.tracing_endpoint, settings.tracing_sample_ratio, metrics.spans_dropped)


def log_fields(trace: RequestTrace | None) -> dict[str, str]:
    """What a log line says of the trace that it belongs to; nothing where there is none."""
    context = trace.context if trace is not None else None
    return {} if context is None else {"trace_id": context.trace_id, "span_id": context.span_id}

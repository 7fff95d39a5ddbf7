"""The interface between the HTTP application and tracing, and the implementation without an endpoint.

Without an endpoint, a request carries only its caller's trace context, for its log line and for its own calls. With an
endpoint, it is a span of its own; see `otlp`. `tracing_setup` chooses between the two.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from model_server.observability.trace_context import TraceContext


@dataclass(frozen=True)
class Stage:
    """A stage of a request, between two readings of `time.perf_counter`."""

    name: str
    started: float
    ended: float


@dataclass(frozen=True)
class RequestFacts:
    """The attributes of a request's span. `route` is empty for a path that does not exist."""

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
        """The trace context for log lines and outgoing calls."""

    def end(self, facts: RequestFacts, stages: Sequence[Stage]) -> None:
        """Finish the trace of a request whose response is ready."""


class Tracing(Protocol):
    """Starts a trace for each request, or continues the caller's."""

    def begin(self, caller: TraceContext | None) -> RequestTrace:
        """Start the trace of a request with this caller's context."""

    def flush(self, seconds: float) -> None:
        """Export waiting spans, for at most `seconds`. No trace may start afterwards."""


@dataclass(frozen=True)
class _CallersTrace:
    """A request without a span: its context is the caller's."""

    context: TraceContext | None

    def end(self, facts: RequestFacts, stages: Sequence[Stage]) -> None:
        """Do nothing."""


class NoTracing:
    """Exports nothing."""

    def begin(self, caller: TraceContext | None) -> RequestTrace:
        """Keep the caller's context."""
        return _CallersTrace(caller)

    def flush(self, seconds: float) -> None:
        """Do nothing."""


def log_fields(trace: RequestTrace | None) -> dict[str, str]:
    """Return the log fields that name the trace; empty without a trace context."""
    context = trace.context if trace is not None else None
    return {} if context is None else {"trace_id": context.trace_id, "span_id": context.span_id}

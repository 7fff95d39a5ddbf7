"""Chooses the tracing implementation from the settings."""

from model_server.observability.metrics import Metrics
from model_server.observability.tracing import NoTracing, Tracing
from model_server.settings import Settings


def start_tracing(settings: Settings, metrics: Metrics) -> Tracing:
    """Return OTLP tracing if an endpoint is set, else tracing that exports nothing."""
    if not settings.tracing_endpoint:
        return NoTracing()
    # Imported here: OpenTelemetry takes a third of a second and several megabytes.
    from model_server.observability.otlp import OtlpTracing

    metrics.init_tracing()
    return OtlpTracing(settings.tracing_endpoint, settings.tracing_sample_ratio, metrics.spans_dropped)

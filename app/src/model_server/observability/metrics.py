"""The Prometheus metrics, in base units. Every series of a model has its version as a label.

The worker is a single process, so the registry is in memory and needs no multiprocess mode.
"""

import itertools
from collections.abc import Iterable

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    disable_created_metrics,
)

REQUEST_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
QUEUE_BUCKETS = (0.0001, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
COMPUTE_BUCKETS = (0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0)
ROW_BUCKETS = tuple(2.0**power for power in range(15))

# `rate` and `increase` see the first error of a model only if the series existed before, at 0.
_EXPECTED_CODES = ("200", "400", "500", "503")

# The queue is full; no connection or no answer before the timeout; a status other than 200; an answer of another form.
COMPARISON_DROP_REASONS = ("queue", "unreachable", "refused", "shape")
SPAN_DROP_REASONS = ("queue", "unreachable")


class Metrics:
    """The server's metrics on a registry of their own."""

    def __init__(self) -> None:
        # The creation time of each series would double the number of series.
        disable_created_metrics()  # type: ignore[no-untyped-call]
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        request = ("model", "version", "protocol", "code")
        model = ("model", "version")
        self.requests = Counter(
            "model_server_requests_total",
            "Responses to predict requests, by HTTP status. Mirrored requests are not included.",
            request,
            registry=self.registry,
        )
        self.request_duration = Histogram(
            "model_server_request_duration_seconds",
            "Seconds from the start of a request to its response, without sending it.",
            request,
            buckets=REQUEST_BUCKETS,
            registry=self.registry,
        )
        self.compute_duration = Histogram(
            "model_server_compute_duration_seconds",
            "Seconds that the model computes.",
            model,
            buckets=COMPUTE_BUCKETS,
            registry=self.registry,
        )
        self.queue_duration = Histogram(
            "model_server_queue_duration_seconds",
            "Seconds that a decoded request waits for the model.",
            model,
            buckets=QUEUE_BUCKETS,
            registry=self.registry,
        )
        self.batch_rows = Histogram(
            "model_server_batch_rows",
            "Rows that one call passes to the model.",
            model,
            buckets=ROW_BUCKETS,
            registry=self.registry,
        )
        self.shadow_requests = Counter(
            "model_server_shadow_requests_total",
            "Responses to mirrored requests and to shadow comparisons, by HTTP status.",
            request,
            registry=self.registry,
        )
        self.shadow_request_duration = Histogram(
            "model_server_shadow_request_duration_seconds",
            "Seconds from the start of a mirrored request to its response, without sending it.",
            model,
            buckets=REQUEST_BUCKETS,
            registry=self.registry,
        )
        self.shadow_compared_rows = Counter(
            "model_server_shadow_compared_rows_total",
            "Rows of mirrored requests whose predictions were compared with those of the stable version.",
            model,
            registry=self.registry,
        )
        self.shadow_disagreeing_rows = Counter(
            "model_server_shadow_disagreeing_rows_total",
            "Compared rows for which the shadow and the stable version disagree.",
            model,
            registry=self.registry,
        )
        self.shadow_comparisons_dropped = Counter(
            "model_server_shadow_comparisons_dropped_total",
            "Mirrored requests that were selected for comparison but not compared, by reason: queue (it is full), "
            "unreachable (no response in time), refused (a status other than 200), shape (another form of response).",
            (*model, "reason"),
            registry=self.registry,
        )
        self.spans_dropped = Counter(
            "model_server_spans_dropped_total",
            "Spans that were not delivered to the collector, by reason: queue (it is full), unreachable.",
            ("reason",),
            registry=self.registry,
        )
        self.request_slots = Gauge(
            "model_server_request_slots", "Maximum number of concurrent requests.", registry=self.registry
        )
        self.ready = Gauge(
            "model_server_ready",
            "1 if the model is loaded and warm and the server is not draining, else 0.",
            registry=self.registry,
        )
        self.pending_requests = Gauge(
            "model_server_pending_requests", "In-flight requests.", model, registry=self.registry
        )
        self.model_load_duration = Gauge(
            "model_server_model_load_duration_seconds",
            "Seconds from the start of loading until the model was warm, including imports.",
            model,
            registry=self.registry,
        )
        self.model_info = Gauge(
            "model_server_model_info",
            "1 for the loaded model, with its format and the SHA-256 of its model file.",
            (*model, "format", "sha256"),
            registry=self.registry,
        )

    def init_model(self, name: str, version: str, protocols: Iterable[str]) -> None:
        """Create the series of a ready model at 0."""
        self.pending_requests.labels(name, version).set(0)
        for histogram in (self.queue_duration, self.compute_duration, self.batch_rows):
            histogram.labels(name, version)
        for protocol, code in itertools.product(protocols, _EXPECTED_CODES):
            self.requests.labels(name, version, protocol, code)
            self.request_duration.labels(name, version, protocol, code)

    def init_comparison(self, name: str, version: str) -> None:
        """Create the series of a model whose shadows are compared at 0."""
        self.shadow_compared_rows.labels(name, version)
        self.shadow_disagreeing_rows.labels(name, version)
        for reason in COMPARISON_DROP_REASONS:
            self.shadow_comparisons_dropped.labels(name, version, reason)

    def init_tracing(self) -> None:
        """Create the series of a server that exports traces at 0."""
        for reason in SPAN_DROP_REASONS:
            self.spans_dropped.labels(reason)

    def record_answer(self, series: tuple[str, str, str, str], seconds: float, shadow: bool) -> None:
        """Count a response by model, version, protocol and code. Shadows are separate: no caller waits for them."""
        if shadow:
            self.shadow_requests.labels(*series).inc()
            self.shadow_request_duration.labels(*series[:2]).observe(seconds)
        else:
            self.requests.labels(*series).inc()
            self.request_duration.labels(*series).observe(seconds)

    def record_call(self, name: str, version: str, rows: int, queue_seconds: float, compute_seconds: float) -> None:
        """Record one call of the model."""
        self.queue_duration.labels(name, version).observe(queue_seconds)
        self.compute_duration.labels(name, version).observe(compute_seconds)
        self.batch_rows.labels(name, version).observe(rows)

    def record_cpu_quota(self, cores: float | None) -> None:
        """Export the container's CPU limit, if it has one."""
        if cores is not None:
            Gauge(
                "model_server_cpu_quota_cores",
                "CPU limit of the container in cores; not exported without a limit.",
                registry=self.registry,
            ).set(cores)

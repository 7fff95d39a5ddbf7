"""The Prometheus metrics, in base units. Every series of a model carries its version.

The worker is one process, so a registry in memory is the whole truth: nothing has to be merged.
"""

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    disable_created_metrics,
)

REQUEST_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
COMPUTE_BUCKETS = (0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0)


class Metrics:
    """The server's metrics on a registry of their own."""

    def __init__(self) -> None:
        # A time of creation beside each series would double their number for nothing.
        disable_created_metrics()  # type: ignore[no-untyped-call]
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        request = ("model", "version", "protocol", "code")
        model = ("model", "version")
        self.requests = Counter(
            "model_server_requests_total",
            "Requests answered, by status code.",
            request,
            registry=self.registry,
        )
        self.request_duration = Histogram(
            "model_server_request_duration_seconds",
            "Time from the first look at a request to its answer, without the sending.",
            request,
            buckets=REQUEST_BUCKETS,
            registry=self.registry,
        )
        self.compute_duration = Histogram(
            "model_server_compute_duration_seconds",
            "Time in the model, waiting for its turn included.",
            model,
            buckets=COMPUTE_BUCKETS,
            registry=self.registry,
        )
        self.pending_requests = Gauge(
            "model_server_pending_requests", "Requests being handled.", model, registry=self.registry
        )
        self.model_load_duration = Gauge(
            "model_server_model_load_duration_seconds",
            "Time from the start of loading until the model was warm, imports included.",
            model,
            registry=self.registry,
        )
        self.model_info = Gauge(
            "model_server_model_info",
            "1 for each model that is loaded, with its format and digest.",
            (*model, "format", "sha256"),
            registry=self.registry,
        )

    def record_cpu_quota(self, cores: float | None) -> None:
        """Export the container's CPU limit, if it has one."""
        if cores is not None:
            Gauge(
                "model_server_cpu_quota_cores",
                "CPU limit of the container, in cores.",
                registry=self.registry,
            ).set(cores)

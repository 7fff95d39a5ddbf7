"""Descriptions of all exported metrics, for the reference documentation and for programs that check queries."""

from dataclasses import dataclass

from prometheus_client import CollectorRegistry
from prometheus_client.core import Metric
from prometheus_client.metrics import MetricWrapperBase

from model_server.drift.monitor import DriftMonitor
from model_server.drift.reference import NumberShares, Reference
from model_server.observability.drift import DriftCollector
from model_server.observability.metrics import Metrics


@dataclass(frozen=True)
class MetricDescription:
    """A metric as it is exported."""

    name: str
    type: str
    """The type in the exposition format: ``counter``, ``gauge`` or ``histogram``."""
    labels: tuple[str, ...]
    buckets: tuple[str, ...]
    """The upper bounds of a histogram, such as ``0.005`` and ``+Inf``; empty for other types."""
    help: str

    @property
    def series(self) -> tuple[str, ...]:
        """The names of the metric's time series: a histogram has three."""
        if self.type == "histogram":
            return tuple(f"{self.name}_{part}" for part in ("bucket", "sum", "count"))
        return (self.name,)


def describe_metrics() -> tuple[MetricDescription, ...]:
    """Return a description of every metric that a server can export, in the order of declaration."""
    metrics = Metrics()
    # Exported only if the container has a CPU limit.
    metrics.record_cpu_quota(1.0)
    for collector in vars(metrics).values():
        if isinstance(collector, MetricWrapperBase) and collector._labelnames:
            # A metric with labels has no samples, and so no buckets, before it has a series.
            collector.labels(*collector._labelnames)
    return (*_describe(metrics.registry), *_describe(_drift_registry()))


def _drift_registry() -> CollectorRegistry:
    shares = NumberShares(edges=(0.5,), shares=(0.5, 0.5))
    monitor = DriftMonitor(Reference(rows=1, features=(("feature", shares),), prediction=shares), window_rows=1)
    registry = CollectorRegistry()
    registry.register(DriftCollector(monitor, "model", "version"))
    return registry


def _describe(registry: CollectorRegistry) -> list[MetricDescription]:
    described = []
    for family in registry.collect():
        # A family of the drift collector has no samples yet, but knows its labels.
        labels = family._labelnames if hasattr(family, "_labelnames") else _labels(family)
        name = f"{family.name}_total" if family.type == "counter" else family.name
        buckets = tuple(sample.labels["le"] for sample in family.samples if "le" in sample.labels)
        described.append(MetricDescription(name, family.type, tuple(labels), buckets, family.documentation))
    return described


def _labels(family: Metric) -> list[str]:
    return [label for label in family.samples[0].labels if label != "le"]

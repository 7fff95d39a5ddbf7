"""docs/reference/metrics.md: the metrics of the model server, from its registry."""

from __future__ import annotations

from devkit.reference import markdown
from model_server.observability.descriptions import MetricDescription, describe_metrics

_SHADOW = "model_server_shadow_"
_DRIFT = "drift"
_INTRODUCTION = """
The server exports these metrics on its admin port under `/metrics`. Durations are in seconds; `version` is the version
of the model. The server also exports the `process_*` metrics of the Prometheus client: CPU, memory and file descriptors
of its process. Prometheus adds `namespace`, `pod` and `node`.
"""
_ABOUT_SHADOWS = """
A version that receives [mirrored traffic](../explanation/istio-routing.md#shadows) counts it separately, so that it
affects no SLO. The comparison metrics start at 0 if `shadow.compareWith` is set.
"""
_ABOUT_DRIFT = """
The server exports drift if the model version contains reference data. The indices are missing until enough rows have
been seen.
"""


def page() -> str:
    """Return the page."""
    described = [metric for metric in describe_metrics() if metric.name.startswith("model_server_")]
    shadow = [metric for metric in described if metric.name.startswith(_SHADOW)]
    drift = [metric for metric in described if _DRIFT in metric.name]
    other = [metric for metric in described if metric not in shadow and metric not in drift]
    histograms = [metric for metric in described if metric.buckets]
    return markdown.page(
        "Metrics of the model server",
        "app/src/model_server/observability",
        _INTRODUCTION,
        _table(other),
        "## Shadows",
        _ABOUT_SHADOWS,
        _table(shadow),
        "## Drift",
        _ABOUT_DRIFT,
        _table(drift),
        "## Buckets",
        markdown.table(
            ("histogram", "upper bounds"),
            [(markdown.code(metric.name), " ".join(map(_bound, metric.buckets))) for metric in histograms],
        ),
    )


def _table(metrics: list[MetricDescription]) -> str:
    rows = [
        (markdown.code(metric.name), metric.type, ", ".join(map(markdown.code, metric.labels)), metric.help)
        for metric in metrics
    ]
    return markdown.table(("metric", "type", "labels", "description"), rows)


def _bound(bound: str) -> str:
    return bound.removesuffix(".0")

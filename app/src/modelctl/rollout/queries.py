"""What Prometheus is asked about a version, in a window.

The same texts are in `charts/istio-routing/files/analysis/*.promql`, from which Argo Rollouts and Flagger ask. They
stand here too because the app is installed without the chart.

A ratio is NaN where there were no requests: neither a good share nor a bad one.
"""

from enum import StrEnum

_LABELS = 'namespace="${namespace}", model="${model}", version="${version}"'


class Query(StrEnum):
    """Questions, named as the chart's files are."""

    REQUESTS = "requests"
    ERROR_RATIO = "error-ratio"
    REFUSED_RATIO = "refused-ratio"
    LATENCY = "latency-p95"
    COMPARED_ROWS = "compared-rows"
    DISAGREEMENT_RATIO = "disagreement-ratio"


def _increase(metric: str, more: str = "") -> str:
    return f"sum(increase({metric}{{{_LABELS}{more}}}[${{window}}]))"


def _share(part: str, whole: str) -> str:
    # A series that was never counted up may be missing, which is a share of 0.
    return f"({part} or vector(0))\n/\n{whole}\n"


TEXTS: dict[Query, str] = {
    Query.REQUESTS: _increase("model_server_requests_total") + "\n",
    Query.ERROR_RATIO: _share(
        _increase("model_server_requests_total", ', code=~"5.."'), _increase("model_server_requests_total")
    ),
    Query.REFUSED_RATIO: _share(
        _increase("model_server_requests_total", ', code=~"4.."'), _increase("model_server_requests_total")
    ),
    Query.LATENCY: (
        "histogram_quantile(\n  0.95,\n  sum by (le) (rate(model_server_request_duration_seconds_bucket{"
        + _LABELS
        + ', code=~"2.."}[${window}]))\n)\n'
    ),
    Query.COMPARED_ROWS: _increase("model_server_shadow_compared_rows_total") + "\n",
    Query.DISAGREEMENT_RATIO: _share(
        _increase("model_server_shadow_disagreeing_rows_total"), _increase("model_server_shadow_compared_rows_total")
    ),
}


def filled(query: Query, *, namespace: str, model: str, version: str, window_seconds: int) -> str:
    """The query's text for one version. The names are checked where a plan is made; quotes are escaped all the same."""
    text = TEXTS[query]
    for name, value in (("namespace", namespace), ("model", model), ("version", version)):
        text = text.replace(f"${{{name}}}", value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n"))
    return text.replace("${window}", f"{window_seconds}s")

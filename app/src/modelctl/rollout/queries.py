"""The PromQL queries about one version in a window.

Argo Rollouts and Flagger use the same queries from `charts/istio-routing/files/analysis/*.promql`. They are repeated
here because the app is installed without the chart; a test compares both.

A ratio without requests is NaN, which no limit accepts or rejects.
"""

from enum import StrEnum

_LABELS = 'namespace="${namespace}", model="${model}", version="${version}"'


class Query(StrEnum):
    """The queries, with the names of the chart's files."""

    REQUESTS = "requests"
    ERROR_RATIO = "error-ratio"
    CLIENT_ERROR_RATIO = "refused-ratio"
    LATENCY = "latency-p95"
    COMPARED_ROWS = "compared-rows"
    DISAGREEMENT_RATIO = "disagreement-ratio"


def _increase(metric: str, more: str = "") -> str:
    return f"sum(increase({metric}{{{_LABELS}{more}}}[${{window}}]))"


def _ratio(part: str, whole: str) -> str:
    # A counter that was never incremented may have no series: its ratio is 0.
    return f"({part} or vector(0))\n/\n{whole}\n"


TEXTS: dict[Query, str] = {
    Query.REQUESTS: _increase("model_server_requests_total") + "\n",
    Query.ERROR_RATIO: _ratio(
        _increase("model_server_requests_total", ', code=~"5.."'), _increase("model_server_requests_total")
    ),
    Query.CLIENT_ERROR_RATIO: _ratio(
        _increase("model_server_requests_total", ', code=~"4.."'), _increase("model_server_requests_total")
    ),
    Query.LATENCY: (
        "histogram_quantile(\n  0.95,\n  sum by (le) (rate(model_server_request_duration_seconds_bucket{"
        + _LABELS
        + ', code=~"2.."}[${window}]))\n)\n'
    ),
    Query.COMPARED_ROWS: _increase("model_server_shadow_compared_rows_total") + "\n",
    Query.DISAGREEMENT_RATIO: _ratio(
        _increase("model_server_shadow_disagreeing_rows_total"), _increase("model_server_shadow_compared_rows_total")
    ),
}


def fill(query: Query, *, namespace: str, model: str, version: str, window_seconds: int) -> str:
    """Return the query for one version. Plans have only valid names; quotes are escaped nevertheless."""
    text = TEXTS[query]
    for name, value in (("namespace", namespace), ("model", model), ("version", version)):
        text = text.replace(f"${{{name}}}", value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n"))
    return text.replace("${window}", f"{window_seconds}s")

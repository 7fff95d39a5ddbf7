"""All models: which are served, how healthy they are, and which one to investigate."""

from __future__ import annotations

from grafana_foundation_sdk.models import units

from dashboards import links, promql, thresholds, variables
from dashboards.layout import DashboardSpec, Panel, Row
from dashboards.panels import PanelOptions, Query, stat, timeseries
from dashboards.promql import MODEL, NAMESPACE
from dashboards.tables import Column, table

NO_REQUESTS = "No requests"
NAME = "{{namespace}}/{{model}}"
# Over the requests of all selected models together; no series while there are no requests.
ERROR_RATIO = (
    f"sum(model:errors:ratio_rate5m{{{MODEL}}} * on (namespace, model) model:requests:rate5m{{{MODEL}}})"
    f" / (sum(model:requests:rate5m{{{MODEL}}}) > 0)"
)
SERVER_READY = f'kube_pod_container_status_ready{{{NAMESPACE}, container="model-server"}}'
QUEUE = (
    f"max by (namespace, model) (sum by (namespace, model, pod) (model_server_pending_requests{{{MODEL}}})"
    f" / on (namespace, pod) group_left () max by (namespace, pod) (model_server_request_slots{{{NAMESPACE}}}))"
)


def dashboard() -> DashboardSpec:
    """Return the dashboard."""
    return DashboardSpec(
        uid=links.OVERVIEW,
        title="Model serving / Overview",
        description="All served models: traffic, errors, latency, drift. The name of a model links to its dashboard.",
        variables=(
            variables.datasource(),
            variables.query_variable("namespace", "model_server_model_info", multi=True),
            variables.query_variable("model", f"model_server_model_info{{{NAMESPACE}}}", multi=True),
        ),
        rows=(Row("Current state", _current()), Row("Models", (_models(),)), Row("Over time", _over_time())),
    )


def _current() -> tuple[Panel, ...]:
    return (
        stat(
            PanelOptions("Models", "Models that at least one server has loaded.", units.Short, "None"),
            f"count(count by (namespace, model) (model_server_model_info{{{MODEL}}}))",
        ),
        stat(
            PanelOptions(
                "Servers ready", "Ready servers of all models in the selected namespaces.", units.Short, "None"
            ),
            f"sum(model_server_ready{{{NAMESPACE}}})",
        ),
        stat(
            PanelOptions(
                "Servers not ready",
                "Model server containers that are not ready: they are starting, draining, or cannot load"
                " their model. Above 0 for more than a minute is bad, unless a rollout is in progress.",
                units.Short,
                "No servers",
            ),
            f"sum({promql.deduplicate(SERVER_READY, 'namespace, pod')} == bool 0)",
            thresholds=thresholds.RED_FROM_ONE,
        ),
        stat(
            PanelOptions("Requests", "Requests per second of all selected models.", units.RequestsPerSecond),
            f"sum(model:requests:rate5m{{{MODEL}}})",
        ),
        stat(
            PanelOptions(
                "Error ratio",
                "Fraction of responses with a 5xx status over 5 minutes. It is red when ModelErrorRatioHigh fires.",
                units.PercentUnit,
                NO_REQUESTS,
            ),
            ERROR_RATIO,
            thresholds=thresholds.ERRORS,
            decimals=2,
        ),
        stat(
            PanelOptions("Alerts", "Alerts on the selected models that are firing.", units.Short),
            f'sum(ALERTS{{{MODEL}, alertstate="firing"}}) or vector(0)',
            thresholds=thresholds.RED_FROM_ONE,
        ),
    )


def _models() -> Panel:
    key = "by (namespace, model)"
    return table(
        PanelOptions(
            "Models",
            "One row per model. Burn rate: how fast the error budget is spent; at 1 it lasts exactly"
            " its window, and slow responses have a budget of their own. Drift: the highest population"
            " stability index (PSI) of a feature, or that of the predictions; above 0.25 the requests"
            " no longer resemble the training data.",
            units.Short,
            "No models",
        ),
        ("namespace", "model"),
        (
            Column("Versions", f"count {key} (count by (namespace, model, version) ({_INFO}))"),
            Column("Servers", f"count {key} ({_INFO})"),
            Column("Requests", f"max {key} (model:requests:rate5m{{{MODEL}}})", units.RequestsPerSecond),
            Column(
                "Error ratio", f"max {key} (model:errors:ratio_rate5m{{{MODEL}}})", units.PercentUnit, thresholds.ERRORS
            ),
            Column("p99", f"max {key} (model_version:latency_p99:5m{{{MODEL}}})", units.Seconds, thresholds.LATENCY),
            Column("Error burn rate (1 h)", _burn("errors", "error"), units.Short, thresholds.BURN),
            Column("Latency burn rate (1 h)", _burn("slow", "slow"), units.Short, thresholds.BURN),
            Column("Queue", QUEUE, units.PercentUnit, thresholds.QUEUE),
            Column(
                "Feature drift",
                f"max {key} (model_server_feature_drift_psi{{{MODEL}}})",
                units.Short,
                thresholds.DRIFT,
            ),
            Column(
                "Prediction drift",
                f"max {key} (model_server_prediction_drift_psi{{{MODEL}}})",
                units.Short,
                thresholds.DRIFT,
            ),
        ),
        links={"model": (links.to_model(), links.to_canary())},
    )


_INFO = f"model_server_model_info{{{MODEL}}}"


def _burn(recorded: str, budget: str) -> str:
    budget_of_model = f"model:slo_{budget}_budget:ratio{{{MODEL}}}"
    burn = f"model:{recorded}:ratio_rate1h{{{MODEL}}} / on (namespace, model) {budget_of_model}"
    return f"max by (namespace, model) ({burn})"


def _over_time() -> tuple[Panel, ...]:
    return (
        timeseries(
            PanelOptions("Requests", "Requests per second.", units.RequestsPerSecond),
            Query(f"model:requests:rate5m{{{MODEL}}}", NAME),
            stacked=True,
        ),
        timeseries(
            PanelOptions(
                "Error ratio",
                "Fraction of responses with a 5xx status over 5 minutes. Above the line ModelErrorRatioHigh fires.",
                units.PercentUnit,
                NO_REQUESTS,
            ),
            Query(f"model:errors:ratio_rate5m{{{MODEL}}}", NAME),
            thresholds=thresholds.ERRORS,
        ),
        timeseries(
            PanelOptions(
                "Latency p99",
                "99 of 100 successful requests were faster than this, for the slowest version. Above the"
                " line ModelLatencyHigh fires.",
                units.Seconds,
                NO_REQUESTS,
            ),
            Query(f"max by (namespace, model) (model_version:latency_p99:5m{{{MODEL}}})", NAME),
            thresholds=thresholds.LATENCY,
        ),
        timeseries(
            PanelOptions(
                "Error budget burn rate",
                "How many times faster than the objective allows errors occur, over 1 hour. At 1 the"
                " 30-day budget lasts 30 days; at 14.4 it is spent in two days, and an alert pages"
                " someone.",
                units.Short,
                NO_REQUESTS,
            ),
            Query(_burn("errors", "error"), NAME),
            thresholds=thresholds.BURN,
        ),
        timeseries(
            PanelOptions(
                "Queue",
                "In-flight requests as a fraction of the request slots, for the busiest server. At 100 %"
                " requests wait; above the line ModelQueueSaturated fires.",
                units.PercentUnit,
            ),
            Query(QUEUE, NAME),
            thresholds=thresholds.QUEUE,
        ),
        timeseries(
            PanelOptions(
                "CPU per 1,000 predictions",
                "CPU-seconds of the whole server per 1,000 rows, for the most expensive version. It falls"
                " with larger batches and rises when servers are idle.",
                units.Seconds,
                NO_REQUESTS,
            ),
            Query(f"max by (namespace, model) (model_version:cpu_seconds_per_1000_rows:5m{{{MODEL}}})", NAME),
        ),
    )

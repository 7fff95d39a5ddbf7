"""All models: which are served, how they do, and which one to look at."""

from __future__ import annotations

from grafana_foundation_sdk.models import units

from dashboards import links, promql, thresholds, variables
from dashboards.layout import Board, Panel, Row
from dashboards.panels import About, Query, figure, lines
from dashboards.promql import MODEL, NAMESPACE
from dashboards.tables import Column, lines_of

NO_REQUESTS = "No requests"
NAME = "{{namespace}}/{{model}}"
# Of the requests of all chosen models together, and nothing while there are none.
ERROR_RATIO = (
    f"sum(model:errors:ratio_rate5m{{{MODEL}}} * on (namespace, model) model:requests:rate5m{{{MODEL}}})"
    f" / (sum(model:requests:rate5m{{{MODEL}}}) > 0)"
)
SERVER_READY = f'kube_pod_container_status_ready{{{NAMESPACE}, container="model-server"}}'
QUEUE = (
    f"max by (namespace, model) (sum by (namespace, model, pod) (model_server_pending_requests{{{MODEL}}})"
    f" / on (namespace, pod) group_left () max by (namespace, pod) (model_server_request_slots{{{NAMESPACE}}}))"
)


def board() -> Board:
    """The dashboard."""
    return Board(
        uid=links.OVERVIEW,
        title="Model serving / Overview",
        description="All models that are served: traffic, errors, latency, drift. A model's name leads to its page.",
        variables=(
            variables.datasource(),
            variables.choice("namespace", "model_server_model_info", many=True),
            variables.choice("model", f"model_server_model_info{{{NAMESPACE}}}", many=True),
        ),
        rows=(Row("Now", _now()), Row("Models", (_models(),)), Row("Over time", _over_time())),
    )


def _now() -> tuple[Panel, ...]:
    return (
        figure(
            About("Models", "Models that are loaded by at least one server.", units.Short, "None"),
            f"count(count by (namespace, model) (model_server_model_info{{{MODEL}}}))",
        ),
        figure(
            About(
                "Servers ready",
                "Servers, of any model in the chosen namespaces, that take requests.",
                units.Short,
                "None",
            ),
            f"sum(model_server_ready{{{NAMESPACE}}})",
        ),
        figure(
            About(
                "Servers not ready",
                "Containers of model servers that take no requests: starting, draining, or unable to load their"
                " model. More than a minute above 0 outside a roll-out is bad.",
                units.Short,
                "No server",
            ),
            f"sum({promql.once(SERVER_READY, 'namespace, pod')} == bool 0)",
            steps=thresholds.ANY_IS_BAD,
        ),
        figure(
            About("Requests", "Requests answered in a second, all chosen models together.", units.RequestsPerSecond),
            f"sum(model:requests:rate5m{{{MODEL}}})",
        ),
        figure(
            About(
                "Errors",
                "Share of answers with a code of 5xx over 5 minutes. Red where ModelErrorRatioHigh fires.",
                units.PercentUnit,
                NO_REQUESTS,
            ),
            ERROR_RATIO,
            steps=thresholds.ERRORS,
            decimals=2,
        ),
        figure(
            About("Alerts", "Alerts about the chosen models that fire now.", units.Short),
            f'sum(ALERTS{{{MODEL}, alertstate="firing"}}) or vector(0)',
            steps=thresholds.ANY_IS_BAD,
        ),
    )


def _models() -> Panel:
    key = "by (namespace, model)"
    return lines_of(
        About(
            "Models",
            "A line for each model. Burn rate: how fast the budget of errors is used, 1 is as fast as it may be for"
            " good; slow answers have a budget of their own. Drift: the highest index of a feature, or of the"
            " predictions; above 0.25 the rows no longer look like the training data.",
            units.Short,
            "No model is served",
        ),
        ("namespace", "model"),
        (
            Column("Versions", f"count {key} (count by (namespace, model, version) ({_INFO}))"),
            Column("Servers", f"count {key} ({_INFO})"),
            Column("Requests", f"max {key} (model:requests:rate5m{{{MODEL}}})", units.RequestsPerSecond),
            Column("Errors", f"max {key} (model:errors:ratio_rate5m{{{MODEL}}})", units.PercentUnit, thresholds.ERRORS),
            Column("p99", f"max {key} (model_version:latency_p99:5m{{{MODEL}}})", units.Seconds, thresholds.LATENCY),
            Column("Error burn rate (1 h)", _burn("errors", "error"), units.Short, thresholds.BURN),
            Column("Slow burn rate (1 h)", _burn("slow", "slow"), units.Short, thresholds.BURN),
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
        lines(
            About("Requests", "Requests answered in a second.", units.RequestsPerSecond),
            Query(f"model:requests:rate5m{{{MODEL}}}", NAME),
            stacked=True,
        ),
        lines(
            About(
                "Errors",
                "Share of answers with a code of 5xx over 5 minutes. Above the line ModelErrorRatioHigh fires.",
                units.PercentUnit,
                NO_REQUESTS,
            ),
            Query(f"model:errors:ratio_rate5m{{{MODEL}}}", NAME),
            steps=thresholds.ERRORS,
        ),
        lines(
            About(
                "Latency, p99",
                "99 of 100 good answers took less than this, of the slowest version. Above the line ModelLatencyHigh"
                " fires.",
                units.Seconds,
                NO_REQUESTS,
            ),
            Query(f"max by (namespace, model) (model_version:latency_p99:5m{{{MODEL}}})", NAME),
            steps=thresholds.LATENCY,
        ),
        lines(
            About(
                "Burn rate of the error budget",
                "How many times faster than the objective allows errors happen, over 1 hour. 1 uses the budget of 30"
                " days in 30 days; at 14.4 it is gone in two days, and somebody is woken.",
                units.Short,
                NO_REQUESTS,
            ),
            Query(_burn("errors", "error"), NAME),
            steps=thresholds.BURN,
        ),
        lines(
            About(
                "Queue",
                "Requests being handled, as a share of those that can be handled at the same time, of the busiest"
                " server. At 100 % requests wait; above the line ModelQueueSaturated fires.",
                units.PercentUnit,
            ),
            Query(QUEUE, NAME),
            steps=thresholds.QUEUE,
        ),
        lines(
            About(
                "CPU of 1,000 predictions",
                "CPU-seconds of the whole server for 1,000 rows, of the most expensive version. It falls with larger"
                " batches and rises where servers idle.",
                units.Seconds,
                NO_REQUESTS,
            ),
            Query(f"max by (namespace, model) (model_version:cpu_seconds_per_1000_rows:5m{{{MODEL}}})", NAME),
        ),
    )

"""Comparison of the versions of a model: is a new version worse than the one with the most requests?"""

from __future__ import annotations

from grafana_foundation_sdk.models import units

from dashboards import links, promql, thresholds, variables
from dashboards.layout import DashboardSpec, Panel, Row
from dashboards.panels import PanelOptions, Query, timeseries
from dashboards.promql import MODEL, NAMESPACE, VERSION
from dashboards.tables import Column, table

NO_REQUESTS = "No requests"
ONE_VERSION = "No version receives requests"
NOT_COMPARED = "No shadow comparisons"
BY_VERSION = "version {{version}}"
# The stable version is the one with the most requests, whether or not it is selected.
STABLE = f"topk by (namespace, model) (1, model_version:requests:rate30m{{{MODEL}}})"


def dashboard() -> DashboardSpec:
    """Return the dashboard."""
    return DashboardSpec(
        uid=links.CANARY,
        title="Model serving / Version comparison",
        description="Compares the versions of a model with each other and with the one with the most requests.",
        variables=(
            variables.datasource(),
            variables.query_variable("namespace", "model_server_model_info", multi=False),
            variables.query_variable("model", f"model_server_model_info{{{NAMESPACE}}}", multi=False),
            variables.query_variable("version", f"model_server_model_info{{{MODEL}}}", multi=True),
        ),
        rows=(
            Row("Versions", (_versions(),)),
            Row("Compared with the version with the most requests", _against_stable()),
            Row("Side by side", _side_by_side()),
            Row("Shadows: mirrored requests", _shadows()),
        ),
    )


def _versions() -> Panel:
    ready = promql.of_model(f"model_server_ready{{{NAMESPACE}}}")
    return table(
        PanelOptions(
            "Versions",
            "One row per version. Compare a row with the version that has the most requests: a"
            " version is worse if its error ratio or latency is higher while it receives traffic of"
            " its own.",
            units.Short,
            "No version loaded",
        ),
        ("version",),
        (
            Column("Servers ready", f"sum by (version) ({ready})"),
            Column("Requests", _by_version("model_version:requests:rate5m"), units.RequestsPerSecond),
            Column("Traffic split", f"max by (version) ({_traffic_split()})", units.PercentUnit),
            Column(
                "Error ratio",
                _by_version("model_version:errors:ratio_rate5m"),
                units.PercentUnit,
                thresholds=thresholds.ERRORS,
            ),
            *(
                Column(
                    f"p{percentile}",
                    _by_version(f"model_version:latency_p{percentile}:5m"),
                    units.Seconds,
                    thresholds=thresholds.LATENCY,
                )
                for percentile in (50, 95, 99)
            ),
            Column(
                "CPU per 1,000 predictions", _by_version("model_version:cpu_seconds_per_1000_rows:5m"), units.Seconds
            ),
            Column(
                "Prediction drift",
                _by_version("model_server_prediction_drift_psi"),
                units.Short,
                thresholds=thresholds.DRIFT,
            ),
        ),
        height=6,
    )


def _against_stable() -> tuple[Panel, ...]:
    return (
        timeseries(
            PanelOptions(
                "Error ratio, difference",
                "Error ratio minus that of the version with the most requests, which is at 0 itself."
                " Above 0 a version fails more often; see the alert CanaryWorseThanStable.",
                units.PercentUnit,
                ONE_VERSION,
            ),
            Query(_compared("model_version:errors:ratio_rate5m", "-"), BY_VERSION),
        ),
        timeseries(
            PanelOptions(
                "Latency p95, ratio",
                "p95 latency divided by that of the version with the most requests, which is at 1 itself."
                " Above the line CanaryWorseThanStable fires, unless both versions are fast.",
                units.Short,
                ONE_VERSION,
            ),
            Query(_compared("model_version:latency_p95:5m", "/"), BY_VERSION),
            thresholds=thresholds.SLOWER_THAN_STABLE,
        ),
        timeseries(
            PanelOptions(
                "CPU per 1,000 predictions, ratio",
                "CPU-seconds per 1,000 rows divided by those of the version with the most requests. A"
                " version at 2 costs twice as much.",
                units.Short,
                ONE_VERSION,
            ),
            Query(_compared("model_version:cpu_seconds_per_1000_rows:5m", "/"), BY_VERSION),
        ),
    )


def _side_by_side() -> tuple[Panel, ...]:
    return (
        timeseries(
            PanelOptions(
                "Traffic split",
                "Fraction of the model's requests that each version serves: the progress of a rollout.",
                units.PercentUnit,
                NO_REQUESTS,
            ),
            Query(_traffic_split(), BY_VERSION),
            stacked=True,
            max_value=1,
        ),
        timeseries(
            PanelOptions(
                "Error ratio",
                "Fraction of responses with a 5xx status over 5 minutes. ModelErrorRatioHigh fires when"
                " the ratio of the whole model, all versions together, is above the line.",
                units.PercentUnit,
                NO_REQUESTS,
            ),
            Query(f"model_version:errors:ratio_rate5m{{{VERSION}}}", BY_VERSION),
            thresholds=thresholds.ERRORS,
        ),
        *(
            timeseries(
                PanelOptions(
                    f"Latency p{percentile}",
                    f"{percentile} of 100 successful requests were faster than this.",
                    units.Seconds,
                    NO_REQUESTS,
                ),
                Query(f"model_version:latency_p{percentile}:5m{{{VERSION}}}", BY_VERSION),
            )
            for percentile in (50, 95, 99)
        ),
        timeseries(
            PanelOptions(
                "Prediction drift",
                "Population stability index (PSI) of the predictions against those on the training data."
                " Versions that receive the same rows and differ here predict differently.",
                units.Short,
                "No reference data, or too few rows so far",
            ),
            Query(f"max by (version) (model_server_prediction_drift_psi{{{VERSION}}})", BY_VERSION),
            thresholds=thresholds.DRIFT,
        ),
    )


def _shadows() -> tuple[Panel, ...]:
    return (
        timeseries(
            PanelOptions(
                "Shadow: disagreement ratio",
                "Fraction of the rows compared over 15 minutes for which a shadow and the stable version"
                " disagree. Above the line ModelShadowDisagreement fires, once enough rows have been"
                " compared.",
                units.PercentUnit,
                NOT_COMPARED,
            ),
            Query(f"model_version:shadow_disagreement:ratio_rate15m{{{VERSION}}}", BY_VERSION),
            width=6,
            thresholds=thresholds.DISAGREEMENT,
        ),
        timeseries(
            PanelOptions(
                "Shadow: rows compared",
                "Rows compared per second. At 0 nothing is known about the agreement of a shadow.",
                units.RowsPerSecond,
                NOT_COMPARED,
            ),
            Query(f"sum by (version) ({promql.rate('model_server_shadow_compared_rows_total', VERSION)})", BY_VERSION),
            width=6,
        ),
        timeseries(
            PanelOptions(
                "Shadow: comparisons dropped",
                "Mirrored requests per second that were selected for comparison but not compared. A full"
                " queue only skips some of them; the other reasons mean that the stable version does not"
                " respond, or responds in another form.",
                units.RequestsPerSecond,
                NOT_COMPARED,
            ),
            Query(
                f"sum by (version, reason) ({promql.rate('model_server_shadow_comparisons_dropped_total', VERSION)})",
                f"{BY_VERSION}, {{{{reason}}}}",
            ),
            width=6,
        ),
        timeseries(
            PanelOptions(
                "Shadow: latency p95",
                "p95 latency of mirrored requests, next to that of successful requests to the version"
                " with the most requests. A slower shadow would also be slower for callers, given as many"
                " servers for its requests.",
                units.Seconds,
                "No mirrored requests",
            ),
            # Comparisons send requests to the stable version that also count as mirrored; they are excluded here.
            Query(
                f"model_version:shadow_latency_p95:5m{{{VERSION}}} unless on (namespace, model, version) {STABLE}",
                f"{BY_VERSION}, shadow",
            ),
            Query(
                f"model_version:latency_p95:5m{{{MODEL}}} and on (namespace, model, version) {STABLE}",
                f"{BY_VERSION}, most requests",
            ),
            width=6,
        ),
    )


def _by_version(series: str) -> str:
    return f"max by (version) ({series}{{{VERSION}}})"


def _traffic_split() -> str:
    requests = "model_version:requests:rate5m"
    return (
        f"{requests}{{{VERSION}}} / on (namespace, model) group_left ()"
        f" (sum by (namespace, model) ({requests}{{{MODEL}}}) > 0)"
    )


def _compared(series: str, operator: str) -> str:
    stable = f"({series}{{{MODEL}}} and on (namespace, model, version) {STABLE})"
    # A ratio to 0 has no meaning; a difference from 0 errors does.
    guarded = f"({stable} > 0)" if operator == "/" else stable
    compared = f"{series}{{{VERSION}}} {operator} on (namespace, model) group_left () {guarded}"
    return compared if operator == "/" else f"clamp_min({compared}, 0)"

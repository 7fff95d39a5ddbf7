"""The versions of one model beside each other: is the new one worse than the one that has most requests?"""

from __future__ import annotations

from grafana_foundation_sdk.models import units

from dashboards import links, promql, thresholds, variables
from dashboards.layout import Board, Panel, Row
from dashboards.panels import About, Query, lines
from dashboards.promql import MODEL, NAMESPACE, VERSION
from dashboards.tables import Column, lines_of

NO_REQUESTS = "No requests"
ONE_VERSION = "No version with requests"
NOT_COMPARED = "No shadow is compared"
BY_VERSION = "version {{version}}"
# The stable version is the one with most requests, whatever is chosen above.
STABLE = f"topk by (namespace, model) (1, model_version:requests:rate30m{{{MODEL}}})"


def board() -> Board:
    """The dashboard."""
    return Board(
        uid=links.CANARY,
        title="Model serving / Versions compared",
        description="The versions of one model beside each other, and against the one that has most requests.",
        variables=(
            variables.datasource(),
            variables.choice("namespace", "model_server_model_info", many=False),
            variables.choice("model", f"model_server_model_info{{{NAMESPACE}}}", many=False),
            variables.choice("version", f"model_server_model_info{{{MODEL}}}", many=True),
        ),
        rows=(
            Row("Versions", (_versions(),)),
            Row("Against the version with most requests", _against_stable()),
            Row("Beside each other", _beside()),
            Row("Shadows: answers that nobody gets", _shadows()),
        ),
    )


def _versions() -> Panel:
    ready = promql.of_model(f"model_server_ready{{{NAMESPACE}}}")
    return lines_of(
        About(
            "Versions",
            "A line for each version. Compare a line with the one that has most requests: a version is worse when it"
            " has more errors or is slower while it has traffic of its own.",
            units.Short,
            "No version is loaded",
        ),
        ("version",),
        (
            Column("Servers ready", f"sum by (version) ({ready})"),
            Column("Requests", _by_version("model_version:requests:rate5m"), units.RequestsPerSecond),
            Column("Share of requests", f"max by (version) ({_share()})", units.PercentUnit),
            Column(
                "Errors", _by_version("model_version:errors:ratio_rate5m"), units.PercentUnit, steps=thresholds.ERRORS
            ),
            *(
                Column(
                    f"p{share}",
                    _by_version(f"model_version:latency_p{share}:5m"),
                    units.Seconds,
                    steps=thresholds.LATENCY,
                )
                for share in (50, 95, 99)
            ),
            Column(
                "CPU of 1,000 predictions", _by_version("model_version:cpu_seconds_per_1000_rows:5m"), units.Seconds
            ),
            Column(
                "Prediction drift",
                _by_version("model_server_prediction_drift_psi"),
                units.Short,
                steps=thresholds.DRIFT,
            ),
        ),
        height=6,
    )


def _against_stable() -> tuple[Panel, ...]:
    return (
        lines(
            About(
                "Errors, difference",
                "Share of errors less that of the version with most requests. Above 0 a version makes more errors; see"
                " CanaryWorseThanStable. The version compared with is at 0.",
                units.PercentUnit,
                ONE_VERSION,
            ),
            Query(_compared("model_version:errors:ratio_rate5m", "-"), BY_VERSION),
        ),
        lines(
            About(
                "p95, ratio",
                "p95 over that of the version with most requests, which is at 1. Above the line CanaryWorseThanStable"
                " fires, unless both are fast.",
                units.Short,
                ONE_VERSION,
            ),
            Query(_compared("model_version:latency_p95:5m", "/"), BY_VERSION),
            steps=thresholds.SLOWER_THAN_STABLE,
        ),
        lines(
            About(
                "CPU of 1,000 predictions, ratio",
                "CPU-seconds for 1,000 rows over that of the version with most requests. 2 costs twice as much.",
                units.Short,
                ONE_VERSION,
            ),
            Query(_compared("model_version:cpu_seconds_per_1000_rows:5m", "/"), BY_VERSION),
        ),
    )


def _beside() -> tuple[Panel, ...]:
    return (
        lines(
            About(
                "Share of requests",
                "Which part of the model's requests a version answers: how far the roll-out is.",
                units.PercentUnit,
                NO_REQUESTS,
            ),
            Query(_share(), BY_VERSION),
            stacked=True,
            most=1,
        ),
        lines(
            About(
                "Errors",
                "Share of answers with a code of 5xx over 5 minutes. Above the line ModelErrorRatioHigh fires, once"
                " the whole model is there.",
                units.PercentUnit,
                NO_REQUESTS,
            ),
            Query(f"model_version:errors:ratio_rate5m{{{VERSION}}}", BY_VERSION),
            steps=thresholds.ERRORS,
        ),
        *(
            lines(
                About(
                    f"Latency, p{share}",
                    f"{share} of 100 good answers took less than this.",
                    units.Seconds,
                    NO_REQUESTS,
                ),
                Query(f"model_version:latency_p{share}:5m{{{VERSION}}}", BY_VERSION),
            )
            for share in (50, 95, 99)
        ),
        lines(
            About(
                "Prediction drift",
                "Population stability index of the predictions. Versions that see the same rows and differ here"
                " predict differently.",
                units.Short,
                "No reference, or too few rows yet",
            ),
            Query(f"max by (version) (model_server_prediction_drift_psi{{{VERSION}}})", BY_VERSION),
            steps=thresholds.DRIFT,
        ),
    )


def _shadows() -> tuple[Panel, ...]:
    return (
        lines(
            About(
                "Shadow, rows that differ",
                "Share of the compared rows of 15 minutes on which a shadow and the stable version differ. Above the"
                " line ModelShadowDisagreement fires, once enough rows were compared.",
                units.PercentUnit,
                NOT_COMPARED,
            ),
            Query(f"model_version:shadow_disagreement:ratio_rate15m{{{VERSION}}}", BY_VERSION),
            width=6,
            steps=thresholds.DISAGREEMENT,
        ),
        lines(
            About(
                "Shadow, rows compared",
                "Rows compared in a second. At 0 nothing is known of how a shadow answers.",
                units.RowsPerSecond,
                NOT_COMPARED,
            ),
            Query(f"sum by (version) ({promql.rate('model_server_shadow_compared_rows_total', VERSION)})", BY_VERSION),
            width=6,
        ),
        lines(
            About(
                "Shadow, comparisons dropped",
                "Requests in a second that should have been compared and were not. A full queue only leaves some out;"
                " the other reasons say that the stable version does not answer, or not in the same form.",
                units.RequestsPerSecond,
                NOT_COMPARED,
            ),
            Query(
                f"sum by (version, reason) ({promql.rate('model_server_shadow_comparisons_dropped_total', VERSION)})",
                f"{BY_VERSION}, {{{{reason}}}}",
            ),
            width=6,
        ),
        lines(
            About(
                "Shadow, p95",
                "95 of 100 shadows took less than this, beside the good answers of the version with most requests. A"
                " shadow that is slower would be slower for callers, too, with as many servers for its requests.",
                units.Seconds,
                "No shadow was answered",
            ),
            # What comparisons ask of the stable version is a shadow, too, and nothing to compare it with.
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


def _share() -> str:
    requests = "model_version:requests:rate5m"
    return (
        f"{requests}{{{VERSION}}} / on (namespace, model) group_left ()"
        f" (sum by (namespace, model) ({requests}{{{MODEL}}}) > 0)"
    )


def _compared(series: str, operator: str) -> str:
    stable = f"({series}{{{MODEL}}} and on (namespace, model, version) {STABLE})"
    # A ratio to nothing says nothing; a difference from no errors does.
    guarded = f"({stable} > 0)" if operator == "/" else stable
    compared = f"{series}{{{VERSION}}} {operator} on (namespace, model) group_left () {guarded}"
    return compared if operator == "/" else f"clamp_min({compared}, 0)"

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

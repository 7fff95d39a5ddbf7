"""Compare the canary's metrics with the stable version's, and decide: promote, wait, or roll back. Pure."""

import math
from dataclasses import dataclass
from enum import StrEnum

from modelctl.rollout.plan import Limits


@dataclass(frozen=True)
class VersionMetrics:
    """The metrics of one version in a window. None: Prometheus has no value, for example without requests."""

    requests: float | None = None
    error_ratio: float | None = None
    client_error_ratio: float | None = None
    latency_seconds: float | None = None


@dataclass(frozen=True)
class Measurement:
    """The metrics of both versions at one time."""

    canary: VersionMetrics
    stable: VersionMetrics
    compared_rows: float | None = None
    disagreement_ratio: float | None = None


class Decision(StrEnum):
    """The decision that follows from a measurement."""

    PROMOTE = "promote"
    WAIT = "wait"
    ROLLBACK = "rollback"


@dataclass(frozen=True)
class AnalysisResult:
    """A decision and its reasons. `notes` name what was not analyzed."""

    decision: Decision
    reasons: tuple[str, ...]
    notes: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The reasons and notes in one line."""
        return "; ".join((*self.reasons, *self.notes))


def update_baseline(previous: VersionMetrics, stable: VersionMetrics, limits: Limits) -> VersionMetrics:
    """Return the metrics to compare with: the stable version's if it had enough requests, else the previous ones."""
    if (_finite(stable.requests) or 0.0) < limits.min_requests:
        return previous
    return VersionMetrics(
        stable.requests,
        _finite(stable.error_ratio, previous.error_ratio),
        _finite(stable.client_error_ratio, previous.client_error_ratio),
        _finite(stable.latency_seconds, previous.latency_seconds),
    )


def analyze(measurement: Measurement, baseline: VersionMetrics, limits: Limits) -> AnalysisResult:
    """Decide. A clear failure needs no minimum of requests, a success always does."""
    canary = measurement.canary
    requests = _finite(canary.requests)
    if requests is None:
        return AnalysisResult(Decision.WAIT, ("Prometheus has no requests of the canary in this step yet",))
    error_limit = limits.max_error_ratio + (_finite(baseline.error_ratio) or 0.0)
    client_error_limit = limits.max_client_error_ratio + (_finite(baseline.client_error_ratio) or 0.0)
    failures = [
        *_too_many("server errors (5xx)", canary.error_ratio, error_limit, requests, limits.min_requests),
        *_too_many("client errors (4xx)", canary.client_error_ratio, client_error_limit, requests, limits.min_requests),
    ]
    if requests >= limits.min_requests:
        failures += _too_slow(canary.latency_seconds, baseline.latency_seconds, limits)
    failures += _disagrees(measurement, limits)
    if failures:
        return AnalysisResult(Decision.ROLLBACK, tuple(failures))
    missing = _missing(measurement, baseline, requests, limits)
    if missing:
        return AnalysisResult(Decision.WAIT, missing)
    return AnalysisResult(Decision.PROMOTE, (_summary(measurement, requests),), _notes(measurement, baseline, limits))


def _too_many(errors: str, ratio: float | None, limit: float, requests: float, enough: int) -> list[str]:
    found = _finite(ratio)
    # A ratio of few requests means little, unless the errors would exceed the limit even if all requests that are
    # still missing succeeded.
    if found is None or found * requests <= limit * max(requests, float(enough)):
        return []
    return [f"{_percent(found)} {errors} in {requests:.0f} requests, limit {_percent(limit)}"]


def _too_slow(canary: float | None, stable: float | None, limits: Limits) -> list[str]:
    ours, theirs = _finite(canary), _finite(stable)
    if ours is None or theirs is None or ours <= max(limits.latency_floor_seconds, limits.max_latency_ratio * theirs):
        return []
    return [
        f"p95 latency is {ours:.3g} s, the stable version's is {theirs:.3g} s, limit {limits.max_latency_ratio:g} times"
    ]


def _disagrees(measurement: Measurement, limits: Limits) -> list[str]:
    rows, ratio = _finite(measurement.compared_rows), _finite(measurement.disagreement_ratio)
    if rows is None or ratio is None or rows < _enough_rows(limits) or ratio <= limits.max_disagreement_ratio:
        return []
    return [
        f"{_percent(ratio)} of {rows:.0f} compared rows disagree with the stable version, "
        f"limit {_percent(limits.max_disagreement_ratio)}"
    ]


def _missing(measurement: Measurement, baseline: VersionMetrics, requests: float, limits: Limits) -> tuple[str, ...]:
    if requests < limits.min_requests:
        return (f"{requests:.0f} of {limits.min_requests} requests",)
    if _finite(measurement.stable.requests) is None and _finite(baseline.latency_seconds) is None:
        # The versions are scraped at different times; the comparison is possible one scrape later.
        return ("Prometheus has no requests of the stable version in this step yet",)
    missing = [
        name
        for name, value in (
            ("server error ratio", measurement.canary.error_ratio),
            ("client error ratio", measurement.canary.client_error_ratio),
            ("latency of successful requests", measurement.canary.latency_seconds),
        )
        if _finite(value) is None
    ]
    rows = _finite(measurement.compared_rows) or 0.0
    if rows < limits.min_compared_rows:
        missing.append(f"{limits.min_compared_rows - rows:.0f} more compared rows of {limits.min_compared_rows}")
    elif limits.min_compared_rows and _finite(measurement.disagreement_ratio) is None:
        missing.append("disagreement ratio")
    return (f"still missing: {', '.join(missing)}",) if missing else ()


def _summary(measurement: Measurement, requests: float) -> str:
    canary = measurement.canary
    return (
        f"{requests:.0f} requests, {_percent(canary.error_ratio or 0.0)} server errors, "
        f"{_percent(canary.client_error_ratio or 0.0)} client errors, p95 {canary.latency_seconds or 0.0:.3g} s"
    )


def _notes(measurement: Measurement, baseline: VersionMetrics, limits: Limits) -> tuple[str, ...]:
    notes = []
    if _finite(baseline.latency_seconds) is None:
        notes.append("the latency was not compared: the stable version had too few requests")
    rows = _finite(measurement.compared_rows) or 0.0
    if rows >= _enough_rows(limits):
        notes.append(f"{_percent(measurement.disagreement_ratio or 0.0)} of {rows:.0f} compared rows disagree")
    elif rows > 0:
        notes.append(f"the disagreement was not analyzed: only {rows:.0f} rows were compared")
    return tuple(notes)


def _enough_rows(limits: Limits) -> int:
    return limits.min_compared_rows or limits.min_requests


def _finite(value: float | None, fallback: float | None = None) -> float | None:
    return value if value is not None and math.isfinite(value) else fallback


def _percent(ratio: float) -> str:
    return f"{100 * ratio:.3g} %"

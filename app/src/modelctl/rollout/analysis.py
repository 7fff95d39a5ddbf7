"""From figures to a decision: go on, wait, or go back, with the reasons in words. Pure."""

import math
from dataclasses import dataclass
from enum import StrEnum

from modelctl.rollout.plan import Limits


@dataclass(frozen=True)
class VersionFigures:
    """What one version did in the window. None: Prometheus has no such figure, for instance for lack of requests."""

    requests: float | None = None
    error_ratio: float | None = None
    refused_ratio: float | None = None
    latency_seconds: float | None = None


@dataclass(frozen=True)
class Reading:
    """All that is known of a step at one time."""

    canary: VersionFigures
    stable: VersionFigures
    compared_rows: float | None = None
    disagreement_ratio: float | None = None


class Decision(StrEnum):
    """What follows from a reading."""

    FORWARD = "forward"
    WAIT = "wait"
    BACK = "back"


@dataclass(frozen=True)
class Verdict:
    """A decision, and why. `notes` say what could not be judged."""

    decision: Decision
    reasons: tuple[str, ...]
    notes: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The reasons and notes in one line."""
        return "; ".join((*self.reasons, *self.notes))


def reference_of(stable: VersionFigures, earlier: VersionFigures, limits: Limits) -> VersionFigures:
    """What the canary is compared with: the stable version now, or as it was when it last had enough requests."""
    if (_finite(stable.requests) or 0.0) < limits.min_requests:
        return earlier
    return VersionFigures(
        stable.requests,
        _finite(stable.error_ratio, earlier.error_ratio),
        _finite(stable.refused_ratio, earlier.refused_ratio),
        _finite(stable.latency_seconds, earlier.latency_seconds),
    )


def judge(reading: Reading, reference: VersionFigures, limits: Limits) -> Verdict:
    """Decide. What is clearly bad is so before there were enough requests; what is good never is."""
    canary = reading.canary
    requests = _finite(canary.requests)
    if requests is None:
        return Verdict(Decision.WAIT, ("Prometheus has no requests of the canary in this step yet",))
    error_limit = limits.max_error_ratio + (_finite(reference.error_ratio) or 0.0)
    refused_limit = limits.max_refused_ratio + (_finite(reference.refused_ratio) or 0.0)
    bad = [
        *_too_many("errors (5xx)", canary.error_ratio, error_limit, requests, limits.min_requests),
        *_too_many("refused requests (4xx)", canary.refused_ratio, refused_limit, requests, limits.min_requests),
    ]
    if requests >= limits.min_requests:
        bad += _too_slow(canary.latency_seconds, reference.latency_seconds, limits)
    bad += _disagrees(reading, limits)
    if bad:
        return Verdict(Decision.BACK, tuple(bad))
    missing = _missing(reading, reference, requests, limits)
    if missing:
        return Verdict(Decision.WAIT, missing)
    return Verdict(Decision.FORWARD, (_summary(reading, requests),), _notes(reading, reference, limits))


def _too_many(what: str, ratio: float | None, limit: float, requests: float, enough: int) -> list[str]:
    found = _finite(ratio)
    # With few requests a share means little. But so many that even good answers to all that are still missing
    # would not make it a good share are too many already.
    if found is None or found * requests <= limit * max(requests, float(enough)):
        return []
    return [f"{_percent(found)} {what} in {requests:.0f} requests, {_percent(limit)} are allowed"]


def _too_slow(canary: float | None, stable: float | None, limits: Limits) -> list[str]:
    ours, theirs = _finite(canary), _finite(stable)
    if ours is None or theirs is None or ours <= max(limits.latency_floor_seconds, limits.max_latency_ratio * theirs):
        return []
    return [
        f"95 of 100 answers take up to {ours:.3g} s, the stable version's {theirs:.3g} s; "
        f"{limits.max_latency_ratio:g} times as long is allowed"
    ]


def _disagrees(reading: Reading, limits: Limits) -> list[str]:
    rows, ratio = _finite(reading.compared_rows), _finite(reading.disagreement_ratio)
    if rows is None or ratio is None or rows < _enough_rows(limits) or ratio <= limits.max_disagreement_ratio:
        return []
    return [
        f"{_percent(ratio)} of {rows:.0f} compared rows are answered otherwise than by the stable version, "
        f"{_percent(limits.max_disagreement_ratio)} are allowed"
    ]


def _missing(reading: Reading, reference: VersionFigures, requests: float, limits: Limits) -> tuple[str, ...]:
    if requests < limits.min_requests:
        return (f"{requests:.0f} of {limits.min_requests} requests",)
    if _finite(reading.stable.requests) is None and _finite(reference.latency_seconds) is None:
        # The two are scraped at different times, and one scrape later the canary can be compared.
        return ("Prometheus has no requests of the stable version in this step yet",)
    missing = [
        name
        for name, figure in (
            ("share of errors", reading.canary.error_ratio),
            ("share of refused requests", reading.canary.refused_ratio),
            ("latency of good answers", reading.canary.latency_seconds),
        )
        if _finite(figure) is None
    ]
    rows = _finite(reading.compared_rows) or 0.0
    if rows < limits.min_compared_rows:
        missing.append(f"{limits.min_compared_rows - rows:.0f} more compared rows of {limits.min_compared_rows}")
    elif limits.min_compared_rows and _finite(reading.disagreement_ratio) is None:
        missing.append("share of rows that are answered otherwise")
    return (f"still missing: {', '.join(missing)}",) if missing else ()


def _summary(reading: Reading, requests: float) -> str:
    canary = reading.canary
    return (
        f"{requests:.0f} requests, {_percent(canary.error_ratio or 0.0)} errors, "
        f"{_percent(canary.refused_ratio or 0.0)} refused, p95 {canary.latency_seconds or 0.0:.3g} s"
    )


def _notes(reading: Reading, reference: VersionFigures, limits: Limits) -> tuple[str, ...]:
    notes = []
    if _finite(reference.latency_seconds) is None:
        notes.append("the latency was compared with nothing: the stable version had too few requests")
    rows = _finite(reading.compared_rows) or 0.0
    if rows >= _enough_rows(limits):
        notes.append(f"{_percent(reading.disagreement_ratio or 0.0)} of {rows:.0f} compared rows differ")
    elif rows > 0:
        notes.append(f"only {rows:.0f} rows were compared with the stable version's, too few to judge by")
    return tuple(notes)


def _enough_rows(limits: Limits) -> int:
    return limits.min_compared_rows or limits.min_requests


def _finite(value: float | None, otherwise: float | None = None) -> float | None:
    return value if value is not None and math.isfinite(value) else otherwise


def _percent(share: float) -> str:
    return f"{100 * share:.3g} %"

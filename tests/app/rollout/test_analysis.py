"""The analysis: from metrics to a decision."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelctl.rollout.analysis import Decision, Measurement, VersionMetrics, analyze, update_baseline
from modelctl.rollout.plan import Limits

LIMITS = Limits(min_requests=100)
NOTHING = VersionMetrics()
STABLE = VersionMetrics(requests=900, error_ratio=0.0, client_error_ratio=0.0, latency_seconds=0.1)


def _canary(
    requests: float | None = 100,
    errors: float | None = 0.0,
    refused: float | None = 0.0,
    latency: float | None = 0.1,
    rows: float | None = None,
    disagreement: float | None = None,
) -> Measurement:
    return Measurement(VersionMetrics(requests, errors, refused, latency), STABLE, rows, disagreement)


def test_promotes_a_canary_as_good_as_the_stable_version() -> None:
    result = analyze(_canary(), STABLE, LIMITS)
    assert result.decision is Decision.PROMOTE
    assert result.text == "100 requests, 0 % server errors, 0 % client errors, p95 0.1 s"


@pytest.mark.parametrize(
    ("reading", "reason"),
    [
        (_canary(errors=0.02), "2 % server errors (5xx) in 100 requests, limit 1 %"),
        (_canary(refused=1.0), "100 % client errors (4xx) in 100 requests, limit 5 %"),
        (
            _canary(latency=0.151),
            "p95 latency is 0.151 s, the stable version's is 0.1 s, limit 1.5 times",
        ),
        (
            _canary(rows=100, disagreement=0.06),
            "6 % of 100 compared rows disagree with the stable version, limit 5 %",
        ),
        # More errors than the remaining requests could compensate for.
        (_canary(requests=20, errors=0.1, latency=None), "10 % server errors (5xx) in 20 requests, limit 1 %"),
    ],
)
def test_rolls_back_a_worse_canary_with_the_reason(reading: Measurement, reason: str) -> None:
    result = analyze(reading, STABLE, LIMITS)
    assert (result.decision, result.reasons) == (Decision.ROLLBACK, (reason,))


@pytest.mark.parametrize(
    ("reading", "reason"),
    [
        (_canary(requests=None), "Prometheus has no requests of the canary in this step yet"),
        (_canary(requests=math.nan), "Prometheus has no requests of the canary in this step yet"),
        (_canary(requests=0, errors=math.nan, refused=math.nan, latency=math.nan), "0 of 100 requests"),
        (_canary(requests=99), "99 of 100 requests"),
        # One error in few requests is not significant.
        (_canary(requests=20, errors=0.05), "20 of 100 requests"),
        (_canary(errors=None), "still missing: server error ratio"),
        (_canary(latency=math.nan), "still missing: latency of successful requests"),
        (_canary(refused=math.inf), "still missing: client error ratio"),
    ],
)
def test_waits_for_missing_metrics_and_names_them(reading: Measurement, reason: str) -> None:
    result = analyze(reading, STABLE, LIMITS)
    assert (result.decision, result.reasons) == (Decision.WAIT, (reason,))


def test_allows_the_error_ratios_of_the_stable_version() -> None:
    troubled = VersionMetrics(requests=900, error_ratio=0.2, client_error_ratio=0.3, latency_seconds=0.1)
    assert analyze(_canary(errors=0.2, refused=0.3), troubled, LIMITS).decision is Decision.PROMOTE
    assert analyze(_canary(errors=0.22), troubled, LIMITS).decision is Decision.ROLLBACK


def test_latency_below_the_floor_always_passes() -> None:
    fast = VersionMetrics(requests=900, error_ratio=0.0, client_error_ratio=0.0, latency_seconds=0.001)
    assert analyze(_canary(latency=0.049), fast, LIMITS).decision is Decision.PROMOTE
    assert analyze(_canary(latency=0.051), fast, LIMITS).decision is Decision.ROLLBACK


def test_promotes_without_a_stable_latency_and_notes_it() -> None:
    result = analyze(_canary(latency=3.0), NOTHING, LIMITS)
    assert result.decision is Decision.PROMOTE
    assert result.notes == ("the latency was not compared: the stable version had too few requests",)


def test_waits_for_the_first_metrics_of_the_stable_version() -> None:
    canary = _canary(latency=3.0)
    first_look = Measurement(canary.canary, NOTHING)
    waiting = analyze(first_look, NOTHING, LIMITS)
    assert waiting.decision is Decision.WAIT
    assert waiting.reasons == ("Prometheus has no requests of the stable version in this step yet",)
    # With a baseline from an earlier step, there is nothing to wait for.
    assert analyze(first_look, STABLE, LIMITS).decision is Decision.ROLLBACK


def test_notes_that_few_compared_rows_were_not_analyzed() -> None:
    result = analyze(_canary(rows=10, disagreement=1.0), STABLE, LIMITS)
    assert result.decision is Decision.PROMOTE
    assert result.notes == ("the disagreement was not analyzed: only 10 rows were compared",)


def test_waits_for_the_minimum_of_compared_rows() -> None:
    limits = Limits(min_requests=100, min_compared_rows=500)
    waiting = analyze(_canary(rows=200, disagreement=0.0), STABLE, limits)
    assert (waiting.decision, waiting.text) == (Decision.WAIT, "still missing: 300 more compared rows of 500")
    assert analyze(_canary(rows=None), STABLE, limits).decision is Decision.WAIT
    assert analyze(_canary(rows=500, disagreement=math.nan), STABLE, limits).decision is Decision.WAIT
    done = analyze(_canary(rows=500, disagreement=0.01), STABLE, limits)
    assert (done.decision, done.notes) == (Decision.PROMOTE, ("1 % of 500 compared rows disagree",))


def test_the_baseline_needs_enough_requests() -> None:
    few = VersionMetrics(requests=99, error_ratio=1.0, client_error_ratio=1.0, latency_seconds=9.0)
    assert update_baseline(STABLE, few, LIMITS) == STABLE
    assert update_baseline(STABLE, VersionMetrics(requests=math.nan), LIMITS) == STABLE
    partly = VersionMetrics(requests=500, error_ratio=0.5, client_error_ratio=math.nan, latency_seconds=None)
    assert update_baseline(STABLE, partly, LIMITS) == VersionMetrics(500, 0.5, 0.0, 0.1)


_SHARE = st.one_of(st.none(), st.floats(0, 1), st.just(math.nan), st.just(math.inf))
_COUNT = st.one_of(st.none(), st.floats(0, 1e6), st.just(math.nan), st.just(math.inf))
_FIGURES = st.builds(VersionMetrics, _COUNT, _SHARE, _SHARE, _SHARE)


@given(st.builds(Measurement, _FIGURES, _FIGURES, _COUNT, _SHARE), _FIGURES, st.integers(1, 1000))
def test_promotion_needs_enough_requests_and_few_errors(
    reading: Measurement, reference: VersionMetrics, enough: int
) -> None:
    limits = Limits(min_requests=enough)
    result = analyze(reading, reference, limits)
    assert result.reasons, "a decision must have reasons"
    if result.decision is not Decision.PROMOTE:
        return
    canary = reading.canary
    assert canary.requests is not None
    assert canary.requests >= enough
    assert canary.error_ratio is not None
    allowed = limits.max_error_ratio + (reference.error_ratio if _is_number(reference.error_ratio) else 0.0)  # type: ignore[operator]
    assert canary.error_ratio <= allowed * (1 + 1e-9)


@given(st.floats(0.02, 1), st.floats(100, 1e6))
def test_many_errors_always_roll_back(errors: float, requests: float) -> None:
    assert analyze(_canary(requests=requests, errors=errors), STABLE, LIMITS).decision is Decision.ROLLBACK


def _is_number(value: float | None) -> bool:
    return value is not None and math.isfinite(value)

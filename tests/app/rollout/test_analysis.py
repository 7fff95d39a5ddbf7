"""From figures to a decision."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelctl.rollout.analysis import Decision, Reading, VersionFigures, judge, reference_of
from modelctl.rollout.plan import Limits

LIMITS = Limits(min_requests=100)
NOTHING = VersionFigures()
STABLE = VersionFigures(requests=900, error_ratio=0.0, refused_ratio=0.0, latency_seconds=0.1)


def _canary(
    requests: float | None = 100,
    errors: float | None = 0.0,
    refused: float | None = 0.0,
    latency: float | None = 0.1,
    rows: float | None = None,
    disagreement: float | None = None,
) -> Reading:
    return Reading(VersionFigures(requests, errors, refused, latency), STABLE, rows, disagreement)


def test_as_good_as_the_stable_version_with_enough_requests_goes_on() -> None:
    verdict = judge(_canary(), STABLE, LIMITS)
    assert verdict.decision is Decision.FORWARD
    assert verdict.text == "100 requests, 0 % errors, 0 % refused, p95 0.1 s"


@pytest.mark.parametrize(
    ("reading", "reason"),
    [
        (_canary(errors=0.02), "2 % errors (5xx) in 100 requests, 1 % are allowed"),
        (_canary(refused=1.0), "100 % refused requests (4xx) in 100 requests, 5 % are allowed"),
        (
            _canary(latency=0.151),
            "95 of 100 answers take up to 0.151 s, the stable version's 0.1 s; 1.5 times as long is allowed",
        ),
        (
            _canary(rows=100, disagreement=0.06),
            "6 % of 100 compared rows are answered otherwise than by the stable version, 5 % are allowed",
        ),
        # So many errors that no good answers could make up for them.
        (_canary(requests=20, errors=0.1, latency=None), "10 % errors (5xx) in 20 requests, 1 % are allowed"),
    ],
)
def test_what_is_worse_goes_back_and_says_why(reading: Reading, reason: str) -> None:
    verdict = judge(reading, STABLE, LIMITS)
    assert (verdict.decision, verdict.reasons) == (Decision.BACK, (reason,))


@pytest.mark.parametrize(
    ("reading", "reason"),
    [
        (_canary(requests=None), "Prometheus has no requests of the canary in this step yet"),
        (_canary(requests=math.nan), "Prometheus has no requests of the canary in this step yet"),
        (_canary(requests=0, errors=math.nan, refused=math.nan, latency=math.nan), "0 of 100 requests"),
        (_canary(requests=99), "99 of 100 requests"),
        # One error in few requests says nothing yet.
        (_canary(requests=20, errors=0.05), "20 of 100 requests"),
        (_canary(errors=None), "still missing: share of errors"),
        (_canary(latency=math.nan), "still missing: latency of good answers"),
        (_canary(refused=math.inf), "still missing: share of refused requests"),
    ],
)
def test_what_cannot_be_judged_yet_waits_and_says_for_what(reading: Reading, reason: str) -> None:
    verdict = judge(reading, STABLE, LIMITS)
    assert (verdict.decision, verdict.reasons) == (Decision.WAIT, (reason,))


def test_errors_that_the_stable_version_has_too_are_not_the_canarys() -> None:
    troubled = VersionFigures(requests=900, error_ratio=0.2, refused_ratio=0.3, latency_seconds=0.1)
    assert judge(_canary(errors=0.2, refused=0.3), troubled, LIMITS).decision is Decision.FORWARD
    assert judge(_canary(errors=0.22), troubled, LIMITS).decision is Decision.BACK


def test_below_the_floor_nothing_is_too_slow() -> None:
    fast = VersionFigures(requests=900, error_ratio=0.0, refused_ratio=0.0, latency_seconds=0.001)
    assert judge(_canary(latency=0.049), fast, LIMITS).decision is Decision.FORWARD
    assert judge(_canary(latency=0.051), fast, LIMITS).decision is Decision.BACK


def test_without_a_stable_latency_it_goes_on_and_says_so() -> None:
    verdict = judge(_canary(latency=3.0), NOTHING, LIMITS)
    assert verdict.decision is Decision.FORWARD
    assert verdict.notes == ("the latency was compared with nothing: the stable version had too few requests",)


def test_figures_of_the_stable_version_that_come_later_are_waited_for_where_there_is_nothing_to_compare_with() -> None:
    canary = _canary(latency=3.0)
    first_look = Reading(canary.canary, NOTHING)
    waiting = judge(first_look, NOTHING, LIMITS)
    assert waiting.decision is Decision.WAIT
    assert waiting.reasons == ("Prometheus has no requests of the stable version in this step yet",)
    # A step before has found some, so that nothing is waited for.
    assert judge(first_look, STABLE, LIMITS).decision is Decision.BACK


def test_few_compared_rows_are_told_and_not_judged() -> None:
    verdict = judge(_canary(rows=10, disagreement=1.0), STABLE, LIMITS)
    assert verdict.decision is Decision.FORWARD
    assert verdict.notes == ("only 10 rows were compared with the stable version's, too few to judge by",)


def test_compared_rows_that_are_asked_for_are_waited_for() -> None:
    limits = Limits(min_requests=100, min_compared_rows=500)
    waiting = judge(_canary(rows=200, disagreement=0.0), STABLE, limits)
    assert (waiting.decision, waiting.text) == (Decision.WAIT, "still missing: 300 more compared rows of 500")
    assert judge(_canary(rows=None), STABLE, limits).decision is Decision.WAIT
    assert judge(_canary(rows=500, disagreement=math.nan), STABLE, limits).decision is Decision.WAIT
    done = judge(_canary(rows=500, disagreement=0.01), STABLE, limits)
    assert (done.decision, done.notes) == (Decision.FORWARD, ("1 % of 500 compared rows differ",))


def test_the_reference_is_the_last_one_with_enough_requests() -> None:
    few = VersionFigures(requests=99, error_ratio=1.0, refused_ratio=1.0, latency_seconds=9.0)
    assert reference_of(few, STABLE, LIMITS) == STABLE
    assert reference_of(VersionFigures(requests=math.nan), STABLE, LIMITS) == STABLE
    partly = VersionFigures(requests=500, error_ratio=0.5, refused_ratio=math.nan, latency_seconds=None)
    assert reference_of(partly, STABLE, LIMITS) == VersionFigures(500, 0.5, 0.0, 0.1)


_SHARE = st.one_of(st.none(), st.floats(0, 1), st.just(math.nan), st.just(math.inf))
_COUNT = st.one_of(st.none(), st.floats(0, 1e6), st.just(math.nan), st.just(math.inf))
_FIGURES = st.builds(VersionFigures, _COUNT, _SHARE, _SHARE, _SHARE)


@given(st.builds(Reading, _FIGURES, _FIGURES, _COUNT, _SHARE), _FIGURES, st.integers(1, 1000))
def test_forward_needs_enough_requests_and_good_figures(
    reading: Reading, reference: VersionFigures, enough: int
) -> None:
    limits = Limits(min_requests=enough)
    verdict = judge(reading, reference, limits)
    assert verdict.reasons, "a decision has its reasons"
    if verdict.decision is not Decision.FORWARD:
        return
    canary = reading.canary
    assert canary.requests is not None
    assert canary.requests >= enough
    assert canary.error_ratio is not None
    allowed = limits.max_error_ratio + (reference.error_ratio if _is_number(reference.error_ratio) else 0.0)  # type: ignore[operator]
    assert canary.error_ratio <= allowed * (1 + 1e-9)


@given(st.floats(0.02, 1), st.floats(100, 1e6))
def test_many_errors_never_go_on_or_wait(errors: float, requests: float) -> None:
    assert judge(_canary(requests=requests, errors=errors), STABLE, LIMITS).decision is Decision.BACK


def _is_number(value: float | None) -> bool:
    return value is not None and math.isfinite(value)

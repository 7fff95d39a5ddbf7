"""The loop of `modelctl rollout`: it goes on, waits and goes back, whatever fails meanwhile."""

import dataclasses
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modelctl.errors import ModelctlError, TemporaryError
from modelctl.rollout.analysis import Reading, VersionFigures
from modelctl.rollout.pods import PodsSeen
from modelctl.rollout.run import StuckReleaseError
from modelctl.rollout.state import Phase, State
from modelctl.rollout.store import Held
from tests.app.rollout.world import ALL_NEW, ALL_OLD, GOOD, PLAN, Simulation, at_weight


def test_a_good_version_gets_all_requests_step_by_step() -> None:
    simulation = Simulation()
    state = simulation.start().finish()
    assert (state.phase, state.exit_code, state.holder) == (Phase.DONE, 0, "")
    assert simulation.release.history == [10, 50, 100]
    assert simulation.weights == ALL_NEW
    assert simulation.release.versions[1]["mirror"] == 5, "what is not a weight stays"
    assert [text for text in simulation.notes.steps if text.startswith("2 has")] == [
        f"2 has {weight} %, step {number} of 3" for number, weight in enumerate((10, 50, 100), start=1)
    ]


def test_a_step_lasts_at_least_its_time_however_many_requests_there_are() -> None:
    simulation = Simulation()
    simulation.figures.rate = 1e6
    began = simulation.time.now
    simulation.start().finish()
    assert simulation.time.now - began >= 3 * PLAN.pace.min_step_seconds


def test_the_last_step_is_compared_with_what_the_stable_version_was_when_it_had_requests() -> None:
    simulation = Simulation()
    run = at_weight(simulation, 100)
    simulation.figures.stable = VersionFigures(requests=0, latency_seconds=math.nan)
    simulation.figures.canary = dataclasses.replace(GOOD, latency_seconds=0.2)
    state = run.finish()
    assert (state.phase, state.exit_code) == (Phase.ROLLED_BACK, 3)
    assert "95 of 100 answers take up to 0.2 s, the stable version's 0.02 s" in state.reason


@pytest.mark.parametrize("weight", PLAN.steps)
def test_a_version_that_turns_bad_at_any_step_loses_its_requests(weight: int) -> None:
    simulation = Simulation()
    run = at_weight(simulation, weight)
    simulation.figures.canary = dataclasses.replace(GOOD, error_ratio=0.5)
    state = run.finish()
    assert (state.phase, state.exit_code) == (Phase.ROLLED_BACK, 3)
    assert "50 % errors (5xx)" in state.reason
    assert simulation.weights == ALL_OLD


def test_a_version_that_nobody_asks_is_rolled_back_for_lack_of_traffic() -> None:
    simulation = Simulation()
    simulation.figures.rate = 0.1
    state = simulation.start().finish()
    assert (state.phase, state.exit_code) == (Phase.ROLLED_BACK, 4)
    assert state.reason == "nothing to judge by within 300 s: 3 of 100 requests"
    assert simulation.release.history == [10, 0]


def test_a_prometheus_that_is_away_for_a_while_is_waited_for() -> None:
    simulation = Simulation()
    plain = simulation.figures.answer
    away_until = simulation.time.now + PLAN.pace.patience_seconds / 2

    def answer(window: float) -> Reading:
        if simulation.time.now < away_until:
            raise TemporaryError("Prometheus cannot be reached.")
        return plain(window)

    simulation.figures.answer = answer
    assert simulation.start().finish().phase is Phase.DONE
    assert simulation.notes.steps.count("Prometheus cannot be reached.") == 1, "trouble is told once"


@pytest.mark.parametrize("error", [TemporaryError("it is away."), ModelctlError("the token is too old.")])
def test_a_canary_that_cannot_be_judged_is_not_left_alone_for_longer_than_patience(error: ModelctlError) -> None:
    simulation = Simulation()

    def answer(_: float) -> Reading:
        raise error

    simulation.figures.answer = answer
    state = simulation.start().finish()
    assert (state.phase, state.exit_code) == (Phase.ROLLED_BACK, 4)
    assert state.reason == f"for 300 s it could not be judged: {error.cause}"
    assert simulation.weights == ALL_OLD


def test_a_canary_without_a_ready_pod_gets_no_requests_at_all() -> None:
    simulation = Simulation()
    run = simulation.start()
    simulation.pods.seen = PodsSeen(0, 2)
    state = run.finish()
    assert (state.exit_code, state.reason) == (3, "the canary has no ready pod (2 in all)")
    assert simulation.release.history == []


def test_a_canary_that_loses_its_last_ready_pod_is_rolled_back_at_once() -> None:
    simulation = Simulation()
    run = at_weight(simulation, 50)
    now = simulation.time.now
    # Its requests fail in the mesh, and no server counts them: the figures stay good.
    simulation.pods.seen = PodsSeen(0, 0)
    state = run.finish()
    assert (state.exit_code, state.reason) == (3, "the canary has no ready pod (0 in all)")
    assert simulation.time.now == now
    assert simulation.weights == ALL_OLD


def test_a_canary_that_restarts_is_rolled_back() -> None:
    simulation = Simulation()
    run = at_weight(simulation, 50)
    simulation.pods.seen = PodsSeen(1, 2, {"a": 1, "b": 0})
    state = run.finish()
    assert (state.exit_code, state.reason) == (3, "the canary's containers have restarted 1 times")


def test_restarts_from_before_the_rollout_and_pods_that_are_replaced_do_not_matter() -> None:
    simulation = Simulation()
    simulation.pods.seen = PodsSeen(2, 2, {"a": 7, "b": 0})
    run = at_weight(simulation, 50)
    simulation.pods.seen = PodsSeen(1, 2, {"a": 7, "c": 0})
    assert run.finish().phase is Phase.DONE


def test_weights_that_somebody_else_has_changed_stay_and_are_told() -> None:
    simulation = Simulation()
    run = at_weight(simulation, 50)
    simulation.release.versions = [{"name": "1", "weight": 30}, {"name": "2", "weight": 70}]
    with pytest.raises(ModelctlError, match=r"are 1: 30 %, 2: 70 %\. They have to be 1: 50 %, 2: 50 %") as refusal:
        run.finish()
    assert "abort --keep-weights" in refusal.value.remedy
    assert simulation.weights == {"1": 30, "2": 70}
    run.let_go()
    with pytest.raises(ModelctlError, match="They have to be"):
        simulation.resume().finish()
    simulation.release.versions = [{"name": "1", "weight": 50}, {"name": "2", "weight": 50}]
    assert simulation.resume("third").finish().phase is Phase.DONE


def test_a_third_version_that_got_requests_meanwhile_ends_the_run() -> None:
    simulation = Simulation()
    run = at_weight(simulation, 50)
    simulation.release.versions = [
        {"name": name, "weight": weight} for name, weight in (("1", 40), ("2", 50), ("3", 10))
    ]
    with pytest.raises(ModelctlError, match="and 0 for all others"):
        run.finish()


def test_a_release_that_was_given_to_a_controller_meanwhile_ends_the_run() -> None:
    simulation = Simulation()
    run = at_weight(simulation, 50)
    simulation.release.management = "flagger"
    with pytest.raises(ModelctlError, match="trafficManagement of the release is 'flagger'"):
        run.finish()


def test_an_upgrade_that_fails_is_followed_by_one_back() -> None:
    simulation = Simulation()
    run = at_weight(simulation, 10)
    simulation.release.failures = 1
    state = run.finish()
    assert (state.phase, state.exit_code) == (Phase.ROLLED_BACK, 3)
    assert state.reason.startswith("the upgrade to 50 % failed: 'helm upgrade' failed (1): a webhook says no")
    assert (simulation.weights, simulation.release.status) == (ALL_OLD, "deployed")


def test_the_way_back_is_tried_again_until_patience_ends_and_can_be_gone_on_with() -> None:
    simulation = Simulation()
    run = at_weight(simulation, 50)
    simulation.figures.canary = dataclasses.replace(GOOD, error_ratio=0.5)
    simulation.release.failures = 10_000
    with pytest.raises(TemporaryError, match="a webhook says no"):
        run.finish()
    assert len(simulation.release.history) > 10
    run.let_go()
    simulation.release.failures = 2
    state = simulation.resume().finish()
    assert (state.phase, state.exit_code, simulation.weights) == (Phase.ROLLED_BACK, 3, ALL_OLD)


def test_a_release_that_a_killed_helm_has_left_pending_is_told_with_the_way_out() -> None:
    simulation = Simulation()
    run = at_weight(simulation, 50)
    simulation.release.status = "pending-upgrade"
    with pytest.raises(StuckReleaseError) as stuck:
        run.finish()
    assert "'helm rollback iris-routing 1 --namespace models', then 'modelctl rollout resume'" in stuck.value.remedy


def test_another_helm_at_work_is_waited_for() -> None:
    simulation = Simulation()
    run = at_weight(simulation, 50)
    simulation.release.status = "pending-upgrade"

    def deployed() -> None:
        simulation.release.status = "deployed"

    simulation.time.at_pause = deployed
    assert run.finish().phase is Phase.DONE


@pytest.mark.parametrize("phase", [Phase.MOVING, Phase.JUDGING, Phase.RETURNING])
def test_an_answer_of_the_store_that_is_lost_does_no_harm(phase: Phase) -> None:
    simulation = Simulation()
    run = simulation.start()
    if phase is Phase.RETURNING:
        simulation.figures.canary = dataclasses.replace(GOOD, error_ratio=0.5)
    while run.state.phase is not phase:
        run.advance()
    simulation.store.lost_answers = 2
    simulation.store.unreachable = 3
    assert run.finish().ended
    assert simulation.weights == (ALL_OLD if phase is Phase.RETURNING else ALL_NEW)


def test_the_answer_to_the_very_last_writing_may_be_lost_too(monkeypatch: pytest.MonkeyPatch) -> None:
    simulation = Simulation()
    run = at_weight(simulation, 100)
    write = simulation.store.write

    def losing(state: State, earlier: Held | None) -> Held:
        simulation.store.lost_answers = 1 if state.ended else 0
        return write(state, earlier)

    monkeypatch.setattr(simulation.store, "write", losing)
    assert run.finish().phase is Phase.DONE


_FIGURE = st.one_of(st.none(), st.floats(min_value=0, max_value=1), st.just(math.nan), st.just(math.inf))
_COUNT = st.one_of(st.none(), st.floats(min_value=0, max_value=300), st.just(math.nan))
_FIGURES = st.builds(VersionFigures, _COUNT, _FIGURE, _FIGURE, _FIGURE)
_ANY = st.builds(Reading, _FIGURES, _FIGURES, _COUNT, _FIGURE)
_FINE = st.builds(Reading, st.just(GOOD), st.just(GOOD))


@settings(max_examples=150)
@given(
    readings=st.lists(st.one_of(_ANY, _FINE, _FINE), max_size=12),
    steps=st.sets(st.integers(1, 99), max_size=5),
    failures=st.integers(0, 2),
)
def test_whatever_the_figures_are_all_requests_end_at_one_version(
    readings: list[Reading], steps: set[int], failures: int
) -> None:
    simulation = Simulation(dataclasses.replace(PLAN, steps=(*sorted(steps), 100)))
    left = list(readings)
    simulation.figures.answer = lambda _: left.pop(0) if left else Reading(VersionFigures(), VersionFigures())
    simulation.release.failures = failures

    def at_change(weight: int) -> None:
        assert sum(simulation.weights.values()) == 100
        if weight > simulation.plan.steps[0]:
            judged = simulation.figures.readings[-1][1].canary
            assert judged.requests is not None
            assert judged.requests >= simulation.plan.limits.min_requests, "forward without enough requests"

    simulation.release.at_change = at_change
    state = simulation.start().finish()
    if state.phase is Phase.DONE:
        assert (state.exit_code, simulation.weights) == (0, ALL_NEW)
        assert len(simulation.release.history) == len(simulation.plan.steps), "every step was taken, once"
    else:
        assert state.phase is Phase.ROLLED_BACK
        assert state.exit_code in (3, 4)
        assert state.reason
        assert simulation.weights == ALL_OLD

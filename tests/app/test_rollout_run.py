"""The loop of `modelctl rollout`: it goes on, waits, goes back, and can be ended at every single point."""

import dataclasses
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modelctl.errors import ModelctlError, TemporaryError
from modelctl.rollout import takeover
from modelctl.rollout.analysis import Reading, VersionFigures
from modelctl.rollout.pods import PodsSeen
from modelctl.rollout.run import ABORTED, Run, StuckReleaseError
from modelctl.rollout.state import Phase, State
from modelctl.rollout.store import Held
from tests.app.rollout_world import GOOD, PLAN, Killed, Simulation

ALL_NEW = {"1": 0, "2": 100}
ALL_OLD = {"1": 100, "2": 0}


def _at_weight(simulation: Simulation, weight: int) -> Run:
    """A run that judges at that weight."""
    run = simulation.start()
    while not (run.state.phase is Phase.JUDGING and run.state.weight == weight):
        run.advance()
    return run


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
    run = _at_weight(simulation, 100)
    simulation.figures.stable = VersionFigures(requests=0, latency_seconds=math.nan)
    simulation.figures.canary = dataclasses.replace(GOOD, latency_seconds=0.2)
    state = run.finish()
    assert (state.phase, state.exit_code) == (Phase.ROLLED_BACK, 3)
    assert "95 of 100 answers take up to 0.2 s, the stable version's 0.02 s" in state.reason


@pytest.mark.parametrize("weight", PLAN.steps)
def test_a_version_that_turns_bad_at_any_step_loses_its_requests(weight: int) -> None:
    simulation = Simulation()
    run = _at_weight(simulation, weight)
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
    run = _at_weight(simulation, 50)
    now = simulation.time.now
    # Its requests fail in the mesh, and no server counts them: the figures stay good.
    simulation.pods.seen = PodsSeen(0, 0)
    state = run.finish()
    assert (state.exit_code, state.reason) == (3, "the canary has no ready pod (0 in all)")
    assert simulation.time.now == now
    assert simulation.weights == ALL_OLD


def test_a_canary_that_restarts_is_rolled_back() -> None:
    simulation = Simulation()
    run = _at_weight(simulation, 50)
    simulation.pods.seen = PodsSeen(1, 2, {"a": 1, "b": 0})
    state = run.finish()
    assert (state.exit_code, state.reason) == (3, "the canary's containers have restarted 1 times")


def test_restarts_from_before_the_rollout_and_pods_that_are_replaced_do_not_matter() -> None:
    simulation = Simulation()
    simulation.pods.seen = PodsSeen(2, 2, {"a": 7, "b": 0})
    run = _at_weight(simulation, 50)
    simulation.pods.seen = PodsSeen(1, 2, {"a": 7, "c": 0})
    assert run.finish().phase is Phase.DONE


def test_weights_that_somebody_else_has_changed_stay_and_are_told() -> None:
    simulation = Simulation()
    run = _at_weight(simulation, 50)
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
    run = _at_weight(simulation, 50)
    simulation.release.versions = [
        {"name": name, "weight": weight} for name, weight in (("1", 40), ("2", 50), ("3", 10))
    ]
    with pytest.raises(ModelctlError, match="and 0 for all others"):
        run.finish()


def test_a_release_that_was_given_to_a_controller_meanwhile_ends_the_run() -> None:
    simulation = Simulation()
    run = _at_weight(simulation, 50)
    simulation.release.management = "flagger"
    with pytest.raises(ModelctlError, match="trafficManagement of the release is 'flagger'"):
        run.finish()


def test_an_upgrade_that_fails_is_followed_by_one_back() -> None:
    simulation = Simulation()
    run = _at_weight(simulation, 10)
    simulation.release.failures = 1
    state = run.finish()
    assert (state.phase, state.exit_code) == (Phase.ROLLED_BACK, 3)
    assert state.reason.startswith("the upgrade to 50 % failed: 'helm upgrade' failed (1): a webhook says no")
    assert (simulation.weights, simulation.release.status) == (ALL_OLD, "deployed")


def test_the_way_back_is_tried_again_until_patience_ends_and_can_be_gone_on_with() -> None:
    simulation = Simulation()
    run = _at_weight(simulation, 50)
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
    run = _at_weight(simulation, 50)
    simulation.release.status = "pending-upgrade"
    with pytest.raises(StuckReleaseError) as stuck:
        run.finish()
    assert "'helm rollback iris-routing 1 --namespace models', then 'modelctl rollout resume'" in stuck.value.remedy


def test_another_helm_at_work_is_waited_for() -> None:
    simulation = Simulation()
    run = _at_weight(simulation, 50)
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
    run = _at_weight(simulation, 100)
    write = simulation.store.write

    def losing(state: State, earlier: Held | None) -> Held:
        simulation.store.lost_answers = 1 if state.ended else 0
        return write(state, earlier)

    monkeypatch.setattr(simulation.store, "write", losing)
    assert run.finish().phase is Phase.DONE


def test_a_run_that_was_taken_for_dead_changes_no_weights_any_more() -> None:
    simulation = Simulation()
    first = _at_weight(simulation, 10)
    simulation.time.now += 10_000
    second = simulation.resume()
    before = list(simulation.release.history)
    with pytest.raises(ModelctlError, match="does not hold the plan any more"):
        first.finish()
    assert simulation.release.history == before
    first.let_go()
    assert simulation.store.held is not None
    assert simulation.store.held.state.holder == "second", "a run lets go of what is its own only"
    assert second.finish().phase is Phase.DONE


def test_a_plan_that_a_living_run_holds_is_refused() -> None:
    simulation = Simulation()
    first = _at_weight(simulation, 10)
    simulation.time.at_pause = first.advance
    with pytest.raises(ModelctlError, match="first holds this plan, and is at work"):
        simulation.resume()


def test_a_plan_that_was_let_go_is_taken_without_waiting() -> None:
    simulation = Simulation()
    _at_weight(simulation, 10).let_go()
    now = simulation.time.now
    simulation.resume()
    assert simulation.time.now == now


def test_a_state_that_was_removed_ends_the_run() -> None:
    simulation = Simulation()
    run = _at_weight(simulation, 10)
    simulation.store.held = None
    with pytest.raises(ModelctlError, match="does not hold the plan any more"):
        run.finish()
    assert simulation.weights == {"1": 90, "2": 10}


@pytest.mark.parametrize("weight", PLAN.steps)
def test_an_abort_is_carried_out_by_the_run_that_lives(weight: int) -> None:
    simulation = Simulation()
    run = _at_weight(simulation, weight)
    asked = simulation.store.held
    assert asked is not None

    def advance() -> None:
        if not run.state.ended:
            simulation.time.at_pause = lambda: None
            run.finish()

    simulation.time.at_pause = advance
    held = takeover.aborted(simulation.store, asked, simulation.time, simulation.notes)
    assert (held.state.phase, held.state.reason) == (Phase.ROLLED_BACK, ABORTED)
    assert simulation.weights == ALL_OLD


def test_an_abort_of_a_killed_run_is_carried_out_by_who_asks() -> None:
    simulation = Simulation()
    _at_weight(simulation, 50)
    held = takeover.aborted(simulation.store, takeover.unfinished(simulation.store), simulation.time, simulation.notes)
    assert held.state.abort_asked
    assert "first does not answer" in simulation.notes.steps
    state = Run(takeover.taken(simulation.world, held, "third"), simulation.world, "third").finish()
    assert (state.phase, state.exit_code, simulation.weights) == (Phase.ROLLED_BACK, 3, ALL_OLD)


def test_a_resumed_step_is_judged_by_requests_of_its_own() -> None:
    simulation = Simulation()
    _at_weight(simulation, 10).let_go()
    simulation.time.now += 86_400
    simulation.figures.readings.clear()
    simulation.resume().finish()
    first = simulation.figures.readings[0][1]
    assert first.canary.requests == 0, "what was while nobody looked is no figure of the step"


def _points(bad: bool) -> int:
    simulation = _prepared(bad)
    simulation.start().finish()
    return simulation.cutter.points


def _prepared(bad: bool) -> Simulation:
    simulation = Simulation()

    def answer(window: float) -> Reading:
        canary = GOOD if not bad or simulation.release.weight < 50 else dataclasses.replace(GOOD, error_ratio=0.9)
        requests = 100.0 * window * simulation.release.weight / 100
        return Reading(dataclasses.replace(canary, requests=requests), GOOD)

    simulation.figures.answer = answer
    return simulation


@pytest.mark.parametrize("bad", [False, True], ids=["good version", "bad version"])
def test_a_run_that_is_killed_at_any_point_can_be_gone_on_with(bad: bool) -> None:
    points = _points(bad)
    assert points > 40, "a run has many points at which it can end"
    for at in range(1, points + 1):
        simulation = _prepared(bad)
        simulation.cutter.at = at
        with pytest.raises(Killed):
            simulation.start().finish()
        assert sum(simulation.weights.values()) == 100, f"killed at point {at}"
        simulation.cutter.at = None
        if simulation.store.held is None:
            assert simulation.weights == ALL_OLD, f"killed at point {at}: weights were changed that nobody knows of"
            continue
        state = simulation.store.held.state
        if not state.ended:
            try:
                state = simulation.resume().finish()
            except StuckReleaseError:
                simulation.release.roll_back()
                simulation.time.now += 10_000
                state = simulation.resume("third").finish()
        expected = (Phase.ROLLED_BACK, ALL_OLD) if bad else (Phase.DONE, ALL_NEW)
        assert (state.phase, simulation.weights) == expected, f"killed at point {at}"


def test_a_run_that_is_killed_at_any_point_can_be_aborted() -> None:
    for at in range(1, _points(bad=False) + 1):
        simulation = _prepared(bad=False)
        simulation.cutter.at = at
        with pytest.raises(Killed):
            simulation.start().finish()
        simulation.cutter.at = None
        if simulation.store.held is None or simulation.store.held.state.ended:
            continue
        if simulation.release.status != "deployed":
            simulation.release.roll_back()
        held = takeover.aborted(simulation.store, simulation.store.held, simulation.time, simulation.notes)
        state = Run(takeover.taken(simulation.world, held, "third"), simulation.world, "third").finish()
        assert (state.phase, simulation.weights) == (Phase.ROLLED_BACK, ALL_OLD), f"killed at point {at}"


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

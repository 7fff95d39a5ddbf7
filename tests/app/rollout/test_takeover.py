"""A rollout whose run was killed, or taken for dead: somebody else goes on with it, or aborts it."""

import dataclasses

import pytest

from modelctl.errors import ModelctlError
from modelctl.rollout import takeover
from modelctl.rollout.analysis import Reading
from modelctl.rollout.run import ABORTED, Run, StuckReleaseError
from modelctl.rollout.state import Phase
from tests.app.rollout.world import ALL_NEW, ALL_OLD, GOOD, PLAN, Killed, Simulation, at_weight


def test_a_run_that_was_taken_for_dead_changes_no_weights_any_more() -> None:
    simulation = Simulation()
    first = at_weight(simulation, 10)
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
    first = at_weight(simulation, 10)
    simulation.time.at_pause = first.advance
    with pytest.raises(ModelctlError, match="first holds this plan, and is at work"):
        simulation.resume()


def test_a_plan_that_was_let_go_is_taken_without_waiting() -> None:
    simulation = Simulation()
    at_weight(simulation, 10).let_go()
    now = simulation.time.now
    simulation.resume()
    assert simulation.time.now == now


def test_a_state_that_was_removed_ends_the_run() -> None:
    simulation = Simulation()
    run = at_weight(simulation, 10)
    simulation.store.held = None
    with pytest.raises(ModelctlError, match="does not hold the plan any more"):
        run.finish()
    assert simulation.weights == {"1": 90, "2": 10}


@pytest.mark.parametrize("weight", PLAN.steps)
def test_an_abort_is_carried_out_by_the_run_that_lives(weight: int) -> None:
    simulation = Simulation()
    run = at_weight(simulation, weight)
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
    at_weight(simulation, 50)
    held = takeover.aborted(simulation.store, takeover.unfinished(simulation.store), simulation.time, simulation.notes)
    assert held.state.abort_asked
    assert "first does not answer" in simulation.notes.steps
    state = Run(takeover.taken(simulation.world, held, "third"), simulation.world, "third").finish()
    assert (state.phase, state.exit_code, simulation.weights) == (Phase.ROLLED_BACK, 3, ALL_OLD)


def test_a_resumed_step_is_judged_by_requests_of_its_own() -> None:
    simulation = Simulation()
    at_weight(simulation, 10).let_go()
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

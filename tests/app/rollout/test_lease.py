"""The lease: another process resumes or aborts a rollout whose process was killed or lost its lease."""

import dataclasses

import pytest

from modelctl.errors import ModelctlError
from modelctl.rollout import lease
from modelctl.rollout.analysis import Measurement
from modelctl.rollout.executor import Executor, StuckReleaseError
from modelctl.rollout.lease import ABORT_REASON
from modelctl.rollout.machine import Phase
from tests.app.rollout.simulation import ALL_NEW, ALL_OLD, GOOD, PLAN, Killed, Simulation, at_weight


def test_a_process_that_lost_its_lease_changes_no_weights() -> None:
    simulation = Simulation()
    first = at_weight(simulation, 10)
    simulation.clock.now += 10_000
    second = simulation.resume()
    before = list(simulation.release.history)
    with pytest.raises(ModelctlError, match="no longer holds the lease"):
        first.run()
    assert simulation.release.history == before
    first.release()
    assert simulation.store.stored is not None
    assert simulation.store.stored.state.holder_identity == "second", "a process must release its own lease only"
    assert second.run().phase is Phase.DONE


def test_does_not_acquire_a_lease_that_is_renewed() -> None:
    simulation = Simulation()
    first = at_weight(simulation, 10)
    simulation.clock.at_sleep = first.advance
    with pytest.raises(ModelctlError, match="first holds the lease on this rollout and keeps renewing it"):
        simulation.resume()


def test_acquires_a_released_lease_without_waiting() -> None:
    simulation = Simulation()
    at_weight(simulation, 10).release()
    now = simulation.clock.now
    simulation.resume()
    assert simulation.clock.now == now


def test_a_deleted_state_ends_the_process() -> None:
    simulation = Simulation()
    executor = at_weight(simulation, 10)
    simulation.store.stored = None
    with pytest.raises(ModelctlError, match="no longer holds the lease"):
        executor.run()
    assert simulation.weights == {"1": 90, "2": 10}


@pytest.mark.parametrize("weight", PLAN.steps)
def test_the_holder_of_the_lease_executes_an_abort(weight: int) -> None:
    simulation = Simulation()
    executor = at_weight(simulation, weight)
    asked = simulation.store.stored
    assert asked is not None

    def advance() -> None:
        if not executor.state.ended:
            simulation.clock.at_sleep = lambda: None
            executor.run()

    simulation.clock.at_sleep = advance
    stored = lease.request_abort(simulation.store, asked, simulation.clock, simulation.reporter)
    assert (stored.state.phase, stored.state.reason) == (Phase.ROLLED_BACK, ABORT_REASON)
    assert simulation.weights == ALL_OLD


def test_the_requester_executes_an_abort_after_the_lease_expired() -> None:
    simulation = Simulation()
    at_weight(simulation, 50)
    stored = lease.request_abort(
        simulation.store, lease.read_active(simulation.store), simulation.clock, simulation.reporter
    )
    assert stored.state.abort_requested
    assert "the lease of first has expired" in simulation.reporter.steps
    state = Executor(lease.acquire(simulation.dependencies, stored, "third"), simulation.dependencies, "third").run()
    assert (state.phase, state.exit_code, simulation.weights) == (Phase.ROLLED_BACK, 3, ALL_OLD)


def test_a_resumed_step_analyzes_only_new_requests() -> None:
    simulation = Simulation()
    at_weight(simulation, 10).release()
    simulation.clock.now += 86_400
    simulation.metrics.readings.clear()
    simulation.resume().run()
    first = simulation.metrics.readings[0][1]
    assert first.canary.requests == 0, "requests from before the resume must not count"


def _points(bad: bool) -> int:
    simulation = _prepared(bad)
    simulation.start().run()
    return simulation.killer.points


def _prepared(bad: bool) -> Simulation:
    simulation = Simulation()

    def answer(window: float) -> Measurement:
        canary = GOOD if not bad or simulation.release.weight < 50 else dataclasses.replace(GOOD, error_ratio=0.9)
        requests = 100.0 * window * simulation.release.weight / 100
        return Measurement(dataclasses.replace(canary, requests=requests), GOOD)

    simulation.metrics.answer = answer
    return simulation


@pytest.mark.parametrize("bad", [False, True], ids=["good version", "bad version"])
def test_a_process_killed_at_any_point_can_be_resumed(bad: bool) -> None:
    points = _points(bad)
    assert points > 40, "a rollout must have many points to be killed at"
    for at in range(1, points + 1):
        simulation = _prepared(bad)
        simulation.killer.at = at
        with pytest.raises(Killed):
            simulation.start().run()
        assert sum(simulation.weights.values()) == 100, f"killed at point {at}"
        simulation.killer.at = None
        if simulation.store.stored is None:
            assert simulation.weights == ALL_OLD, f"killed at point {at}: weights changed without a stored state"
            continue
        state = simulation.store.stored.state
        if not state.ended:
            try:
                state = simulation.resume().run()
            except StuckReleaseError:
                simulation.release.roll_back()
                simulation.clock.now += 10_000
                state = simulation.resume("third").run()
        expected = (Phase.ROLLED_BACK, ALL_OLD) if bad else (Phase.DONE, ALL_NEW)
        assert (state.phase, simulation.weights) == expected, f"killed at point {at}"


def test_a_process_killed_at_any_point_can_be_aborted() -> None:
    for at in range(1, _points(bad=False) + 1):
        simulation = _prepared(bad=False)
        simulation.killer.at = at
        with pytest.raises(Killed):
            simulation.start().run()
        simulation.killer.at = None
        if simulation.store.stored is None or simulation.store.stored.state.ended:
            continue
        if simulation.release.status != "deployed":
            simulation.release.roll_back()
        stored = lease.request_abort(simulation.store, simulation.store.stored, simulation.clock, simulation.reporter)
        state = Executor(
            lease.acquire(simulation.dependencies, stored, "third"), simulation.dependencies, "third"
        ).run()
        assert (state.phase, simulation.weights) == (Phase.ROLLED_BACK, ALL_OLD), f"killed at point {at}"

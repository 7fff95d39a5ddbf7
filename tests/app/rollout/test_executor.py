"""The executor: it promotes, waits and rolls back, also while its dependencies fail."""

import dataclasses
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modelctl.errors import ModelctlError, TemporaryError
from modelctl.rollout.analysis import Measurement, VersionMetrics
from modelctl.rollout.executor import StuckReleaseError
from modelctl.rollout.machine import Phase, RolloutState
from modelctl.rollout.pods import PodStatus
from modelctl.rollout.store import StoredState
from tests.app.rollout.simulation import ALL_NEW, ALL_OLD, GOOD, PLAN, Simulation, at_weight


def test_a_good_canary_is_promoted_step_by_step() -> None:
    simulation = Simulation()
    state = simulation.start().run()
    assert (state.phase, state.exit_code, state.holder_identity) == (Phase.DONE, 0, "")
    assert simulation.release.history == [10, 50, 100]
    assert simulation.weights == ALL_NEW
    assert simulation.release.versions[1]["mirror"] == 5, "other fields must not change"
    assert [text for text in simulation.reporter.steps if text.startswith("step ")] == [
        f"step {number} of 3: version 2 receives {weight} % of the requests"
        for number, weight in enumerate((10, 50, 100), start=1)
    ]


def test_a_step_takes_its_minimum_time() -> None:
    simulation = Simulation()
    simulation.metrics.rate = 1e6
    began = simulation.clock.now
    simulation.start().run()
    assert simulation.clock.now - began >= 3 * PLAN.timing.min_step_seconds


def test_the_last_step_uses_the_baseline_of_earlier_steps() -> None:
    simulation = Simulation()
    executor = at_weight(simulation, 100)
    simulation.metrics.stable = VersionMetrics(requests=0, latency_seconds=math.nan)
    simulation.metrics.canary = dataclasses.replace(GOOD, latency_seconds=0.2)
    state = executor.run()
    assert (state.phase, state.exit_code) == (Phase.ROLLED_BACK, 3)
    assert "p95 latency is 0.2 s, the stable version's is 0.02 s" in state.reason


@pytest.mark.parametrize("weight", PLAN.steps)
def test_a_canary_that_fails_at_any_step_is_rolled_back(weight: int) -> None:
    simulation = Simulation()
    executor = at_weight(simulation, weight)
    simulation.metrics.canary = dataclasses.replace(GOOD, error_ratio=0.5)
    state = executor.run()
    assert (state.phase, state.exit_code) == (Phase.ROLLED_BACK, 3)
    assert "50 % server errors (5xx)" in state.reason
    assert simulation.weights == ALL_OLD


def test_a_canary_without_requests_is_rolled_back_at_the_deadline() -> None:
    simulation = Simulation()
    simulation.metrics.rate = 0.1
    state = simulation.start().run()
    assert (state.phase, state.exit_code) == (Phase.ROLLED_BACK, 4)
    assert state.reason == "the analysis was inconclusive after 300 s: 3 of 100 requests"
    assert simulation.release.history == [10, 0]


def test_waits_while_prometheus_is_unavailable() -> None:
    simulation = Simulation()
    plain = simulation.metrics.answer
    away_until = simulation.clock.now + PLAN.timing.progress_deadline_seconds / 2

    def answer(window: float) -> Measurement:
        if simulation.clock.now < away_until:
            raise TemporaryError("Prometheus cannot be reached.")
        return plain(window)

    simulation.metrics.answer = answer
    assert simulation.start().run().phase is Phase.DONE
    assert simulation.reporter.steps.count("Prometheus cannot be reached.") == 1, "a problem is reported once"


@pytest.mark.parametrize("error", [TemporaryError("it is unavailable."), ModelctlError("the token is too old.")])
def test_a_canary_that_cannot_be_analyzed_is_rolled_back_at_the_deadline(error: ModelctlError) -> None:
    simulation = Simulation()

    def answer(_: float) -> Measurement:
        raise error

    simulation.metrics.answer = answer
    state = simulation.start().run()
    assert (state.phase, state.exit_code) == (Phase.ROLLED_BACK, 4)
    assert state.reason == f"the analysis was impossible for 300 s: {error.cause}"
    assert simulation.weights == ALL_OLD


def test_a_canary_without_ready_pods_receives_no_requests() -> None:
    simulation = Simulation()
    executor = simulation.start()
    simulation.pods.seen = PodStatus(0, 2)
    state = executor.run()
    assert (state.exit_code, state.reason) == (3, "the canary has no ready pod (2 in total)")
    assert simulation.release.history == []


def test_a_canary_that_loses_its_last_ready_pod_is_rolled_back_at_once() -> None:
    simulation = Simulation()
    executor = at_weight(simulation, 50)
    now = simulation.clock.now
    # Requests that fail in the mesh are not counted by any server: the metrics stay good.
    simulation.pods.seen = PodStatus(0, 0)
    state = executor.run()
    assert (state.exit_code, state.reason) == (3, "the canary has no ready pod (0 in total)")
    assert simulation.clock.now == now
    assert simulation.weights == ALL_OLD


def test_a_restarting_canary_is_rolled_back() -> None:
    simulation = Simulation()
    executor = at_weight(simulation, 50)
    simulation.pods.seen = PodStatus(1, 2, {"a": 1, "b": 0})
    state = executor.run()
    assert (state.exit_code, state.reason) == (3, "the canary's containers restarted 1 times, limit 0")


def test_ignores_earlier_restarts_and_replaced_pods() -> None:
    simulation = Simulation()
    simulation.pods.seen = PodStatus(2, 2, {"a": 7, "b": 0})
    executor = at_weight(simulation, 50)
    simulation.pods.seen = PodStatus(1, 2, {"a": 7, "c": 0})
    assert executor.run().phase is Phase.DONE


def test_keeps_and_reports_weights_that_another_process_changed() -> None:
    simulation = Simulation()
    executor = at_weight(simulation, 50)
    simulation.release.versions = [{"name": "1", "weight": 30}, {"name": "2", "weight": 70}]
    with pytest.raises(ModelctlError, match=r"are 1: 30 %, 2: 70 %\. They must be 1: 50 %, 2: 50 %") as refusal:
        executor.run()
    assert "abort --keep-weights" in refusal.value.remedy
    assert simulation.weights == {"1": 30, "2": 70}
    executor.release()
    with pytest.raises(ModelctlError, match="They must be"):
        simulation.resume().run()
    simulation.release.versions = [{"name": "1", "weight": 50}, {"name": "2", "weight": 50}]
    assert simulation.resume("third").run().phase is Phase.DONE


def test_stops_if_a_third_version_has_received_a_weight() -> None:
    simulation = Simulation()
    executor = at_weight(simulation, 50)
    simulation.release.versions = [
        {"name": name, "weight": weight} for name, weight in (("1", 40), ("2", 50), ("3", 10))
    ]
    with pytest.raises(ModelctlError, match="and 0 for all others"):
        executor.run()


def test_stops_if_a_controller_has_taken_over_the_release() -> None:
    simulation = Simulation()
    executor = at_weight(simulation, 50)
    simulation.release.management = "flagger"
    with pytest.raises(ModelctlError, match="trafficManagement of the release is 'flagger'"):
        executor.run()


def test_a_failed_upgrade_is_rolled_back() -> None:
    simulation = Simulation()
    executor = at_weight(simulation, 10)
    simulation.release.failures = 1
    state = executor.run()
    assert (state.phase, state.exit_code) == (Phase.ROLLED_BACK, 3)
    assert state.reason.startswith("the upgrade to 50 % failed: 'helm upgrade' failed (1): a webhook says no")
    assert (simulation.weights, simulation.release.status) == (ALL_OLD, "deployed")


def test_retries_a_rollback_until_the_deadline_and_resumes_it() -> None:
    simulation = Simulation()
    executor = at_weight(simulation, 50)
    simulation.metrics.canary = dataclasses.replace(GOOD, error_ratio=0.5)
    simulation.release.failures = 10_000
    with pytest.raises(TemporaryError, match="a webhook says no"):
        executor.run()
    assert len(simulation.release.history) > 10
    executor.release()
    simulation.release.failures = 2
    state = simulation.resume().run()
    assert (state.phase, state.exit_code, simulation.weights) == (Phase.ROLLED_BACK, 3, ALL_OLD)


def test_reports_a_pending_release_with_the_remedy() -> None:
    simulation = Simulation()
    executor = at_weight(simulation, 50)
    simulation.release.status = "pending-upgrade"
    with pytest.raises(StuckReleaseError) as stuck:
        executor.run()
    assert "'helm rollback iris-routing 1 --namespace models', then 'modelctl rollout resume'" in stuck.value.remedy


def test_waits_for_another_helm_operation() -> None:
    simulation = Simulation()
    executor = at_weight(simulation, 50)
    simulation.release.status = "pending-upgrade"

    def deployed() -> None:
        simulation.release.status = "deployed"

    simulation.clock.at_sleep = deployed
    assert executor.run().phase is Phase.DONE


@pytest.mark.parametrize("phase", [Phase.SHIFTING, Phase.ANALYZING, Phase.ROLLING_BACK])
def test_tolerates_lost_responses_of_the_store(phase: Phase) -> None:
    simulation = Simulation()
    executor = simulation.start()
    if phase is Phase.ROLLING_BACK:
        simulation.metrics.canary = dataclasses.replace(GOOD, error_ratio=0.5)
    while executor.state.phase is not phase:
        executor.advance()
    simulation.store.lost_answers = 2
    simulation.store.unreachable = 3
    assert executor.run().ended
    assert simulation.weights == (ALL_OLD if phase is Phase.ROLLING_BACK else ALL_NEW)


def test_tolerates_a_lost_response_to_the_last_write(monkeypatch: pytest.MonkeyPatch) -> None:
    simulation = Simulation()
    executor = at_weight(simulation, 100)
    write = simulation.store.write

    def losing(state: RolloutState, previous: StoredState | None) -> StoredState:
        simulation.store.lost_answers = 1 if state.ended else 0
        return write(state, previous)

    monkeypatch.setattr(simulation.store, "write", losing)
    assert executor.run().phase is Phase.DONE


_FIGURE = st.one_of(st.none(), st.floats(min_value=0, max_value=1), st.just(math.nan), st.just(math.inf))
_COUNT = st.one_of(st.none(), st.floats(min_value=0, max_value=300), st.just(math.nan))
_FIGURES = st.builds(VersionMetrics, _COUNT, _FIGURE, _FIGURE, _FIGURE)
_ANY = st.builds(Measurement, _FIGURES, _FIGURES, _COUNT, _FIGURE)
_FINE = st.builds(Measurement, st.just(GOOD), st.just(GOOD))


@settings(max_examples=150)
@given(
    readings=st.lists(st.one_of(_ANY, _FINE, _FINE), max_size=12),
    steps=st.sets(st.integers(1, 99), max_size=5),
    failures=st.integers(0, 2),
)
def test_all_requests_end_at_one_version(readings: list[Measurement], steps: set[int], failures: int) -> None:
    simulation = Simulation(dataclasses.replace(PLAN, steps=(*sorted(steps), 100)))
    left = list(readings)
    simulation.metrics.answer = lambda _: left.pop(0) if left else Measurement(VersionMetrics(), VersionMetrics())
    simulation.release.failures = failures

    def at_change(weight: int) -> None:
        assert sum(simulation.weights.values()) == 100
        if weight > simulation.plan.steps[0]:
            canary = simulation.metrics.readings[-1][1].canary
            assert canary.requests is not None
            assert canary.requests >= simulation.plan.limits.min_requests, "promoted without enough requests"

    simulation.release.at_change = at_change
    state = simulation.start().run()
    if state.phase is Phase.DONE:
        assert (state.exit_code, simulation.weights) == (0, ALL_NEW)
        assert len(simulation.release.history) == len(simulation.plan.steps), "every step is executed once"
    else:
        assert state.phase is Phase.ROLLED_BACK
        assert state.exit_code in (3, 4)
        assert state.reason
        assert simulation.weights == ALL_OLD

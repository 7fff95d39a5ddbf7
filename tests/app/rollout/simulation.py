"""A cluster, Prometheus and a clock in memory, for tests of the executor, which can be killed at every single call.

They are fakes: the end-to-end tests show the behaviour of the real programs.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

from modelctl.errors import TemporaryError
from modelctl.rollout.analysis import Measurement, VersionMetrics
from modelctl.rollout.executor import Executor
from modelctl.rollout.lease import acquire, read_active, renewed, wait_until_expired
from modelctl.rollout.machine import TRANSITIONS, Phase, RolloutState
from modelctl.rollout.plan import Limits, Plan, Timing, Version
from modelctl.rollout.pods import PodStatus
from modelctl.rollout.ports import Dependencies
from modelctl.rollout.process import ProgramError
from modelctl.rollout.release import ReleaseState
from modelctl.rollout.store import ConflictError, StoredState
from modelctl.rollout.weights import weights_of, with_weight

ALL_NEW = {"1": 0, "2": 100}
ALL_OLD = {"1": 100, "2": 0}
PLAN = Plan(
    release="iris-routing",
    namespace="models",
    chart="charts/istio-routing",
    model="iris",
    stable=Version("1", "1"),
    canary=Version("2", "2"),
    prometheus="https://prometheus.example.org",
    steps=(10, 50, 100),
    limits=Limits(min_requests=100),
    timing=Timing(interval_seconds=10, min_step_seconds=30, progress_deadline_seconds=300),
)
GOOD = VersionMetrics(requests=1000, error_ratio=0.0, client_error_ratio=0.0, latency_seconds=0.02)


class Killed(BaseException):
    """Ends the process here, as SIGKILL would."""


class Killer:
    """Counts the points at which a process may be killed, and kills it at one of them."""

    def __init__(self) -> None:
        self.points = 0
        self.at: int | None = None

    def point(self) -> None:
        """Mark a point at which the process may be killed."""
        self.points += 1
        if self.at is not None and self.points == self.at:
            raise Killed


class SimulatedClock:
    """A clock that advances only by sleeping."""

    def __init__(self, killer: Killer) -> None:
        self.now = 1_000_000.0
        self._killer = killer
        self.at_sleep: Callable[[], None] = lambda: None

    def monotonic(self) -> float:
        """Return the simulated time in seconds."""
        return self.now

    def wall(self) -> float:
        """Return the simulated time in seconds."""
        return self.now

    def sleep(self, seconds: float) -> None:
        """Advance the clock."""
        self._killer.point()
        self.now += seconds
        self.at_sleep()


class MemoryStore:
    """One object with optimistic locking."""

    description = "state of the test"

    def __init__(self, killer: Killer) -> None:
        self.stored: StoredState | None = None
        self.lost_answers = 0
        self.unreachable = 0
        self._killer = killer
        self._writings = 0

    def read(self) -> StoredState | None:
        """Read the object."""
        self._killer.point()
        return self.stored

    def write(self, state: RolloutState, previous: StoredState | None) -> StoredState:
        """Write, unless another process has written."""
        self._killer.point()
        if self.unreachable:
            self.unreachable -= 1
            raise TemporaryError("the API server does not answer.")
        if (self.stored and self.stored.resource_version) != (previous and previous.resource_version):
            raise ConflictError("written by another.")
        if previous is not None:
            _check_edge(previous.state, state)
        self._writings += 1
        self.stored = StoredState(state, str(self._writings))
        self._killer.point()
        if self.lost_answers:
            self.lost_answers -= 1
            raise TemporaryError("the answer was lost.")
        return self.stored


def _check_edge(before: RolloutState, after: RolloutState) -> None:
    """Fail if the phase has changed by other means than the table of transitions."""
    if after.phase is before.phase:
        assert after.step == before.step, f"{before.phase} went to another step"
        return
    edges = {(phase, target) for (phase, _), target in TRANSITIONS.items()}
    assert (before.phase, after.phase) in edges, f"the table has no edge from {before.phase} to {after.phase}"


class MemoryRelease:
    """A release whose upgrades can fail or be killed."""

    longest_upgrade_seconds = 60.0

    def __init__(self, killer: Killer) -> None:
        self.versions: list[dict[str, Any]] = [{"name": "1", "weight": 100}, {"name": 2, "weight": 0, "mirror": 5}]
        self.before = self.versions
        self.status = "deployed"
        self.management = "helm"
        self.revision = 1
        self.failures = 0
        self.unreadable = False
        self.history: list[int] = []
        self.at_change: Callable[[int], None] = lambda _: None
        self._killer = killer

    @property
    def weight(self) -> int:
        """The canary's weight."""
        return weights_of(self.versions)["2"]

    def read(self) -> ReleaseState:
        """Read the newest revision."""
        self._killer.point()
        if self.unreadable:
            raise TemporaryError("helm cannot reach the cluster.")
        return ReleaseState(
            self.revision,
            self.status,
            "istio-routing",
            "0.1.0",
            "models",
            "iris-model-server",
            self.management,
            tuple(self.versions),
        )

    def set_weight(self, state: ReleaseState, stable: str, canary: str, weight: int) -> None:
        """Upgrade, with points to be killed at before, during and after it."""
        self._killer.point()
        assert self.status not in ("pending-upgrade",), "an upgrade must not start during another one"
        self.at_change(weight)
        self.before = self.versions if self.status == "deployed" else self.before
        self.versions = with_weight(state.versions, stable, canary, weight)
        self.revision += 1
        self.history.append(weight)
        self.status = "pending-upgrade"
        self._killer.point()
        if self.failures:
            self.failures -= 1
            self.status = "failed"
            raise ProgramError("'helm upgrade' failed (1): a webhook says no", "fix it", "a webhook says no")
        self.status = "deployed"
        self._killer.point()

    def pending_remedy(self) -> str:
        """Return the command that ends a pending upgrade."""
        return "helm rollback iris-routing 1 --namespace models"

    def roll_back(self) -> None:
        """Do what that command does."""
        self.versions, self.status = self.before, "deployed"
        self.revision += 1


class MemoryPods:
    """Pods whose status a test sets."""

    def __init__(self, killer: Killer) -> None:
        self.seen = PodStatus(2, 2, {"a": 0, "b": 0})
        self.unreadable = False
        self._killer = killer

    def read(self) -> PodStatus:
        """Read the status."""
        self._killer.point()
        if self.unreadable:
            raise TemporaryError("kubectl cannot reach the cluster.")
        return self.seen


class MemoryMetrics:
    """Metrics that a test sets. Requests have a rate, so longer steps have more of them."""

    def __init__(self, killer: Killer, release: MemoryRelease) -> None:
        self.rate = 100.0
        self.canary = GOOD
        self.stable = GOOD
        self.answer: Callable[[float], Measurement] = self._plain
        self.readings: list[tuple[int, Measurement]] = []
        self._release = release
        self._killer = killer

    def read(self, window_seconds: float) -> Measurement:
        """Read the metrics of a window."""
        self._killer.point()
        reading = self.answer(window_seconds)
        self.readings.append((self._release.weight, reading))
        return reading

    def _plain(self, window_seconds: float) -> Measurement:
        requests = self.rate * window_seconds * self._release.weight / 100
        return Measurement(dataclasses.replace(self.canary, requests=requests), self.stable)


class RecordingReporter:
    """Records the reported steps."""

    def __init__(self) -> None:
        self.steps: list[str] = []

    def step(self, text: str) -> None:
        """Record a step."""
        self.steps.append(text)

    def waiting(self, text: str) -> None:
        """Ignore it: it repeats."""


class Simulation:
    """All of them together, and the processes that act on them."""

    def __init__(self, plan: Plan = PLAN) -> None:
        self.plan = plan
        self.killer = Killer()
        self.clock = SimulatedClock(self.killer)
        self.store = MemoryStore(self.killer)
        self.release = MemoryRelease(self.killer)
        self.pods = MemoryPods(self.killer)
        self.metrics = MemoryMetrics(self.killer, self.release)
        self.reporter = RecordingReporter()
        self.dependencies = Dependencies(self.store, self.release, self.pods, self.metrics, self.clock, self.reporter)

    def start(self, holder: str = "first") -> Executor:
        """Start a rollout in a new process."""
        stored = self.store.write(renewed(RolloutState(self.plan, baseline=GOOD), holder, self.dependencies), None)
        return Executor(stored, self.dependencies, holder)

    def resume(self, holder: str = "second") -> Executor:
        """Resume the rollout in another process."""
        stored = wait_until_expired(self.store, read_active(self.store), self.clock, self.reporter)
        return Executor(acquire(self.dependencies, stored, holder), self.dependencies, holder)

    @property
    def weights(self) -> dict[str, int]:
        """The weights of the release."""
        return weights_of(self.release.versions)


def at_weight(simulation: Simulation, weight: int) -> Executor:
    """Return a process that analyzes the step of that weight."""
    executor = simulation.start()
    while not (executor.state.phase is Phase.ANALYZING and executor.state.weight == weight):
        executor.advance()
    return executor

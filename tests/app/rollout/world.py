"""A cluster, Prometheus and time in memory, for tests of the rollout's loop. They can be cut at every single call.

They are stand-ins: what the real programs do is shown by the tests on the cluster.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

from modelctl.errors import TemporaryError
from modelctl.rollout.analysis import Reading, VersionFigures
from modelctl.rollout.plan import Limits, Pace, Plan, Version
from modelctl.rollout.pods import PodsSeen
from modelctl.rollout.process import ProgramError
from modelctl.rollout.release import ReleaseState
from modelctl.rollout.run import Run, signed
from modelctl.rollout.state import Phase, State
from modelctl.rollout.store import ConflictError, Held
from modelctl.rollout.takeover import released, taken, unfinished
from modelctl.rollout.weights import moved, weights_of
from modelctl.rollout.world import World

ALL_NEW = {"1": 0, "2": 100}
ALL_OLD = {"1": 100, "2": 0}
PLAN = Plan(
    release="iris-routing",
    namespace="models",
    chart="charts/istio-routing",
    model="iris",
    source=Version("1", "1"),
    target=Version("2", "2"),
    prometheus="https://prometheus.example.org",
    steps=(10, 50, 100),
    limits=Limits(min_requests=100),
    pace=Pace(interval_seconds=10, min_step_seconds=30, patience_seconds=300),
)
GOOD = VersionFigures(requests=1000, error_ratio=0.0, refused_ratio=0.0, latency_seconds=0.02)


class Killed(BaseException):
    """The process ends here, as by SIGKILL."""


class Cutter:
    """Counts the points at which a process may end, and ends it at one of them."""

    def __init__(self) -> None:
        self.points = 0
        self.at: int | None = None

    def point(self) -> None:
        """A point at which the process may end."""
        self.points += 1
        if self.at is not None and self.points == self.at:
            raise Killed


class SimulatedTime:
    """Goes on only by pauses."""

    def __init__(self, cutter: Cutter) -> None:
        self.now = 1_000_000.0
        self._cutter = cutter
        self.at_pause: Callable[[], None] = lambda: None

    def monotonic(self) -> float:
        """Seconds."""
        return self.now

    def wall(self) -> float:
        """Seconds."""
        return self.now

    def pause(self, seconds: float) -> None:
        """Let time go by."""
        self._cutter.point()
        self.now += seconds
        self.at_pause()


class MemoryStore:
    """One object with optimistic locking."""

    shown = "state of the test"

    def __init__(self, cutter: Cutter) -> None:
        self.held: Held | None = None
        self.lost_answers = 0
        self.unreachable = 0
        self._cutter = cutter
        self._writings = 0

    def read(self) -> Held | None:
        """What is there."""
        self._cutter.point()
        return self.held

    def write(self, state: State, earlier: Held | None) -> Held:
        """Write, unless another has written."""
        self._cutter.point()
        if self.unreachable:
            self.unreachable -= 1
            raise TemporaryError("the API server does not answer.")
        if (self.held and self.held.resource_version) != (earlier and earlier.resource_version):
            raise ConflictError("written by another.")
        self._writings += 1
        self.held = Held(state, str(self._writings))
        self._cutter.point()
        if self.lost_answers:
            self.lost_answers -= 1
            raise TemporaryError("the answer was lost.")
        return self.held


class MemoryRelease:
    """A release that helm upgrades, and may be killed or fail at."""

    longest_upgrade_seconds = 60.0

    def __init__(self, cutter: Cutter) -> None:
        self.versions: list[dict[str, Any]] = [{"name": "1", "weight": 100}, {"name": 2, "weight": 0, "mirror": 5}]
        self.before = self.versions
        self.status = "deployed"
        self.management = "helm"
        self.revision = 1
        self.failures = 0
        self.unreadable = False
        self.history: list[int] = []
        self.at_change: Callable[[int], None] = lambda _: None
        self._cutter = cutter

    @property
    def weight(self) -> int:
        """The canary's."""
        return weights_of(self.versions)["2"]

    def read(self) -> ReleaseState:
        """The newest revision."""
        self._cutter.point()
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

    def set_weight(self, state: ReleaseState, source: str, target: str, weight: int) -> None:
        """Upgrade, with points before, in the middle, and after."""
        self._cutter.point()
        assert self.status not in ("pending-upgrade",), "no upgrade begins while another is at work: look first"
        self.at_change(weight)
        self.before = self.versions if self.status == "deployed" else self.before
        self.versions = moved(state.versions, source, target, weight)
        self.revision += 1
        self.history.append(weight)
        self.status = "pending-upgrade"
        self._cutter.point()
        if self.failures:
            self.failures -= 1
            self.status = "failed"
            raise ProgramError("'helm upgrade' failed (1): a webhook says no", "mend it", "a webhook says no")
        self.status = "deployed"
        self._cutter.point()

    def way_out_of_pending(self) -> str:
        """The command for it."""
        return "helm rollback iris-routing 1 --namespace models"

    def roll_back(self) -> None:
        """What that command does."""
        self.versions, self.status = self.before, "deployed"
        self.revision += 1


class MemoryPods:
    """Pods that a test makes ready or not."""

    def __init__(self, cutter: Cutter) -> None:
        self.seen = PodsSeen(2, 2, {"a": 0, "b": 0})
        self.unreadable = False
        self._cutter = cutter

    def look(self) -> PodsSeen:
        """What there is."""
        self._cutter.point()
        if self.unreadable:
            raise TemporaryError("kubectl cannot reach the cluster.")
        return self.seen


class MemoryFigures:
    """Figures that a test sets. Requests are a rate, so that there are more the longer a step lasts."""

    def __init__(self, cutter: Cutter, release: MemoryRelease) -> None:
        self.rate = 100.0
        self.canary = GOOD
        self.stable = GOOD
        self.answer: Callable[[float], Reading] = self._plain
        self.readings: list[tuple[int, Reading]] = []
        self._release = release
        self._cutter = cutter

    def read(self, window_seconds: float) -> Reading:
        """Figures of a window."""
        self._cutter.point()
        reading = self.answer(window_seconds)
        self.readings.append((self._release.weight, reading))
        return reading

    def _plain(self, window_seconds: float) -> Reading:
        requests = self.rate * window_seconds * self._release.weight / 100
        return Reading(dataclasses.replace(self.canary, requests=requests), self.stable)


class Notes:
    """Remembers what was told."""

    def __init__(self) -> None:
        self.steps: list[str] = []

    def step(self, text: str) -> None:
        """Remember it."""
        self.steps.append(text)

    def waiting(self, text: str) -> None:
        """Said too often to be remembered."""


class Simulation:
    """All of it together, and the processes that act on it."""

    def __init__(self, plan: Plan = PLAN) -> None:
        self.plan = plan
        self.cutter = Cutter()
        self.time = SimulatedTime(self.cutter)
        self.store = MemoryStore(self.cutter)
        self.release = MemoryRelease(self.cutter)
        self.pods = MemoryPods(self.cutter)
        self.figures = MemoryFigures(self.cutter, self.release)
        self.notes = Notes()
        self.world = World(self.store, self.release, self.pods, self.figures, self.time, self.notes)

    def start(self, holder: str = "first") -> Run:
        """The process that begins."""
        held = self.store.write(signed(State(self.plan, reference=GOOD), holder, self.world), None)
        return Run(held, self.world, holder)

    def resume(self, holder: str = "second") -> Run:
        """A process that goes on."""
        held = released(self.store, unfinished(self.store), self.time, self.notes)
        return Run(taken(self.world, held, holder), self.world, holder)

    @property
    def weights(self) -> dict[str, int]:
        """What the release says."""
        return weights_of(self.release.versions)


def at_weight(simulation: Simulation, weight: int) -> Run:
    """A run that judges at that weight."""
    run = simulation.start()
    while not (run.state.phase is Phase.JUDGING and run.state.weight == weight):
        run.advance()
    return run

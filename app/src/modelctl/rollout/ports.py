"""The interfaces through which a rollout reaches the cluster, Prometheus and the clock. Tests have their own."""

from dataclasses import dataclass
from typing import Protocol

from modelctl.rollout.analysis import Measurement
from modelctl.rollout.machine import RolloutState
from modelctl.rollout.pods import PodStatus
from modelctl.rollout.release import ReleaseState
from modelctl.rollout.store import StoredState


class Release(Protocol):
    """The Helm release that holds the weights."""

    @property
    def longest_upgrade_seconds(self) -> float:
        """The time after which an upgrade is killed."""

    def read(self) -> ReleaseState:
        """Read the newest revision."""

    def set_weight(self, state: ReleaseState, stable: str, canary: str, weight: int) -> None:
        """Give `canary` the weight in per cent, and `stable` the rest."""

    def pending_remedy(self) -> str:
        """Return the command that ends an interrupted upgrade."""


class Pods(Protocol):
    """The canary's pods."""

    def read(self) -> PodStatus:
        """Read which of them are ready, and how often their containers restarted."""


class MetricsSource(Protocol):
    """The metrics of both versions."""

    def read(self, window_seconds: float) -> Measurement:
        """Read the metrics of the last `window_seconds`."""


class Store(Protocol):
    """The place of the state in the cluster."""

    @property
    def description(self) -> str:
        """The place, for messages."""

    def read(self) -> StoredState | None:
        """Read the stored state, or None."""

    def write(self, state: RolloutState, previous: StoredState | None) -> StoredState:
        """Replace `previous`. Raises ConflictError if another state is stored by now."""


class Clock(Protocol):
    """Clocks, and waiting."""

    def monotonic(self) -> float:
        """Return seconds that never decrease, within this process."""

    def wall(self) -> float:
        """Return seconds since 1970."""

    def sleep(self, seconds: float) -> None:
        """Wait."""


class Reporter(Protocol):
    """The progress output."""

    def step(self, text: str) -> None:
        """Report a step."""

    def waiting(self, text: str) -> None:
        """Report what the rollout waits for."""


@dataclass(frozen=True)
class Dependencies:
    """All of them."""

    store: Store
    release: Release
    pods: Pods
    metrics: MetricsSource
    clock: Clock
    reporter: Reporter

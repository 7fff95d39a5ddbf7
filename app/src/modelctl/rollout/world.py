"""What a run touches, as shapes: the cluster, Prometheus, time. Tests have others."""

from dataclasses import dataclass
from typing import Protocol

from modelctl.rollout.analysis import Reading
from modelctl.rollout.pods import PodsSeen
from modelctl.rollout.release import ReleaseState
from modelctl.rollout.state import State
from modelctl.rollout.store import Held


class Release(Protocol):
    """Where the weights are."""

    @property
    def longest_upgrade_seconds(self) -> float:
        """After this an upgrade is broken off."""

    def read(self) -> ReleaseState:
        """What the newest revision says."""

    def set_weight(self, state: ReleaseState, source: str, target: str, weight: int) -> None:
        """Give `target` its weight, and `source` the rest."""

    def way_out_of_pending(self) -> str:
        """The command that ends an upgrade which nobody goes on with."""


class Pods(Protocol):
    """The canary's pods."""

    def look(self) -> PodsSeen:
        """Which there are."""


class Figures(Protocol):
    """What Prometheus knows."""

    def read(self, window_seconds: float) -> Reading:
        """Figures of the last seconds."""


class Store(Protocol):
    """Where the state is."""

    @property
    def shown(self) -> str:
        """The place, for messages."""

    def read(self) -> Held | None:
        """What is kept, if anything."""

    def write(self, state: State, earlier: Held | None) -> Held:
        """Write a state in the place of `earlier`, and of no other."""


class Time(Protocol):
    """Clocks, and waiting."""

    def monotonic(self) -> float:
        """Seconds that only go forward, within this process."""

    def wall(self) -> float:
        """Seconds since 1970."""

    def pause(self, seconds: float) -> None:
        """Do nothing for a while."""


class Teller(Protocol):
    """Who is told how far it is."""

    def step(self, text: str) -> None:
        """What has been done or is done next."""

    def waiting(self, text: str) -> None:
        """What is waited for."""


@dataclass(frozen=True)
class World:
    """All of it."""

    store: Store
    release: Release
    pods: Pods
    figures: Figures
    time: Time
    teller: Teller

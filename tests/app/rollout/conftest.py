"""What the tests of the command share: the stand-ins, and a clock that does not wait."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.app.rollout.standins import Figures, StandIns
from tests.dashboards.fake_prometheus import prometheus


class FastClock:
    """The machine's clock, but that waiting takes no time."""

    def __init__(self) -> None:
        self._now = 1e9

    def monotonic(self) -> float:
        """Seconds."""
        return self._now

    def wall(self) -> float:
        """Seconds."""
        return self._now

    def pause(self, seconds: float) -> None:
        """Let the clock go on."""
        self._now += seconds


@pytest.fixture
def fast(monkeypatch: pytest.MonkeyPatch) -> None:
    """Waiting takes no time."""
    monkeypatch.setattr("modelctl.rollout.clock.Clock", FastClock)


@pytest.fixture
def standins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> StandIns:
    """Both programs, first on PATH."""
    made = StandIns(tmp_path)
    monkeypatch.setenv("PATH", f"{made.programs}{os.pathsep}{os.environ['PATH']}")
    return made


@pytest.fixture
def figures() -> Figures:
    """What Prometheus answers."""
    return Figures()


@pytest.fixture
def url(figures: Figures) -> Iterator[str]:
    """Where it does."""
    with prometheus(figures.answer) as address:
        yield address

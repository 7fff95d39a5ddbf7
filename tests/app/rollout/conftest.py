"""Fixtures of the command tests: fake programs, a fake Prometheus, and a clock that does not wait."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.app.rollout.fake_programs import FakeMetrics, FakePrograms
from tests.dashboards.fake_prometheus import prometheus


class FastClock:
    """A clock that advances only while something waits."""

    def __init__(self) -> None:
        self._now = 1e9

    def monotonic(self) -> float:
        """Return the simulated time in seconds."""
        return self._now

    def wall(self) -> float:
        """Return the simulated time in seconds."""
        return self._now

    def sleep(self, seconds: float) -> None:
        """Advance the clock."""
        self._now += seconds


@pytest.fixture
def fast(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make waiting take no time."""
    monkeypatch.setattr("modelctl.rollout.clock.SystemClock", FastClock)


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakePrograms:
    """The fake helm and kubectl, first on PATH."""
    made = FakePrograms(tmp_path)
    monkeypatch.setenv("PATH", f"{made.programs}{os.pathsep}{os.environ['PATH']}")
    return made


@pytest.fixture
def figures() -> FakeMetrics:
    """The metrics of the fake Prometheus."""
    return FakeMetrics()


@pytest.fixture
def url(figures: FakeMetrics) -> Iterator[str]:
    """The URL of the fake Prometheus."""
    with prometheus(figures.answer) as address:
        yield address

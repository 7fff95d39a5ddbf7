"""Counts renderings, in this process and over all workers of a test run."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass
class BackendStats:
    """What one backend was asked."""

    # Digests of cases: two workers may meet the same one.
    asked: set[str] = field(default_factory=set)
    fresh: set[str] = field(default_factory=set)
    renderings: int = 0
    seconds: float = 0.0

    def add(self, other: BackendStats) -> None:
        """Count in what another worker counted."""
        self.asked |= other.asked
        self.fresh |= other.fresh
        self.renderings += other.renderings
        self.seconds += other.seconds

    def __str__(self) -> str:
        text = f"{len(self.asked)} cases, {len(self.asked - self.fresh)} from the cache"
        return f"{text}, {self.seconds / self.renderings * 1000:.1f} ms for a fresh one" if self.renderings else text


_stats: dict[str, BackendStats] = {}


def record(backend: str, case: str, fresh_seconds: float | None = None) -> None:
    """Count a case; with the seconds that it took if it was not in the cache."""
    stats = _stats.setdefault(backend, BackendStats())
    stats.asked.add(case)
    if fresh_seconds is not None:
        stats.fresh.add(case)
        stats.renderings += 1
        stats.seconds += fresh_seconds


def dump() -> dict[str, Any]:
    """What this process counted, in plain types: for the process that sums up."""
    return {
        backend: [sorted(stats.asked), sorted(stats.fresh), stats.renderings, stats.seconds]
        for backend, stats in _stats.items()
    }


def load(dumped: dict[str, Any]) -> None:
    """Count in what another process dumped."""
    for backend, (asked_cases, fresh, renderings, seconds) in dumped.items():
        other = BackendStats(set(asked_cases), set(fresh), renderings, seconds)
        _stats.setdefault(backend, BackendStats()).add(other)


def summary() -> list[str]:
    """A line for each backend."""
    return [f"{backend}: {stats}" for backend, stats in sorted(_stats.items())]

"""Counts renderings, in this process and over all workers of a test run."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass
class Tally:
    """What one backend was asked."""

    # Digests of cases: two workers may meet the same one.
    asked: set[str] = field(default_factory=set)
    fresh: set[str] = field(default_factory=set)
    renderings: int = 0
    seconds: float = 0.0

    def add(self, other: Tally) -> None:
        """Count in what another worker counted."""
        self.asked |= other.asked
        self.fresh |= other.fresh
        self.renderings += other.renderings
        self.seconds += other.seconds

    def __str__(self) -> str:
        text = f"{len(self.asked)} cases, {len(self.asked - self.fresh)} from the cache"
        return f"{text}, {self.seconds / self.renderings * 1000:.1f} ms for a fresh one" if self.renderings else text


_tallies: dict[str, Tally] = {}


def asked(backend: str, case: str, fresh_seconds: float | None = None) -> None:
    """Count a case; with the seconds that it took if it was not in the cache."""
    tally = _tallies.setdefault(backend, Tally())
    tally.asked.add(case)
    if fresh_seconds is not None:
        tally.fresh.add(case)
        tally.renderings += 1
        tally.seconds += fresh_seconds


def dump() -> dict[str, Any]:
    """What this process counted, in plain types: for the process that sums up."""
    return {
        backend: [sorted(tally.asked), sorted(tally.fresh), tally.renderings, tally.seconds]
        for backend, tally in _tallies.items()
    }


def load(dumped: dict[str, Any]) -> None:
    """Count in what another process dumped."""
    for backend, (asked_cases, fresh, renderings, seconds) in dumped.items():
        other = Tally(set(asked_cases), set(fresh), renderings, seconds)
        _tallies.setdefault(backend, Tally()).add(other)


def summary() -> list[str]:
    """A line for each backend."""
    return [f"{backend}: {tally}" for backend, tally in sorted(_tallies.items())]

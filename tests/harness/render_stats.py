"""Counts of renderings, in this process and summed over all workers of a test run."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass
class BackendStats:
    """Counts for one backend. `seconds` is the total for `renderings`, which were not in the cache."""

    # Digests of cases rather than numbers, because two workers may request the same case.
    requested: set[str] = field(default_factory=set)
    rendered: set[str] = field(default_factory=set)
    renderings: int = 0
    seconds: float = 0.0

    def add(self, other: BackendStats) -> None:
        """Add the counts of another worker."""
        self.requested |= other.requested
        self.rendered |= other.rendered
        self.renderings += other.renderings
        self.seconds += other.seconds

    def __str__(self) -> str:
        text = f"{len(self.requested)} cases, {len(self.requested - self.rendered)} from the cache"
        return f"{text}, {self.seconds / self.renderings * 1000:.1f} ms for each other one" if self.renderings else text


_stats: dict[str, BackendStats] = {}


def record(backend: str, case: str, seconds: float | None = None) -> None:
    """Count a case; `seconds` is how long it took to render, or None if it was in the cache."""
    stats = _stats.setdefault(backend, BackendStats())
    stats.requested.add(case)
    if seconds is not None:
        stats.rendered.add(case)
        stats.renderings += 1
        stats.seconds += seconds


def any_rendered() -> bool:
    """Return whether any case was not in the cache."""
    return any(stats.renderings for stats in _stats.values())


def dump() -> dict[str, Any]:
    """Return the counts of this process in plain types, for `load` in the main process."""
    return {
        backend: [sorted(stats.requested), sorted(stats.rendered), stats.renderings, stats.seconds]
        for backend, stats in _stats.items()
    }


def load(dumped: dict[str, Any]) -> None:
    """Add the counts that another process dumped."""
    for backend, (requested, rendered, renderings, seconds) in dumped.items():
        other = BackendStats(set(requested), set(rendered), renderings, seconds)
        _stats.setdefault(backend, BackendStats()).add(other)


def summary() -> list[str]:
    """Return a line for each backend."""
    return [f"{backend}: {stats}" for backend, stats in sorted(_stats.items())]

"""Monitors one served version: records rows cheaply during requests, and compares them when it is scraped."""

import logging
import threading
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from model_server.drift.bins import ReferenceBins
from model_server.drift.psi import population_stability_indices
from model_server.drift.reference import Reference
from model_server.drift.window import SlidingWindow

# With fewer rows, noise dominates the index: its expectation with ten bins is 9 / rows, here 0.045.
MIN_ROWS = 200

# Counting many rows together costs little more than counting one.
_FOLD_ROWS = 256

_log = logging.getLogger("model_server.drift")


@dataclass(frozen=True)
class DriftReading:
    """The indices of the current window; none while it has too few rows."""

    rows: int
    features: dict[str, float]
    prediction: float | None


class DriftMonitor:
    """Compares the recent rows of a served version with its reference. Thread-safe."""

    def __init__(self, reference: Reference, window_rows: int) -> None:
        self._names = tuple(name for name, _ in reference.features)
        self._bins = ReferenceBins(reference)
        self._window = SlidingWindow(len(self._bins.shares), window_rows)
        self._needed = min(MIN_ROWS, window_rows)
        self._lock = threading.Lock()
        self._waiting: list[tuple[npt.NDArray[Any], npt.NDArray[Any]]] = []
        self._waiting_rows = 0

    def record(self, rows: npt.NDArray[Any], prediction: npt.NDArray[Any]) -> None:
        """Record rows, (rows, features), and their predictions. Do not modify either array afterwards."""
        with self._lock:
            self._waiting.append((rows, prediction))
            self._waiting_rows += len(rows)
            if self._waiting_rows >= _FOLD_ROWS:
                self._fold()

    def reading(self) -> DriftReading:
        """Compare the rows recorded so far."""
        with self._lock:
            self._fold()
            counts, rows = self._window.counts, self._window.rows
        if rows < self._needed:
            return DriftReading(rows, {}, None)
        indices = population_stability_indices(self._bins.shares, counts, rows, self._bins.starts).tolist()
        return DriftReading(rows, dict(zip(self._names, indices[:-1], strict=True)), indices[-1])

    def _fold(self) -> None:
        """Count the waiting rows. Call it with the lock held."""
        waiting, rows = self._waiting, self._waiting_rows
        self._waiting, self._waiting_rows = [], 0
        if not waiting:
            return
        try:
            counts = self._bins.count(*(np.concatenate(parts) for parts in zip(*waiting, strict=True)))
        except Exception:
            # A model can return classes or shapes that its manifest does not declare. That must not fail a request,
            # least of all the one that happens to trigger the count.
            _log.exception("rows could not be counted for drift")
            return
        self._window.add(counts, rows)

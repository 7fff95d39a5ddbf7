"""A stand-in for a model whose loading and answering a test can hold up."""

import time
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

FEATURES = 2


class GatedEstimator:
    """Answers each row with its sum. A gate is a path: closed until a file is there.

    `load_gate` holds up unpickling. `predict_gate` holds up batches whose first value is negative.
    """

    n_features_in_ = FEATURES

    def __init__(self, load_gate: Path | None = None, predict_gate: Path | None = None) -> None:
        self.load_gate = load_gate
        self.predict_gate = predict_gate

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__ = state
        _wait(self.load_gate)

    def predict(self, rows: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Sum of each row."""
        if rows[0, 0] < 0:
            _wait(self.predict_gate)
        total: npt.NDArray[np.float64] = rows.sum(axis=1)
        return total


def _wait(gate: Path | None) -> None:
    while gate is not None and not gate.exists():
        time.sleep(0.01)

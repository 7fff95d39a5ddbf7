"""A model version in memory, with the manifest it came from."""

import time
from dataclasses import dataclass
from typing import Any

import numpy.typing as npt

from model_server.drift.monitor import DriftMonitor
from model_server.errors import ModelLoadError
from model_server.repository.manifest import Manifest
from model_server.runtimes.base import RuntimeModel, zeros_for

# One row and several: a runtime that prepares itself per batch size has then seen both.
_WARM_UP_ROWS = (1, 2)


@dataclass(frozen=True)
class Answer:
    """A prediction, how long the call waited for its turn at the model, and how long the model took."""

    prediction: npt.NDArray[Any]
    queue_seconds: float
    compute_seconds: float


@dataclass(frozen=True)
class LoadedModel:
    """What answers requests. `drift` watches them, for versions that say what they were trained on."""

    manifest: Manifest
    runtime_model: RuntimeModel
    drift: DriftMonitor | None = None

    def predict(self, batch: npt.NDArray[Any]) -> Answer:
        """Answer (rows, *input shape) with (rows, *output shape)."""
        asked = time.perf_counter()
        with self.runtime_model.lock:
            begun = time.perf_counter()
            prediction = self.runtime_model.predict(batch)
            done = time.perf_counter()
        return Answer(prediction, begun - asked, done - begun)

    def warm_up(self) -> None:
        """Make the first, slow calls. Raises ModelLoadError if the answers do not fit the signature."""
        output = self.manifest.signature.output
        for rows in _WARM_UP_ROWS:
            shape = self.predict(zeros_for(self.manifest, rows)).prediction.shape
            expected = (rows, *output.shape[1:])
            if shape != expected:
                raise ModelLoadError(
                    f"the model {self.manifest.name} answers {rows} rows with the shape {list(shape)}, "
                    f"its manifest says {list(expected)}.",
                    "correct the manifest's signature and write the version again",
                )

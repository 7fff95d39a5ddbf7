"""A model version in memory, with the manifest it came from."""

import time
from dataclasses import dataclass
from typing import Any

import numpy.typing as npt

from model_server.drift.monitor import DriftMonitor
from model_server.errors import ModelLoadError
from model_server.repository.manifest import Manifest
from model_server.runtimes.base import RuntimeModel, zeros_for

# One row and several: a runtime that compiles per batch size is then warm for both.
_WARM_UP_ROWS = (1, 2)


@dataclass(frozen=True)
class Answer:
    """A prediction, how long the call waited for the model's lock, and how long the model computed."""

    prediction: npt.NDArray[Any]
    queue_seconds: float
    compute_seconds: float


@dataclass(frozen=True)
class LoadedModel:
    """The model that answers requests, with a drift monitor if the version has a reference."""

    manifest: Manifest
    runtime_model: RuntimeModel
    drift: DriftMonitor | None = None

    def predict(self, batch: npt.NDArray[Any]) -> Answer:
        """Answer (rows, *input shape) with (rows, *output shape)."""
        started = time.perf_counter()
        with self.runtime_model.lock:
            acquired = time.perf_counter()
            prediction = self.runtime_model.predict(batch)
            done = time.perf_counter()
        return Answer(prediction, acquired - started, done - acquired)

    def warm_up(self) -> None:
        """Make the first, slow calls. Raises ModelLoadError if an answer does not match the signature."""
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

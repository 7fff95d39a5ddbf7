"""The interface of a module that loads models, and of the models that it returns."""

from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from model_server.repository.manifest import Manifest

Array = npt.NDArray[Any]


class RuntimeModel(Protocol):
    """A model in memory."""

    @property
    def lock(self) -> AbstractContextManager[object]:
        """The context that the caller enters around each `predict`: a lock if calls must not overlap, else nothing.

        The caller acquires it, so that queue wait and compute time are measured separately.
        """

    def predict(self, batch: Array) -> Array:
        """Answer a batch (rows, *input shape) in the input's dtype with (rows, *output shape)."""


class Runtime(Protocol):
    """The module that a format names."""

    def load(self, path: Path, manifest: Manifest) -> RuntimeModel:
        """Read the model file at `path`, whose digest has been checked. Raises ModelLoadError."""


def zeros_for(manifest: Manifest, rows: int) -> Array:
    """Return a batch of zeros that fits the model's input, for warm-up."""
    tensor = manifest.signature.input
    return np.zeros((rows, *tensor.shape[1:]), dtype=tensor.dtype)

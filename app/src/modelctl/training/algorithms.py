"""The training algorithms by name, and the interface of their modules.

This module imports no numerical library; `load_algorithm` imports the chosen algorithm.
"""

import importlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from model_server.repository.manifest import Tensor

ALGORITHMS = {
    "logistic-regression": "modelctl.training.logistic_regression",
    "keras-mlp": "modelctl.training.keras_mlp",
}

# `--format` -> (format in the manifest, file name).
KERAS_FORMATS = {"h5": ("keras_h5", "model.h5"), "keras": ("keras_v3", "model.keras")}


@dataclass(frozen=True)
class FitRequest:
    """The training rows, (rows, features), the class of each, and the options of the command."""

    rows: "npt.NDArray[np.float64]"
    labels: tuple[str | int, ...]
    classes: tuple[str | int, ...]
    seed: int
    format: str | None
    epochs: int | None


class FittedModel(Protocol):
    """A fitted model."""

    format: str
    file_name: str
    parameters: Mapping[str, Any]
    distributions: tuple[str, ...]
    """The installed distributions whose versions the manifest records."""
    input: "Tensor"
    output: "Tensor"

    def probabilities(self, rows: "npt.NDArray[np.float64]") -> "npt.NDArray[np.float64]":
        """Return class probabilities, (rows, classes), in the order of the request's `classes`."""

    def answers(self, rows: "npt.NDArray[np.float64]") -> "npt.NDArray[Any]":
        """Return the answers of the served model for `rows`."""

    def save(self, path: Path) -> None:
        """Write the model file; equal models produce equal bytes."""


class Algorithm(Protocol):
    """An algorithm's module."""

    def fit(self, request: FitRequest) -> FittedModel:
        """Fit a model. Raises ModelctlError for an option that the algorithm does not support."""


def load_algorithm(name: str) -> Algorithm:
    """Import the module of an algorithm."""
    module: Any = importlib.import_module(ALGORITHMS[name])
    algorithm: Algorithm = module
    return algorithm

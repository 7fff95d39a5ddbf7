"""What can be trained: a table of names, and the shape of each algorithm's module.

Importing this imports no numerical library; `load_algorithm` imports the chosen one.
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
    """Rows to train on, (rows, features), the class of each, and the options of the command."""

    rows: "npt.NDArray[np.float64]"
    labels: tuple[str | int, ...]
    classes: tuple[str | int, ...]
    seed: int
    format: str | None
    epochs: int | None


class FittedModel(Protocol):
    """What fitting gives."""

    format: str
    file_name: str
    parameters: Mapping[str, Any]
    distributions: tuple[str, ...]
    """The installed distributions whose versions belong into the manifest."""
    input: "Tensor"
    output: "Tensor"

    def probabilities(self, rows: "npt.NDArray[np.float64]") -> "npt.NDArray[np.float64]":
        """Class probabilities, (rows, classes), in the order of the request's `classes`."""

    def answers(self, rows: "npt.NDArray[np.float64]") -> "npt.NDArray[Any]":
        """What the served model is to answer for `rows`."""

    def save(self, path: Path) -> None:
        """Write the model file; equal models give equal bytes."""


class Algorithm(Protocol):
    """An algorithm's module."""

    def fit(self, request: FitRequest) -> FittedModel:
        """Fit a model. Raises ModelctlError for an option the algorithm does not have."""


def load_algorithm(name: str) -> Algorithm:
    """Import the module of an algorithm."""
    module: Any = importlib.import_module(ALGORITHMS[name])
    algorithm: Algorithm = module
    return algorithm

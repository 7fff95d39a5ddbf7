"""Logistic regression on standardised features, as a scikit-learn pipeline.

The scaling is part of the pipeline, so the file accepts raw rows: `joblib.load(path).predict(rows)`.
"""

from pathlib import Path
from typing import Any

import joblib
import numpy as np
import numpy.typing as npt
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler

from model_server.repository.manifest import Tensor
from modelctl.errors import ModelctlError
from modelctl.training.algorithms import FitRequest

_PARAMETERS: dict[str, Any] = {"C": 1.0, "max_iter": 1000, "solver": "lbfgs", "standardise": True}


class LogisticRegressionModel:
    """A fitted pipeline."""

    format = "sklearn_joblib"
    file_name = "model.pkl"
    parameters = _PARAMETERS
    distributions = ("scikit-learn", "joblib", "numpy", "scipy")

    def __init__(self, pipeline: Pipeline, features: int, dtype: str) -> None:
        self._pipeline = pipeline
        self.input = Tensor("input_data", "float64", (-1, features))
        self.output = Tensor("prediction", dtype, (-1,))

    def probabilities(self, rows: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Return class probabilities, (rows, classes), classes sorted."""
        return np.asarray(self._pipeline.predict_proba(rows), dtype=np.float64)

    def answers(self, rows: npt.NDArray[np.float64]) -> npt.NDArray[Any]:
        """Return labels, (rows,)."""
        return np.asarray(self._pipeline.predict(rows))

    def save(self, path: Path) -> None:
        """Write the pipeline with joblib."""
        joblib.dump(self._pipeline, path)


def fit(request: FitRequest) -> LogisticRegressionModel:
    """Fit the request's rows. Raises ModelctlError for options of other algorithms."""
    for option, value in (("--format", request.format), ("--epochs", request.epochs)):
        if value is not None:
            raise ModelctlError(
                f"{option} does not apply to logistic-regression, which is always saved as .pkl.",
                f"omit {option}, or use --algorithm keras-mlp",
            )
    classifier = LogisticRegression(
        C=_PARAMETERS["C"],
        max_iter=_PARAMETERS["max_iter"],
        solver=_PARAMETERS["solver"],
        random_state=request.seed,
    )
    pipeline = Pipeline([("scale", StandardScaler()), ("classify", classifier)])
    labels = np.array(request.labels)
    pipeline.fit(request.rows, labels)
    dtype = "int64" if labels.dtype.kind == "i" else "string"
    return LogisticRegressionModel(pipeline, request.rows.shape[1], dtype)

"""Reference predictions: what the plain libraries predict with the served model file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import joblib
import numpy as np
import pytest

from devkit.workloads.models import ModelVersion

TOLERANCE = 1e-5


def predictions(model: ModelVersion, rows: Sequence[Sequence[float]]) -> list[Any]:
    """Predict with scikit-learn or Keras directly, without model_server."""
    if model.manifest["format"] == "sklearn_joblib":
        return list(joblib.load(model.model_file).predict(np.array(rows)).tolist())
    # TensorFlow takes seconds to import.
    import keras

    network = keras.models.load_model(model.model_file, compile=False)
    return list(np.asarray(network(np.array(rows, dtype="float32"))).tolist())


def assert_same(served: list[Any], local: list[Any]) -> None:
    """Assert that labels are equal, and probabilities are up to floating-point rounding."""
    assert len(served) == len(local)
    for one, other in zip(served, local, strict=True):
        assert one == (other if isinstance(other, str) else pytest.approx(other, abs=TOLERANCE))

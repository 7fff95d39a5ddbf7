"""What the plain libraries predict from the very file that is served: the truth for the served predictions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import joblib
import numpy as np
import pytest

from devkit.workloads.models import ModelVersion

TOLERANCE = 1e-5


def predictions(model: ModelVersion, rows: Sequence[Sequence[float]]) -> list[Any]:
    """Predict with scikit-learn or Keras themselves; nothing of model_server takes part."""
    if model.manifest["format"] == "sklearn_joblib":
        return list(joblib.load(model.model_file).predict(np.array(rows)).tolist())
    # TensorFlow takes seconds to import, so only whoever needs it pays.
    import keras

    network = keras.models.load_model(model.model_file, compile=False)
    return list(np.asarray(network(np.array(rows, dtype="float32"))).tolist())


def assert_same(served: list[Any], local: list[Any]) -> None:
    """Labels have to be equal, probabilities up to what another order of additions changes."""
    assert len(served) == len(local)
    for one, other in zip(served, local, strict=True):
        assert one == (other if isinstance(other, str) else pytest.approx(other, abs=TOLERANCE))

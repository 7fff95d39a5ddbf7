"""Loads and calls scikit-learn estimators.

A pickle runs code when it is read, so the file is opened only after its digest has been checked. Answers are what the
estimator's own `predict` returns: for a classifier the label as it was trained.
"""

from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any

import joblib
import numpy as np

from model_server.errors import ModelLoadError
from model_server.repository.manifest import Manifest
from model_server.runtimes.base import Array, RuntimeModel
from model_server.runtimes.magic_bytes import is_of_another_format, wrong_format
from model_server.runtimes.sklearn import JOBLIB

_KINDS = {"string": "UO", "int32": "iu", "int64": "iu", "float32": "f", "float64": "f"}


class SklearnModel:
    """A fitted estimator. Several threads may call it at the same time."""

    lock: AbstractContextManager[object] = nullcontext()

    def __init__(self, estimator: Any) -> None:
        self._estimator = estimator

    def predict(self, batch: Array) -> Array:
        """Answer (rows, features) with (rows,), or (rows, outputs) for an estimator with several outputs."""
        return np.asarray(self._estimator.predict(batch))


def load(path: Path, manifest: Manifest) -> RuntimeModel:
    """Unpickle the estimator and compare it with the signature. Raises ModelLoadError."""
    if is_of_another_format(path, own=JOBLIB.magic):
        raise wrong_format(path, "a joblib file")
    estimator = joblib.load(path)
    if not hasattr(estimator, "predict"):
        raise ModelLoadError(
            f"{path} holds a {type(estimator).__name__}, which cannot predict.",
            "write the fitted estimator itself with joblib.dump",
        )
    width = manifest.signature.input.shape[1:]
    fitted = getattr(estimator, "n_features_in_", None)
    if fitted is not None and width != (fitted,):
        raise ModelLoadError(
            f"{path} was fitted on {fitted} features, the manifest's rows have the shape {list(width)}.",
            "correct the manifest's signature, or write the version again",
        )
    classes = getattr(estimator, "classes_", None)
    dtype = manifest.signature.output.dtype
    if classes is not None and np.asarray(classes).dtype.kind not in _KINDS[dtype]:
        raise ModelLoadError(
            f"{path} predicts labels of the type {np.asarray(classes).dtype}, the manifest says {dtype}.",
            "correct the manifest's signature, or write the version again",
        )
    return SklearnModel(estimator)

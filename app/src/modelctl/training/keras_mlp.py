"""A small multi-layer perceptron in Keras: standardise, 16 hidden units, class probabilities.

The standardisation is a layer of the model, so the file accepts raw rows.
"""

import logging
import os
from pathlib import Path
from typing import Any

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import keras
import numpy as np
import numpy.typing as npt
import tensorflow as tf

from model_server.repository.manifest import Tensor
from modelctl.training.algorithms import KERAS_FORMATS, FitRequest
from modelctl.training.keras_archive import make_reproducible

_HIDDEN_UNITS = 16
_BATCH_ROWS = 16
_LEARNING_RATE = 0.01
_EPOCHS = 100


class KerasMlpModel:
    """A trained network."""

    distributions = ("tensorflow", "tensorflow-cpu", "keras", "h5py", "numpy")

    def __init__(self, model: "keras.Model", request: FitRequest, epochs: int) -> None:
        self._model = model
        self.format, self.file_name = KERAS_FORMATS[request.format or "keras"]
        self.parameters: dict[str, Any] = {
            "hidden_units": _HIDDEN_UNITS,
            "batch_rows": _BATCH_ROWS,
            "learning_rate": _LEARNING_RATE,
            "epochs": epochs,
            "standardise": True,
        }
        self.input = Tensor("input_data", "float32", (-1, request.rows.shape[1]))
        self.output = Tensor("prediction", "float32", (-1, len(request.classes)))

    def probabilities(self, rows: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Return class probabilities, (rows, classes), in the order of the request's classes."""
        return self.answers(rows).astype(np.float64)

    def answers(self, rows: npt.NDArray[np.float64]) -> npt.NDArray[Any]:
        """Return class probabilities in float32, as the network computes them."""
        return np.asarray(self._model(rows.astype(np.float32), training=False))

    def save(self, path: Path) -> None:
        """Write the model in the format of `path`'s suffix."""
        # Keras warns about .h5 on every save, but the user has chosen it.
        logging.getLogger("absl").setLevel(logging.ERROR)
        self._model.save(path)
        if path.suffix == ".keras":
            make_reproducible(path)


def fit(request: FitRequest) -> KerasMlpModel:
    """Train on the request's rows, in an order that depends on the seed."""
    keras.backend.clear_session()
    keras.utils.set_random_seed(request.seed)
    tf.config.experimental.enable_op_determinism()
    epochs = request.epochs or _EPOCHS
    rows = request.rows.astype(np.float32)
    index = {name: column for column, name in enumerate(request.classes)}
    targets = np.array([index[label] for label in request.labels])
    model = _network(rows, len(request.classes))
    generator = np.random.default_rng(request.seed)
    # Keras's own loop builds a data pipeline that costs more than this network's arithmetic.
    for _ in range(epochs):
        order = generator.permutation(len(rows))
        for start in range(0, len(rows), _BATCH_ROWS):
            batch = order[start : start + _BATCH_ROWS]
            model.train_on_batch(rows[batch], targets[batch])
    return KerasMlpModel(model, request, epochs)


def _network(rows: npt.NDArray[np.float32], classes: int) -> "keras.Model":
    # A constant column has the variance 0, which would be a division by zero.
    variance = np.where(rows.var(axis=0) > 0, rows.var(axis=0), 1.0)
    layers = [
        keras.Input((rows.shape[1],), name="input_data"),
        keras.layers.Normalization(mean=rows.mean(axis=0).tolist(), variance=variance.tolist(), name="standardise"),
        keras.layers.Dense(_HIDDEN_UNITS, activation="relu", name="hidden"),
        keras.layers.Dense(classes, activation="softmax", name="prediction"),
    ]
    model = keras.Sequential(layers, name="mlp")
    model.compile(keras.optimizers.Adam(_LEARNING_RATE), "sparse_categorical_crossentropy")
    return model

"""Loads and calls Keras models.

Answers are the network's output rows: for a classifier the class probabilities, in the order of the manifest's
`classes`.
"""

import threading
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf

from model_server.cpu import cpu_threads
from model_server.errors import ModelLoadError
from model_server.repository.manifest import Manifest
from model_server.runtimes.base import Array, RuntimeModel
from model_server.runtimes.keras.safety import check_keras_file
from model_server.runtimes.keras.weight_order import check_weight_order

# Concurrent TensorFlow calls on few cores halve the throughput, so calls of all models are serialized. Each call may
# still use every core that the process may use.
_LOCK = threading.Lock()


class KerasModel:
    """A model behind one compiled function."""

    lock = _LOCK

    def __init__(self, model: "keras.Model", shape: tuple[int, ...], dtype: str) -> None:
        # A fixed signature with a variable number of rows: one trace for all batch sizes. `model.predict` would build a
        # data pipeline on every call.
        specification = tf.TensorSpec((None, *shape), dtype)
        self._compiled = tf.function(lambda batch: model(batch, training=False), input_signature=[specification])
        self._dtype = dtype

    def predict(self, batch: Array) -> Array:
        """Answer (rows, *shape) with (rows, *output shape)."""
        return np.asarray(self._compiled(tf.convert_to_tensor(batch, dtype=self._dtype)))


def load(path: Path, manifest: Manifest) -> RuntimeModel:
    """Inspect the file, load the model and compare it with its signature. Raises ModelLoadError."""
    check_keras_file(path)
    _limit_threads(cpu_threads())
    model = keras.models.load_model(path, compile=False, safe_mode=True)
    if path.suffix == ".h5":
        check_weight_order(path, model)
    _finalize_layers(model)
    for what, actual, tensor in (
        ("input", model.input_shape, manifest.signature.input),
        ("output", model.output_shape, manifest.signature.output),
    ):
        if isinstance(actual, list | dict):
            raise ModelLoadError(
                f"{path} has {len(actual)} {what}s; exactly one is supported.",
                f"wrap the model into one with a single {what}",
            )
        if tuple(actual[1:]) != tensor.shape[1:]:
            raise ModelLoadError(
                f"{path} has the {what} shape {_shown(actual)}, the manifest says {_shown(tensor.shape)}.",
                "correct the manifest's signature, or write the version again",
            )
    return KerasModel(model, manifest.signature.input.shape[1:], manifest.signature.input.dtype)


def _finalize_layers(model: "keras.Model") -> None:
    """Recompute the state that layers derived from their weights when they were built.

    Weights are read from `.h5` after that, and Keras (3.15) finalizes the model's own layers but not layers inside
    others: a Normalization in a nested model, a Pipeline or a TimeDistributed would compute with a mean of 0 and a
    variance of 1. The condition, "has weights and `finalize_state`", is Keras's own. The other layers with the method
    (Discretization, IntegerLookup, StringLookup, TextVectorization) have no weights and are restored from the file's
    description. Finalizing them would do harm: a Discretization loses its boundaries.
    """
    for layer in model._flatten_layers():
        if layer.weights and hasattr(layer, "finalize_state"):
            layer.finalize_state()


def _shown(shape: tuple[int | None, ...]) -> list[int]:
    return [-1 if size is None else size for size in shape]


def _limit_threads(threads: int) -> None:
    try:
        tf.config.threading.set_intra_op_parallelism_threads(threads)
        tf.config.threading.set_inter_op_parallelism_threads(1)
    except RuntimeError:
        # TensorFlow is initialized already: this process has loaded a model before, with the same limit.
        return

"""Layers whose state is derived from their weights or their description answer as they did before saving.

Keras 3.15 restores the weights of an `.h5` file after layers are built, and finalizes only those that the model itself
holds. Tried with all its layers that are built from state: Normalization is the only one that derives constants from
weights, and is wrong wherever another layer holds it. IntegerLookup, Discretization and Hashing get their state from
the file's description, and all others read their weights when they are called.
"""

import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from model_server.repository.manifest import Signature, Tensor
from model_server.repository.versions import read_version
from model_server.serving.loader import load_version, warm_up
from model_server.serving.samples import make_samples
from tests.app.models import write_file

# They train models, which takes as long as all other tests together.
pytestmark = pytest.mark.depends_on_files("app", "tests/app")

FORMATS = {"h5": "keras_h5", "keras": "keras_v3"}
ROWS = np.random.default_rng(0).normal(5, 3, size=(50, 2)).astype("float32")


def _model(layer: Any, shape: tuple[int, ...] = (2,), dtype: str = "float32") -> Any:
    import keras

    given = keras.Input(shape, dtype=dtype)
    return keras.Model(given, layer(given))


def _sequential(*layers: Any) -> Any:
    import keras

    return keras.Sequential(list(layers))


def _layer(name: str, *arguments: Any, **options: Any) -> Any:
    import keras

    return getattr(keras.layers, name)(*arguments, **options)


def _normalization(**options: Any) -> Any:
    layer = _layer("Normalization", **options)
    layer.adapt(ROWS)
    return layer


def _discretization() -> Any:
    layer = _layer("Discretization", num_bins=4)
    layer.adapt(ROWS)
    return layer


def _functional() -> Any:
    return _model(_sequential(_normalization(), _layer("Dense", 2)))


def _shared() -> Any:
    import keras

    layer, given = _normalization(), keras.Input((2,))
    return keras.Model(given, keras.layers.Add()([layer(given), _model(_sequential(layer, _layer("Dense", 2)))(given)]))


def _lookup(**options: Any) -> Any:
    layers = _sequential(_layer("IntegerLookup", vocabulary=[1, 2, 7], **options), _layer("Dense", 2))
    return _model(layers, (1,), "int64")


NESTED: dict[str, Callable[[], Any]] = {
    "in the model itself": lambda: _model(_normalization()),
    "Sequential in Functional": _functional,
    "Functional in Functional": lambda: _model(_functional()),
    "Functional in Sequential": lambda: _sequential(_layer("InputLayer", (2,)), _functional(), _layer("Dense", 1)),
    "three deep": lambda: _model(_sequential(_sequential(_sequential(_normalization(), _layer("Dense", 2))))),
    "inverted": lambda: _model(_sequential(_normalization(invert=True))),
    "half precision": lambda: _model(_sequential(_normalization(dtype="float16"), _layer("Dense", 2, dtype="float32"))),
    "constants given": lambda: _model(_sequential(_layer("Normalization", mean=[1.0, 2.0], variance=[4.0, 9.0]))),
    "TimeDistributed": lambda: _model(_layer("TimeDistributed", _normalization()), (3, 2)),
    "TimeDistributed twice": lambda: _model(
        _layer("TimeDistributed", _layer("TimeDistributed", _normalization())), (3, 4, 2)
    ),
    "TimeDistributed Sequential": lambda: _model(
        _layer("TimeDistributed", _sequential(_normalization(), _layer("Dense", 2))), (3, 2)
    ),
    "Pipeline": lambda: _model(_layer("Pipeline", [_normalization(), _layer("Dense", 2)])),
    "Normalization and Bidirectional": lambda: _model(
        _sequential(_normalization(), _layer("Bidirectional", _layer("LSTM", 2))), (3, 2)
    ),
    "Discretization": lambda: _model(_sequential(_discretization(), _layer("Dense", 2))),
    "Discretization with boundaries": lambda: _model(
        _sequential(_layer("Discretization", bin_boundaries=[1.0, 5.0]), _layer("Dense", 2))
    ),
    "IntegerLookup": lambda: _lookup(output_mode="one_hot"),
    "IntegerLookup with weights": lambda: _lookup(output_mode="tf_idf", idf_weights=[0.5, 0.7, 0.9]),
    "Hashing": lambda: _model(
        _sequential(_layer("Hashing", num_bins=3, salt=5), _layer("Embedding", 3, 2)), (1,), "int64"
    ),
    "BatchNormalization": lambda: _model(_sequential(_layer("BatchNormalization"), _layer("Dense", 2))),
    "SpectralNormalization": lambda: _model(_sequential(_layer("SpectralNormalization", _layer("Dense", 2)))),
    "StackedRNNCells": lambda: _model(
        _layer("RNN", _layer("StackedRNNCells", [_layer("LSTMCell", 3), _layer("GRUCell", 2)])), (4, 2)
    ),
    "STFTSpectrogram": lambda: _model(
        _sequential(_layer("STFTSpectrogram", frame_length=8, frame_step=4, fft_length=8), _layer("Dense", 2)), (32, 1)
    ),
}


def _rows(model: Any) -> npt.NDArray[Any]:
    generator, shape = np.random.default_rng(1), (6, *model.input_shape[1:])
    if model.inputs[0].dtype == "int64":
        return generator.integers(0, 9, size=shape)
    return generator.normal(5, 3, size=shape).astype("float32")


def _publish(tmp_path: Path, model: Any, suffix: str) -> tuple[Path, npt.NDArray[Any], npt.NDArray[Any]]:
    """Publish a model with samples; returns the version's folder, the rows and the answers of the model in memory."""
    rows = _rows(model)
    answers = np.asarray(model(rows, training=False))
    signature = Signature(
        (Tensor("input_data", rows.dtype.name, (-1, *rows.shape[1:])),),
        (Tensor("prediction", answers.dtype.name, (-1, *answers.shape[1:])),),
    )
    path = tmp_path / f"model.{suffix}"
    model.save(path)
    samples = make_samples(rows, answers, signature).to_json()
    options = {"format": FORMATS[suffix], "signature": signature}
    return write_file(tmp_path / "models", "m", path.name, path.read_bytes(), samples, **options), rows, answers


@pytest.mark.parametrize("suffix", FORMATS)
@pytest.mark.parametrize("case", NESTED)
def test_a_saved_model_answers_as_the_model_in_memory(tmp_path: Path, case: str, suffix: str) -> None:
    folder, rows, answers = _publish(tmp_path, NESTED[case](), suffix)
    found = read_version(folder)
    loaded = load_version(found)
    np.testing.assert_allclose(loaded.predict(rows).prediction, answers, rtol=1e-5, atol=1e-5)
    assert warm_up(found, loaded) == len(rows)


def test_a_normalization_that_two_models_share_is_finalized_in_both(tmp_path: Path) -> None:
    # Keras cannot read its own .keras file of this model.
    folder, rows, answers = _publish(tmp_path, _shared(), "h5")
    np.testing.assert_allclose(load_version(read_version(folder)).predict(rows).prediction, answers, atol=1e-5)


def test_nested_normalization_answers_as_reported_in_the_bug(tmp_path: Path) -> None:
    layer = _layer("Normalization")
    layer.adapt(np.array([[8.0], [12.0]]))
    model = _model(_sequential(layer, _layer("Dense", 1, kernel_initializer="ones")), (1,))
    folder, _, _ = _publish(tmp_path, model, "h5")
    loaded = load_version(read_version(folder))
    assert loaded.predict(np.array([[10], [14]], dtype="float32")).prediction.tolist() == [[0.0], [2.0]]


def test_keras_alone_still_answers_wrongly(tmp_path: Path) -> None:
    import keras

    model = _functional()
    model.save(tmp_path / "model.h5")
    plain = keras.models.load_model(tmp_path / "model.h5", compile=False)
    unchanged = np.allclose(plain(ROWS), model(ROWS), atol=1e-3)
    assert not unchanged, "Keras finalizes nested layers itself; the runtime need not any more"


def test_no_other_layer_of_keras_is_finalized() -> None:
    import keras

    layers = inspect.getmembers(keras.layers, inspect.isclass)
    finalized = {name for name, layer in layers if hasattr(layer, "finalize_state")}
    text = {"StringLookup", "TextVectorization"}  # No signature has strings as its input.
    assert finalized == {"Normalization", "Discretization", "IntegerLookup"} | text, "add a case for what is new"

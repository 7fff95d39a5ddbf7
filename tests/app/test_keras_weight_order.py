"""An `.h5` file whose weights Keras restores in a different order is refused; all others load as before."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from model_server.errors import ModelLoadError
from model_server.repository.manifest import Signature, Tensor
from model_server.repository.versions import read_version
from model_server.runtimes.keras.weight_order import is_reordered
from model_server.runtimes.registry import load_model
from tests.app.models import write_file

pytestmark = pytest.mark.depends_on_files("app", "tests/app")

SIGNATURE = Signature((Tensor("input_data", "float32", (-1, 2)),), (Tensor("prediction", "float32", (-1, 2)),))
ROWS = np.array([[1, 2], [3, -4]], dtype="float32")


def _nested(freeze: Callable[[Any], None]) -> Any:
    """Return a model with a nested model of two equal layers, after `freeze` of the nested model."""
    import keras

    inner = keras.Sequential([keras.layers.Dense(2), keras.layers.Dense(2)])
    given = keras.Input((2,))
    model = keras.Model(given, inner(given))
    freeze(inner)
    return model


def _many_layers() -> Any:
    """Return a nested model whose list of weight paths does not fit into one HDF5 attribute."""
    import keras

    inner = keras.Sequential([keras.layers.Dense(2, name=f"{'x' * 200}{number}") for number in range(160)])
    given = keras.Input((2,))
    return keras.Model(given, inner(given))


def _publish(root: Path, model: Any, suffix: str) -> Path:
    path = root / f"model{suffix}"
    model.save(path)
    format = {".h5": "keras_h5", ".keras": "keras_v3"}[suffix]
    return write_file(root / "models", "m", path.name, path.read_bytes(), format=format, signature=SIGNATURE)


def _freeze_but_one(inner: Any) -> None:
    inner.trainable = False
    inner.layers[1].trainable = True


def _freeze_all(inner: Any) -> None:
    inner.trainable = False


def _freeze_first(inner: Any) -> None:
    inner.layers[0].trainable = False


def _freeze_last(inner: Any) -> None:
    inner.layers[1].trainable = False


def _freeze_but_first(inner: Any) -> None:
    inner.trainable = False
    inner.layers[0].trainable = True


def test_refuses_an_h5_file_whose_weights_would_change_places(tmp_path: Path) -> None:
    folder = _publish(tmp_path, _nested(_freeze_but_one), ".h5")
    with pytest.raises(ModelLoadError) as caught:
        load_model(read_version(folder))
    assert "model.h5: Keras restores the weights of the layer 'sequential" in str(caught.value)
    assert "Remedy: save the model as .keras and write the version again, or" in str(caught.value)


def test_refuses_it_when_the_paths_are_split_into_chunks(tmp_path: Path) -> None:
    model = _many_layers()
    _freeze_but_one(model.layers[1])
    with pytest.raises(ModelLoadError, match="in a different order from the one they were saved in"):
        load_model(read_version(_publish(tmp_path, model, ".h5")))


@pytest.mark.parametrize("suffix", [".h5", ".keras"])
@pytest.mark.parametrize("freeze", [lambda _: None, _freeze_all, _freeze_first, _freeze_last, _freeze_but_first])
def test_loads_models_whose_weights_keep_their_places(
    tmp_path: Path, freeze: Callable[[Any], None], suffix: str
) -> None:
    model = _nested(freeze)
    loaded = load_model(read_version(_publish(tmp_path, model, suffix)))
    np.testing.assert_allclose(loaded.predict(ROWS), model(ROWS), rtol=1e-5, atol=1e-6)


def test_loads_the_native_format_of_the_refused_model(tmp_path: Path) -> None:
    model = _nested(_freeze_but_one)
    loaded = load_model(read_version(_publish(tmp_path, model, ".keras")))
    np.testing.assert_allclose(loaded.predict(ROWS), model(ROWS), rtol=1e-5, atol=1e-6)


def test_keras_alone_still_restores_the_wrong_order(tmp_path: Path) -> None:
    import keras

    model = _nested(_freeze_but_one)
    model.save(tmp_path / "model.h5")
    plain = keras.models.load_model(tmp_path / "model.h5", compile=False)
    fixed = np.allclose(plain(ROWS), model(ROWS), atol=1e-3)
    assert not fixed, "Keras restores these weights correctly now; remove runtimes/keras/weight_order.py"


@pytest.mark.parametrize(
    ("stored", "loaded", "expected"),
    [
        (["a/kernel", "a/bias"], ["a/kernel", "a/bias"], False),
        (["a/kernel", "b/kernel"], ["b/kernel", "a/kernel"], True),
        # Keras 2 writes the index of the output, and leaves out the names of outer models.
        (["a/kernel:0", "b/kernel:0"], ["outer/a/kernel", "outer/b/kernel"], False),
        (["a/kernel:0", "b/kernel:0"], ["outer/b/kernel", "outer/a/kernel"], True),
        # Wrappers such as Bidirectional have shorter paths after loading.
        (["top/wrapper/forward/kernel", "top/b/kernel"], ["forward/kernel", "top/b/kernel"], False),
        (["top/wrapper/forward/kernel", "top/b/kernel"], ["top/b/kernel", "forward/kernel"], True),
        # Paths that do not correspond say nothing.
        (["x/kernel", "y/kernel"], ["a/kernel", "b/kernel"], False),
        (["a/kernel", "y/kernel"], ["b/kernel", "a/kernel"], False),
        (["a/kernel"], ["a/kernel", "a/bias"], False),
        (["ab/kernel", "b/kernel"], ["b/kernel", "ab/kernel"], True),
        # Equal paths are indistinguishable.
        (["a/kernel", "a/kernel"], ["a/kernel", "a/kernel"], False),
        ([], [], False),
    ],
)
def test_only_the_same_paths_in_a_different_order_are_reordered(
    stored: list[str], loaded: list[str], expected: bool
) -> None:
    assert is_reordered(stored, loaded) is expected

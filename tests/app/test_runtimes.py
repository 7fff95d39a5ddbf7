"""Loading model files: equal answers to the plain library, and refusal of what is unsafe."""

import json
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import h5py
import joblib
import numpy as np
import pytest

from model_server.errors import ModelLoadError
from model_server.repository.versions import read_version, resolve
from model_server.runtimes.compatibility import check_framework_versions
from model_server.runtimes.keras.safety import check_keras_file
from model_server.runtimes.magic_bytes import is_of_another_format, wrong_format
from model_server.runtimes.registry import load_model
from model_server.runtimes.sklearn import JOBLIB
from model_server.serving.model import LoadedModel
from modelctl.training.table import read_table
from tests.app.gated_estimator import GatedEstimator
from tests.app.models import SIGNATURE, write_file, write_pickle
from tests.app.process import ServerProcess, environment

# They start servers and train models, which takes as long as all other tests together.
pytestmark = pytest.mark.depends_on_files("app", "tests/app", "examples/iris/data.csv")


def _held_out_rows(iris_csv: Path, repository: Path, model: str) -> "np.ndarray":
    split = resolve(repository, model).manifest.split
    rows: np.ndarray = read_table(iris_csv, "species").rows[split["held_out_rows"]]
    return rows


def test_served_labels_are_those_of_plain_joblib(
    iris_csv: Path, sklearn_repository: Path, sklearn_server: ServerProcess
) -> None:
    rows = _held_out_rows(iris_csv, sklearn_repository, "iris")
    estimator = joblib.load(resolve(sklearn_repository, "iris").folder / "model.pkl")
    assert sklearn_server.predict(rows.tolist()).json() == {"prediction": estimator.predict(rows).tolist()}
    assert sklearn_server.predict(rows[0].tolist()).json() == {"prediction": estimator.predict(rows[:1]).tolist()}


def test_served_probabilities_are_those_of_plain_keras(
    iris_csv: Path, keras_repository: Path, keras_server: ServerProcess
) -> None:
    import keras

    rows = _held_out_rows(iris_csv, keras_repository, "iris-h5")
    model = keras.models.load_model(resolve(keras_repository, "iris-h5").folder / "model.h5", compile=False)
    served = keras_server.predict(rows.tolist()).json()["prediction"]
    np.testing.assert_allclose(served, model.predict(rows.astype("float32"), verbose=0), rtol=1e-5, atol=1e-7)


def test_both_keras_formats_give_the_same_answers_and_batches_equal_single_rows(
    iris_csv: Path, keras_repository: Path
) -> None:
    rows = _held_out_rows(iris_csv, keras_repository, "iris-h5").astype("float32")
    h5, native = (load_model(resolve(keras_repository, f"iris-{format}")) for format in ("h5", "keras"))
    together = h5.predict(rows)
    assert np.array_equal(together, native.predict(rows))
    assert h5.lock is native.lock, "all TensorFlow models must share one lock"
    alone = np.concatenate([h5.predict(row[np.newaxis]) for row in rows])
    np.testing.assert_allclose(together, alone, rtol=1e-5, atol=1e-7)


def test_declarations_of_formats_import_no_library() -> None:
    modules = "['numpy', 'sklearn', 'h5py', 'keras', 'tensorflow']"
    script = (
        "import sys; from model_server.runtimes.registry import installed_formats; "
        "assert {'keras_h5', 'keras_v3', 'sklearn_joblib'} <= set(installed_formats()); "
        f"sys.exit(any(m in sys.modules for m in {modules}))"
    )
    subprocess.run([sys.executable, "-c", script], env=environment(), check=True)


def _layer(**changes: object) -> dict[str, object]:
    layer = {"module": "keras.layers", "class_name": "Dense", "config": {"name": "d"}, "registered_name": None}
    return {"class_name": "Sequential", "config": {"layers": [layer | changes]}}


UNSAFE = [
    (_layer(class_name="Lambda"), "the layer 'd' is a Lambda, which runs code"),
    (_layer(config={"name": "d", "activation": {"class_name": "__lambda__", "config": {}}}), "is a __lambda__"),
    (_layer(module="os", class_name="system"), "the layer 'd' comes from the module 'os'"),
    (_layer(module="keras.utils", class_name="get_file"), "comes from the module 'keras.utils'"),
    (_layer(module="kerasx.layers"), "comes from the module 'kerasx.layers'"),
    (_layer(class_name="TFSMLayer"), "is a TFSMLayer, which runs code"),
    (_layer(registered_name="Custom>Mine"), "is the custom class 'Custom>Mine'"),
    (_layer(config={"name": "d", "vocabulary": "/etc/passwd"}), "reads the file '/etc/passwd'"),
]


@pytest.mark.parametrize(("config", "message"), UNSAFE)
def test_a_keras_file_that_names_code_is_refused_in_both_formats(
    tmp_path: Path, config: dict[str, object], message: str
) -> None:
    with h5py.File(tmp_path / "model.h5", "w") as file:
        file.attrs["model_config"] = json.dumps(config)
    with zipfile.ZipFile(tmp_path / "model.keras", "w") as archive:
        archive.writestr("config.json", json.dumps(config))
    for name in ("model.h5", "model.keras"):
        with pytest.raises(ModelLoadError) as caught:
            check_keras_file(tmp_path / name)
        assert message in str(caught.value)


def test_keras_is_not_even_imported_for_an_unsafe_file(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "model.h5", "w") as file:
        file.attrs["model_config"] = json.dumps(_layer(class_name="Lambda"))
    content = (tmp_path / "model.h5").read_bytes()
    folder = write_file(tmp_path / "models", "m", "model.h5", content, format="keras_h5")
    with pytest.raises(ModelLoadError, match="is refused: the layer 'd' is a Lambda"):
        load_model(read_version(folder))


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("model.h5", b"PK\x03\x04 zip", "is not an HDF5 file; it is a zip archive, as Keras's .keras is"),
        ("model.keras", b"\x89HDF\r\n\x1a\n", "is not a .keras archive; it is an HDF5 file, as Keras's .h5 is"),
        ("model.h5", b"", "is not an HDF5 file; it begins with b''"),
    ],
)
def test_a_keras_file_of_another_format_is_named(tmp_path: Path, name: str, content: bytes, message: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(ModelLoadError) as caught:
        check_keras_file(tmp_path / name)
    assert message in str(caught.value)


def test_an_h5_file_with_weights_only_is_named(tmp_path: Path) -> None:
    h5py.File(tmp_path / "model.h5", "w").close()
    with pytest.raises(ModelLoadError, match="holds weights only"):
        check_keras_file(tmp_path / "model.h5")


def test_trained_models_pass_the_safety_check(keras_repository: Path) -> None:
    for model, name in (("iris-h5", "model.h5"), ("iris-keras", "model.keras")):
        check_keras_file(resolve(keras_repository, model).folder / name)


@pytest.mark.parametrize(
    ("estimator", "changes", "message"),
    [
        ({"not": "an estimator"}, {}, "holds a dict, which cannot predict."),
        (GatedEstimator(), {"format": "keras_h5"}, "a model of the format keras_h5 is named *.h5."),
        (GatedEstimator(), {"format": "onnx"}, "the format 'onnx' is unknown; known formats: keras_h5"),
        (GatedEstimator(), {"framework_versions": {}}, "does not say which scikit-learn wrote the file."),
    ],
)
def test_a_pickle_that_cannot_be_served_is_refused(
    tmp_path: Path, estimator: object, changes: dict[str, Any], message: str
) -> None:
    folder = write_pickle(tmp_path, "m", estimator, **changes)
    with pytest.raises(ModelLoadError) as caught:
        load_model(read_version(folder))
    assert message in str(caught.value)


def test_warm_up_rejects_answers_that_do_not_match_the_signature(tmp_path: Path) -> None:
    from dataclasses import replace

    wide = replace(SIGNATURE, outputs=(replace(SIGNATURE.output, shape=(-1, 3)),))
    found = read_version(write_pickle(tmp_path, "m", GatedEstimator(), signature=wide))
    with pytest.raises(ModelLoadError, match=r"answers 1 rows with the shape \[1\], its manifest says \[1, 3\]"):
        LoadedModel(found.manifest, load_model(found)).warm_up()


def test_only_the_leading_parts_of_a_version_are_compared() -> None:
    from importlib.metadata import version

    first, second = version("scikit-learn").split(".")[:2]
    libraries = JOBLIB.libraries
    written_with = {"scikit-learn": f"{first}.{second}.999", "numpy": "2.0.0", "joblib": "1.0"}
    check_framework_versions("model.pkl", written_with, libraries)
    with pytest.raises(ModelLoadError, match=r"was written with numpy 1.26.0, but numpy \d"):
        check_framework_versions("model.pkl", written_with | {"numpy": "1.26.0"}, libraries)


def test_keras_file_named_as_pickle_is_recognized(tmp_path: Path) -> None:
    path = tmp_path / "model.pkl"
    path.write_bytes(b"\x89HDF\r\n\x1a\n and so on")
    refusal = wrong_format(path, "a joblib file")
    assert is_of_another_format(path, own=b"\x80")
    assert "it is an HDF5 file, as Keras's .h5 is" in str(refusal)

"""`samples.json`: what training writes, what the server refuses, and which differences it tolerates."""

import json
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.dummy import DummyClassifier, DummyRegressor

from model_server.errors import ModelLoadError, RepositoryError
from model_server.http.server import EXIT_MODEL_NOT_LOADED
from model_server.repository.files import describe_file
from model_server.repository.manifest import Signature, Tensor
from model_server.repository.versions import ModelVersion, read_version, resolve
from model_server.serving.loader import load_version, warm_up
from model_server.serving.samples import MAX_ROWS, make_samples, parse_samples, read_samples
from modelctl.cli import main
from modelctl.errors import ModelctlError
from modelctl.training.samples import choose_samples
from tests.app.gated_estimator import GatedEstimator
from tests.app.models import SIGNATURE, write_pickle
from tests.app.process import running_server, wait_until

# They train models and start processes, which takes long.
pytestmark = pytest.mark.depends_on_files("app", "tests/app", "examples/iris/data.csv")

LABELS = Signature(SIGNATURE.inputs, (Tensor("prediction", "string", (-1,)),), SIGNATURE.features, ("a", "b"))
INTEGERS = Signature(SIGNATURE.inputs, (Tensor("prediction", "int64", (-1,)),))
PAIRS = Signature(SIGNATURE.inputs, (Tensor("prediction", "float64", (-1, 2)),))


def _document(**changes: Any) -> dict[str, Any]:
    return {"schema_version": 1, "inputs": [[1, 2], [3, 4]], "outputs": [3.0, 7.0]} | changes


@pytest.mark.parametrize(
    ("document", "signature", "message"),
    [
        ("{", SIGNATURE, "here is not JSON: "),
        ("[" * 100_000, SIGNATURE, "here is not JSON: "),
        ([], SIGNATURE, "here: is not an object."),
        (_document(schema_version=2), SIGNATURE, "here: schema_version 2 is not supported; this release supports 1."),
        (_document(surprise=1), SIGNATURE, "here: unknown key 'surprise'."),
        (_document(inputs=[]), SIGNATURE, "here: inputs is empty."),
        (_document(outputs=3), SIGNATURE, "here: outputs is not a list."),
        (_document(inputs=[[1, 2]]), SIGNATURE, "here: inputs has 1 rows, outputs has 2."),
        (_document(inputs=[[1], [2]]), SIGNATURE, "here: inputs: row 0 has 1 features, expected 2 (width, height)."),
        (_document(inputs=[[1, "2"], [3, 4]]), SIGNATURE, "here: inputs: the value at row 0, column 1 is a string"),
        (_document(inputs=[[1, float("nan")], [3, 4]]), SIGNATURE, "row 0, column 1 is nan, not a finite number."),
        (_document(inputs=[[1, 2]] * (MAX_ROWS + 1)), SIGNATURE, f"inputs: {MAX_ROWS + 1} rows; at most {MAX_ROWS}"),
        (_document(outputs=[3, float("inf")]), SIGNATURE, "outputs: the value at row 1 is inf, not a finite number."),
        (_document(outputs=[3, None]), SIGNATURE, "here: outputs: the value at row 1 is null, expected a number."),
        (_document(outputs=[3, True]), SIGNATURE, "here: outputs: the value at row 1 is a boolean, expected a number."),
        (_document(outputs=[[1, 2], [3]]), PAIRS, "here: outputs: row 1 has 1 features, expected 2."),
        (_document(outputs=[1.0, 2]), INTEGERS, "here: outputs: the value at row 0 is 1.0, expected a whole number."),
        (_document(outputs=["a", 1]), LABELS, "here: outputs are not strings in the shape [-1]."),
        (_document(outputs=[["a"], ["b"]]), LABELS, "here: outputs are not strings in the shape [-1]."),
        (_document(outputs=["a", "b"], tolerance=0.1), LABELS, "here: unknown key 'tolerance'."),
        (_document(tolerance=-1), SIGNATURE, "here: tolerance is -1, not a finite number of at least 0."),
        (_document(tolerance=float("nan")), SIGNATURE, "here: tolerance is nan, not a finite number of at least 0."),
        (_document(tolerance=True), SIGNATURE, "here: tolerance is not a number."),
    ],
    ids=lambda value: str(value)[:60],
)
def test_malformed_samples_are_rejected(document: object, signature: Signature, message: str) -> None:
    text = document if isinstance(document, str) else json.dumps(document)
    with pytest.raises(RepositoryError) as caught:
        parse_samples(text, "here", signature)
    assert message in caught.value.cause
    assert caught.value.remedy.startswith(("write the version again", "serve it with"))


@given(st.text(max_size=30))
def test_parser_survives_any_text(text: str) -> None:
    with pytest.raises(RepositoryError):
        parse_samples(text, "here", SIGNATURE)


@pytest.mark.parametrize(
    ("signature", "answers"),
    [
        (SIGNATURE, np.array([0.1, 1 / 3])),
        (Signature(SIGNATURE.inputs, (Tensor("p", "float32", (-1, 2)),)), np.array([[0.1, 0.9]] * 2, dtype="float32")),
        (INTEGERS, np.array([2**60 + 1, -1])),
        (LABELS, np.array(["a", "ü"])),
    ],
)
def test_samples_survive_writing_and_reading(signature: Signature, answers: "np.ndarray") -> None:
    written = make_samples(np.array([[0.1, 2], [3, 4]]), answers, signature)
    read = parse_samples(written.to_json(), "here", signature)
    assert (read.inputs.tolist(), read.outputs.tolist()) == (written.inputs.tolist(), answers.tolist())
    assert (read.tolerance, read.to_json()) == (written.tolerance, written.to_json())


def _published(root: Path, estimator: object, signature: Signature, **changes: Any) -> ModelVersion:
    """A version whose estimator answers rows of its own with `changes` in samples.json."""
    return read_version(
        write_pickle(root, "m", estimator, samples=json.dumps(_document(**changes)), signature=signature)
    )


def _check(found: ModelVersion) -> int:
    return warm_up(found, load_version(found))


def _refusal(found: ModelVersion) -> str:
    with pytest.raises(ModelLoadError) as caught:
        _check(found)
    assert "framework_versions" in caught.value.remedy
    return caught.value.cause


class FixedAnswers:
    """Answers any number of rows with the first of its own answers, repeating the last one."""

    n_features_in_ = 2

    def __init__(self, *answers: object) -> None:
        self.answers = answers

    def predict(self, rows: "np.ndarray") -> "np.ndarray":
        """The answers, one for each row."""
        return np.array([self.answers[min(row, len(self.answers) - 1)] for row in range(len(rows))])


@pytest.mark.parametrize("samples", [None, json.dumps(_document())])
def test_a_version_is_served_without_samples_and_with_those_it_answers(tmp_path: Path, samples: str | None) -> None:
    found = read_version(write_pickle(tmp_path, "m", GatedEstimator(), samples=samples))
    assert _check(found) == (2 if samples else 0)


def test_samples_that_the_manifest_does_not_list_are_not_read(tmp_path: Path) -> None:
    folder = write_pickle(tmp_path, "m", GatedEstimator())
    (folder / "samples.json").write_text("{")
    assert _check(read_version(folder)) == 0


def test_a_difference_names_row_and_values(tmp_path: Path) -> None:
    found = _published(tmp_path, GatedEstimator(), SIGNATURE, inputs=[[1, 2], [3, 4], [5, 6]], outputs=[3, 7.5, 10])
    assert _refusal(found) == (
        "the model m/1 does not give the answers it was registered with: samples.json, row 1: "
        "expected 7.5, got 7.0 (2 of 3 rows differ)."
    )


def test_a_difference_names_the_column(tmp_path: Path) -> None:
    found = _published(tmp_path, FixedAnswers([1.0, 2.0], [3.0, 4.0]), PAIRS, outputs=[[1, 2], [3, 5]])
    assert "samples.json, row 1, column 1: expected 5.0, got 4.0 (1 of 2 rows differ)." in _refusal(found)


@pytest.mark.parametrize(
    ("outputs", "tolerance", "tolerated"),
    [
        ([3, 7 * (1 + 0.9e-6)], None, True),
        ([3, 7 * (1 + 2e-6)], None, False),
        # Relative to the largest expected value: what rounds a sum of large terms is not small.
        ([3 + 6e-6, 7], None, True),
        ([3, 7.05], 0.01, True),
        ([3, 7.1], 0.01, False),
        ([3, 7], 0, True),
        ([3, 7 + 1e-12], 0, False),
    ],
)
def test_floats_may_differ_by_the_tolerance(
    tmp_path: Path, outputs: list[float], tolerance: float | None, tolerated: bool
) -> None:
    changes = {} if tolerance is None else {"tolerance": tolerance}
    found = _published(tmp_path, GatedEstimator(), SIGNATURE, outputs=outputs, **changes)
    if tolerated:
        assert _check(found) == 2
    else:
        assert "row 1: expected 7" in _refusal(found)


def test_single_precision_is_compared_with_fewer_digits(tmp_path: Path) -> None:
    single = Signature(SIGNATURE.inputs, (Tensor("prediction", "float32", (-1,)),))
    found = _published(tmp_path, GatedEstimator(), single, outputs=[3, 7.005])
    assert _check(found) == 2
    with pytest.raises(ModelLoadError):
        _check(_published(tmp_path, GatedEstimator(), single, outputs=[3, 7.05]))


def test_tolerance_is_relative_to_each_output(tmp_path: Path) -> None:
    found = _published(tmp_path, FixedAnswers([1e6, 0.5]), PAIRS, outputs=[[1e6, 0.5], [1e6, 0.6]])
    assert "row 1, column 1: expected 0.6, got 0.5" in _refusal(found)


@pytest.mark.parametrize("answer", [float("nan"), float("inf")])
def test_an_answer_that_is_not_finite_differs(tmp_path: Path, answer: float) -> None:
    found = _published(tmp_path, FixedAnswers(3.0, answer), SIGNATURE, tolerance=10)
    assert f"row 1: expected 7.0, got {answer} (1 of 2 rows differ)." in _refusal(found)


@pytest.mark.parametrize(
    ("signature", "labels", "message"),
    [
        (LABELS, ["a", "b"], "row 1: expected 'a', got 'b' (1 of 2 rows differ)."),
        (INTEGERS, [2**60, 2**60 + 1], f"row 1: expected {2**60}, got {2**60 + 1} (1 of 2 rows differ)."),
    ],
)
def test_labels_must_be_equal(tmp_path: Path, signature: Signature, labels: list[Any], message: str) -> None:
    assert _check(_published(tmp_path, FixedAnswers(*labels), signature, outputs=labels)) == 2
    assert message in _refusal(_published(tmp_path, FixedAnswers(*labels), signature, outputs=[labels[0]] * 2))


def test_estimators_of_scikit_learn_are_compared(tmp_path: Path) -> None:
    rows, classes = [[1, 2], [3, 4]], ["a", "a"]
    classifier, regressor = DummyClassifier().fit(rows, classes), DummyRegressor().fit(rows, [1, 2])
    assert _check(_published(tmp_path, classifier, LABELS, outputs=classes)) == 2
    assert "expected 'b', got 'a'" in _refusal(_published(tmp_path, classifier, LABELS, outputs=["a", "b"]))
    assert _check(_published(tmp_path, regressor, SIGNATURE, outputs=[1.5, 1.5])) == 2
    assert "expected 2.0, got 1.5" in _refusal(_published(tmp_path, regressor, SIGNATURE, outputs=[1.5, 2]))


class SmallBatches:
    """Answers two rows at most: those of the warm-up."""

    n_features_in_ = 2

    def __init__(self, error: str = "") -> None:
        self.error = error

    def predict(self, rows: "np.ndarray") -> "np.ndarray":
        """The sums of the first two rows."""
        if self.error and len(rows) > 2:
            raise ValueError(self.error)
        sums: np.ndarray = rows.sum(axis=1)
        return sums[:2]


def test_samples_that_the_model_cannot_answer_are_named(tmp_path: Path) -> None:
    samples = {"inputs": [[1, 2]] * 3, "outputs": [3] * 3}
    failing = _published(tmp_path, SmallBatches("three\nare too many"), SIGNATURE, **samples)
    message = "the model m/1 cannot answer the rows of samples.json: ValueError: three are too many."
    assert _refusal(failing) == message
    short = _published(tmp_path, SmallBatches(), SIGNATURE, **samples)
    assert _refusal(short) == "the model m/2 answers the rows of samples.json with the shape [2], expected [3]."


def test_server_with_different_answers_exits_and_verify_agrees(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = tmp_path / "models"
    folder = write_pickle(root, "m", GatedEstimator(), samples=json.dumps(_document(outputs=[3, 8])))
    message = "does not give the answers it was registered with: samples.json, row 1: expected 8.0, got 7.0"
    with running_server(tmp_path / "log", root, drain_seconds=0) as server:
        assert server.exit_code() == EXIT_MODEL_NOT_LOADED
        events = server.events()
        assert any(message in event["event"] and "Remedy: " in event["event"] for event in events)
        assert not any(event["event"] == "model ready" for event in events)
    assert main(["verify", str(folder)]) == 2
    assert message in capsys.readouterr().err


def test_the_server_is_not_ready_while_samples_are_compared(tmp_path: Path) -> None:
    gate, root = tmp_path / "gate", tmp_path / "models"
    samples = json.dumps(_document(inputs=[[-1, 2]], outputs=[1]))
    write_pickle(root, "m", GatedEstimator(predict_gate=gate), samples=samples)
    with running_server(tmp_path / "log", root, drain_seconds=0) as server:
        server.event("starting")
        wait_until(lambda: server.admin("/readyz").json()["state"] == "warming", "the model to be warmed up")
        assert server.predict([[1, 2]]).status_code == 503
        gate.touch()
        server.wait_ready()
        assert server.event("model ready")["sample_rows"] == 1


def test_samples_that_were_changed_are_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = write_pickle(tmp_path, "m", GatedEstimator(), samples=json.dumps(_document()))
    (folder / "samples.json").write_text(json.dumps(_document()).replace("7", "8"))
    assert main(["verify", str(folder)]) == 2
    assert "samples.json has changed: its SHA-256 is" in capsys.readouterr().err


def test_training_records_held_out_rows_and_the_answers_to_them(
    sklearn_repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = resolve(sklearn_repository, "iris")
    samples = read_samples(found)
    assert samples is not None
    assert samples.inputs.shape == (10, 4)
    assert set(samples.outputs) == set(found.manifest.signature.classes), "a class has no sample"
    assert samples.outputs.tolist() == joblib.load(found.folder / "model.pkl").predict(samples.inputs).tolist()
    assert main(["verify", str(found.folder)]) == 0
    assert "3 file(s) unchanged; the model loads and answers, with the recorded answers to 10 sample row(s)" in (
        capsys.readouterr().out
    )


@pytest.mark.parametrize("format", ["h5", "keras"])
def test_training_records_the_probabilities_of_a_network(keras_repository: Path, format: str) -> None:
    found = resolve(keras_repository, f"iris-{format}")
    samples = read_samples(found)
    assert samples is not None
    assert (samples.outputs.shape, samples.outputs.dtype.name, samples.tolerance) == ((10, 3), "float32", 1e-3)
    assert _check(found) == 10


def test_a_version_with_the_weights_of_another_is_refused(tmp_path: Path, keras_repository: Path) -> None:
    import keras

    found = resolve(keras_repository, "iris-h5")
    model = keras.models.load_model(found.folder / "model.h5", compile=False)
    model.layers[-1].bias.assign(model.layers[-1].bias + np.array([1, 0, 0], dtype="float32"))
    folder = tmp_path / "iris-h5" / "1"
    folder.mkdir(parents=True)
    model.save(folder / "model.h5")
    (folder / "samples.json").write_bytes((found.folder / "samples.json").read_bytes())
    document = json.loads(found.manifest.to_json())
    entries = (describe_file(folder, name) for name in ("model.h5", "samples.json"))
    document["files"] = [{"path": one.path, "sha256": one.sha256, "size": one.size} for one in entries]
    (folder / "manifest.json").write_text(json.dumps(document))
    assert "the model iris-h5/1 does not give the answers it was registered with" in _refusal(read_version(folder))


@pytest.mark.parametrize("rows", [1, 3, 10, 57])
def test_samples_are_spread_over_the_rows(rows: int) -> None:
    table = np.arange(2.0 * rows).reshape(rows, 2)
    samples = choose_samples(table, lambda some: some.sum(axis=1), SIGNATURE)
    assert len(np.unique(samples.inputs[:, 0])) == len(samples.inputs) == min(rows, 10)
    assert samples.inputs[[0, -1]].tolist() == table[[0, -1]].tolist()


def test_a_model_that_answers_with_nan_is_not_published() -> None:
    with pytest.raises(ModelctlError, match="answers a held-out row with NaN or infinity"):
        choose_samples(np.ones((3, 2)), lambda some: np.full(len(some), np.nan), SIGNATURE)

"""`reference.json`: what training writes, and what the server refuses."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from model_server.drift.bins import ReferenceBins, count_numbers
from model_server.drift.monitor import DriftMonitor
from model_server.drift.psi import population_stability_indices
from model_server.drift.reference import MAX_FEATURES, ClassShares, NumberShares, parse_reference, read_reference
from model_server.errors import RepositoryError
from model_server.repository.files import describe_file
from model_server.repository.manifest import Signature, Tensor
from model_server.repository.versions import read_version, resolve
from model_server.serving.loader import load_version
from modelctl.cli import main
from modelctl.training.reference import describe_rows, edges_between
from modelctl.training.table import read_table
from modelctl.training.train import TrainingRequest, train
from tests.app.gated_estimator import GatedEstimator
from tests.app.models import SIGNATURE, write_pickle

# They start servers and train models, which takes as long as all other tests together.
pytestmark = pytest.mark.depends_on_files("app", "tests/app", "examples/iris/data.csv")


def _signature(output: Tensor, classes: tuple[str | int, ...] = ()) -> Signature:
    return Signature(SIGNATURE.inputs, (output,), SIGNATURE.features, classes)


LABELS = _signature(Tensor("prediction", "string", (-1,)), ("a", "b"))
HALVES = {"edges": [1.0], "shares": [0.5, 0.5]}


def _document(**changes: Any) -> dict[str, Any]:
    features = [{"name": name, **HALVES} for name in SIGNATURE.features]
    prediction = {"kind": "classes", "classes": ["a", "b"], "shares": [0.5, 0.5]}
    return {"schema_version": 1, "rows": 10, "features": features, "prediction": prediction} | changes


def _refusal(document: object, signature: Signature = LABELS) -> str:
    text = document if isinstance(document, str) else json.dumps(document)
    with pytest.raises(RepositoryError) as caught:
        parse_reference(text, "here", signature)
    assert caught.value.remedy.startswith(("train the version again", "serve it with")), "the remedy is missing"
    return caught.value.cause


def _feature(**changes: Any) -> dict[str, Any]:
    return _document(features=[{"name": "width", **HALVES, **changes}, {"name": "height", **HALVES}])


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ("{", "here is not JSON: "),
        ("[" * 100_000, "here is not JSON: "),
        ([], "here: is not an object."),
        (_document(schema_version=2), "here: schema_version 2 is not supported; this release supports 1."),
        (_document(surprise=1), "here: unknown key 'surprise'."),
        (_document(rows=0), "here: rows is 0, less than 1."),
        (_document(features=[]), "here: features is empty."),
        (
            _document(features=[{"name": "width", **HALVES}]),
            "here: features has 1 entries, the manifest's rows have 2 columns.",
        ),
        (_feature(name="depth"), "here: features[0] is 'depth', that column of the manifest is 'width'."),
        (_feature(edges=[1, 1], shares=[0.2, 0.3, 0.5]), "edges[1] is 1.0, not above the one before it, 1.0."),
        (_feature(edges=[2, 1], shares=[0.2, 0.3, 0.5]), "edges[1] is 1.0, not above the one before it, 2.0."),
        (_feature(edges=[float("nan")]), "here: features[0]: edges[0] is nan, not a finite number."),
        (_feature(edges=[10**400]), "not a finite number."),
        (_feature(edges=[True]), "here: features[0]: edges[0] is True, not a finite number."),
        (_feature(edges=["1"]), "here: features[0]: edges[0] is '1', not a finite number."),
        (_feature(edges=1), "here: features[0]: edges is not a list."),
        (_feature(shares=[1.0]), "here: features[0]: shares has 1 entries, expected 2."),
        (_feature(shares=[-0.5, 1.5]), "here: features[0]: shares[0] is -0.5, not between 0 and 1."),
        (_feature(shares=[0.5, 0.4]), "here: features[0]: shares add up to 0.9, not to 1."),
        (_feature(shares=[0.5, float("inf")]), "here: features[0]: shares[1] is inf, not a finite number."),
        (_feature(more=1), "here: features[0]: unknown key 'more'."),
        (_document(prediction={"kind": "words"}), "here: prediction: kind 'words' is not one of classes, numbers."),
        (
            _document(prediction={"kind": "classes", "classes": ["a", "c"], "shares": [0.5, 0.5]}),
            "here: prediction: classes is ['a', 'c'], the manifest's signature says ['a', 'b'].",
        ),
        (
            _document(prediction={"kind": "numbers", **HALVES}),
            "here: prediction: numbers cannot be counted in an output string [-1].",
        ),
    ],
    ids=lambda value: str(value)[:60],
)
def test_malformed_reference_is_rejected(document: object, message: str) -> None:
    assert message in _refusal(document)


def test_a_reference_for_an_output_of_several_numbers_is_refused() -> None:
    two_numbers = _signature(Tensor("prediction", "float64", (-1, 2)))
    document = _document(prediction={"kind": "numbers", **HALVES})
    assert "numbers cannot be counted in an output float64 [-1, 2]" in _refusal(document, two_numbers)
    three_classes = _document(prediction={"kind": "classes", "classes": [1, 2, 3], "shares": [0.5, 0.5, 0]})
    assert "classes cannot be counted in an output float64 [-1, 2]" in _refusal(three_classes, two_numbers)


def test_more_features_than_a_server_exports_are_refused() -> None:
    many = MAX_FEATURES + 1
    signature = Signature((Tensor("input_data", "float64", (-1, many)),), LABELS.outputs, (), LABELS.classes)
    features = [{"name": f"f{column}", **HALVES} for column in range(many)]
    message = f"features has {many} entries, at most {MAX_FEATURES} are allowed"
    assert message in _refusal(_document(features=features), signature)


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (("width", "width"), "features[1] is 'width', which is also the name of another column"),
        (("width", "\ud800"), "features[1] is '\\ud800', which has an unpaired surrogate"),
    ],
)
def test_names_that_cannot_be_labels_of_metrics_are_refused(names: tuple[str, ...], message: str) -> None:
    signature = Signature(SIGNATURE.inputs, LABELS.outputs, names, LABELS.classes)
    assert message in _refusal(_document(features=[{"name": name, **HALVES} for name in names]), signature)


@given(st.text(max_size=30))
def test_parser_survives_any_text(text: str) -> None:
    with pytest.raises(RepositoryError):
        parse_reference(text, "here", LABELS)


def _write_version(root: Path, text: str | None, listed: bool = True) -> Path:
    folder = write_pickle(root, "m", GatedEstimator())
    if text is None:
        return folder
    (folder / "reference.json").write_text(text)
    if listed:
        manifest = json.loads((folder / "manifest.json").read_text())
        entry = describe_file(folder, "reference.json")
        manifest["files"].append({"path": entry.path, "sha256": entry.sha256, "size": entry.size})
        (folder / "manifest.json").write_text(json.dumps(manifest))
    return folder


NUMBERS = json.dumps(_document(prediction={"kind": "numbers", **HALVES}))


def test_version_without_a_reference_has_no_drift_monitor(tmp_path: Path) -> None:
    assert load_version(read_version(_write_version(tmp_path, None)), drift_window_rows=100).drift is None


def test_reference_that_the_manifest_does_not_list_is_ignored(tmp_path: Path) -> None:
    found = read_version(_write_version(tmp_path, "{", listed=False))
    assert load_version(found, drift_window_rows=100).drift is None


def test_reference_enables_drift_unless_it_is_disabled(tmp_path: Path) -> None:
    found = read_version(_write_version(tmp_path, NUMBERS))
    assert load_version(found, drift_window_rows=100).drift is not None
    assert load_version(found, drift_window_rows=0).drift is None


@pytest.mark.parametrize("window_rows", [0, 100])
def test_a_version_with_a_broken_reference_is_not_loaded(tmp_path: Path, window_rows: int) -> None:
    found = read_version(_write_version(tmp_path, NUMBERS.replace("0.5", "NaN")))
    with pytest.raises(RepositoryError, match=r"reference\.json: features\[0\]: shares\[0\] is nan"):
        load_version(found, window_rows)


def test_a_reference_that_is_not_text_is_refused(tmp_path: Path) -> None:
    folder = _write_version(tmp_path, NUMBERS)
    (folder / "reference.json").write_bytes(b"\xff")
    with pytest.raises(RepositoryError, match="it is not UTF-8"):
        read_reference(read_version(folder))


def test_changed_reference_is_rejected_by_the_server_and_verify(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = _write_version(tmp_path, NUMBERS)
    (folder / "reference.json").write_text(NUMBERS.replace("1.0", "2.0"))
    with pytest.raises(RepositoryError, match=r"reference\.json has changed: its SHA-256 is"):
        load_version(read_version(folder))
    assert main(["verify", str(folder)]) == 2
    assert "reference.json has changed" in capsys.readouterr().err


def test_training_records_distributions_of_rows_and_predictions(iris_csv: Path, sklearn_repository: Path) -> None:
    found = resolve(sklearn_repository, "iris")
    assert [entry.path for entry in found.manifest.files] == ["model.pkl", "reference.json", "samples.json"]
    reference = read_reference(found)
    assert reference is not None
    assert reference.rows == found.manifest.split["training_rows"]
    assert tuple(name for name, _ in reference.features) == found.manifest.signature.features
    assert isinstance(reference.prediction, ClassShares)
    assert min(reference.prediction.shares) > 0.3, "the three classes of iris are equally frequent"
    rows = np.delete(read_table(iris_csv, "species").rows, found.manifest.split["held_out_rows"], axis=0)
    bins = ReferenceBins(reference)
    counts = bins.count(rows, load_version(found).predict(rows).prediction)
    indices = population_stability_indices(bins.shares, counts, len(rows), bins.starts)
    assert indices.max() < 1e-12, "the training rows themselves have not drifted"


def test_training_twice_gives_the_same_bytes(iris_csv: Path, tmp_path: Path, sklearn_repository: Path) -> None:
    again = train(TrainingRequest(iris_csv, "species", "iris", "logistic-regression", tmp_path))
    assert again.files == resolve(sklearn_repository, "iris").manifest.files


def test_a_table_with_too_many_columns_is_trained_without_a_reference(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data, width = tmp_path / "data.csv", MAX_FEATURES + 1
    lines = [",".join([*(str(row * column % 7) for column in range(width)), "ab"[row % 2]]) for row in range(6)]
    data.write_text("\n".join([",".join([*(f"c{column}" for column in range(width)), "class"]), *lines]))
    arguments = ["--data", str(data), "--target", "class", "--model", "m", "--repository", str(tmp_path / "models")]
    assert main(["train", *arguments, "--algorithm", "logistic-regression"]) == 0
    assert f"no reference.json: drift is computed for at most {MAX_FEATURES} features" in capsys.readouterr().out
    assert [entry.path for entry in resolve(tmp_path / "models").manifest.files] == ["model.pkl", "samples.json"]


def test_bins_hold_about_the_same_number_of_rows() -> None:
    values = np.random.default_rng(0).lognormal(size=1000)
    counts = count_numbers(values, np.array(edges_between(values, 10)))
    assert counts.tolist() == [100] * 10


@given(
    st.lists(st.floats(allow_nan=False, allow_infinity=False, width=32), min_size=1, max_size=200), st.integers(2, 10)
)
def test_edges_ascend_and_rounding_moves_no_value_to_another_bin(values: list[float], bins: int) -> None:
    given_values = np.round(np.array(values), 2)
    edges = np.array(edges_between(given_values, bins))
    assert np.all(np.diff(edges) > 0), f"edges that do not ascend: {edges}"
    assert np.all(np.isfinite(edges))
    same = np.searchsorted(edges, given_values) == np.searchsorted(edges, given_values * (1 + 1e-12))
    assert same.all(), f"moved by rounding: {given_values[~same]}"


@pytest.mark.parametrize(
    ("values", "edges"),
    [
        ([0, 1, 1, 0], (0.5,)),
        ([3, 1, 2, 2], (1.5, 2.5)),
        ([5, 5, 5], (5 - 5e-6, 5 + 5e-6)),
        ([0, 0], (-1e-6, 1e-6)),
    ],
)
def test_few_distinct_values_have_one_bin_each(values: list[float], edges: tuple[float, ...]) -> None:
    assert edges_between(np.array(values, dtype=float), 10) == pytest.approx(edges)


def test_a_model_without_classes_has_bins_of_its_answers() -> None:
    rows = np.random.default_rng(0).normal(size=(1000, 2))
    reference = describe_rows(rows, rows.sum(axis=1), SIGNATURE)
    assert reference is not None
    assert isinstance(reference.prediction, NumberShares)
    assert reference.prediction.shares == pytest.approx([0.1] * 10, abs=0.002)
    assert parse_reference(reference.to_json(), "here", SIGNATURE) == reference


def test_rows_in_single_precision_have_not_drifted_from_themselves() -> None:
    inputs = (Tensor("input_data", "float32", (-1, 1)),)
    rows = np.round(np.random.default_rng(0).uniform(0, 3, size=(300, 1)), 1)
    signature = Signature(inputs, SIGNATURE.outputs)
    reference = describe_rows(rows, rows[:, 0], signature)
    assert reference is not None
    monitor = DriftMonitor(reference, window_rows=1000)
    monitor.record(rows.astype(np.float32), rows[:, 0].astype(np.float32))
    reading = monitor.reading()
    assert (reading.features, reading.prediction) == ({"f0": 0.0}, 0.0)


def test_columns_without_names_are_numbered() -> None:
    signature = Signature(SIGNATURE.inputs, SIGNATURE.outputs)
    reference = describe_rows(np.zeros((3, 2)), np.zeros(3), signature)
    assert reference is not None
    assert [name for name, _ in reference.features] == ["f0", "f1"]
    assert parse_reference(reference.to_json(), "here", signature) == reference

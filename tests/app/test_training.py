"""`modelctl train` and `modelctl verify`."""

import hashlib
import json
import subprocess
import sys
from pathlib import Path

import joblib
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model_server.repository.manifest import Manifest
from model_server.repository.versions import resolve
from modelctl.cli import main
from modelctl.training.evaluation import evaluate
from modelctl.training.split import stratified_split
from modelctl.training.table import read_table
from modelctl.training.train import TrainingRequest, train
from tests.app.process import environment

# They train models and start processes, which takes long.
pytestmark = pytest.mark.depends_on_files("app", "tests/app", "examples/iris/data.csv")

HEADER = "a,b,class\n"
ROWS = "1,2,x\n2,1,x\n3,4,y\n4,3,y\n"


def _arguments(data: Path, root: Path, *more: str) -> list[str]:
    base = ["train", "--data", str(data), "--target", "class", "--model", "m", "--repository", str(root)]
    return [*base, "--algorithm", "logistic-regression", *more]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "data.csv is empty. Remedy:"),
        (b"\n\n", "data.csv is empty. Remedy:"),
        (b"1,2,3\n4,5,6\n", "has no header: its first line is 1, 2, 3."),
        (HEADER.encode(), "has a header but no rows."),
        (b"a,b,kind\n1,2,x\n", "has no column 'class'; its columns are a, b, kind. Remedy: correct --target"),
        (b"a,a,class\n1,2,x\n", "has a duplicate column 'a'."),
        (b"a,,class\n1,2,x\n", "column 2 has no name."),
        (b"class\nx\ny\n", "has no feature columns."),
        (f"{HEADER}1,2,x\n1,red,y\n".encode(), "line 3: b must be a number, got 'red'."),
        (f"{HEADER}1,2,x\n1,nan,y\n".encode(), "line 3: b must be a number, got 'nan'."),
        (f"{HEADER}1,2,x\n1,,y\n".encode(), "line 3: b is missing."),
        (f"{HEADER}1,2,x\n1,2,\n".encode(), "line 3: class is missing."),
        (f"{HEADER}1,2,x\n\n1,2\n".encode(), "line 4 has 2 values, but the header has 3 columns."),
        (f'{HEADER}1,2,"x\n'.encode(), "line 2: unexpected end of data."),
        (f"{HEADER}1,2,x\n1,2,\xff\n".encode("latin-1"), "line 3 is not UTF-8."),
        (f"{HEADER}1,2,x\n2,2,x\n".encode(), "the target has only one class, 'x'."),
        (f"{HEADER}1,2,x\n2,2,x\n3,3,y\n".encode(), "the class 'y' has only 1 row, but"),
    ],
)
def test_rejects_unusable_tables_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes, message: str
) -> None:
    data, root = tmp_path / "data.csv", tmp_path / "models"
    data.write_bytes(content)
    assert main(_arguments(data, root)) == 2
    error = capsys.readouterr().err
    assert error.startswith("modelctl: error: ")
    assert message in error
    assert " Remedy: " in error
    assert error.count("\n") == 1
    assert not root.exists()


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (["--data", "absent.csv"], "absent.csv does not exist."),
        (["--data", "."], ". is a directory."),
        (["--holdout", "1"], "--holdout must be between 0 and 1, got 1.0."),
        (["--version", "0"], "--version must be positive, got 0."),
        (["--model", "../m"], "'../m' cannot be a model's name."),
        (["--format", "h5"], "--format does not apply to logistic-regression"),
    ],
)
def test_rejects_invalid_options_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], more: list[str], message: str
) -> None:
    data, root = tmp_path / "data.csv", tmp_path / "models"
    data.write_text(HEADER + ROWS)
    assert main(_arguments(data, root, *more)) == 2
    error = capsys.readouterr().err
    assert message in error
    assert error.count("\n") == 1
    assert not any(root.rglob("*"))


def test_versions_increase_and_are_immutable(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data, root = tmp_path / "data.csv", tmp_path / "models"
    data.write_text(HEADER + ROWS)
    for more, written in (([], "1"), (["--version", "5"], "5"), ([], "6")):
        assert main(_arguments(data, root, *more, "--json")) == 0
        assert json.loads(capsys.readouterr().out)["path"] == str(root / "m" / written)
    assert sorted(path.name for path in (root / "m").iterdir()) == ["1", "5", "6"]
    assert main(_arguments(data, root, "--version", "5")) == 2
    assert "already exists; versions are immutable." in capsys.readouterr().err


def test_the_manifest_records_the_training(iris_csv: Path, sklearn_repository: Path) -> None:
    manifest = resolve(sklearn_repository, "iris").manifest
    assert manifest.training_data["sha256"] == hashlib.sha256(iris_csv.read_bytes()).hexdigest()
    assert manifest.training_data["rows"] == 150
    assert manifest.signature.features == ("sepal_length", "sepal_width", "petal_length", "petal_width")
    assert manifest.signature.classes == ("setosa", "versicolor", "virginica")
    assert len(manifest.split["held_out_rows"]) == manifest.evaluation["rows"] == 30
    assert manifest.evaluation["accuracy"] >= 0.9
    assert {"scikit-learn", "numpy", "joblib", "python"} <= set(manifest.framework_versions)


def test_the_evaluation_can_be_reproduced_with_scikit_learn(iris_csv: Path, sklearn_repository: Path) -> None:
    found = resolve(sklearn_repository, "iris")
    table = read_table(iris_csv, "species")
    rows = found.manifest.split["held_out_rows"]
    predicted = joblib.load(found.folder / "model.pkl").predict(table.rows[rows])
    accuracy = np.mean(predicted == np.array(table.labels)[rows])
    assert accuracy == found.manifest.evaluation["accuracy"]


def _digests(manifest: Manifest) -> list[str]:
    return [entry.sha256 for entry in manifest.files]


# Runs a command as `python -m modelctl` does, then fails if it has imported TensorFlow.
_WITHOUT_TENSORFLOW = """
import sys
from modelctl.cli import main
code = main(sys.argv[1:])
sys.exit("TensorFlow was imported" if "tensorflow" in sys.modules else code)
"""


def test_the_same_table_and_seed_give_the_same_files_without_tensorflow(
    iris_csv: Path, tmp_path: Path, sklearn_repository: Path
) -> None:
    arguments = ["--data", str(iris_csv), "--target", "species", "--model", "iris", "--repository", str(tmp_path)]
    command = ["train", *arguments, "--algorithm", "logistic-regression", "--json"]
    result = subprocess.run(
        [sys.executable, "-c", _WITHOUT_TENSORFLOW, *command],
        env=environment() | {"SOURCE_DATE_EPOCH": "0"},
        capture_output=True,
        text=True,
        check=True,
    )
    manifest = json.loads(result.stdout)["manifest"]
    assert manifest["created"] == "1970-01-01T00:00:00Z"
    first = resolve(sklearn_repository, "iris").manifest
    assert manifest["files"][0]["sha256"] == first.files[0].sha256
    other_seed = train(TrainingRequest(iris_csv, "species", "iris", "logistic-regression", tmp_path, seed=1))
    assert other_seed.split["held_out_rows"] != first.split["held_out_rows"]


@pytest.mark.parametrize("format", ["h5", "keras"])
def test_the_same_table_and_seed_give_the_same_network(
    iris_csv: Path, tmp_path: Path, keras_repository: Path, format: str
) -> None:
    request = TrainingRequest(iris_csv, "species", "again", "keras-mlp", tmp_path, format=format, epochs=20)
    first = resolve(keras_repository, f"iris-{format}").manifest
    again = train(request)
    assert _digests(again) == _digests(first)
    assert again.evaluation == first.evaluation


def test_verify_loads_a_version_and_detects_a_changed_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data, root = tmp_path / "data.csv", tmp_path / "models"
    data.write_text(HEADER + ROWS)
    assert main(_arguments(data, root)) == 0
    assert main(["verify", str(root / "m/1")]) == 0
    with (root / "m/1/model.pkl").open("ab") as stream:
        stream.write(b"x")
    assert main(["verify", str(root / "m/1")]) == 2
    assert "model.pkl is changed: it has" in capsys.readouterr().err


def test_integer_classes_stay_integers(tmp_path: Path) -> None:
    data = tmp_path / "data.csv"
    data.write_text(HEADER + ROWS.replace("x", "0").replace("y", "1"))
    assert read_table(data, "class").classes == (0, 1)
    manifest = train(TrainingRequest(data, "class", "m", "logistic-regression", tmp_path / "models"))
    assert (manifest.signature.classes, manifest.signature.output.dtype) == ((0, 1), "int64")


@given(
    counts=st.lists(st.integers(2, 30), min_size=2, max_size=5),
    holdout=st.floats(0.01, 0.99),
    seed=st.integers(0, 100),
)
@settings(max_examples=50)
def test_every_class_is_in_both_parts_of_a_split(counts: list[int], holdout: float, seed: int) -> None:
    labels = [f"class-{index}" for index, count in enumerate(counts) for _ in range(count)]
    split = stratified_split(labels, holdout, seed)
    assert sorted([*split.training, *split.held_out]) == list(range(len(labels)))
    for part in (split.training, split.held_out):
        assert {labels[row] for row in part} == set(labels)
    assert np.array_equal(stratified_split(labels, holdout, seed).held_out, split.held_out)


def test_the_evaluation_agrees_with_scikit_learn() -> None:
    from sklearn.metrics import accuracy_score, log_loss, precision_recall_fscore_support

    generator = np.random.default_rng(0)
    classes = ("p", "q", "r")
    probabilities = generator.dirichlet(np.ones(3), size=40)
    labels = [classes[index] for index in generator.integers(0, 3, size=40)]
    predicted = [classes[index] for index in probabilities.argmax(axis=1)]
    figures = evaluate(labels, probabilities, classes)
    assert figures["accuracy"] == pytest.approx(accuracy_score(labels, predicted))
    assert figures["log_loss"] == pytest.approx(log_loss(labels, probabilities, labels=classes))
    expected = precision_recall_fscore_support(labels, predicted, labels=classes)
    for index, name in enumerate(classes):
        row = figures["per_class"][name]
        assert [row["precision"], row["recall"], row["f1"], row["rows"]] == pytest.approx(
            [one[index] for one in expected]
        )

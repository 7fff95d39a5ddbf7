"""The two example models: trained by ``modelctl`` from examples/iris/data.csv, and published as OCI images."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cluster import registry, settings
from cluster.images.build import build_folder
from cluster.lifecycle import Connection
from devkit import paths
from devkit.errors import UserError
from model_server.drift.reference import REFERENCE_NAME
from modelctl.errors import ModelctlError
from modelctl.training.table import read_table

FOLDER = paths.EXAMPLES / "iris"
DATA = FOLDER / "data.csv"
TARGET = "species"
REPOSITORY = paths.BUILD / "models"
DOCKERFILE = FOLDER / "model.Dockerfile"


@dataclass(frozen=True)
class Example:
    """A model: the arguments to train it, and the values file that serves it."""

    name: str
    algorithm: str
    arguments: tuple[str, ...] = ()

    @property
    def values(self) -> Path:
        """The values file of charts/model-server."""
        return FOLDER / f"values-{self.name}.yaml"


EXAMPLES = (
    Example("iris-sklearn", "logistic-regression"),
    Example("iris-keras", "keras-mlp", ("--format", "h5")),
)
# The model that is served in a mesh, in several versions of one release.
MESH_EXAMPLE = Example("iris", "logistic-regression")
MESH_VALUES = FOLDER / "values-iris-mesh.yaml"


@dataclass(frozen=True)
class ModelVersion:
    """A version in the model repository."""

    example: Example
    folder: Path
    manifest: dict[str, Any]

    @property
    def version(self) -> str:
        """The version number, as text."""
        return self.folder.name

    @property
    def model_file(self) -> Path:
        """The model file, in the framework's own format."""
        return self.folder / str(self.manifest["files"][0]["path"])

    @property
    def classes(self) -> list[str]:
        """The names of the classes, in the order of the network's outputs."""
        return list(self.manifest["signature"]["classes"])

    def held_out(self) -> tuple[list[list[float]], list[str]]:
        """Return the rows held out from training, and their true classes."""
        lines = [line.split(",") for line in DATA.read_text(encoding="utf-8").splitlines()[1:]]
        chosen = [lines[row] for row in self.manifest["split"]["held_out_rows"]]
        return [[float(value) for value in row[:-1]] for row in chosen], [row[-1] for row in chosen]

    def labels(self, prediction: list[Any]) -> list[str]:
        """Return predictions as class names; a network predicts a probability for each class."""
        return [value if isinstance(value, str) else self.classes[value.index(max(value))] for value in prediction]


def check_data() -> None:
    """Raise :class:`UserError` if ``data.csv`` is invalid, before anything depends on it."""
    try:
        read_table(DATA, TARGET)
    except ModelctlError as error:
        remedy = f"Or restore the file: `git checkout {DATA.relative_to(paths.REPOSITORY)}`."
        raise UserError(str(error), remedy) from error


def train(example: Example, repository: Path = REPOSITORY, seed: int = 0, data: Path = DATA) -> ModelVersion:
    """Return the newest version trained from the current data with that seed; trains one if there is none."""
    existing = _newest(example, repository, seed, data)
    if existing:
        return existing
    command = [
        *(sys.executable, "-m", "modelctl", "train", "--data", str(data), "--target", TARGET),
        *("--model", example.name, "--algorithm", example.algorithm, *example.arguments),
        *("--repository", str(repository), "--seed", str(seed)),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise UserError(done.stderr.strip(), "Fix the error that modelctl reports, then retry.")
    trained = _newest(example, repository, seed, data)
    if trained is None:
        raise UserError(f"modelctl wrote no version of {example.name}.", f"Check the contents of {repository}.")
    return trained


def publish(connection: Connection, version: ModelVersion, folder: str = "models") -> str:
    """Push the model as an OCI image, tagged with its version, to a folder of the registry.

    Returns the reference by digest.
    """
    name = f"{settings.REGISTRY_ADDRESS}/{folder}/{version.example.name}:{version.version}"
    arguments: list[str | Path] = ["--file", DOCKERFILE, "--build-arg", f"MODEL={version.example.name}"]
    build_folder(connection.engine, version.folder.parent.parent, name, arguments)
    registry.load(connection.engine, connection.images, name, connection.console)
    return f"{name.rpartition(':')[0]}@{registry.digest(name)}"


def without(column: str) -> Path:
    """Write a copy of the data without a column; returns its path."""
    rows = [line.split(",") for line in DATA.read_text(encoding="utf-8").splitlines()]
    left_out = rows[0].index(column)
    copy = paths.BUILD / "data" / f"without-{column}.csv"
    copy.parent.mkdir(parents=True, exist_ok=True)
    lines = [",".join(row[:left_out] + row[left_out + 1 :]) for row in rows]
    copy.write_text("\n".join([*lines, ""]), encoding="utf-8")
    return copy


def _newest(example: Example, repository: Path, seed: int, data: Path) -> ModelVersion | None:
    digest = hashlib.sha256(data.read_bytes()).hexdigest()
    for folder in sorted((repository / example.name).glob("[0-9]*"), key=lambda path: -int(path.name)):
        try:
            manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
            trained_from = (manifest["training_data"]["sha256"], manifest["seed"])
            has_reference = any(file["path"] == REFERENCE_NAME for file in manifest["files"])
        except (OSError, ValueError, LookupError):
            continue  # A damaged version; train another one.
        # Versions from before drift references existed have no drift metrics.
        if trained_from == (digest, seed) and has_reference:
            return ModelVersion(example, folder, manifest)
    return None

"""Writes small models into a repository, without training."""

from pathlib import Path
from typing import Any

import joblib

from model_server.repository.files import describe_file
from model_server.repository.manifest import Manifest, Signature, Tensor
from model_server.repository.writer import publish, staging_folder
from model_server.runtimes.compatibility import installed_version
from model_server.serving.samples import SAMPLES_NAME
from tests.app.gated_estimator import FEATURES

SIGNATURE = Signature(
    inputs=(Tensor("input_data", "float64", (-1, FEATURES)),),
    outputs=(Tensor("prediction", "float64", (-1,)),),
    features=("width", "height"),
)


def pickle_versions() -> dict[str, str]:
    """The library versions a manifest of a pickle names."""
    return {name: installed_version(name) for name in ("scikit-learn", "numpy", "joblib")}


def write_pickle(root: Path, name: str, estimator: Any, samples: str | None = None, **changes: Any) -> Path:
    """Publish `estimator` as the next version of `name`; `changes` replace parts of its manifest.

    `samples` is the content of its samples.json.
    """
    with staging_folder(root, name) as staging:
        joblib.dump(estimator, staging / "model.pkl")
        return _publish(root, name, staging, "model.pkl", samples, {"format": "sklearn_joblib", **changes})


def write_file(
    root: Path, name: str, file_name: str, content: bytes, samples: str | None = None, **changes: Any
) -> Path:
    """Publish `content` as the model file of the next version of `name`, and `samples` as its samples.json."""
    with staging_folder(root, name) as staging:
        (staging / file_name).write_bytes(content)
        return _publish(root, name, staging, file_name, samples, changes)


def _publish(
    root: Path, name: str, staging: Path, file_name: str, samples: str | None, changes: dict[str, Any]
) -> Path:
    names = [file_name]
    if samples is not None:
        (staging / SAMPLES_NAME).write_text(samples, encoding="utf-8")
        names.append(SAMPLES_NAME)

    def describe(version: int) -> Manifest:
        values: dict[str, Any] = {
            "name": name,
            "version": version,
            "files": tuple(describe_file(staging, one) for one in names),
            "signature": SIGNATURE,
            "framework_versions": pickle_versions(),
        }
        return Manifest(**(values | changes))

    manifest = publish(root, name, staging, describe)
    return root / name / str(manifest.version)

"""Train a model on a table and publish it as a version."""

import os
import platform
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import numpy.typing as npt

from model_server.drift.reference import REFERENCE_NAME, Reference, read_reference
from model_server.observability.native_output import discard, native_output_to
from model_server.repository.files import describe_file
from model_server.repository.manifest import Manifest, Signature
from model_server.repository.versions import ModelVersion
from model_server.repository.writer import publish, staging_folder
from model_server.runtimes.compatibility import installed_version
from model_server.serving.loader import load_version, warm_up
from model_server.serving.samples import SAMPLES_NAME
from modelctl.errors import ModelctlError
from modelctl.training.algorithms import FitRequest, FittedModel, load_algorithm
from modelctl.training.evaluation import evaluate
from modelctl.training.reference import describe_rows
from modelctl.training.revision import code_revision
from modelctl.training.samples import choose_samples
from modelctl.training.split import Split, stratified_split
from modelctl.training.table import Table, read_table


@dataclass(frozen=True)
class TrainingRequest:
    """A model to train, its table, and its repository. `version` None selects the next free one."""

    data: Path
    target: str
    model: str
    algorithm: str
    repository: Path
    seed: int = 0
    holdout: float = 0.2
    format: str | None = None
    epochs: int | None = None
    version: int | None = None


def train(request: TrainingRequest) -> Manifest:
    """Train, evaluate and publish; return the manifest of the new version.

    Raises ModelctlError for an unusable table or option, RepositoryError if the version cannot be written. The
    repository is unchanged then.
    """
    created = _created()
    table = read_table(request.data, request.target)
    split = stratified_split(table.labels, request.holdout, request.seed)
    # TensorFlow's messages about the machine would bury the single line of an error.
    with native_output_to(discard), staging_folder(request.repository, request.model) as staging:
        _reject_existing(request)
        fitted = load_algorithm(request.algorithm).fit(
            FitRequest(
                rows=table.rows[split.training],
                labels=tuple(table.labels[row] for row in split.training),
                classes=table.classes,
                seed=request.seed,
                format=request.format,
                epochs=request.epochs,
            )
        )
        fitted.save(staging / fitted.file_name)
        rows = table.rows[split.training]
        reference = describe_rows(rows, fitted.answers(rows), _signature(table, fitted))
        if reference is not None:
            (staging / REFERENCE_NAME).write_text(reference.to_json(), encoding="utf-8")
        samples = choose_samples(table.rows[split.held_out], fitted.answers, _signature(table, fitted))
        (staging / SAMPLES_NAME).write_text(samples.to_json(), encoding="utf-8")

        def describe(version: int) -> Manifest:
            return _describe(request, table, split, fitted, staging, version, created)

        _check_saved(describe(request.version or 1), fitted, reference, staging, table.rows[split.held_out])
        return publish(request.repository, request.model, staging, describe, request.version)


def _reject_existing(request: TrainingRequest) -> None:
    """Fail before the training, not after."""
    if request.version is not None:
        target = request.repository / request.model / str(request.version)
        if target.exists():
            raise ModelctlError(
                f"{target} already exists; versions are immutable.", "omit --version, or pass another one"
            )


def _describe(
    request: TrainingRequest,
    table: Table,
    split: Split,
    fitted: FittedModel,
    staging: Path,
    version: int,
    created: str,
) -> Manifest:
    # The model file must be first.
    names = [name for name in (fitted.file_name, REFERENCE_NAME, SAMPLES_NAME) if (staging / name).exists()]
    held_out = [int(row) for row in split.held_out]
    columns = [{"name": name, "type": "class" if name == table.target else "number"} for name in table.columns]
    versions = {"python": platform.python_version()}
    versions |= {name: found for name in fitted.distributions if (found := installed_version(name))}
    return Manifest(
        name=request.model,
        version=version,
        format=fitted.format,
        files=tuple(describe_file(staging, name) for name in names),
        signature=_signature(table, fitted),
        framework_versions=versions,
        training_data={
            "uri": request.data.as_posix(),
            "sha256": table.digest,
            "rows": len(table.labels),
            "columns": columns,
            "target": table.target,
        },
        algorithm=request.algorithm,
        parameters=fitted.parameters,
        seed=request.seed,
        split={
            "holdout": request.holdout,
            "stratified": True,
            "training_rows": len(split.training),
            "held_out_rows": held_out,
        },
        evaluation=evaluate(
            [table.labels[row] for row in held_out],
            fitted.probabilities(table.rows[split.held_out]),
            table.classes,
        ),
        code=code_revision(Path.cwd()),
        created=created,
    )


def _signature(table: Table, fitted: FittedModel) -> Signature:
    return Signature((fitted.input,), (fitted.output,), table.features, table.classes)


def _check_saved(
    manifest: Manifest, fitted: FittedModel, reference: Reference | None, staging: Path, rows: npt.NDArray[np.float64]
) -> None:
    """Load the files as the server does, and compare: a model that saving has changed is not published."""
    saved = ModelVersion(staging, manifest)
    model = load_version(saved)
    served = model.predict(rows.astype(fitted.input.dtype)).prediction
    expected = fitted.answers(rows)
    same = np.allclose(served, expected, atol=1e-6) if served.dtype.kind == "f" else np.array_equal(served, expected)
    if not same or read_reference(saved) != reference:
        raise ModelctlError("the saved model differs from the trained one.", "report this as a defect")
    warm_up(saved, model)


def _created() -> str:
    """Return the current time in UTC, or that of SOURCE_DATE_EPOCH."""
    given = os.environ.get("SOURCE_DATE_EPOCH", "")
    if not given:
        moment = datetime.now(UTC)
    elif given.isascii() and given.isdigit():
        moment = datetime.fromtimestamp(int(given), UTC)
    else:
        raise ModelctlError(f"SOURCE_DATE_EPOCH must be seconds since 1970, got {given!r}.", "correct or unset it")
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")

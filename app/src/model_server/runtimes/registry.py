"""The table of formats, and the one way to get from a model version to a model in memory."""

import importlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from model_server.errors import ModelLoadError, ModelServerError
from model_server.repository.files import check_files
from model_server.repository.versions import ModelVersion
from model_server.runtimes.compatibility import check_framework_versions

if TYPE_CHECKING:
    from model_server.runtimes.base import Runtime, RuntimeModel


@dataclass(frozen=True)
class Format:
    """One format: the module that reads it, its file's suffix, and the versions that must agree.

    `needs` maps a distribution to how many leading parts of its version must equal the manifest's; empty for
    formats that promise to load with any version.
    """

    module: str
    suffix: str
    needs: dict[str, int]


FORMATS: dict[str, Format] = {
    "keras_h5": Format("model_server.runtimes.keras", ".h5", {}),
    "keras_v3": Format("model_server.runtimes.keras", ".keras", {}),
    # scikit-learn promises nothing for pickles across releases; numpy moved its modules between 1 and 2.
    "sklearn_joblib": Format("model_server.runtimes.sklearn", ".pkl", {"scikit-learn": 2, "numpy": 1, "joblib": 1}),
}


def load_model(found: ModelVersion) -> "RuntimeModel":
    """Check the files of a version and load it. Raises RepositoryError or ModelLoadError.

    The order matters: nothing opens a model file before its digest is checked, and nothing unpickles before
    the library versions are compared.
    """
    manifest = found.manifest
    known = FORMATS.get(manifest.format)
    if known is None:
        raise ModelLoadError(
            f"{found.folder}: the format {manifest.format!r} is not known; known are {', '.join(FORMATS)}.",
            "train the model in a known format, or serve it with a release that knows this one",
        )
    path = found.folder / manifest.model_file.path
    if path.suffix != known.suffix:
        raise ModelLoadError(
            f"{path}: a model of the format {manifest.format} is named *{known.suffix}.",
            "correct the manifest's format, or rename the file and write the version again",
        )
    check_files(found.folder, manifest)
    check_framework_versions(str(path), manifest.framework_versions, known.needs)
    runtime = cast("Runtime", importlib.import_module(known.module))
    try:
        return runtime.load(path, manifest)
    except ModelServerError:
        raise
    except Exception as error:
        # A damaged file raises whatever the library happens to trip over.
        summary = " ".join(f"{type(error).__name__}: {error}".split())[:500]
        raise ModelLoadError(
            f"{path} cannot be loaded as {manifest.format}: {summary}.",
            "check that the file is of that format and complete, then write the version again",
        ) from error

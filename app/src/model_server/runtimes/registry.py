"""Finds the installed formats, and loads a model version with the runtime of its format.

The entry points of the group `model_server.runtimes` are the only list: the built-in runtimes are declared in
app/pyproject.toml like those of any other distribution. An entry point is imported only if its format is needed, so a
broken one does not affect the others.
"""

import importlib
import logging
import os
from collections.abc import MutableMapping
from importlib.metadata import EntryPoint, entry_points
from typing import TYPE_CHECKING, cast

from model_server.cpu import cpu_threads
from model_server.errors import ModelLoadError, ModelServerError
from model_server.repository.files import check_files
from model_server.repository.versions import ModelVersion
from model_server.runtimes.compatibility import check_framework_versions
from model_server.runtimes.format import Format

if TYPE_CHECKING:
    from model_server.runtimes.base import Runtime, RuntimeModel

GROUP = "model_server.runtimes"
_OWN_DISTRIBUTION = "model-server"

_log = logging.getLogger("model_server.runtimes")


def find_format(name: str, where: str) -> Format:
    """Return the format that manifests call `name`. `where` begins the messages. Raises ModelLoadError."""
    declared = entry_points(group=GROUP)
    found = [entry for entry in declared if entry.name == name]
    if len(found) > 1:
        owners = " and ".join(sorted(_owner(entry) for entry in found))
        raise ModelLoadError(f"{where}: the format {name!r} is declared by {owners}.", "uninstall one of them")
    if found:
        return _load_format(found[0], where)
    if all(_owner(entry) != _OWN_DISTRIBUTION for entry in declared):
        raise ModelLoadError(
            f"{where}: the built-in formats are missing, because the installed metadata of {_OWN_DISTRIBUTION} has no "
            f"entry points in the group {GROUP}.",
            f"install {_OWN_DISTRIBUTION} again; in a clone: touch app/pyproject.toml && make lint",
        )
    raise ModelLoadError(
        f"{where}: the format {name!r} is unknown; known formats: {', '.join(sorted(declared.names))}.",
        "train the model in a known format, or install a distribution with a runtime for this one",
    )


def installed_formats() -> dict[str, Format]:
    """Return all formats by name. Broken entry points are logged and left out."""
    formats = {}
    for entry in entry_points(group=GROUP):
        try:
            formats[entry.name] = _load_format(entry, "formats")
        except ModelLoadError as error:
            _log.warning("runtime not usable", extra={"fields": {"format": entry.name, "why": error.cause}})
    return formats


def load_model(found: ModelVersion) -> "RuntimeModel":
    """Check the files of a version and load it. Raises RepositoryError or ModelLoadError.

    The order matters: a model file is opened only after its digest is checked, and unpickled only after the library
    versions are compared.
    """
    manifest = found.manifest
    known = find_format(manifest.format, str(found.folder))
    path = found.folder / manifest.model_file.path
    if path.suffix != known.suffix:
        raise ModelLoadError(
            f"{path}: a model of the format {manifest.format} is named *{known.suffix}.",
            "correct the manifest's format, or rename the file and write the version again",
        )
    check_files(found.folder, manifest)
    check_framework_versions(str(path), manifest.framework_versions, known.libraries)
    # Libraries read their variables when they are imported.
    set_library_environment(known, os.environ)
    try:
        runtime = cast("Runtime", importlib.import_module(known.module))
        return runtime.load(path, manifest)
    except ModelServerError:
        raise
    except Exception as error:
        # A damaged file can raise any exception of the library.
        raise ModelLoadError(
            f"{path} cannot be loaded as {manifest.format}: {_summary(error)}.",
            "check that the file is of that format and complete, then write the version again",
        ) from error


def set_library_environment(known: Format, environ: MutableMapping[str, str]) -> None:
    """Set the format's environment variables, except those that the user has set."""
    for variable in known.thread_variables:
        environ.setdefault(variable, str(cpu_threads()))
    for variable, value in known.environment.items():
        environ.setdefault(variable, value)


def _load_format(entry: EntryPoint, where: str) -> Format:
    try:
        declared = entry.load()
    except Exception as error:
        raise _broken(entry, where, _summary(error)) from error
    if not isinstance(declared, Format):
        raise _broken(entry, where, f"it is a {type(declared).__name__}, not a Format")
    return declared


def _broken(entry: EntryPoint, where: str, problem: str) -> ModelLoadError:
    owner = _owner(entry)
    return ModelLoadError(
        f"{where}: cannot use the runtime of the format {entry.name!r}, {entry.value} of the distribution {owner}: "
        f"{problem}.",
        f"repair or uninstall {owner}",
    )


def _owner(entry: EntryPoint) -> str:
    return entry.dist.name if entry.dist is not None else "unknown"


def _summary(error: Exception) -> str:
    return " ".join(f"{type(error).__name__}: {error}".split())[:500]

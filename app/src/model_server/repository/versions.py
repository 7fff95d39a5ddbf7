"""Finds the model version to serve and reads its manifest."""

import json
from dataclasses import dataclass
from pathlib import Path

from model_server.errors import RepositoryError
from model_server.repository.manifest import MANIFEST_NAME, Manifest, parse_manifest
from model_server.repository.names import is_model_name

ALIASES_NAME = "aliases.json"
HISTORY_NAME = "history.jsonl"
PRODUCTION = "production"


@dataclass(frozen=True)
class ModelVersion:
    """A version's folder and manifest. Its files have not been checked."""

    folder: Path
    manifest: Manifest


def list_models(root: Path) -> list[str]:
    """Return the names of the models under `root` that have a version. Raises RepositoryError."""
    try:
        names = [entry.name for entry in root.iterdir() if entry.is_dir() and is_model_name(entry.name)]
    except OSError as error:
        raise RepositoryError(
            f"the model repository {root} cannot be read: {error.strerror}.",
            "mount it there, or set MODEL_SERVER_REPOSITORY or --repository",
        ) from error
    return sorted(name for name in names if list_versions(root, name))


def list_versions(root: Path, model: str) -> list[int]:
    """Return the versions of `model` in ascending order: folders with a positive number as name and a manifest."""
    folder = root / model
    if not folder.is_dir():
        return []
    return sorted(int(entry.name) for entry in folder.iterdir() if _is_version(entry))


def _is_version(entry: Path) -> bool:
    name = entry.name
    plain_number = name.isascii() and name.isdigit() and not name.startswith("0")
    return plain_number and (entry / MANIFEST_NAME).is_file()


def resolve(root: Path, model: str = "", version: str = "") -> ModelVersion:
    """Find a version.

    `model` may be empty if the repository has exactly one. `version` is a number, an alias, or empty for the alias
    `production` if it exists, else the highest version. Raises RepositoryError.
    """
    name = model or _only_model(root)
    if not is_model_name(name):
        raise RepositoryError(f"{name!r} cannot be a model's name.", "correct the setting model_name")
    versions = list_versions(root, name)
    if not versions:
        known = ", ".join(list_models(root)) or "none"
        raise RepositoryError(
            f"the repository {root} has no version of the model {name!r}; models there: {known}.",
            "correct model_name, or write a version with 'modelctl train'",
        )
    number = _version_number(root, name, version, versions)
    return read_version(root / name / str(number))


def read_version(folder: Path) -> ModelVersion:
    """Read the manifest in `folder` and check that it belongs there. Raises RepositoryError."""
    path = folder / MANIFEST_NAME
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise RepositoryError(f"{path} cannot be read: {reason}.", "name a version's folder") from error
    manifest = parse_manifest(text, str(path))
    # Either the path itself or its target must match: in a volume from a ConfigMap, folders are links.
    places = {(place.parent.name, place.name) for place in (folder.absolute(), folder.resolve())}
    if (manifest.name, str(manifest.version)) not in places:
        raise RepositoryError(
            f"{path} describes {manifest.name}/{manifest.version}, which does not match its folder.",
            "keep the folders <model>/<version> as they were published",
        )
    return ModelVersion(folder, manifest)


def _only_model(root: Path) -> str:
    models = list_models(root)
    if len(models) == 1:
        return models[0]
    if not models:
        raise RepositoryError(
            f"the repository {root} holds no model.",
            "mount a repository with <model>/<version>/manifest.json, or write one with 'modelctl train'",
        )
    raise RepositoryError(
        f"the repository {root} holds {len(models)} models ({', '.join(models)}) and none is selected.",
        "set MODEL_SERVER_MODEL_NAME or --model-name",
    )


def _version_number(root: Path, model: str, wanted: str, versions: list[int]) -> int:
    listed = ", ".join(str(number) for number in versions)
    if wanted.isascii() and wanted.isdigit():
        if int(wanted) in versions:
            return int(wanted)
        raise RepositoryError(f"{model} has no version {wanted}; it has {listed}.", "correct model_version")
    aliases = read_aliases(root / model / ALIASES_NAME)
    alias = wanted or PRODUCTION
    if alias not in aliases:
        if not wanted:
            return versions[-1]
        known = ", ".join(sorted(aliases)) or "none"
        raise RepositoryError(
            f"{model} has no alias {alias!r}; aliases: {known}; versions: {listed}.", "correct model_version"
        )
    if aliases[alias] not in versions:
        raise RepositoryError(
            f"the alias {alias!r} of {model} points to version {aliases[alias]}, which does not exist; "
            f"versions: {listed}.",
            "publish that version, or point the alias to one that is there",
        )
    return aliases[alias]


def read_aliases(path: Path) -> dict[str, int]:
    """Read an aliases.json. Without the file there are no aliases. Raises RepositoryError."""
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, RecursionError) as error:
        raise RepositoryError(f"{path} cannot be read: {error}.", "restore the file") from error
    if not isinstance(document, dict) or not all(type(value) is int for value in document.values()):
        raise RepositoryError(f"{path} does not map aliases to version numbers.", 'write {"production": 3}')
    return document

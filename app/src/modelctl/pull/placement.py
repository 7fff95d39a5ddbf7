"""Move checked versions to their final names and record what each archive delivered."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from model_server.errors import RepositoryError
from model_server.repository.files import check_files, sha256_of
from model_server.repository.manifest import MANIFEST_NAME, Manifest
from model_server.repository.names import is_model_name
from model_server.repository.staging import make_durable, sync
from model_server.repository.versions import ModelVersion, list_versions, read_version
from modelctl.pull.contents import PulledModel


@dataclass(frozen=True)
class PlacedVersion:
    """A version that is in the repository after a pull."""

    folder: Path
    manifest: Manifest
    is_new: bool


@dataclass(frozen=True)
class Placement:
    """The versions in the repository, and notes on files of the archive that were not used."""

    versions: tuple[PlacedVersion, ...]
    notes: tuple[str, ...]


def place(models: Sequence[PulledModel], root: Path) -> Placement:
    """Move versions into the repository `root`, except for those that it already has with the same digests.

    Raises RepositoryError before anything is moved if a version exists with different content, OSError if `root`
    cannot be written.
    """
    for model in models:
        _check_aliases(model, root)
        for version in model.versions:
            target = _target(root, version)
            if _is_version(target):
                _compare(target, version.manifest)
    notes = [note for model in models for note in _place_texts(model, root)]
    placed = [_place(version, root) for model in models for version in model.versions]
    return Placement(tuple(placed), tuple(notes))


def _place(version: ModelVersion, root: Path) -> PlacedVersion:
    target = _target(root, version)
    if not _is_version(target):
        make_durable(version.folder)
        try:
            # A rename onto a directory with files fails, so an existing version cannot be replaced.
            version.folder.rename(target)
        except OSError as error:
            if not target.exists():
                raise
            if not _is_version(target):
                raise RepositoryError(f"{target} exists but is not a version.", "move it away") from error
        else:
            sync(target.parent)
            return PlacedVersion(target, version.manifest, is_new=True)
    _compare(target, version.manifest)
    return PlacedVersion(target, version.manifest, is_new=False)


def _place_texts(model: PulledModel, root: Path) -> list[str]:
    """Move the aliases and history of a new model, and return notes on those that an existing model keeps.

    They are moved before the versions: after a kill in between, the next pull still recognizes a new model.
    """
    folder = root / model.name
    folder.mkdir(exist_ok=True)
    is_new = not list_versions(root, model.name)
    notes = []
    for text in model.texts:
        target = folder / text.name
        if is_new:
            text.chmod(0o644)
            sync(text)
            text.replace(target)
        elif not target.is_file() or target.read_bytes() != text.read_bytes():
            notes.append(f"kept {target}, although the archive's differs")
    sync(folder)
    return notes


def _check_aliases(model: PulledModel, root: Path) -> None:
    """Reject an alias without a version, because the server would not start with it."""
    here = {version.manifest.version for version in model.versions} | set(list_versions(root, model.name))
    for alias, number in sorted(model.aliases.items()):
        if number not in here:
            raise RepositoryError(
                f"the archive's alias {alias!r} of {model.name} points to version {number}, which is neither in the "
                "archive nor in the repository.",
                "add that version to the archive, or remove the alias",
            )


def _compare(target: Path, manifest: Manifest) -> None:
    there = read_version(target).manifest
    check_files(target, there)
    if there == manifest:
        return
    others = sorted({entry.path for entry in set(there.files) ^ set(manifest.files)})
    difference = f"differing files: {', '.join(others[:3])}" if others else "the manifests differ"
    raise RepositoryError(
        f"{target} already exists with different content ({difference}); versions are immutable.",
        "publish the new content as a new version",
    )


def _target(root: Path, version: ModelVersion) -> Path:
    return root / version.manifest.name / str(version.manifest.version)


def _is_version(folder: Path) -> bool:
    return (folder / MANIFEST_NAME).exists()


def write_receipt(root: Path, staging: Path, sha256: str, versions: tuple[PlacedVersion, ...]) -> None:
    """Record in the repository `root` that the archive with this digest delivered `versions`. Raises OSError.

    With the receipt, a pod that restarts while its store is unavailable finds its model. It is a hint, not a proof:
    `find_pulled` compares all digests.
    """
    document = [
        [version.manifest.name, version.manifest.version, sha256_of(version.folder / MANIFEST_NAME)]
        for version in versions
    ]
    draft = staging / "receipt"
    draft.write_text(json.dumps(document) + "\n", encoding="utf-8")
    draft.chmod(0o644)
    sync(draft)
    draft.replace(_path(root, sha256))


def find_pulled(root: Path, sha256: str) -> tuple[PlacedVersion, ...]:
    """Return the versions that the archive with this digest delivered, if all are unchanged, else none."""
    try:
        document = json.loads(_path(root, sha256).read_text(encoding="utf-8"))
        return tuple(_unchanged(root, *entry) for entry in document)
    except (OSError, ValueError, TypeError, RecursionError, RepositoryError):
        return ()


def _unchanged(root: Path, model: str, version: int, manifest_sha256: str) -> PlacedVersion:
    if not is_model_name(model) or type(version) is not int:
        raise ValueError
    folder = root / model / str(version)
    if sha256_of(folder / MANIFEST_NAME) != manifest_sha256:
        raise ValueError
    found = read_version(folder)
    check_files(folder, found.manifest)
    return PlacedVersion(folder, found.manifest, is_new=False)


def _path(root: Path, sha256: str) -> Path:
    # The leading dot keeps it from being listed as a model.
    return root / f".pulled-{sha256}.json"

"""Verify the contents of an unpacked archive: models with complete versions, and nothing else."""

import json
from dataclasses import dataclass
from pathlib import Path

from model_server.errors import RepositoryError
from model_server.repository.files import check_files
from model_server.repository.manifest import MANIFEST_NAME
from model_server.repository.names import is_model_name
from model_server.repository.versions import (
    ALIASES_NAME,
    HISTORY_NAME,
    ModelVersion,
    list_versions,
    read_aliases,
    read_version,
)
from modelctl.errors import ModelctlError

_PACK = "pack the contents of the repository: tar -C REPOSITORY -czf ARCHIVE MODEL"

# These files are read into memory. The largest part of a manifest is the list of held-out rows.
_TEXT_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True)
class PulledModel:
    """A model of the archive. The files of its versions match their manifests."""

    name: str
    versions: tuple[ModelVersion, ...]
    aliases: dict[str, int]
    texts: tuple[Path, ...]
    """Its aliases.json and history.jsonl, if it has them."""


def read_contents(root: Path) -> tuple[PulledModel, ...]:
    """Verify everything below `root`. Raises ModelctlError or RepositoryError."""
    entries = sorted(root.iterdir())
    unexpected = [entry.name for entry in entries if not entry.is_dir() or not is_model_name(entry.name)]
    if unexpected:
        raise ModelctlError(f"{_listed(unexpected)} at the top level of the archive is not a model.", _PACK)
    if not entries:
        raise ModelctlError("the archive contains no models.", _PACK)
    try:
        return tuple(_read_model(root, entry.name) for entry in entries)
    except RepositoryError as error:
        # The staging directory no longer exists when the message is read.
        cause = error.cause.replace(f"{root}/", "")
        raise ModelctlError(f"in the archive, {cause}", error.remedy) from error


def _read_model(root: Path, name: str) -> PulledModel:
    folder = root / name
    numbers = list_versions(root, name)
    versions = {str(number) for number in numbers}
    entries = {entry.name: entry for entry in sorted(folder.iterdir())}
    texts = [entries[text] for text in (ALIASES_NAME, HISTORY_NAME) if text in entries and entries[text].is_file()]
    unexpected = sorted(entries.keys() - versions - {path.name for path in texts})
    if unexpected or not numbers:
        found = (
            f"{_listed(unexpected)} in the archive's directory {name}"
            if unexpected
            else f"the archive's directory {name}"
        )
        raise ModelctlError(f"{found} is not a version with a {MANIFEST_NAME}.", _PACK)
    for path in (*texts, *(folder / version / MANIFEST_NAME for version in versions)):
        if path.stat().st_size > _TEXT_BYTES:
            raise ModelctlError(f"{path.relative_to(root)} is larger than {_TEXT_BYTES} bytes.", "omit it")
    checked = tuple(_read_version(root, folder / str(number)) for number in numbers)
    _check_history(root, folder / HISTORY_NAME)
    return PulledModel(name, checked, read_aliases(folder / ALIASES_NAME), tuple(texts))


def _read_version(root: Path, folder: Path) -> ModelVersion:
    found = read_version(folder)
    check_files(folder, found.manifest)
    known = {MANIFEST_NAME, *(entry.path for entry in found.manifest.files)}
    present = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    if present - known:
        # Without a digest, a change of the file would go unnoticed.
        where = folder.relative_to(root)
        raise ModelctlError(f"the manifest of {where} does not list {_listed(sorted(present - known))}.", _PACK)
    return found


def _check_history(root: Path, path: Path) -> None:
    if not path.exists():
        return
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
        if all(isinstance(json.loads(line), dict) for line in lines):
            return
    except (ValueError, RecursionError):
        pass
    raise RepositoryError(f"{path.relative_to(root)} must have one JSON object per line.", "restore the file")


def _listed(names: list[str]) -> str:
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return ", ".join(repr(name) for name in names[:3]) + more

"""Remembers which archive brought which versions, so that a pull that was done needs no second download.

A pod that is restarted while its store is down finds its model. A receipt is a hint, not a proof: the digests of
all it names are compared each time.
"""

import json
from pathlib import Path

from model_server.errors import RepositoryError
from model_server.repository.files import check_files, sha256_of
from model_server.repository.manifest import MANIFEST_NAME
from model_server.repository.names import is_model_name
from model_server.repository.staging import sync
from model_server.repository.versions import read_version
from modelctl.pulling.placement import PlacedVersion


def write_receipt(root: Path, staging: Path, sha256: str, versions: tuple[PlacedVersion, ...]) -> None:
    """Note in the repository `root` that the archive of that digest has brought `versions`. Raises OSError."""
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
    """Versions that the archive of that digest has brought and that are there, unchanged; else nothing."""
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
    # The dot keeps it from being taken for a model.
    return root / f".pulled-{sha256}.json"

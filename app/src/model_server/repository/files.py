"""Checks that the files of a version are the published ones, before any of them is opened."""

import hashlib
from pathlib import Path

from model_server.errors import RepositoryError
from model_server.repository.manifest import FileEntry, Manifest

_REMEDY = "copy the version again from where it was published; a published version never changes"


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file in lower-case hex. Raises OSError."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def describe_file(folder: Path, relative: str) -> FileEntry:
    """Return the manifest's entry for `folder/relative`. Raises OSError."""
    path = folder / relative
    return FileEntry(relative, sha256_of(path), path.stat().st_size)


def check_files(folder: Path, manifest: Manifest) -> None:
    """Compare every file's size and SHA-256 with the manifest. Raises RepositoryError for a mismatch."""
    root = folder.resolve()
    for entry in manifest.files:
        path = folder / entry.path
        # Paths are checked when the manifest is read. This check catches links that lead outside.
        if not path.resolve().is_relative_to(root):
            raise RepositoryError(f"{path} is a link that points outside of the version's folder.", _REMEDY)
        if not path.is_file():
            raise RepositoryError(f"{path} is in the manifest but does not exist.", _REMEDY)
        try:
            size = path.stat().st_size
            if size != entry.size:
                state = "truncated" if size < entry.size else "changed"
                raise RepositoryError(
                    f"{path} is {state}: it has {size} bytes, the manifest says {entry.size}.", _REMEDY
                )
            digest = sha256_of(path)
        except OSError as error:
            raise RepositoryError(
                f"{path} cannot be read: {error.strerror}.", "make the files readable for the server's user"
            ) from error
        if digest != entry.sha256:
            raise RepositoryError(
                f"{path} has changed: its SHA-256 is {digest}, the manifest says {entry.sha256}.", _REMEDY
            )

"""Reads the optional JSON files of a version. Only files that the manifest lists are read, since they have a digest."""

import json

from model_server.errors import RepositoryError
from model_server.repository.fields import Fields
from model_server.repository.versions import ModelVersion


def read_listed(found: ModelVersion, name: str, remedy: str) -> str | None:
    """Return the text of a file of a version with checked digests; None if the manifest does not list it.

    Raises RepositoryError with `remedy`.
    """
    if all(entry.path != name for entry in found.manifest.files):
        return None
    path = found.folder / name
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise RepositoryError(f"{path} cannot be read: {reason}.", remedy) from error


def parse_document(text: str, where: str, schema_version: int, remedy: str) -> Fields:
    """Parse an object with the key `schema_version`. `where` names the file in errors. Raises RepositoryError."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise RepositoryError(f"{where} is not JSON: {error}.", remedy) from error
    top = Fields(document, where, remedy)
    schema = top.integer("schema_version", minimum=1)
    if schema != schema_version:
        raise RepositoryError(
            f"{where}: schema_version {schema} is not supported; this release supports {schema_version}.",
            "serve it with the model-server release that belongs to the modelctl that wrote it",
        )
    return top

"""Publishes a model version atomically, without replacing an existing one."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from model_server.errors import RepositoryError
from model_server.repository.manifest import MANIFEST_NAME, Manifest
from model_server.repository.names import MODEL_NAME_RULE, is_model_name
from model_server.repository.staging import make_durable, staging_below, sync


@contextmanager
def staging_folder(root: Path, model: str) -> Iterator[Path]:
    """Create a folder next to the versions of `model` for new files, which is removed at the end of the block.

    Raises RepositoryError if the repository is not writable.
    """
    if not is_model_name(model):
        raise RepositoryError(f"{model!r} cannot be a model's name.", f"use {MODEL_NAME_RULE}")
    with ExitStack() as stack:
        try:
            staging = stack.enter_context(staging_below(root / model))
        except OSError as error:
            raise unwritable(root, error) from error
        yield staging


def unwritable(root: Path, error: OSError) -> RepositoryError:
    """Return the error for a repository that is not writable."""
    return RepositoryError(
        f"the repository {root} cannot be written to: {error.strerror}.", "choose a folder you may write to"
    )


def publish(
    root: Path, model: str, staging: Path, describe: Callable[[int], Manifest], version: int | None = None
) -> Manifest:
    """Publish the files in `staging` as a version and return its manifest.

    `describe` creates the manifest for a version number: `version`, or the next free one. Raises RepositoryError if
    `version` exists, even if another process creates it at the same time.
    """
    while True:
        number = version if version is not None else _next_free(root / model)
        target = root / model / str(number)
        if version is not None and target.exists():
            raise RepositoryError(
                f"{target} exists already; a version never changes.", "leave --version out, or choose another"
            )
        manifest = describe(number)
        (staging / MANIFEST_NAME).write_text(manifest.to_json(), encoding="utf-8")
        make_durable(staging)
        try:
            # Renaming to a folder with files fails, so two writers cannot publish the same number.
            staging.rename(target)
        except OSError as error:
            if version is None and target.exists():
                continue  # another writer took the number; try the next one
            raise RepositoryError(f"{target} cannot be written: {error.strerror}.", "try again") from error
        sync(target.parent)
        return manifest


def _next_free(folder: Path) -> int:
    """Return one more than the highest number that names an entry of `folder`."""
    return max((int(path.name) for path in folder.iterdir() if path.name.isdecimal()), default=0) + 1

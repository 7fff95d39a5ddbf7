"""Publishes a model version: all of it or nothing, and never over one that is there."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from model_server.errors import RepositoryError
from model_server.repository.manifest import MANIFEST_NAME, Manifest
from model_server.repository.names import MODEL_NAME_RULE, is_model_name
from model_server.repository.staging import make_durable, staging_below, sync


@contextmanager
def staging_folder(root: Path, model: str) -> Iterator[Path]:
    """Give a folder beside the versions of `model` to write files into, removed at the end whatever happens.

    Raises RepositoryError where the repository cannot be written to.
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
    """Build the error for a repository that cannot be written to."""
    return RepositoryError(
        f"the repository {root} cannot be written to: {error.strerror}.", "choose a folder you may write to"
    )


def publish(
    root: Path, model: str, staging: Path, describe: Callable[[int], Manifest], version: int | None = None
) -> Manifest:
    """Turn the files in `staging` into a version and return its manifest.

    `describe` makes the manifest once the number is known: `version`, or the next free one. Raises
    RepositoryError if `version` exists, also when another process takes it at the same moment.
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
            # Renaming onto a folder that has files fails, so two writers cannot both win a number.
            staging.rename(target)
        except OSError as error:
            if version is None and target.exists():
                continue  # another writer was faster; the next number is free
            raise RepositoryError(f"{target} cannot be written: {error.strerror}.", "try again") from error
        sync(target.parent)
        return manifest


def _next_free(folder: Path) -> int:
    """One more than the highest number that is the name of anything in `folder`."""
    return max((int(path.name) for path in folder.iterdir() if path.name.isdecimal()), default=0) + 1

"""Publishes a model version: all of it or nothing, and never over one that is there."""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from model_server.errors import RepositoryError
from model_server.repository.manifest import MANIFEST_NAME, Manifest
from model_server.repository.names import MODEL_NAME_RULE, is_model_name

_STAGING_PREFIX = ".staging-"


@contextmanager
def staging_folder(root: Path, model: str) -> Iterator[Path]:
    """Give a folder beside the versions of `model` to write files into, removed at the end whatever happens.

    What a killed run left behind is removed too: such a folder is no longer locked. Raises RepositoryError
    where the repository cannot be written to.
    """
    if not is_model_name(model):
        raise RepositoryError(f"{model!r} cannot be a model's name.", f"use {MODEL_NAME_RULE}")
    parent = root / model
    existed = parent.is_dir()
    with ExitStack() as stack:
        try:
            parent.mkdir(parents=True, exist_ok=True)
            # The parent's lock keeps a second writer from taking a folder for abandoned before it is locked.
            with _locked(parent):
                _remove_abandoned(parent)
                staging = Path(tempfile.mkdtemp(prefix=_STAGING_PREFIX, dir=parent))
                stack.enter_context(_locked(staging))
        except OSError as error:
            raise RepositoryError(
                f"the repository {root} cannot be written to: {error.strerror}.",
                "choose a folder you may write to",
            ) from error
        if not existed:
            stack.callback(_remove_if_empty, parent)
        stack.callback(shutil.rmtree, staging, ignore_errors=True)
        yield staging


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
        _make_durable(staging)
        try:
            # Renaming onto a folder that has files fails, so two writers cannot both win a number.
            staging.rename(target)
        except OSError as error:
            if version is None and target.exists():
                continue  # another writer was faster; the next number is free
            raise RepositoryError(f"{target} cannot be written: {error.strerror}.", "try again") from error
        _sync(target.parent)
        return manifest


def _next_free(folder: Path) -> int:
    """One more than the highest number that is the name of anything in `folder`."""
    return max((int(path.name) for path in folder.iterdir() if path.name.isdecimal()), default=0) + 1


@contextmanager
def _locked(folder: Path, *, wait: bool = True) -> Iterator[None]:
    """Hold the advisory lock of a folder; it ends with the process that holds it. Raises OSError."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(descriptor)


def _remove_abandoned(parent: Path) -> None:
    for folder in parent.glob(f"{_STAGING_PREFIX}*"):
        # Locked by someone else: its writer is alive. Gone: its writer has just published it.
        with suppress(BlockingIOError, FileNotFoundError), _locked(folder, wait=False):
            shutil.rmtree(folder, ignore_errors=True)


def _remove_if_empty(folder: Path) -> None:
    with suppress(OSError):
        folder.rmdir()


def _make_durable(folder: Path) -> None:
    """Let every user read the files, and have them on the disk before they get their final name."""
    for path in sorted(folder.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
        _sync(path)
    folder.chmod(0o755)
    _sync(folder)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

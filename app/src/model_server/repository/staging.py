"""Temporary folders for new versions, so that a killed run does not leave an incomplete version."""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

# The leading dot means that it is neither a valid model name nor a version.
_STAGING_PREFIX = ".staging-"


@contextmanager
def staging_below(parent: Path) -> Iterator[Path]:
    """Create a folder inside `parent` that is removed at the end of the block.

    Folders of killed runs, which are no longer locked, are also removed. `parent` is created if necessary, and removed
    again if it is still empty. Raises OSError if `parent` is not writable.
    """
    existed = parent.is_dir()
    with ExitStack() as stack:
        parent.mkdir(parents=True, exist_ok=True)
        # Under the parent's lock, so that a second writer cannot remove the folder between its creation and its lock.
        with _locked(parent):
            _remove_abandoned(parent)
            staging = Path(tempfile.mkdtemp(prefix=_STAGING_PREFIX, dir=parent))
            stack.enter_context(_locked(staging))
        if not existed:
            stack.callback(_remove_if_empty, parent)
        stack.callback(shutil.rmtree, staging, ignore_errors=True)
        yield staging


def make_durable(folder: Path) -> None:
    """Make the files readable for all users, and sync them to disk before the folder gets its final name."""
    for path in sorted(folder.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
        sync(path)
    folder.chmod(0o755)
    sync(folder)


def sync(path: Path) -> None:
    """Sync a file, or the entries of a folder, to disk. Raises OSError."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _locked(folder: Path, *, wait: bool = True) -> Iterator[None]:
    """Hold the advisory lock of a folder, which the kernel releases when the process ends. Raises OSError."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(descriptor)


def _remove_abandoned(parent: Path) -> None:
    for folder in parent.glob(f"{_STAGING_PREFIX}*"):
        # Locked: its writer is alive. Not found: its writer has just published it.
        with suppress(BlockingIOError, FileNotFoundError), _locked(folder, wait=False):
            shutil.rmtree(folder, ignore_errors=True)


def _remove_if_empty(folder: Path) -> None:
    with suppress(OSError):
        folder.rmdir()

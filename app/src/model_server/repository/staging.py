"""Folders to write into before anything gets its final name: what a killed run leaves is never half a version."""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

# Begins with a dot, so that it can be neither a model's name nor a version.
_STAGING_PREFIX = ".staging-"


@contextmanager
def staging_below(parent: Path) -> Iterator[Path]:
    """Give a new folder inside `parent`, removed at the end whatever happens.

    What a killed run left behind is removed too: such a folder is no longer locked. `parent` is made if it is
    not there, and removed again if nothing was put into it. Raises OSError if `parent` cannot be written to.
    """
    existed = parent.is_dir()
    with ExitStack() as stack:
        parent.mkdir(parents=True, exist_ok=True)
        # The parent's lock keeps a second writer from taking a folder for abandoned before it is locked.
        with _locked(parent):
            _remove_abandoned(parent)
            staging = Path(tempfile.mkdtemp(prefix=_STAGING_PREFIX, dir=parent))
            stack.enter_context(_locked(staging))
        if not existed:
            stack.callback(_remove_if_empty, parent)
        stack.callback(shutil.rmtree, staging, ignore_errors=True)
        yield staging


def make_durable(folder: Path) -> None:
    """Let every user read the files, and have them on the disk before they get their final name."""
    for path in sorted(folder.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
        sync(path)
    folder.chmod(0o755)
    sync(folder)


def sync(path: Path) -> None:
    """Have a file, or the names in a folder, on the disk. Raises OSError."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


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

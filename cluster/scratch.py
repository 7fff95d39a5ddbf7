"""Temporary folders for work in progress. Each run removes those that killed runs left behind."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from devkit import paths
from devkit.process import run

PREFIX = "run-"


def root() -> Path:
    """Return the parent of the scratch folders. It is in the cache, so that results can be renamed into place."""
    return paths.cache() / "scratch"


@contextmanager
def folder() -> Iterator[Path]:
    """Create an empty folder, removed at the end. Its name contains the process id of its owner."""
    root().mkdir(parents=True, exist_ok=True)
    path = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-", dir=root()))
    try:
        yield path
    finally:
        remove(path)


def publish(made: Path, target: Path) -> None:
    """Rename a finished folder into place. If another process was faster, its equal result is kept."""
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        made.rename(target)
    except OSError:
        if not target.is_dir():
            raise


def clear() -> int:
    """Remove the folders that killed runs left behind; return their number."""
    left = [path for path in root().glob(f"{PREFIX}*") if not _is_in_use(path)]
    for path in left:
        remove(path)
    return len(left)


def _is_in_use(path: Path) -> bool:
    pid = path.name.removeprefix(PREFIX).partition("-")[0]
    try:
        os.kill(int(pid), 0)
    except (ValueError, ProcessLookupError):
        return False
    except PermissionError:
        return True
    return True


def remove(path: Path) -> None:
    """Remove a folder of the cache, unless a mount inside it cannot be released."""
    # A killed debootstrap leaves /proc mounted inside, and removing through that mount would damage the machine.
    for mount in reversed(_mounts_under(path)):
        run(["umount", "--lazy", mount], check=False)
    if not _mounts_under(path) and path.exists():
        # Go creates the folders of modules read-only.
        run(["chmod", "-R", "u+w", path], check=False)
        shutil.rmtree(path, ignore_errors=True)


def _mounts_under(path: Path) -> list[str]:
    table = Path("/proc/self/mounts")
    if not table.exists():
        return []
    points = [line.split()[1] for line in table.read_text(encoding="utf-8").splitlines()]
    return [point for point in points if point.startswith(f"{path}/")]

"""Folders for work in progress. What a killed run left in one is cleared by the next run."""

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
    """Where the scratch folders are: in the cache, so that finished work can be renamed into its place."""
    return paths.cache() / "scratch"


@contextmanager
def folder() -> Iterator[Path]:
    """An empty folder that is gone afterwards. Its name tells which process works in it."""
    root().mkdir(parents=True, exist_ok=True)
    path = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-", dir=root()))
    try:
        yield path
    finally:
        remove(path)


def publish(made: Path, target: Path) -> None:
    """Give finished work its name. Where another process was faster, its work is kept: it is the same."""
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        made.rename(target)
    except OSError:
        if not target.is_dir():
            raise


def clear() -> int:
    """Remove what killed runs left; returns how many folders that were."""
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
    """Remove a folder of the cache, unless something is mounted in it that does not go away."""
    # A killed debootstrap leaves /proc mounted inside; removing through that mount would be a disaster.
    for mount in reversed(_mounts_under(path)):
        run(["umount", "--lazy", mount], check=False)
    if not _mounts_under(path) and path.exists():
        # Go makes the folders of its modules read-only.
        run(["chmod", "-R", "u+w", path], check=False)
        shutil.rmtree(path, ignore_errors=True)


def _mounts_under(path: Path) -> list[str]:
    table = Path("/proc/self/mounts")
    if not table.exists():
        return []
    points = [line.split()[1] for line in table.read_text(encoding="utf-8").splitlines()]
    return [point for point in points if point.startswith(f"{path}/")]

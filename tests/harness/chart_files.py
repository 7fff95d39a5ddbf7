"""The digest of a chart's files: charts with equal digests render equally."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from devkit import paths

# The repository's own charts are checked for changes this often at most: people edit them, tests do not.
RECHECK_SECONDS = 1.0

# For each file, its path in the chart, its modification time in ns and its size.
Listing = tuple[tuple[str, int, int], ...]


@dataclass
class _State:
    listing: Listing
    digest: str
    checked_at: float


_states: dict[Path, _State] = {}


def digest(folder: Path, reread: bool = False) -> str:
    """Return the digest of the names and contents of all files in a folder.

    Files are read again only if a time or a size has changed. `reread` skips the wait of RECHECK_SECONDS.
    """
    state = _states.get(folder)
    now = time.monotonic()
    if state and not reread and _is_own_chart(folder) and now - state.checked_at < RECHECK_SECONDS:
        return state.digest
    listing = tuple(_files(os.fspath(folder)))
    if state is None or state.listing != listing:
        state = _states[folder] = _State(listing, _read(folder, listing), now)
    state.checked_at = now
    return state.digest


@cache
def _is_own_chart(folder: Path) -> bool:
    return folder.parent == paths.REPOSITORY / "charts"


def _files(folder: str, prefix: str = "") -> Iterator[tuple[str, int, int]]:
    # Path.rglob follows no links, and a subchart may be one. It is also slower, and this runs often.
    with os.scandir(folder) as entries:
        for entry in sorted(entries, key=lambda entry: entry.name):
            if entry.is_dir():
                if entry.name != "__pycache__":
                    yield from _files(entry.path, f"{prefix}{entry.name}/")
            else:
                status = entry.stat()
                yield prefix + entry.name, status.st_mtime_ns, status.st_size


def _read(folder: Path, listing: Listing) -> str:
    total = hashlib.sha256()
    for path, _, _ in listing:
        total.update(path.encode() + b"\0" + hashlib.sha256((folder / path).read_bytes()).digest())
    return total.hexdigest()[:16]

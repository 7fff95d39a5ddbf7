"""The files of a chart, as one digest: equal digests render equally."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from devkit import paths

# For so long the repository's own charts are believed to be as they were: people write to them, tests do not.
BELIEVED_SECONDS = 1.0

# A file by its path in the chart, with what changes when somebody writes to it.
Listing = tuple[tuple[str, int, int], ...]


@dataclass
class _State:
    listing: Listing
    digest: str
    seen: float


_states: dict[Path, _State] = {}


def digest(chart: Path, anew: bool = False) -> str:
    """The digest of names and contents. Files are read again only where a time or a size has changed."""
    state = _states.get(chart)
    now = time.monotonic()
    if state and not anew and _is_own(chart) and now - state.seen < BELIEVED_SECONDS:
        return state.digest
    listing = tuple(_files(os.fspath(chart)))
    if state is None or state.listing != listing:
        state = _states[chart] = _State(listing, _read(chart, listing), now)
    state.seen = now
    return state.digest


@cache
def _is_own(chart: Path) -> bool:
    return chart.parent == paths.REPOSITORY / "charts"


def _files(folder: str, prefix: str = "") -> Iterator[tuple[str, int, int]]:
    # Not Path.rglob: a subchart may be a link to a folder, and this runs often.
    with os.scandir(folder) as entries:
        for entry in sorted(entries, key=lambda entry: entry.name):
            if entry.is_dir():
                if entry.name != "__pycache__":
                    yield from _files(entry.path, f"{prefix}{entry.name}/")
            else:
                status = entry.stat()
                yield prefix + entry.name, status.st_mtime_ns, status.st_size


def _read(chart: Path, listing: Listing) -> str:
    total = hashlib.sha256()
    for path, _, _ in listing:
        total.update(path.encode() + b"\0" + hashlib.sha256((chart / path).read_bytes()).digest())
    return total.hexdigest()[:16]

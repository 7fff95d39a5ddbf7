"""The files of a chart, as one digest: equal digests render equally."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

# A file by its path in the chart, with what changes when somebody writes to it.
Listing = tuple[tuple[str, int, int], ...]

_known: dict[str, tuple[Listing, str]] = {}


def digest(chart: Path) -> str:
    """The digest of names and contents. Files are read again only where a time or a size has changed."""
    folder = os.fspath(chart)
    listing = tuple(_files(folder))
    known = _known.get(folder)
    if known is None or known[0] != listing:
        known = _known[folder] = (listing, _read(chart, listing))
    return known[1]


def _files(folder: str, prefix: str = "") -> Iterator[tuple[str, int, int]]:
    # Not Path.rglob: a subchart may be a link to a folder, and this runs once for each rendering.
    with os.scandir(folder) as entries:
        for entry in sorted(entries, key=lambda entry: entry.name):
            if entry.name == "__pycache__":
                continue
            if entry.is_dir():
                yield from _files(entry.path, f"{prefix}{entry.name}/")
            else:
                status = entry.stat()
                yield prefix + entry.name, status.st_mtime_ns, status.st_size


def _read(chart: Path, listing: Listing) -> str:
    total = hashlib.sha256()
    for path, _, _ in listing:
        total.update(path.encode() + b"\0" + hashlib.sha256((chart / path).read_bytes()).digest())
    return total.hexdigest()[:16]

"""Digests of build inputs: a short text that changes whenever an input does."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

from devkit.errors import UserError

LENGTH = 16
IGNORED = {"__pycache__", ".pytest_cache", ".mypy_cache", ".ruff_cache"}


def of(*parts: str | bytes) -> str:
    """Return the digest of a sequence of texts. ``("ab", "c")`` and ``("a", "bc")`` differ."""
    total = hashlib.sha256()
    for part in parts:
        content = part.encode() if isinstance(part, str) else part
        total.update(f"{len(content)}:".encode())
        total.update(content)
    return total.hexdigest()[:LENGTH]


def of_folder(folder: Path) -> str:
    """Return the digest of a folder: of the names, modes and contents of its files, not of their times."""
    if not folder.is_dir():
        raise UserError(f"Folder not found: {folder}.", "Correct its name, or restore it with `git restore`.")
    return of(*_described(folder))


def _described(folder: Path) -> Iterable[str | bytes]:
    for file in sorted(folder.rglob("*")):
        if file.is_file() and not IGNORED.intersection(file.relative_to(folder).parts):
            yield str(file.relative_to(folder))
            yield "x" if file.stat().st_mode & 0o100 else "-"
            yield file.read_bytes()

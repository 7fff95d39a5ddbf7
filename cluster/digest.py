"""Digests of inputs: what a build rests on, in one short text that changes when any of it does."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

from devkit.errors import UserError

LENGTH = 16
IGNORED = {"__pycache__", ".pytest_cache", ".mypy_cache", ".ruff_cache"}


def of(*parts: str | bytes) -> str:
    """The digest of texts, each kept apart from the next."""
    total = hashlib.sha256()
    for part in parts:
        content = part.encode() if isinstance(part, str) else part
        total.update(f"{len(content)}:".encode())
        total.update(content)
    return total.hexdigest()[:LENGTH]


def of_folder(folder: Path) -> str:
    """The digest of a folder: the names, modes and contents of its files, not their times."""
    if not folder.is_dir():
        raise UserError(f"The folder {folder} is not there.", "Correct its name, or restore it: `git status`.")
    return of(*_described(folder))


def _described(folder: Path) -> Iterable[str | bytes]:
    for file in sorted(folder.rglob("*")):
        if file.is_file() and not IGNORED.intersection(file.relative_to(folder).parts):
            yield str(file.relative_to(folder))
            yield "x" if file.stat().st_mode & 0o100 else "-"
            yield file.read_bytes()

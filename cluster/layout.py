"""Paths of the parts of this package, and of its folders in the cache."""

from __future__ import annotations

from pathlib import Path

from devkit import paths

PACKAGE = paths.REPOSITORY / "cluster"
RECIPES = PACKAGE / "recipes"
GO_GROUPS = PACKAGE / "go"

# Everything that is ever written to the cache. The user may keep other things in the same folder.
CACHED = ("programs", "engine", "logs", "scratch", "kind", "buildx", "go", "go-build", "go-modules", "crds")


def programs() -> Path:
    """Return the folder of built programs. Each is in a folder named by the digest of its inputs."""
    return paths.cache() / "programs"


def engine() -> Path:
    """Return the folder of the managed engine: images, containers, volumes, its log."""
    return paths.cache() / "engine"

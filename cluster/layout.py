"""Where the parts of this package are, and what it keeps in the cache."""

from __future__ import annotations

from pathlib import Path

from devkit import paths

PACKAGE = paths.REPOSITORY / "cluster"
RECIPES = PACKAGE / "recipes"
GO_FAMILIES = PACKAGE / "go"

# Everything that is ever written to the cache. The user may keep other things in the same folder.
CACHED = ("programs", "engine", "logs", "scratch", "kind", "buildx", "go", "go-build", "go-modules", "crds")


def programs() -> Path:
    """Programs built here, in folders named by the digest of what they were built from."""
    return paths.cache() / "programs"


def engine() -> Path:
    """Everything of the engine that is started here: images, containers, volumes, its log."""
    return paths.cache() / "engine"

"""Where things lie: in the clone what belongs to it, in the cache what a fresh clone can use again."""

from __future__ import annotations

import os
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
PACKAGE = REPOSITORY / "cluster"
RECIPES = PACKAGE / "recipes"
GO_FAMILIES = PACKAGE / "go"

BUILD = REPOSITORY / ".build"
KUBECONFIG = BUILD / "kube" / "config"


# All that is ever made in the cache. The folder itself may be one that the user keeps other things in.
CACHED = ("programs", "engine", "logs", "scratch", "kind", "buildx", "go", "go-build", "go-modules", "crds")


def cache() -> Path:
    """The folder outside the clone: ``$MODEL_SERVING_CACHE``, else the user's cache folder."""
    named = os.environ.get("MODEL_SERVING_CACHE")
    if named:
        return Path(named).expanduser().resolve()
    user = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    return Path(user).expanduser().resolve() / "model-serving"


def programs() -> Path:
    """Programs built here, in folders named by the digest of what they were built from."""
    return cache() / "programs"


def engine() -> Path:
    """Everything of the engine that is started here: images, containers, volumes, its log."""
    return cache() / "engine"


def logs() -> Path:
    """Full output of the long commands; errors name the file."""
    return cache() / "logs"

"""Paths in the clone, and in the cache that survives a fresh clone."""

from __future__ import annotations

import os
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
CHARTS = REPOSITORY / "charts"
DOCS = REPOSITORY / "docs"
EXAMPLES = REPOSITORY / "examples"

# Everything that a run writes inside the clone; `make clean` removes it.
BUILD = REPOSITORY / ".build"
KUBECONFIG = BUILD / "kube" / "config"


def cache() -> Path:
    """The folder outside the clone: ``$MODEL_SERVING_CACHE``, else ``model-serving`` in the user's cache folder."""
    named = os.environ.get("MODEL_SERVING_CACHE")
    if named:
        return Path(named).expanduser().resolve()
    user = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    return Path(user).expanduser().resolve() / "model-serving"


def logs() -> Path:
    """The complete output of long-running commands; error messages name the file."""
    return cache() / "logs"

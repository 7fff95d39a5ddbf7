"""Waiting for a condition of the mesh."""

from __future__ import annotations

from collections.abc import Callable

from devkit import waiting
from devkit.waiting import Value

PAUSE_SECONDS = 0.05
# Istio batches changes for a tenth of a second and pushes them in another; the rest is for a busy machine.
SECONDS = 30.0


def until(what: str, probe: Callable[[], Value | None], seconds: float = SECONDS) -> Value:
    """Wait as :func:`devkit.waiting.until` does. An ``OSError`` such as a refused connection counts as not yet."""
    return waiting.until(what, probe, seconds, PAUSE_SECONDS, (AssertionError, OSError))

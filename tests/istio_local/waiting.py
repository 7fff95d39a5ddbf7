"""Waiting for what a mesh on loopback does in a moment."""

from __future__ import annotations

from collections.abc import Callable

from devkit import waiting
from devkit.waiting import Value

PAUSE_SECONDS = 0.05
# Istio gathers changes for a tenth of a second and passes them on in another; the rest is for a busy machine.
SECONDS = 30.0


def until(what: str, probe: Callable[[], Value | None], seconds: float = SECONDS) -> Value:
    """``tests.waiting.until``, to which an ``OSError`` too, such as a refused connection, is "not yet"."""
    return waiting.until(what, probe, seconds, PAUSE_SECONDS, (AssertionError, OSError))

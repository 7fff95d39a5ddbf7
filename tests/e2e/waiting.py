"""Waiting for what a cluster does in seconds."""

from __future__ import annotations

from collections.abc import Callable

from devkit import waiting
from devkit.waiting import Value

PAUSE_SECONDS = 0.5


def until(what: str, probe: Callable[[], Value | None], seconds: float) -> Value:
    """``tests.waiting.until``, at the pace of a cluster."""
    return waiting.until(what, probe, seconds, PAUSE_SECONDS)

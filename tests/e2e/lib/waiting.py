"""Waiting for a condition of the cluster."""

from __future__ import annotations

from collections.abc import Callable

from devkit import waiting
from devkit.errors import UserError
from devkit.waiting import Value

PAUSE_SECONDS = 0.5


def until(what: str, probe: Callable[[], Value | None], seconds: float) -> Value:
    """Wait as :func:`devkit.waiting.until` does. A program of the cluster that does not answer counts as not yet."""
    return waiting.until(what, probe, seconds, PAUSE_SECONDS, (AssertionError, UserError))

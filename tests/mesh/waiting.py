"""Waiting for a condition, with a deadline. Nothing in these tests sleeps for a time and hopes."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

Value = TypeVar("Value")

PAUSE_SECONDS = 0.05
# Istio gathers changes for a tenth of a second and passes them on in another; the rest is for a busy machine.
SECONDS = 30.0


def until(what: str, probe: Callable[[], Value | None], seconds: float = SECONDS) -> Value:
    """Call ``probe`` until it returns something true, and return that.

    An ``AssertionError`` or an ``OSError`` of the probe, such as a refused connection, counts as "not yet": its text,
    or else the last value, is in the message when the time is over.
    """
    deadline = time.monotonic() + seconds
    while True:
        try:
            value = probe()
            if value:
                return value
            seen = repr(value)
        except (AssertionError, OSError) as error:
            seen = str(error)
        if time.monotonic() > deadline:
            raise TimeoutError(f"not within {seconds:.0f} s: {what}; last seen: {seen}")
        time.sleep(PAUSE_SECONDS)

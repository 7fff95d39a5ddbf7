"""Waiting for a condition, with a deadline. Nothing in these tests sleeps for a time and hopes."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

Value = TypeVar("Value")


def until(
    what: str,
    probe: Callable[[], Value | None],
    seconds: float,
    pause_seconds: float,
    not_yet: tuple[type[Exception], ...] = (AssertionError,),
) -> Value:
    """Call ``probe`` until it returns something true, and return that.

    What ``not_yet`` names counts as "not yet" when the probe raises it: its text, or else the last value, is in the
    message when the time is over.
    """
    deadline = time.monotonic() + seconds
    while True:
        try:
            value = probe()
            if value:
                return value
            seen = repr(value)
        except not_yet as error:
            seen = str(error)
        if time.monotonic() > deadline:
            raise TimeoutError(f"not within {seconds:.0f} s: {what}; last seen: {seen}")
        time.sleep(pause_seconds)

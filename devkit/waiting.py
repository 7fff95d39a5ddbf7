"""Waiting for a condition with a deadline, instead of sleeping for a while and hoping."""

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
    """Call ``probe`` every ``pause_seconds`` until it returns a true value, and return that value.

    An exception of the types ``not_yet`` counts as a false value. Raises ``TimeoutError`` after ``seconds``, with
    ``what`` and the last exception or value in its message.
    """
    deadline = time.monotonic() + seconds
    while True:
        try:
            value = probe()
            if value:
                return value
            last = repr(value)
        except not_yet as error:
            last = str(error)
        if time.monotonic() > deadline:
            raise TimeoutError(f"timed out after {seconds:.0f} s waiting until {what}; last result: {last}")
        time.sleep(pause_seconds)

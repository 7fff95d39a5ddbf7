"""Tells how far a pull is: a line that changes on a terminal, few lines in a log."""

import time
from collections.abc import Callable
from typing import TextIO

_LOG_SECONDS = 10.0
_TERMINAL_SECONDS = 0.2


class Progress:
    """Writes to `stream`, in lines that begin with the program's name."""

    def __init__(self, stream: TextIO, clock: Callable[[], float] = time.monotonic) -> None:
        self._stream = stream
        self._clock = clock
        self._terminal = stream.isatty()
        self._interval = _TERMINAL_SECONDS if self._terminal else _LOG_SECONDS
        self._began = self._last = clock()
        self._unfinished_line = False

    def step(self, text: str) -> None:
        """Say what has been done or is done next."""
        self._end_line()
        self._stream.write(f"modelctl: {text}\n")
        self._stream.flush()
        self._began = self._last = self._clock()

    def advance(self, done: int, total: int | None) -> None:
        """Say how many bytes of the current step are done, unless that was said a moment ago."""
        now = self._clock()
        if now - self._last < self._interval:
            return
        self._last = now
        share = f" of {size_text(total)}, {100 * done // total} %" if total else ""
        text = f"modelctl: {size_text(done)}{share}, {size_text(done / (now - self._began))}/s"
        # Back to the line's beginning, and what is left of the last text erased.
        self._stream.write(f"\r{text}\x1b[K" if self._terminal else f"{text}\n")
        self._stream.flush()
        self._unfinished_line = self._terminal

    def _end_line(self) -> None:
        if self._unfinished_line:
            self._stream.write("\r\x1b[K")
            self._unfinished_line = False


def size_text(count: float) -> str:
    """A number of bytes for people: `1.5 MiB`."""
    for unit in ("bytes", "KiB", "MiB"):
        if count < 1024:
            return f"{count:.0f} {unit}" if unit == "bytes" else f"{count:.1f} {unit}"
        count /= 1024
    return f"{count:.1f} GiB"

"""Progress on stderr: one line per step, and on a terminal a line that is overwritten while a step runs."""

import shutil
import time
from collections.abc import Callable
from typing import TextIO

_LOG_SECONDS = 10.0
_TERMINAL_SECONDS = 0.2


class Progress:
    """Write to `stream`, each line with the program's name in front."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._terminal = stream.isatty()
        self._unfinished_line = False

    def step(self, text: str) -> None:
        """Report a step on a line of its own."""
        self.close()
        self._write(f"modelctl: {text}\n")

    def waiting(self, text: str) -> None:
        """Show what a step waits for, on a terminal only: a log would repeat it at every check."""
        if self._terminal:
            self._overwrite(f"modelctl: {text}")

    def close(self) -> None:
        """Leave the stream at the start of a line."""
        if self._unfinished_line:
            self._write("\r\x1b[K")
            self._unfinished_line = False

    def _overwrite(self, text: str) -> None:
        # A line that the terminal wraps cannot be erased.
        width = shutil.get_terminal_size().columns - 1
        self._write(f"\r{text[:width]}\x1b[K")
        self._unfinished_line = True

    def _write(self, text: str) -> None:
        self._stream.write(text)
        self._stream.flush()


class TransferProgress(Progress):
    """Progress that also reports bytes: often on a terminal, every ten seconds in a log."""

    def __init__(self, stream: TextIO, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(stream)
        self._clock = clock
        self._interval = _TERMINAL_SECONDS if self._terminal else _LOG_SECONDS
        self._started = self._last = clock()

    def step(self, text: str) -> None:
        """Report a step on a line of its own, and measure the rate from here on."""
        super().step(text)
        self._started = self._last = self._clock()

    def advance(self, done: int, total: int | None) -> None:
        """Report the bytes of the current step, unless the last report is recent."""
        now = self._clock()
        if now - self._last < self._interval:
            return
        self._last = now
        share = f" of {format_bytes(total)}, {100 * done // total} %" if total else ""
        text = f"modelctl: {format_bytes(done)}{share}, {format_bytes(done / (now - self._started))}/s"
        if self._terminal:
            self._overwrite(text)
        else:
            self._write(f"{text}\n")


def format_bytes(count: float) -> str:
    """Return a number of bytes as text: `1.5 MiB`."""
    for unit in ("bytes", "KiB", "MiB"):
        if count < 1024:
            return f"{count:.0f} {unit}" if unit == "bytes" else f"{count:.1f} {unit}"
        count /= 1024
    return f"{count:.1f} GiB"

"""Tells how far a rollout is: a line for each step, and on a terminal one that changes while a step is waited for."""

import shutil
from typing import TextIO


class Progress:
    """Writes to `stream`, in lines that begin with the program's name."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._terminal = stream.isatty()
        self._unfinished_line = False

    def step(self, text: str) -> None:
        """Say what has been done or is done next."""
        self._write(f"{self._erased()}modelctl: {text}\n")
        self._unfinished_line = False

    def waiting(self, text: str) -> None:
        """Say what is waited for; in a log nothing, for it is said again and again."""
        if self._terminal:
            # A line that is broken by the terminal cannot be erased.
            width = shutil.get_terminal_size().columns - 1
            self._write(self._erased() + f"modelctl: {text}"[:width])
            self._unfinished_line = True

    def close(self) -> None:
        """Leave the stream at the beginning of a line."""
        self._write(self._erased())
        self._unfinished_line = False

    def _erased(self) -> str:
        return "\r\x1b[K" if self._unfinished_line else ""

    def _write(self, text: str) -> None:
        self._stream.write(text)
        self._stream.flush()

"""Progress output: one status line for each step, with its duration.

On a terminal, the line of the running step counts the seconds. Elsewhere only finished steps are printed, to keep
logs short. Everything goes to standard error; standard output is for results.
"""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TextIO

REFRESH_SECONDS = 0.5
# Without a terminal, a long step prints a line this often: some CI systems kill jobs without output.
HEARTBEAT_SECONDS = 60.0


@dataclass
class Step:
    """A running step. ``note`` is printed after the title while it runs, ``result`` when it is done."""

    title: str
    started: float
    note: str = ""
    result: str = ""


@dataclass
class Console:
    """Prints steps as they run. Nested steps are indented."""

    stream: TextIO = field(default_factory=lambda: sys.stderr)
    quiet: bool = False
    _open: list[Step] = field(default_factory=list)

    def say(self, text: str) -> None:
        """Print a line."""
        if not self.quiet:
            self._erase()
            print(text, file=self.stream, flush=True)

    @contextmanager
    def step(self, title: str) -> Iterator[Step]:
        """Run the body as a step, and print its outcome and duration when it ends."""
        step = Step(title, time.monotonic())
        self._open.append(step)
        stop = threading.Event()
        ticker = threading.Thread(target=self._tick, args=(step, stop), daemon=True)
        ticker.start()
        outcome = "failed"
        try:
            yield step
            outcome = "done"
        finally:
            stop.set()
            ticker.join()
            self._open.remove(step)
            seconds = time.monotonic() - step.started
            details = f" ({step.result})" if step.result and outcome == "done" else ""
            mark = "✓" if outcome == "done" else "✗"
            self.say(f"{'  ' * len(self._open)}{mark} {title}{details}  {seconds:.1f} s")

    def _tick(self, step: Step, stop: threading.Event) -> None:
        terminal = self.stream.isatty()
        pause = REFRESH_SECONDS if terminal else HEARTBEAT_SECONDS
        while not stop.wait(pause):
            if self.quiet or step is not self._open[-1]:
                continue
            note = f": {step.note}" if step.note else ""
            line = f"{'  ' * (len(self._open) - 1)}… {step.title}{note}  {time.monotonic() - step.started:.0f} s"
            if terminal:
                self._erase()
                print(line[:150], end="", file=self.stream, flush=True)
            else:
                print(line, file=self.stream, flush=True)

    def _erase(self) -> None:
        if self.stream.isatty():
            print("\r\033[K", end="", file=self.stream, flush=True)

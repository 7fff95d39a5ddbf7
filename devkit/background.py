"""A command that runs in the background, with its output in a file."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from devkit.errors import UserError

TAIL_LINES = 15


@dataclass
class Background:
    """A running command. It leads its own process group, so that stopping it reaches its children too."""

    process: subprocess.Popen[bytes]
    log: Path

    def finish(self) -> str:
        """Wait for the command and return its output. Raises :class:`UserError` if it fails."""
        code = self.process.wait()
        output = self.log.read_text(encoding="utf-8", errors="replace")
        if code != 0:
            tail = "\n    ".join(output.splitlines()[-TAIL_LINES:])
            raise UserError(f"a background command exited with code {code}:\n    {tail}\n ", f"See {self.log}.")
        return output

    def stop(self) -> None:
        """Terminate the process group if the command is still running, and wait for its end."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGTERM)
            self.process.wait()


@contextmanager
def running(command: Sequence[str | Path], log: Path) -> Iterator[Background]:
    """Run a command in the background of the body; at the end of the body, stop it if it is still running."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as output:
        process = subprocess.Popen(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    background = Background(process, log)
    try:
        yield background
    finally:
        background.stop()

"""Processes that run during the tests and never outlive them."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from devkit.waiting import Value
from tests.istio_local import guard
from tests.istio_local.waiting import until

TAIL_LINES = 15


class Programs:
    """Processes in one group, which a guard kills when this process ends, or when `stop` is called.

    A killed program cannot stop its own children, as pilot-agent stops Envoy; killing the group does.
    """

    def __init__(self, logs: Path) -> None:
        self.logs = logs
        logs.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, "-S", "-E", guard.__file__]
        self._guard = subprocess.Popen(command, stdin=subprocess.PIPE, process_group=0)
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def start(
        self, name: str, command: Sequence[str | Path], *, folder: Path, environment: Mapping[str, str] | None = None
    ) -> None:
        """Start a program in its own folder, with its output in ``<logs>/<name>.log``."""
        folder.mkdir(parents=True, exist_ok=True)
        with self._log(name).open("wb") as output:
            self._running[name] = subprocess.Popen(
                [str(part) for part in command],
                cwd=folder,
                env={**os.environ, **(environment or {})},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                process_group=self._guard.pid,
            )

    def until(self, what: str, probe: Callable[[], Value | None]) -> Value:
        """Wait for a condition while all programs run."""

        def running() -> Value | None:
            self.check()
            return probe()

        return until(what, running)

    def check(self) -> None:
        """Raise RuntimeError with the end of the log if a program has exited."""
        for name, process in self._running.items():
            code = process.poll()
            if code is not None:
                lines = self._log(name).read_text(encoding="utf-8", errors="replace").splitlines()
                tail = "\n    ".join(lines[-TAIL_LINES:])
                raise RuntimeError(f"{name} exited with code {code}; the end of {self._log(name)}:\n    {tail}")

    def stop(self) -> None:
        """Stop all programs."""
        if self._guard.stdin is not None:
            self._guard.stdin.close()
        for process in (self._guard, *self._running.values()):
            process.wait(timeout=10)

    def _log(self, name: str) -> Path:
        return self.logs / f"{name}.log"

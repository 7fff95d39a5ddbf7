"""Programs that run beside the tests, and that no end of the tests leaves behind."""

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
    """Programs in one process group, which a guard kills as soon as this process has ended, or `stop` is called.

    A program that is killed cannot end what it has started itself, such as pilot-agent its Envoy; a group ends whole.
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
        """Start a program in a folder of its own; what it prints goes to ``<logs>/<name>.log``."""
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
        """Wait for a condition for as long as all programs run."""

        def running() -> Value | None:
            self.check()
            return probe()

        return until(what, running)

    def check(self) -> None:
        """Raise RuntimeError with the end of its log for a program that has ended by itself."""
        for name, process in self._running.items():
            code = process.poll()
            if code is not None:
                lines = self._log(name).read_text(encoding="utf-8", errors="replace").splitlines()
                tail = "\n    ".join(lines[-TAIL_LINES:])
                raise RuntimeError(f"{name} has ended with code {code}; {self._log(name)} ends with:\n    {tail}")

    def stop(self) -> None:
        """End them all."""
        if self._guard.stdin is not None:
            self._guard.stdin.close()
        for process in (self._guard, *self._running.values()):
            process.wait(timeout=10)

    def _log(self, name: str) -> Path:
        return self.logs / f"{name}.log"

"""A client of the container engine, through the `docker` command line."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from devkit.errors import UserError
from devkit.process import run, run_logged


@dataclass(frozen=True)
class Engine:
    """A running engine.

    ``host`` is the value of ``DOCKER_HOST``; empty means the client's default. A ``managed`` engine was started by this
    package, which may therefore stop it.
    """

    docker: Path
    host: str = ""
    managed: bool = False

    @property
    def environment(self) -> dict[str, str]:
        """The environment variables with which programs, such as kind, reach this engine."""
        path = f"{self.docker.parent}:{os.environ.get('PATH', '')}"
        return {"PATH": path, **({"DOCKER_HOST": self.host} if self.host else {})}

    def run(
        self, *arguments: str | Path, check: bool = True, seconds: float = 600, stdin: str | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run a short `docker` command."""
        return run([self.docker, *arguments], environment=self.environment, check=check, seconds=seconds, stdin=stdin)

    def run_logged(self, arguments: Sequence[str | Path], log: str) -> None:
        """Run a long `docker` command with its output in a log file."""
        run_logged([self.docker, *arguments], environment=self.environment, log=log)

    def builder(self) -> str:
        """Return the name of the BuildKit builder of this engine: that of the client's context."""
        return self.run("context", "show", check=False).stdout.strip() or "default"

    def inspect(self, name: str, kind: str = "container") -> dict[str, Any] | None:
        """Return the description of a container, image, network or volume, or None if it does not exist."""
        answer = self.run(kind, "inspect", name, check=False)
        if answer.returncode != 0:
            return None
        found: list[dict[str, Any]] = json.loads(answer.stdout)
        return found[0] if found else None

    def answers(self) -> bool:
        """Return whether the engine answers requests."""
        try:
            return self.run("version", "--format", "{{.Server.Version}}", check=False, seconds=20).returncode == 0
        except UserError:
            return False

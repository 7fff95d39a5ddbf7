"""Talking to an engine that answers, through its own command line."""

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
    """An engine that answers.

    ``host`` is the value of ``DOCKER_HOST`` (empty: the client's own default). ``owned`` tells whether it was
    started here, and so may be stopped here.
    """

    docker: Path
    host: str = ""
    owned: bool = False

    @property
    def environment(self) -> dict[str, str]:
        """What a program needs in its environment to reach this engine, kind included."""
        path = f"{self.docker.parent}:{os.environ.get('PATH', '')}"
        return {"PATH": path, **({"DOCKER_HOST": self.host} if self.host else {})}

    def run(
        self, *arguments: str | Path, check: bool = True, seconds: float = 600, stdin: str | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run a short `docker` command."""
        return run([self.docker, *arguments], environment=self.environment, check=check, seconds=seconds, stdin=stdin)

    def run_logged(self, arguments: Sequence[str | Path], log: str) -> None:
        """Run a long `docker` command, its output in a log file."""
        run_logged([self.docker, *arguments], environment=self.environment, log=log)

    def builder(self) -> str:
        """The name of BuildKit's builder in this engine: that of the client's context."""
        return self.run("context", "show", check=False).stdout.strip() or "default"

    def inspect(self, name: str, kind: str = "container") -> dict[str, Any] | None:
        """What the engine knows of a container, image, network or volume; nothing if there is none."""
        answer = self.run(kind, "inspect", name, check=False)
        if answer.returncode != 0:
            return None
        found: list[dict[str, Any]] = json.loads(answer.stdout)
        return found[0] if found else None

    def answers(self) -> bool:
        """Whether the engine answers a request."""
        try:
            return self.run("version", "--format", "{{.Server.Version}}", check=False, seconds=20).returncode == 0
        except UserError:
            return False

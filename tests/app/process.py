"""Runs the real server as a process, and waits for its log events."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import requests

from devkit import paths
from devkit.waiting import until

_TIMEOUT_SECONDS = 90.0


def environment(*first: Path) -> dict[str, str]:
    """The environment for a child: this one without settings, with `first` and the sources importable."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("MODEL_SERVER_")}
    return kept | {"PYTHONPATH": ":".join(map(str, [*first, paths.REPOSITORY / "app/src", paths.REPOSITORY]))}


def wait_until(condition: Callable[[], bool], what: str) -> None:
    """Wait for a condition, which is named in the failure."""
    until(what, condition, _TIMEOUT_SECONDS, 0.02, not_yet=())


class ServerProcess:
    """A running `model-server` on free ports of the loopback address."""

    def __init__(self, log: Path, repository: Path, *python_path: Path, **settings: object) -> None:
        self._log = log
        values = {"repository": repository, "host": "127.0.0.1", "port": 0, "admin_port": 0} | settings
        flags = [f"--{key.replace('_', '-')}={value}" for key, value in values.items()]
        with log.open("wb") as stream:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "model_server", *flags], stderr=stream, env=environment(*python_path)
            )

    def events(self) -> list[dict[str, Any]]:
        """The log so far; fails on a line that is not JSON."""
        text = self._log.read_text(encoding="utf-8")
        return [json.loads(line) for line in text.split("\n")[:-1]]

    def event(self, name: str) -> dict[str, Any]:
        """The first event of that name, waited for."""
        wait_until(lambda: self._find(name) is not None or self.ended, f"the log event {name!r}")
        found = self._find(name)
        assert found is not None, f"the server ended without the event {name!r}; its log: {self.events()}"
        return found

    def _find(self, name: str) -> dict[str, Any] | None:
        return next((event for event in self.events() if event["event"] == name), None)

    @property
    def ended(self) -> bool:
        """Return whether the process has ended."""
        return self.process.poll() is not None

    @property
    def worker_pid(self) -> int:
        """Process id of the one worker."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        wait_until(lambda: len(children.read_text().split()) == 1, "the arbiter to have exactly one worker")
        return int(children.read_text())

    def url(self, path: str, port: str = "port") -> str:
        """Address of `path` on `port` or `admin_port`."""
        return f"http://127.0.0.1:{self.event('starting')[port]}{path}"

    def admin(self, path: str) -> requests.Response:
        """GET from the admin port."""
        return requests.get(self.url(path, "admin_port"), timeout=30)

    def predict(self, input_data: object, **headers: str) -> requests.Response:
        """POST /predict on a connection of its own, so that no idle one delays the server's end."""
        body = {"input_data": input_data}
        return requests.post(self.url("/predict"), json=body, timeout=60, headers=headers | {"Connection": "close"})

    def wait_ready(self) -> "ServerProcess":
        """Wait until /readyz answers 200."""

        def ready() -> bool:
            assert not self.ended, f"the server ended early; its log: {self.events()}"
            return self.admin("/readyz").status_code == 200

        self.event("starting")
        # The admin port queues connections before the worker is there, so the first call may take long.
        wait_until(ready, "/readyz to answer 200")
        return self

    def stop(self) -> int:
        """Send SIGTERM if it still runs; returns the exit code."""
        if not self.ended:
            self.process.send_signal(signal.SIGTERM)
        return self.exit_code()

    def exit_code(self) -> int:
        """Wait for the end; returns the exit code."""
        return self.process.wait(timeout=_TIMEOUT_SECONDS)


@contextmanager
def running_server(log: Path, repository: Path, *python_path: Path, **settings: object) -> Iterator[ServerProcess]:
    """A server that is stopped, at the latest killed, at the end of the block."""
    server = ServerProcess(log, repository, *python_path, **settings)
    try:
        yield server
    finally:
        try:
            server.stop()
        finally:
            server.process.kill()

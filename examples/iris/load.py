"""Steady requests from a pod of the cluster, with figures while they run."""

from __future__ import annotations

import json
import subprocess
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from cluster import tools
from devkit import paths
from devkit.errors import UserError
from examples.iris.models import FOLDER

PROGRAM = FOLDER / "in_pod_load.py"
END_SECONDS = 30
# Longer than any use here; what is left behind by a run that was killed ends by itself.
LONGEST_SECONDS = 900


@dataclass(frozen=True)
class Target:
    """Where requests go: a Service's host, and the headers and row that they carry."""

    host: str
    headers: Mapping[str, str] = field(default_factory=dict)
    row: tuple[float, ...] = (5.1, 3.5, 1.4, 0.2)
    port: int = 80


@dataclass(frozen=True)
class Figures:
    """What was sent and answered in `seconds`; `whole` says that nothing follows.

    `versions` counts answers by the version that gave them, "" where none is named; `codes` by status, "" for none.
    Latencies count from the time at which a request was due.
    """

    whole: bool
    seconds: float
    sent: int
    failed: int
    versions: dict[str, int]
    codes: dict[str, int]
    milliseconds: dict[str, float]
    errors: list[str]


class Load:
    """Requests that are being sent."""

    def __init__(self, tell: Callable[[Figures], None] | None) -> None:
        self._tell = tell
        self._whole: Figures | None = None

    @property
    def whole(self) -> Figures:
        """The figures of all requests, once they have ended. Raises :class:`UserError` if they did not begin."""
        if self._whole is None:
            raise UserError("No request was answered.", "See `kubectl get pods --all-namespaces`, then call again.")
        return self._whole

    def read(self, line: str) -> None:
        """Take a line that the program in the pod has printed."""
        figures = Figures(**json.loads(line))
        if figures.whole:
            self._whole = figures
        elif self._tell:
            self._tell(figures)


@contextmanager
def steady(
    pod: str,
    namespace: str,
    target: Target,
    rate: float,
    *,
    tell: Callable[[Figures], None] | None = None,
    seconds: float = LONGEST_SECONDS,
    every: float = 3,
    threads: int = 6,
) -> Iterator[Load]:
    """Send `rate` requests a second for as long as the body runs, from the first answer on, and tell their figures.

    `pod` is one of :func:`examples.iris.release.client_pod`. At most for `seconds`; the figures of all are in the
    load's `whole` afterwards.
    """
    with _started(pod, namespace, target, rate, seconds, every, threads) as process:
        load = Load(tell)
        reader = threading.Thread(target=_read, args=(process, load), daemon=True)
        reader.start()
        yield load
        _close(process)
        reader.join(END_SECONDS)


def for_seconds(pod: str, namespace: str, target: Target, rate: float, seconds: float, threads: int = 6) -> Figures:
    """Send for so long, and return the figures of all."""
    with _started(pod, namespace, target, rate, seconds, seconds, threads) as process:
        load = Load(None)
        _read(process, load)
        return load.whole


@contextmanager
def _started(
    pod: str, namespace: str, target: Target, rate: float, seconds: float, every: float, threads: int
) -> Iterator[subprocess.Popen[str]]:
    task: dict[str, Any] = {
        "host": target.host,
        "port": target.port,
        "headers": dict(target.headers),
        "body": json.dumps({"input_data": [target.row]}),
        "rate": rate,
        "threads": threads,
        "every": every,
        "seconds": seconds,
        "patience": 60,
    }
    command = [
        *(str(tools.ensure("kubectl")), "--kubeconfig", str(paths.KUBECONFIG), "--namespace", namespace),
        *("exec", "--stdin", pod, "--", "python3", "-c", PROGRAM.read_text(encoding="utf-8"), json.dumps(task)),
    ]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def _read(process: subprocess.Popen[str], load: Load) -> None:
    assert process.stdout is not None  # noqa: S101 # for the type checker: it is a pipe
    for line in process.stdout:
        load.read(line)


def _close(process: subprocess.Popen[str]) -> None:
    # The end of its input is how the program in the pod learns that it is to end.
    assert process.stdin is not None  # noqa: S101 # for the type checker: it is a pipe
    process.stdin.close()

"""Requests at a steady rate from a pod of the cluster, with statistics while they run."""

from __future__ import annotations

import json
import subprocess
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cluster import kubectl
from devkit.errors import UserError

PROGRAM = Path(__file__).with_name("in_pod_load.py")
END_SECONDS = 30
# Longer than any use here. The load of a killed run ends by itself after this time.
LONGEST_SECONDS = 900


@dataclass(frozen=True)
class Target:
    """The destination of requests: the host of a Service, and the headers and the row to send."""

    host: str
    headers: Mapping[str, str] = field(default_factory=dict)
    row: tuple[float, ...] = (5.1, 3.5, 1.4, 0.2)
    port: int = 80


@dataclass(frozen=True)
class LoadStats:
    """Statistics of the requests of ``seconds``; ``whole`` marks those of the entire run, which come last.

    ``versions`` counts responses by model version ("" without one), ``codes`` by status ("" without a response).
    Latencies in milliseconds count from the time at which a request was due.
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
    """A running load."""

    def __init__(self, report: Callable[[LoadStats], None] | None) -> None:
        self._report = report
        self._whole: LoadStats | None = None

    @property
    def whole(self) -> LoadStats:
        """The statistics of all requests, after the end. Raises :class:`UserError` if no request was answered."""
        if self._whole is None:
            raise UserError("No request was answered.", "See `kubectl get pods --all-namespaces`, then retry.")
        return self._whole

    def read(self, line: str) -> None:
        """Process a line of output of the program in the pod."""
        stats = LoadStats(**json.loads(line))
        if stats.whole:
            self._whole = stats
        elif self._report:
            self._report(stats)


@contextmanager
def steady(
    pod: str,
    namespace: str,
    target: Target,
    rate: float,
    *,
    report: Callable[[LoadStats], None] | None = None,
    seconds: float = LONGEST_SECONDS,
    every: float = 3,
    threads: int = 6,
) -> Iterator[Load]:
    """Send ``rate`` requests a second from the first response on until the body ends, at most for ``seconds``.

    ``pod`` is a :func:`devkit.workloads.client_pod.client_pod`. ``report`` receives statistics every ``every``
    seconds; the load's ``whole`` has those of all requests after the body.
    """
    with _started(pod, namespace, target, rate, seconds, every, threads) as process:
        load = Load(report)
        reader = threading.Thread(target=_read, args=(process, load), daemon=True)
        reader.start()
        yield load
        _close(process)
        reader.join(END_SECONDS)


def for_seconds(pod: str, namespace: str, target: Target, rate: float, seconds: float, threads: int = 6) -> LoadStats:
    """Send requests for ``seconds`` and return their statistics."""
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
        "timeout": 60,
    }
    command = kubectl.command(
        *("--namespace", namespace, "exec", "--stdin", pod, "--"),
        *("python3", "-c", PROGRAM.read_text(encoding="utf-8"), json.dumps(task)),
    )
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
    # The program in the pod ends when its standard input is closed.
    assert process.stdin is not None  # noqa: S101 # for the type checker: it is a pipe
    process.stdin.close()

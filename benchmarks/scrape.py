"""The cost of monitoring for the model server: a scrape of /metrics, and drift detection for each request.

    python -m benchmarks.scrape                  500 scrapes of the example's scikit-learn model
    python -m benchmarks.scrape --scrapes 2000 --json

The server is the real one, and has served valid and invalid requests before. Each scrape uses a new connection and is
timed by the client, in turn with a server whose registry is empty, so that other load on the machine affects both: the
difference is the cost of the metrics. Drift detection is measured in this process.
"""

from __future__ import annotations

import argparse
import http.client
import json
import multiprocessing
import socket
import statistics
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import requests
from prometheus_client import CollectorRegistry

from benchmarks import machine
from devkit import paths
from model_server.drift.monitor import DriftMonitor
from model_server.drift.reference import read_reference
from model_server.http.admin import create_admin_app, start_admin_server
from model_server.observability.metrics import Metrics
from model_server.repository.versions import resolve
from model_server.serving.lifecycle import Lifecycle
from modelctl.training.table import read_table
from modelctl.training.train import TrainingRequest, train
from tests.app.process import ServerProcess, running_server

DATA = paths.REPOSITORY / "examples" / "iris" / "data.csv"

# Limits for the median scrape, and for drift detection of a request with one row.
SCRAPE_LIMIT_MS = 5.0
DRIFT_LIMIT_US = 20.0

_BAD_BODIES = ('{"input_data": "x"}', "{", '{"input_data": [[1]]}')
_DRIFT_CALLS = 50_000

# After this many scrapes, lazy imports and sockets are warm.
_WARM_UP = 20


@dataclass(frozen=True)
class Scrape:
    """Duration of the scrapes of a page in milliseconds, and its size."""

    median_ms: float
    p99_ms: float
    bytes: int
    series: int


@dataclass(frozen=True)
class Drift:
    """Duration of recording a row in microseconds. The slow ones also process the rows before them."""

    mean_us: float
    median_us: float
    p999_us: float
    slowest_us: float


@dataclass(frozen=True)
class MonitoringCost:
    """The results. `cpu_ms` is the server's CPU time for a scrape."""

    metrics: Scrape
    empty: Scrape
    cpu_ms: float
    drift: Drift

    @property
    def is_within_limits(self) -> bool:
        """Return whether the results are within their limits."""
        return self.metrics.median_ms <= SCRAPE_LIMIT_MS and self.drift.mean_us <= DRIFT_LIMIT_US


def main() -> int:
    """Measure and print; returns 1 if a result exceeds its limit."""
    options = _parser().parse_args()
    with tempfile.TemporaryDirectory(prefix="scrape-") as place:
        results = _measured(Path(place), options.scrapes)
    if options.json:
        print(json.dumps({"machine": machine.describe(), **asdict(results)}, indent=2))
    else:
        print("\n".join(_lines(results)))
    return 0 if results.is_within_limits else 1


def _measured(place: Path, scrapes: int) -> MonitoringCost:
    repository = place / "models"
    train(TrainingRequest(DATA, "species", "iris", "logistic-regression", repository))
    rows = read_table(DATA, "species").rows
    with _empty_server() as empty, running_server(place / "log", repository, drain_seconds=0) as server:
        server.wait_ready()
        _send_traffic(server, rows)
        port = int(server.event("starting")["admin_port"])
        pages: dict[int, list[tuple[float, str]]] = {port: [], empty: []}
        for _ in range(_WARM_UP + scrapes):
            for target, taken in pages.items():
                taken.append(_scrape(target))
    ours, theirs = (taken[_WARM_UP:] for taken in pages.values())
    spent = _processor_seconds(ours[-1][1]) - _processor_seconds(ours[0][1])
    return MonitoringCost(
        _summary(ours), _summary(theirs), round(spent * 1000 / (scrapes - 1), 3), _drift(repository, rows)
    )


def _send_traffic(server: ServerProcess, rows: np.ndarray) -> None:
    """Create the series of a server in use."""
    url, session = server.url("/predict"), requests.Session()
    for row in rows.tolist():
        session.post(url, json={"input_data": [row]}, timeout=30).raise_for_status()
    session.post(url, json={"input_data": rows.tolist()}, timeout=30).raise_for_status()
    for body in _BAD_BODIES:
        session.post(url, data=body, headers={"Content-Type": "application/json"}, timeout=30)
    session.get(server.url("/nowhere"), timeout=30)
    session.close()


@contextmanager
def _empty_server() -> Iterator[int]:
    """Run the admin server with an empty registry in another process; yields its port."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=128)
    process = multiprocessing.get_context("fork").Process(target=_serve_nothing, args=(listener,), daemon=True)
    process.start()
    try:
        yield listener.getsockname()[1]
    finally:
        process.terminate()
        process.join()
        listener.close()


def _serve_nothing(listener: socket.socket) -> None:
    lifecycle, metrics = Lifecycle(), Metrics()
    app = create_admin_app(lifecycle, metrics)
    metrics.registry = CollectorRegistry()
    start_admin_server(app, listener)
    threading.Event().wait()


def _scrape(port: int) -> tuple[float, str]:
    """Return the milliseconds from the connection to the last byte, and the page."""
    started = time.perf_counter()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", "/metrics")
    answer = connection.getresponse()
    page = answer.read()
    taken = (time.perf_counter() - started) * 1000
    connection.close()
    if answer.status != 200:
        raise SystemExit(f"/metrics answered {answer.status}: {page[:200]!r}")
    return taken, page.decode()


def _summary(taken: list[tuple[float, str]]) -> Scrape:
    times, page = [time for time, _ in taken], taken[-1][1]
    series = sum(not line.startswith("#") for line in page.splitlines())
    return Scrape(round(statistics.median(times), 2), round(float(np.quantile(times, 0.99)), 2), len(page), series)


def _processor_seconds(page: str) -> float:
    return next(float(line.split()[1]) for line in page.splitlines() if line.startswith("process_cpu_seconds_total "))


def _drift(repository: Path, rows: np.ndarray) -> Drift:
    found = resolve(repository)
    reference = read_reference(found)
    if reference is None:
        raise SystemExit(f"{found.folder} has no reference.json, which modelctl train should have written")
    monitor = DriftMonitor(reference, 10_000)
    labels = np.array([str(name) for name in found.manifest.signature.classes])
    times = []
    for call in range(_DRIFT_CALLS):
        row, label = rows[[call % len(rows)]], labels[[call % len(labels)]]
        started = time.perf_counter()
        monitor.record(row, label)
        times.append((time.perf_counter() - started) * 1e6)
    median, high = np.quantile(times, [0.5, 0.999]).tolist()
    return Drift(round(statistics.mean(times), 2), round(median, 2), round(high, 1), round(max(times), 1))


def _lines(results: MonitoringCost) -> Iterator[str]:
    yield f"\n{machine.describe()}\n"
    yield "| scrape | median ms | p99 ms | bytes | series |\n|---|---|---|---|---|"
    for name, scrape in (("/metrics", results.metrics), ("empty registry", results.empty)):
        yield f"| {name} | {scrape.median_ms:.2f} | {scrape.p99_ms:.2f} | {scrape.bytes} | {scrape.series} |"
    drift = results.drift
    yield f"\nCPU time of the server for a scrape: {results.cpu_ms:.2f} ms."
    yield (
        f"Drift, a request with one row: {drift.mean_us:.2f} us on average, median {drift.median_us:.2f} us, "
        f"p99.9 {drift.p999_us:.0f} us, slowest {drift.slowest_us:.0f} us."
    )
    yield f"Limits: {SCRAPE_LIMIT_MS:.0f} ms for the median scrape, {DRIFT_LIMIT_US:.0f} us on average for drift."


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.scrape", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--scrapes", type=int, default=500, help="number of timed scrapes (default: 500)")
    parser.add_argument("--json", action="store_true", help="print the result as JSON")
    return parser


if __name__ == "__main__":
    raise SystemExit(main())

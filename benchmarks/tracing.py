"""The cost of tracing for a request: with no trace sampled, and with all of them exported.

    python -m benchmarks.tracing                  3,000 requests to each server
    python -m benchmarks.tracing --requests 10000 --json

The servers are real and serve the example's scikit-learn model; requests have one row and use keep-alive connections.
The servers are called in turn, so that other load on the machine affects all of them. Spans are exported to a receiver
in another process.
"""

from __future__ import annotations

import argparse
import http.client
import json
import multiprocessing
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np

from benchmarks import machine
from devkit import paths
from modelctl.training.train import TrainingRequest, train
from tests.app.process import ServerProcess, running_server

DATA = paths.REPOSITORY / "examples" / "iris" / "data.csv"

# Limit for the time that exporting every trace adds to the median request.
LIMIT_MS = 1.0

_BODY = json.dumps({"input_data": [[5.1, 3.5, 1.4, 0.2]]})
_WARM_UP = 200


@dataclass(frozen=True)
class Cost:
    """The cost of a request: the client's time, and the server's CPU time, in milliseconds."""

    median_ms: float
    p99_ms: float
    cpu_ms: float
    dropped_spans: float


def main() -> int:
    """Measure and print; returns 1 if exporting traces exceeds the limit."""
    options = _parser().parse_args()
    with tempfile.TemporaryDirectory(prefix="tracing-") as place, _receiver() as endpoint:
        variants: dict[str, dict[str, object]] = {
            "no tracing": {},
            "none sampled": {"tracing_endpoint": endpoint, "tracing_sample_ratio": 0},
            "all exported": {"tracing_endpoint": endpoint},
        }
        costs = _measured(Path(place), variants, options.requests)
    if options.json:
        found = {name: asdict(cost) for name, cost in costs.items()}
        print(json.dumps({"machine": machine.describe(), "costs": found}, indent=2))
    else:
        print("\n".join(_lines(costs)))
    return 0 if costs["all exported"].median_ms - costs["no tracing"].median_ms <= LIMIT_MS else 1


def _measured(place: Path, variants: dict[str, dict[str, object]], requests: int) -> dict[str, Cost]:
    repository = place / "models"
    train(TrainingRequest(DATA, "species", "iris", "logistic-regression", repository))
    with ExitStack() as stack:
        servers = {
            name: stack.enter_context(running_server(place / f"{name}.log", repository, drain_seconds=0, **settings))
            for name, settings in variants.items()
        }
        connections = {name: _connect(server.wait_ready()) for name, server in servers.items()}
        times: dict[str, list[float]] = {name: [] for name in variants}
        for _ in range(_WARM_UP):
            for connection in connections.values():
                _send(connection)
        before = {name: _counter(server, "process_cpu_seconds_total") for name, server in servers.items()}
        for _ in range(requests):
            for name, connection in connections.items():
                times[name].append(_send(connection))
        return {
            name: Cost(
                round(statistics.median(times[name]), 3),
                round(float(np.quantile(times[name], 0.99)), 3),
                round((_counter(server, "process_cpu_seconds_total") - before[name]) * 1000 / requests, 3),
                _counter(server, "model_server_spans_dropped_total"),
            )
            for name, server in servers.items()
        }


def _connect(server: ServerProcess) -> http.client.HTTPConnection:
    connection = http.client.HTTPConnection("127.0.0.1", server.event("starting")["port"], timeout=30)
    connection.connect()
    return connection


def _send(connection: http.client.HTTPConnection) -> float:
    started = time.perf_counter()
    connection.request("POST", "/predict", _BODY, {"Content-Type": "application/json"})
    answer = connection.getresponse()
    content = answer.read()
    taken = (time.perf_counter() - started) * 1000
    if answer.status != 200:
        raise SystemExit(f"/predict answered {answer.status}: {content[:200]!r}")
    return taken


def _counter(server: ServerProcess, name: str) -> float:
    lines = server.admin("/metrics").text.splitlines()
    return sum(float(line.rsplit(" ", 1)[1]) for line in lines if line.startswith((f"{name} ", f"{name}{{")))


@contextmanager
def _receiver() -> Iterator[str]:
    """Run a server that accepts every POST request; yields its URL."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Receiver)
    process = multiprocessing.get_context("fork").Process(target=server.serve_forever, daemon=True)
    process.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        process.terminate()
        process.join()
        server.server_close()


class _Receiver(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        pass


def _lines(costs: dict[str, Cost]) -> Iterator[str]:
    yield f"\n{machine.describe()}\n"
    yield "| server | median ms | p99 ms | CPU ms | spans dropped |\n|---|---|---|---|---|"
    for name, cost in costs.items():
        yield f"| {name} | {cost.median_ms:.3f} | {cost.p99_ms:.3f} | {cost.cpu_ms:.3f} | {cost.dropped_spans:.0f} |"
    yield f"\nLimit: exporting all traces adds at most {LIMIT_MS:.0f} ms to the median request."


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.tracing", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--requests", type=int, default=3000, help="number of requests to each server (default: 3000)")
    parser.add_argument("--json", action="store_true", help="print the result as JSON")
    return parser


if __name__ == "__main__":
    raise SystemExit(main())

"""A fake of the Prometheus HTTP API, for tests of its clients.

It returns what a test specifies, or plausible values with the labels that a query returns. It stores no series; the
end-to-end tests run all queries against a real Prometheus.
"""

from __future__ import annotations

import json
import math
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl

import promql_parser as promql

from dashboards.lint.labels import labels_of

Response = tuple[int, bytes]
Responder = Callable[[str, Mapping[str, str]], Response]

BUCKETS = ("0.001", "0.0025", "0.005", "0.01", "0.025", "0.05", "0.1", "0.25", "0.5", "1", "2.5", "5", "10", "+Inf")
LABELS: Mapping[str, tuple[str, ...]] = {
    "namespace": ("default", "fraud"),
    "model": ("iris", "transactions"),
    "version": ("3", "4"),
    "node": ("worker-1", "worker-2"),
    "mountpoint": ("/", "/var"),
    "pod": ("iris-6c9f7d5b8-x2x7k", "iris-6c9f7d5b8-zz4nd", "transactions-0"),
    "feature": ("petal_length", "petal_width", "sepal_length", "sepal_width"),
    "phase": ("Failed", "Pending", "Running", "Succeeded"),
    "job": ("cadvisor", "kube-state-metrics", "model-server", "node-exporter", "prometheus"),
    "le": BUCKETS,
    "code": ("200", "400", "500"),
}


@contextmanager
def prometheus(responder: Responder) -> Iterator[str]:
    """Serve on a free local port; yields the URL."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            code, content = responder(self.path.removeprefix("/api/v1/"), dict(parse_qsl(body)))
            self.send_response(code)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:
            """Log nothing: the output of a test run is for failures."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def vector(*samples: tuple[Mapping[str, str], str]) -> Response:
    """Return the response to an instant query."""
    return success("vector", [{"metric": dict(labels), "value": [0, value]} for labels, value in samples])


def matrix(*series: tuple[Mapping[str, str], list[tuple[float, str]]]) -> Response:
    """Return the response to a range query."""
    return success("matrix", [{"metric": dict(labels), "values": values} for labels, values in series])


def success(kind: str, result: object) -> Response:
    """Return a successful response in the format of Prometheus."""
    return 200, json.dumps({"status": "success", "data": {"resultType": kind, "result": result}}).encode()


def error_response(code: int, kind: str, text: str) -> Response:
    """Return an error response in the format of Prometheus."""
    return code, json.dumps({"status": "error", "errorType": kind, "error": text}).encode()


def nothing(endpoint: str, _: Mapping[str, str]) -> Response:
    """Respond without any series."""
    return matrix() if endpoint == "query_range" else vector()


def plausible(endpoint: str, parameters: Mapping[str, str]) -> Response:
    """Respond with changing values and the labels that follow from the query."""
    expression = parameters["query"]
    labels = sorted(labels_of(promql.parse(expression)) or ())
    combinations = _combinations(labels)
    if endpoint == "query":
        return vector(*((one, f"{_value(expression, number, 0)}") for number, one in enumerate(combinations)))
    start, end, step = (float(parameters[name]) for name in ("start", "end", "step"))
    times = [start + step * number for number in range(int((end - start) / step) + 1)]
    return matrix(
        *((one, [(at, f"{_value(expression, number, at)}") for at in times]) for number, one in enumerate(combinations))
    )


def _combinations(labels: list[str]) -> list[dict[str, str]]:
    found: list[dict[str, str]] = [{}]
    for label in labels:
        found = [{**one, label: value} for one in found for value in LABELS.get(label, (f"a {label}", f"b {label}"))]
    return found


def _value(expression: str, number: int, at: float) -> float:
    scale: float = 1 + number
    if any(word in expression for word in ("kube_", "_info", "_ready", "ALERTS", "up ")):
        return number % 4
    if "_bytes" in expression and "/" not in expression:
        scale *= 3e8
    elif any(word in expression for word in ("ratio", "seconds", "psi", "pending")):
        scale *= 0.04
    return scale * (1.2 + 0.4 * math.sin(at / 600 + number))

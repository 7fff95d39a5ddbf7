"""The script of `helm test`, against servers with correct and incorrect responses."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from tests.charts.model_server.chart import one

ROWS = [[5.1, 3.5, 1.4, 0.2], [6.2, 2.9, 4.3, 1.3]]


@contextmanager
def answering(*answers: tuple[int, Any]) -> Iterator[int]:
    """Run a server that sends these responses in turn and repeats the last one. Yields its port."""
    left = list(answers)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            status, body = left.pop(0) if len(left) > 1 else left[0]
            content = json.dumps(body).encode() if self.path == "/predict" else b"wrong path"
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: Any) -> None:
            """Log nothing, because the output belongs to the test."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        try:
            yield server.server_port
        finally:
            server.shutdown()


def run(port: int, rows: list[Any], timeout: float = 5) -> subprocess.CompletedProcess[str]:
    """Run the command of the test pod with the address of a local server."""
    container = one("Pod").spec["containers"][0]
    assert container["command"] == ["python3", "-c"]
    environment = {
        "SERVICE_HOST": "127.0.0.1",
        "SERVICE_PORT": str(port),
        "INPUT_DATA": json.dumps(rows),
        "TIMEOUT_SECONDS": str(timeout),
    }
    command = [sys.executable, "-c", *container["args"]]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=30, check=False)


def test_passes_with_a_prediction_per_row() -> None:
    with answering((200, {"prediction": [0, 1]})) as port:
        done = run(port, ROWS)
    assert (done.returncode, done.stdout) == (0, "OK: 2 rows sent, predictions: [0, 1]\n")


def test_passes_with_a_rejection_if_there_are_no_rows() -> None:
    with answering((400, {"error": "input_data must hold rows"})) as port:
        done = run(port, [])
    assert done.returncode == 0
    assert "input_data must hold rows" in done.stdout
    assert "set tests.inputData" in done.stdout


def test_waits_until_a_pod_is_ready() -> None:
    with answering((503, {"error": "loading"}), (200, {"prediction": [0, 1]})) as port:
        assert run(port, ROWS).returncode == 0


@pytest.mark.parametrize(
    ("rows", "answer"),
    [
        (ROWS, (200, {"prediction": [0]})),
        (ROWS, (200, {"predictions": [0, 1]})),
        (ROWS, (200, "text")),
        (ROWS, (400, {"error": "4 columns are wanted"})),
        (ROWS, (500, {"error": "broken"})),
        ([], (200, {"prediction": []})),
        ([], (400, "Bad Request")),
        ([], (404, {"error": "no such route"})),
    ],
)
def test_fails_with_the_incorrect_response(rows: list[Any], answer: tuple[int, Any]) -> None:
    with answering(answer) as port:
        done = run(port, rows)
    assert done.returncode == 1
    assert done.stderr.startswith("FAILED: ")
    assert f"the answer is {answer[0]}: " in done.stderr


def test_fails_after_the_timeout_without_pods() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        done = run(unused.getsockname()[1], ROWS, timeout=0)
    assert done.returncode == 1
    assert "serves nothing (no connection: " in done.stderr
    assert "kubectl get pods" in done.stderr

"""The load generator against a server on the loopback address, and the demo's live view."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from devkit.workloads import load
from examples.iris import live_view

ADDRESS = "127.0.0.1"
RATE, SECONDS = 40, 1.0


class Server(ThreadingHTTPServer):
    """Responds as version 1: to every tenth request with 500, and to the fifth only after `stall_seconds`."""

    daemon_threads = True

    def __init__(self, stall_seconds: float = 0.0) -> None:
        super().__init__((ADDRESS, 0), Handler)
        self.stall_seconds = stall_seconds
        self.lock = threading.Lock()
        self.count = 0

    def number(self) -> int:
        """Count a request; returns the number of requests so far."""
        with self.lock:
            self.count += 1
            return self.count


class Handler(BaseHTTPRequestHandler):
    """HTTP/1.1, for keep-alive connections."""

    protocol_version = "HTTP/1.1"
    server: Server

    def do_POST(self) -> None:
        number = self.server.number()
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if number == 5:
            time.sleep(self.server.stall_seconds)
        good = number % 10 != 0 and body == {"input_data": [[1.0]]} and self.headers["Host"] == "iris.example.org"
        self.send_response(200 if good else 500)
        self.send_header("X-Model-Version", "1")
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_: Any) -> None:
        """Log nothing."""


@contextmanager
def serving(stall_seconds: float = 0.0) -> Iterator[Server]:
    with Server(stall_seconds) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def sent_to(port: int, threads: int = 6, timeout: float = 5) -> subprocess.CompletedProcess[str]:
    """Run the program for a second, as the pod does."""
    task = {
        **{"host": ADDRESS, "port": port, "headers": {"Host": "iris.example.org"}},
        **{"body": json.dumps({"input_data": [[1.0]]}), "rate": RATE, "threads": threads},
        **{"every": SECONDS / 2, "seconds": SECONDS, "timeout": timeout},
    }
    command = [sys.executable, str(load.PROGRAM), json.dumps(task)]
    # The program sends requests as long as its standard input is open.
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        output, errors = process.stdout.read(), process.stderr.read()
        return subprocess.CompletedProcess(command, process.wait(20), output, errors)


def test_counts_every_request_in_a_part_and_in_the_whole() -> None:
    with serving() as server:
        done = sent_to(server.server_port)
    *parts, whole = [load.LoadStats(**json.loads(line)) for line in done.stdout.splitlines()]
    assert [stats.whole for stats in (*parts, whole)] == [False, False, True], done.stderr
    # A busy machine sends fewer, never more.
    assert 0 < whole.sent <= RATE * SECONDS + 1
    # The server also counts the request that waited for the first response.
    assert (whole.sent, whole.failed) == (server.count - 1, whole.codes["500"])
    assert whole.failed == server.count // 10
    assert whole.versions == {"1": whole.sent}
    # Requests in flight when the last part is printed, at most one a thread, are only in the whole.
    assert whole.sent - 6 <= sum(part.sent for part in parts) <= whole.sent


def test_latency_includes_the_stall_of_a_server() -> None:
    with serving(stall_seconds=0.4) as server:
        done = sent_to(server.server_port, threads=1)
    whole = load.LoadStats(**json.loads(done.stdout.splitlines()[-1]))
    # With one connection, 16 of 40 requests are due during the stall, and wait for its end.
    assert whole.milliseconds["p100"] >= 400
    assert whole.milliseconds["p90"] >= 150, "latency must count from the time a request was due"


def test_timeout_reports_the_last_error() -> None:
    with serving() as server:
        port = server.server_port
    done = sent_to(port, timeout=0.3)
    assert done.returncode != 0
    assert "no response with status 200 within 0.3 s; last error: ConnectionRefusedError" in done.stderr


def test_live_view_shows_shares_failures_and_latency() -> None:
    milliseconds = {"p50": 5.4, "p90": 8.0, "p99": 12.2, "p100": 40.0}
    stats = load.LoadStats(False, 2.0, 60, 3, {"1": 45, "2": 15}, {"200": 57, "400": 3}, milliseconds, [])
    assert live_view.line(12.3, stats, ["1", "2"]) == (
        "   12 s   30/s  version 1 ███████████████·····  75%  version 2 █████···············  25%"
        "  failed  3  p50 5 ms, p99 12 ms"
    )

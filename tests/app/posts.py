"""A web server on the loopback address that keeps what is posted to it, and answers as a test tells it to."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

_PATIENCE_SECONDS = 60.0


@dataclass(frozen=True)
class Post:
    """One request. Names of headers are compared without their case."""

    path: str
    headers: Message
    body: bytes


class Posted(BaseHTTPRequestHandler):
    """A request, and the ways to answer it."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        """Keep the request, then answer it."""
        server = self.server
        assert isinstance(server, _Server)
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        server.kept.put(Post(self.path, self.headers, body))
        self.close_connection = True
        server.answer(self, body)

    def give(self, body: bytes, status: int = 200, **headers: str) -> None:
        """Send a whole answer; `_` in a header's name stands for `-`."""
        self.send_response(status)
        for name, value in ({"Content_Length": str(len(body)), "Content_Type": "application/json"} | headers).items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


Answer = Callable[[Posted, bytes], None]


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    # A client that breaks off is part of the test.
    block_on_close = False

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        self.kept: queue.Queue[Post] = queue.Queue()
        super().__init__(("127.0.0.1", 0), Posted)

    def handle_error(self, request: object, client_address: object) -> None:
        pass


@dataclass
class Posts:
    """A running server, and what it was sent."""

    url: str
    _kept: queue.Queue[Post] = field(repr=False)

    def next(self) -> Post:
        """The next request, waited for."""
        try:
            return self._kept.get(timeout=_PATIENCE_SECONDS)
        except queue.Empty:
            raise AssertionError(f"nothing was posted within {_PATIENCE_SECONDS:.0f} s") from None

    def rest(self) -> list[Post]:
        """All that have come and were not looked at yet."""
        found = []
        while not self._kept.empty():
            found.append(self._kept.get_nowait())
        return found


@contextmanager
def posts_to(answer: Answer) -> Iterator[Posts]:
    """A server that answers each request so."""
    with _Server(answer) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield Posts(f"http://127.0.0.1:{server.server_address[1]}", server.kept)
        finally:
            server.shutdown()


def saying(body: bytes, status: int = 200, **headers: str) -> Answer:
    """Always the same answer."""
    return lambda request, _body: request.give(body, status, **headers)

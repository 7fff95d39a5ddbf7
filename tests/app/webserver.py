"""A web server on the loopback address that answers as a test tells it to, with TLS or without."""

import re
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from tests import openssl

MODIFIED = "Sun, 22 Nov 2026 20:00:00 GMT"


class Answer(BaseHTTPRequestHandler):
    """One request, and the ways to answer it."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Record the request, and give the answer whose turn it is."""
        server = self.server
        assert isinstance(server, _Server)
        with server.lock:
            server.requests.append((self.path, dict(self.headers.items())))
            answer = server.answers.pop(0) if len(server.answers) > 1 else server.answers[0]
        self.close_connection = True
        answer(self)

    def give(self, status: int, body: bytes = b"", **headers: str) -> None:
        """Send a whole answer; `_` in a header's name stands for `-`."""
        self.announce(status, len(body), **headers)
        self.wfile.write(body)

    def announce(self, status: int, length: int, **headers: str) -> None:
        """Send the status and the headers, and leave the body to come."""
        self.send_response(status)
        for name, value in ({"Content-Length": str(length)} | headers).items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()

    def break_off(self) -> None:
        """Close the connection as if a cable were cut."""
        self.wfile.flush()
        self.connection.close()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@dataclass
class WebServer:
    """A running server."""

    scheme: str
    host: str
    requests: list[tuple[str, dict[str, str]]]

    @property
    def ranges(self) -> list[str | None]:
        """The range that each request asked for."""
        return [headers.get("Range") for _, headers in self.requests]

    def url(self, path: str = "/m.tar.gz", user: str = "") -> str:
        """Address of a path."""
        return f"{self.scheme}://{user}{self.host}{path}"


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    # A client that breaks off is part of the test.
    block_on_close = False

    def __init__(self, answers: list[Callable[[Answer], None]]) -> None:
        self.answers = answers
        self.requests: list[tuple[str, dict[str, str]]] = []
        self.lock = threading.Lock()
        super().__init__(("127.0.0.1", 0), Answer)

    def handle_error(self, request: object, client_address: object) -> None:
        pass


@contextmanager
def web_server(*answers: Callable[[Answer], None], tls: "Authority | None" = None) -> Iterator[WebServer]:
    """A server that gives each of the answers once, in their order, and the last one forever."""
    with _Server(list(answers)) as server:
        if tls is not None:
            server.socket = tls.context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            host = f"127.0.0.1:{server.server_address[1]}"
            yield WebServer("https" if tls else "http", host, server.requests)
        finally:
            server.shutdown()


def serving(content: bytes, tag: str = '"one"') -> Callable[[Answer], None]:
    """Answer with a file, or with the range of it that is asked for, as web servers do."""

    def answer(request: Answer) -> None:
        wanted = re.fullmatch(r"bytes=(\d+)-", request.headers.get("Range", ""))
        known = request.headers.get("If-Range", tag) == tag and request.headers.get("If-Match", tag) == tag
        headers = {"ETag": tag, "Last_Modified": MODIFIED}
        if wanted and known:
            start = int(wanted[1])
            place = f"bytes {start}-{len(content) - 1}/{len(content)}"
            request.give(206, content[start:], Content_Range=place, **headers)
        elif request.headers.get("If-Match", tag) != tag:
            request.give(412)
        else:
            request.give(200, content, **headers)

    return answer


def breaking(content: bytes, after: int, **headers: str) -> Callable[[Answer], None]:
    """Answer with the beginning of a file, then break off."""

    def answer(request: Answer) -> None:
        request.announce(200, len(content), **({"ETag": '"one"', "Last_Modified": MODIFIED} | headers))
        request.wfile.write(content[:after])
        request.break_off()

    return answer


def saying(status: int, **headers: str) -> Callable[[Answer], None]:
    """Answer with a status, and no content."""
    return lambda request: request.give(status, b"no", **headers)


@dataclass(frozen=True)
class Authority:
    """A certificate authority of this test run, and what a server on the loopback address needs."""

    ca_file: Path
    context: ssl.SSLContext


def make_authority(folder: Path) -> Authority:
    """Make keys and certificates."""
    openssl.authority_and_server(folder, "IP:127.0.0.1")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "tls.crt", folder / "tls.key")
    return Authority(folder / "ca.crt", context)

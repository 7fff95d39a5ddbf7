"""Fake versions of a model: servers that respond with their version, and record requests."""

from __future__ import annotations

import json
import ssl
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from tests.istio_local.ports import ADDRESS


@dataclass(frozen=True)
class Received:
    """A request as the server received it; the names of headers are in lower case."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def host(self) -> str:
        """The Host header."""
        return self.headers.get("host", "")


@dataclass(frozen=True)
class Reply:
    """A response of a server."""

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b"{}"


Respond = Callable[[Received], Reply]


class Backend:
    """A server on the loopback address that runs until `stop`. `respond` may be replaced at any time.

    With `identity`, a folder with `tls.crt` and `tls.key`, it serves HTTPS.
    """

    def __init__(self, version: str, respond: Respond | None = None, identity: Path | None = None) -> None:
        self.version = version
        self.respond: Respond = respond or self._respond_version
        self._received: list[Received] = []
        self._server = ThreadingHTTPServer((ADDRESS, 0), _handler(self))
        if identity is not None:
            context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            context.load_cert_chain(identity / "tls.crt", identity / "tls.key")
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    @property
    def port(self) -> int:
        """The port of the server."""
        return int(self._server.server_address[1])

    @property
    def received(self) -> list[Received]:
        """The requests since the start, or since `forget`."""
        return list(self._received)

    def forget(self) -> None:
        """Clear the recorded requests."""
        self._received.clear()

    def stop(self) -> None:
        """Stop the server."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def record(self, request: Received) -> Reply:
        """Record a request, and return the response to it."""
        self._received.append(request)
        return self.respond(request)

    def _respond_version(self, _: Received) -> Reply:
        content = json.dumps({"version": self.version}).encode()
        return Reply(headers={"Content-Type": "application/json"}, body=content)


def _handler(backend: Backend) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        # Send head and body in one packet: with two, the second waits for an acknowledgement of the first.
        wbufsize = -1

        def answer(self) -> None:
            body = self.read_body()
            headers = {name.lower(): value for name, value in self.headers.items()}
            reply = backend.record(Received(self.command, self.path, headers, body))
            self.send_response(reply.status)
            for name, value in {**reply.headers, "Content-Length": str(len(reply.body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(reply.body)

        def read_body(self) -> bytes:
            if self.headers.get("Transfer-Encoding", "").lower() != "chunked":
                return self.rfile.read(int(self.headers.get("Content-Length", 0)))
            parts = []
            while size := int(self.rfile.readline().split(b";")[0], 16):
                parts.append(self.rfile.read(size))
                self.rfile.readline()
            self.rfile.readline()
            return b"".join(parts)

        do_GET = do_POST = do_PUT = do_DELETE = do_OPTIONS = answer

        def log_message(self, format: str, *args: object) -> None:
            """Log nothing."""

    return Handler

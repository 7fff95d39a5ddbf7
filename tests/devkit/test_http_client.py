"""The HTTP client, against servers on the loopback address."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from devkit import http_client
from tests import openssl

ADDRESS = "127.0.0.1"


class Echo(BaseHTTPRequestHandler):
    """Responds with the request's host, path and body."""

    def do_GET(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        content = f'{{"host": "{self.headers["Host"]}", "path": "{self.path}", "body": "{body}"}}'.encode()
        self.send_response(404 if self.path == "/missing" else 200)
        self.send_header("X-Model-Version", "1")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_POST = do_GET

    def log_message(self, format: str, *args: object) -> None:
        """Log nothing."""


@contextmanager
def serving(certificate: Path | None = None) -> Iterator[int]:
    with ThreadingHTTPServer((ADDRESS, 0), Echo) as server:
        if certificate:
            context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            context.load_cert_chain(certificate / "tls.crt", certificate / "tls.key")
            server.socket = context.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield server.server_port
        server.shutdown()


def test_sends_query_and_body() -> None:
    with serving() as port:
        response = http_client.get(f"http://{ADDRESS}:{port}/stats", {"filter": "a b"})
        assert response.json["path"] == "/stats?filter=a+b"
        posted = http_client.request("POST", f"http://{ADDRESS}:{port}/", body=b"rows")
    assert (posted.ok, posted.json["body"], posted.headers["x-model-version"]) == (True, "rows", "1")


def test_any_status_is_a_response() -> None:
    with serving() as port:
        response = http_client.get(f"http://{ADDRESS}:{port}/missing")
    assert (response.status, response.ok) == (404, False)


def test_connects_to_another_address_than_the_hosts() -> None:
    with serving() as port:
        response = http_client.request("GET", "http://iris.example.org/", address=(ADDRESS, port))
    assert response.json["host"] == "iris.example.org"


def test_verifies_https_servers(tmp_path: Path) -> None:
    openssl.authority_and_server(tmp_path, "DNS:iris.example.org")
    with serving(tmp_path) as port:
        url, address = "https://iris.example.org/", (ADDRESS, port)
        assert http_client.request("GET", url, address=address, ca_file=tmp_path / "ca.crt").ok
        with pytest.raises(ssl.SSLCertVerificationError):
            http_client.request("GET", url, address=address)


def test_unreachable_server_is_an_os_error() -> None:
    with serving() as port:
        pass
    with pytest.raises(OSError, match="refused"):
        http_client.get(f"http://{ADDRESS}:{port}/")

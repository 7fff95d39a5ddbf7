"""Runs inside the cluster: an HTTPS server that gives files to whoever has the token. Standard library only."""

import http.server
import ssl
from functools import partial
from http import HTTPStatus
from pathlib import Path

TOKEN = Path("/secret/token").read_text(encoding="utf-8")


class Files(http.server.SimpleHTTPRequestHandler):
    """Files, behind a login."""

    def do_GET(self) -> None:
        """Give the file, or refuse."""
        if self.headers.get("Authorization") == f"Bearer {TOKEN}":
            super().do_GET()
        else:
            self.send_error(HTTPStatus.UNAUTHORIZED)


context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain("/secret/tls.crt", "/secret/tls.key")
with http.server.ThreadingHTTPServer(("", 8443), partial(Files, directory="/archives")) as server:
    server.socket = context.wrap_socket(server.socket, server_side=True)
    server.serve_forever()

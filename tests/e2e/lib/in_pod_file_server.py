"""Runs in a pod: an HTTPS server that serves files to clients with the token. Standard library only."""

import http.server
import ssl
from functools import partial
from http import HTTPStatus
from pathlib import Path

TOKEN = Path("/secret/token").read_text(encoding="utf-8")


class Files(http.server.SimpleHTTPRequestHandler):
    """Serves files to authenticated clients."""

    def do_GET(self) -> None:
        """Send the file, or reject the request."""
        if self.headers.get("Authorization") == f"Bearer {TOKEN}":
            super().do_GET()
        else:
            self.send_error(HTTPStatus.UNAUTHORIZED)


context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain("/secret/tls.crt", "/secret/tls.key")
with http.server.ThreadingHTTPServer(("", 8443), partial(Files, directory="/archives")) as server:
    server.socket = context.wrap_socket(server.socket, server_side=True)
    server.serve_forever()

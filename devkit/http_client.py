"""HTTP requests without the conveniences of a library: one connection each, no proxies, no redirects, no retries."""

from __future__ import annotations

import http.client
import json
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

TIMEOUT_SECONDS = 15.0


@dataclass(frozen=True)
class Response:
    """A response. The names of headers are in lower case; of a repeated header, the last value counts."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def ok(self) -> bool:
        """Return whether the status is 2xx."""
        return 200 <= self.status < 300

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode(errors="replace")

    @property
    def json(self) -> Any:
        """The body as JSON. Raises ``ValueError`` if it is not."""
        return json.loads(self.body)


def request(
    method: str,
    url: str,
    *,
    headers: Mapping[str, str] | None = None,
    body: bytes | None = None,
    address: tuple[str, int] | None = None,
    ca_file: Path | None = None,
    timeout: float = TIMEOUT_SECONDS,
) -> Response:
    """Send a request and return the response, of any status.

    ``address`` is where to connect instead of the URL's host and port, as with ``curl --connect-to``. HTTPS servers are
    verified with ``ca_file`` only. Raises ``OSError`` if no complete response arrives.
    """
    parts = urlsplit(url)
    host = parts.hostname or ""
    target = address or (host, parts.port or (443 if parts.scheme == "https" else 80))
    connection = http.client.HTTPConnection(*target, timeout=timeout)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        if parts.scheme == "https":
            context = ssl.create_default_context(cafile=str(ca_file) if ca_file else None)
            raw = socket.create_connection(target, timeout=timeout)
            connection.sock = context.wrap_socket(raw, server_hostname=host)
        connection.request(method, path, body=body, headers={"Host": parts.netloc, **(headers or {})})
        answer = connection.getresponse()
        return Response(answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read())
    except http.client.HTTPException as error:
        raise ConnectionError(f"no complete response from {url}: {error!r}") from error
    finally:
        connection.close()


def get(url: str, query: Mapping[str, str] | None = None) -> Response:
    """Send a GET request with a query."""
    return request("GET", f"{url}?{urlencode(query)}" if query else url)

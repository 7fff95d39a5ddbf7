"""Requests through the gateway, each on a connection of its own, as many callers would send them."""

from __future__ import annotations

import http.client
import json
import math
import socket
import ssl
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.istio_local.ports import ADDRESS

SECONDS = 15
# So many standard deviations off happens by chance once in 1.7 million times.
SIGMAS = 5


@dataclass(frozen=True)
class Answer:
    """What came back; the names of headers are in lower case, and of a header that came twice the last counts."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)

    @property
    def version(self) -> str:
        """The version that has answered, or the status where none did."""
        return str(self.json["version"]) if self.status == http.client.OK else f"status {self.status}"


def ask(
    port: int,
    host: str,
    path: str = "/predict",
    *,
    method: str = "POST",
    headers: Mapping[str, str] | None = None,
    body: bytes | None = b"{}",
    trusted: Path | None = None,
) -> Answer:
    """One request, by TLS where a certificate to trust is given; raises OSError where nobody answers it."""
    connection = http.client.HTTPConnection(ADDRESS, port, timeout=SECONDS)
    try:
        if trusted is not None:
            connection.sock = _encrypted(port, host, trusted)
        connection.request(method, path, body=body, headers={"Host": host, **(headers or {})})
        answer = connection.getresponse()
        return Answer(answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read())
    except http.client.HTTPException as error:
        raise ConnectionError(f"no whole answer from {host}{path}: {error!r}") from error
    finally:
        connection.close()


def _encrypted(port: int, host: str, trusted: Path) -> ssl.SSLSocket:
    context = ssl.create_default_context(cafile=str(trusted))
    return context.wrap_socket(socket.create_connection((ADDRESS, port), timeout=SECONDS), server_hostname=host)


def versions(answers: Iterable[Answer]) -> Counter[str]:
    """How many answers each version gave."""
    return Counter(answer.version for answer in answers)


def assert_share(count: int, total: int, share: float, what: str) -> None:
    """That a share (0 to 1) of so many random choices is as far from the count as chance explains, and no further."""
    expected = total * share
    off = SIGMAS * math.sqrt(total * share * (1 - share))
    message = f"{what}: {count} of {total}, and not {expected:.0f} ± {off:.0f}"
    assert abs(count - expected) <= off, message

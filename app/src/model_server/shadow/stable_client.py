"""A client for the stable version that limits each call in time and in size, because the peer is untrusted."""

import http.client
import io
import socket
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

_CHUNK = 64 * 1024


class UnreachableError(Exception):
    """The connection failed, timed out or did not speak HTTP."""


class RefusedError(Exception):
    """The response has a status other than 200."""


class TooLargeError(Exception):
    """The response is larger than any comparable answer."""


class StableClient:
    """Posts to the stable version. Each call opens its own connection, so that calls spread over all pods."""

    def __init__(self, url: str, timeout_seconds: float) -> None:
        parts = urlsplit(url)
        secure = parts.scheme == "https"
        self._connection_type = http.client.HTTPSConnection if secure else http.client.HTTPConnection
        self._host = parts.hostname or ""
        self._port = parts.port or (443 if secure else 80)
        self._base_path = parts.path.rstrip("/")
        self._timeout = timeout_seconds

    def post(self, path: str, body: bytes, headers: Mapping[str, str], max_bytes: int) -> bytes:
        """Post `body` and return the response body. Raises UnreachableError, RefusedError and TooLargeError."""
        try:
            with self._connected(time.monotonic() + self._timeout) as connection:
                connection.request("POST", self._base_path + path, body, {**headers, "Connection": "close"})
                response = connection.getresponse()
                if response.status != 200:
                    raise RefusedError(f"status {response.status}")
                return _read(response, max_bytes)
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise UnreachableError(f"{type(error).__name__}: {error}") from error

    @contextmanager
    def _connected(self, deadline: float) -> Iterator[http.client.HTTPConnection]:
        connection = self._connection_type(self._host, self._port, timeout=self._timeout)
        connection.connect()
        with connection.sock as connected:
            connection.sock = _DeadlineSocket(connected, deadline)
            yield connection


def _read(response: http.client.HTTPResponse, max_bytes: int) -> bytes:
    if (response.length or 0) > max_bytes:
        raise TooLargeError
    parts, size = [], 0
    while part := response.read(min(_CHUNK, max_bytes + 1 - size)):
        parts.append(part)
        size += len(part)
        if size > max_bytes:
            raise TooLargeError
    if response.length:
        raise http.client.IncompleteRead(b"", response.length)
    return b"".join(parts)


class _DeadlineSocket:
    """A connected socket with one deadline for all calls: a socket timeout alone restarts with every call."""

    def __init__(self, connected: socket.socket, deadline: float) -> None:
        self._socket = connected
        self._deadline = deadline

    def sendall(self, data: Any) -> None:
        self._apply_deadline()
        self._socket.sendall(data)

    def makefile(self, *_: object) -> io.BufferedReader:
        return io.BufferedReader(_DeadlineReader(self))

    def receive_into(self, buffer: Any) -> int:
        self._apply_deadline()
        return self._socket.recv_into(buffer)

    def close(self) -> None:
        """Do nothing: http.client calls this after the head, but the body is still read from the socket.

        The owner of the socket closes it.
        """

    def _apply_deadline(self) -> None:
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError("no answer before the deadline")
        self._socket.settimeout(left)


class _DeadlineReader(io.RawIOBase):
    def __init__(self, source: _DeadlineSocket) -> None:
        self._source = source

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        return self._source.receive_into(buffer)

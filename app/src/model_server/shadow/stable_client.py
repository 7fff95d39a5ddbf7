"""One call of the stable version: bounded in time and in size, whatever answers."""

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
    """There was no connection, no answer in time, or none that is HTTP."""


class RefusedError(Exception):
    """The answer has another status than 200."""


class TooLargeError(Exception):
    """The answer is larger than any that could be the same."""


class StableClient:
    """Where the stable version is asked. Each call has a connection of its own, so that all its pods are asked."""

    def __init__(self, url: str, timeout_seconds: float) -> None:
        parts = urlsplit(url)
        secure = parts.scheme == "https"
        self._connection_type = http.client.HTTPSConnection if secure else http.client.HTTPConnection
        self._host = parts.hostname or ""
        self._port = parts.port or (443 if secure else 80)
        self._base_path = parts.path.rstrip("/")
        self._timeout = timeout_seconds

    def ask(self, path: str, body: bytes, headers: Mapping[str, str], most_bytes: int) -> bytes:
        """POST `body` and return the answer's. Raises UnreachableError, RefusedError and TooLargeError."""
        try:
            with self._connected(time.monotonic() + self._timeout) as connection:
                connection.request("POST", self._base_path + path, body, {**headers, "Connection": "close"})
                answer = connection.getresponse()
                if answer.status != 200:
                    raise RefusedError(f"status {answer.status}")
                return _read(answer, most_bytes)
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise UnreachableError(f"{type(error).__name__}: {error}") from error

    @contextmanager
    def _connected(self, deadline: float) -> Iterator[http.client.HTTPConnection]:
        connection = self._connection_type(self._host, self._port, timeout=self._timeout)
        connection.connect()
        with connection.sock as connected:
            connection.sock = _Timed(connected, deadline)
            yield connection


def _read(answer: http.client.HTTPResponse, most_bytes: int) -> bytes:
    if (answer.length or 0) > most_bytes:
        raise TooLargeError
    parts, size = [], 0
    while part := answer.read(min(_CHUNK, most_bytes + 1 - size)):
        parts.append(part)
        size += len(part)
        if size > most_bytes:
            raise TooLargeError
    if answer.length:
        raise http.client.IncompleteRead(b"", answer.length)
    return b"".join(parts)


class _Timed:
    """A connected socket of which all calls together have until the deadline: a timeout alone begins anew with each."""

    def __init__(self, connected: socket.socket, deadline: float) -> None:
        self._socket = connected
        self._deadline = deadline

    def sendall(self, data: Any) -> None:
        self._limit()
        self._socket.sendall(data)

    def makefile(self, *_: object) -> io.BufferedReader:
        return io.BufferedReader(_TimedReader(self))

    def receive_into(self, buffer: Any) -> int:
        self._limit()
        return self._socket.recv_into(buffer)

    def close(self) -> None:
        """Called once the head of the answer is read: the rest still comes from the socket, whose owner closes it."""

    def _limit(self) -> None:
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError("no answer in time")
        self._socket.settimeout(left)


class _TimedReader(io.RawIOBase):
    def __init__(self, source: _Timed) -> None:
        self._source = source

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        return self._source.receive_into(buffer)

"""Download all bytes of an archive, resuming broken connections, and check the digest."""

import hashlib
import queue
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

from modelctl.errors import ModelctlError, TemporaryError
from modelctl.progress import TransferProgress
from modelctl.pull.limits import Deadline, RetryPolicy
from modelctl.pull.sources import Resume, Source, Unavailable

# Of at most 1 MiB each.
_CHUNKS_AHEAD = 8


@dataclass(frozen=True)
class Opened:
    """The properties of the content, from the response headers."""

    start: int
    total: int | None
    validator: str | None


class ReadAhead:
    """Reads one response in a thread of its own. A context manager: leaving it stops the thread.

    A DNS lookup, the headers of a slow server, or the object-store library can block beyond the deadline and delay a
    signal. The calling thread waits on a queue instead, which it can leave at any time, and writes and hashes while
    the next bytes arrive.
    """

    def __init__(self, source: Source, resume: Resume | None, deadline: Deadline) -> None:
        self._source = source
        self._resume = resume
        self._deadline = deadline
        self._queue: queue.Queue[Opened | bytes | Exception] = queue.Queue(_CHUNKS_AHEAD)
        self._left = threading.Event()
        # A daemon thread, so that the program can exit while a server does not respond.
        self._thread = threading.Thread(target=self._run, name="read-ahead", daemon=True)

    def __enter__(self) -> "ReadAhead":
        """Start reading."""
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop reading."""
        self._left.set()

    def opened(self) -> Opened:
        """Wait for the response. Raises the errors of the source, and TemporaryError at the deadline."""
        first = self._next()
        assert isinstance(first, Opened)  # noqa: S101  for the type checker: always first
        return first

    def chunks(self) -> Iterator[bytes]:
        """Yield the content. Raises the errors of the source, and TemporaryError at the deadline."""
        while isinstance(chunk := self._next(), bytes) and chunk:
            yield chunk

    def _next(self) -> Opened | bytes:
        try:
            item = self._queue.get(timeout=self._deadline.remaining())
        except queue.Empty:
            raise self._deadline.passed() from None
        if isinstance(item, Exception):
            raise item
        return item

    def _run(self) -> None:
        try:
            body = self._source.open(self._resume)
            try:
                self._put(Opened(body.start, body.total, body.validator))
                while not self._left.is_set():
                    chunk = body.read()
                    self._put(chunk)
                    if not chunk:
                        break
            finally:
                body.close()
        except BaseException as error:
            # Any error, including a panic of the native library: the caller must not wait forever.
            self._put(error if isinstance(error, Exception) else RuntimeError(repr(error)))

    def _put(self, item: Opened | bytes | Exception) -> None:
        while not self._left.is_set():
            try:
                return self._queue.put(item, timeout=0.2)
            except queue.Full:
                continue
        return None


@dataclass(frozen=True)
class Expected:
    """The expected archive: its URL for messages, its digest, and its maximum size."""

    shown: str
    sha256: str
    max_bytes: int


def download(
    source: Source,
    expected: Expected,
    target: Path,
    deadline: Deadline,
    policy: RetryPolicy,
    progress: TransferProgress,
) -> int:
    """Write the archive to the new file `target` and return its size.

    Broken connections are resumed. Raises ModelctlError if the digest differs, TemporaryError if the server is
    unavailable or the deadline passes, OSError if `target` cannot be written.
    """
    with target.open("xb") as stream:
        transfer = _Transfer(stream, expected, progress)
        failures = 0
        while True:
            before = transfer.received
            try:
                transfer.attempt(source, deadline)
                break
            except Unavailable as error:
                failures = 1 if transfer.received > before else failures + 1
                _wait(expected.shown, error, failures, deadline, policy, progress)
    found = transfer.digest.hexdigest()
    if found != expected.sha256:
        raise ModelctlError(
            f"the SHA-256 of {expected.shown} is {found}, but --sha256 is {expected.sha256}; "
            f"its {transfer.received} bytes were discarded.",
            "correct --sha256 if the archive was published again, else find out who has changed it",
        )
    return transfer.received


class _Transfer:
    """The bytes received so far."""

    def __init__(self, stream: BinaryIO, expected: Expected, progress: TransferProgress) -> None:
        self.received = 0
        self.digest = hashlib.sha256()
        self._stream = stream
        self._expected = expected
        self._progress = progress
        self._validator: str | None = None

    def attempt(self, source: Source, deadline: Deadline) -> None:
        """Make one request and read its response. Raises Unavailable if it is incomplete."""
        resume = Resume(self.received, self._validator) if self.received and self._validator else None
        with ReadAhead(source, resume, deadline) as ahead:
            opened = ahead.opened()
            if opened.start != self.received:
                self._restart()
            self._validator = opened.validator
            self._check_limit(opened.total or 0)
            for chunk in ahead.chunks():
                self.received += len(chunk)
                self._check_limit(self.received)
                self._stream.write(chunk)
                self.digest.update(chunk)
                self._progress.advance(self.received, opened.total)

    def _restart(self) -> None:
        self._stream.seek(0)
        self._stream.truncate()
        self.received = 0
        self.digest = hashlib.sha256()

    def _check_limit(self, size: int) -> None:
        if size > self._expected.max_bytes:
            raise ModelctlError(
                f"{self._expected.shown} is larger than {self._expected.max_bytes} bytes.",
                "raise --max-bytes if it is the right archive",
            )


def _wait(
    shown: str, error: Unavailable, failures: int, deadline: Deadline, policy: RetryPolicy, progress: TransferProgress
) -> None:
    if failures >= policy.attempts:
        raise TemporaryError(
            f"cannot read {shown}: {error.reason}; gave up after {failures} attempts.", "retry, or correct the URL"
        ) from error
    pause = policy.pause(failures, error.retry_after)
    if pause >= deadline.remaining():
        raise TemporaryError(
            f"cannot read {shown}: {error.reason}; the next attempt would exceed --timeout.",
            "retry later, or raise --timeout",
        ) from error
    progress.step(f"{shown}: {error.reason}; retrying in {pause:.1f} s")
    time.sleep(pause)

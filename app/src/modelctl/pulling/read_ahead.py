"""Reads from a source in a thread of its own.

Looking up a name, the headers of a slow server or a library in another language can block for longer than the
deadline allows, and keep a signal waiting. The caller's thread waits for a queue instead, which can be left at
any moment. It also writes and digests while the next bytes arrive.
"""

import queue
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from types import TracebackType

from modelctl.pulling.deadline import Deadline
from modelctl.pulling.sources.protocol import Resume, Source

# Of at most 1 MiB each.
_CHUNKS_AHEAD = 8


@dataclass(frozen=True)
class Opened:
    """What is known of the content once its server has answered."""

    start: int
    total: int | None
    validator: str | None


class ReadAhead:
    """One request. To be used as a context manager; leaving it ends the thread with its next step."""

    def __init__(self, source: Source, resume: Resume | None, deadline: Deadline) -> None:
        self._source = source
        self._resume = resume
        self._deadline = deadline
        self._queue: queue.Queue[Opened | bytes | Exception] = queue.Queue(_CHUNKS_AHEAD)
        self._left = threading.Event()
        # A daemon, so that the program can end while a server is silent.
        self._thread = threading.Thread(target=self._run, name="read-ahead", daemon=True)

    def __enter__(self) -> "ReadAhead":
        """Start to read."""
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop to read."""
        self._left.set()

    def opened(self) -> Opened:
        """Wait for the answer. Raises what the source raises, and TemporaryError at the deadline."""
        first = self._next()
        assert isinstance(first, Opened)  # noqa: S101  for the type checker: always first
        return first

    def chunks(self) -> Iterator[bytes]:
        """Give the content piece by piece. Raises what the source raises, and TemporaryError at the deadline."""
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
            # Whatever it is, a panic of a library in another language included: the caller must not wait for it.
            self._put(error if isinstance(error, Exception) else RuntimeError(repr(error)))

    def _put(self, item: Opened | bytes | Exception) -> None:
        while not self._left.is_set():
            try:
                return self._queue.put(item, timeout=0.2)
            except queue.Full:
                continue
        return None

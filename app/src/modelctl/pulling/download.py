"""Gets all bytes of an archive, whatever happens on the way, and makes sure that they are the right ones."""

import hashlib
import time
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from modelctl.errors import ModelctlError, TemporaryError
from modelctl.pulling.deadline import Deadline
from modelctl.pulling.progress import Progress
from modelctl.pulling.read_ahead import ReadAhead
from modelctl.pulling.retries import RetryPolicy
from modelctl.pulling.sources.protocol import Resume, Source, Unavailable


@dataclass(frozen=True)
class Expected:
    """What is to be downloaded: where it is, in words, its digest, and how large it may be at most."""

    shown: str
    sha256: str
    max_bytes: int


def download(
    source: Source, expected: Expected, target: Path, deadline: Deadline, policy: RetryPolicy, progress: Progress
) -> int:
    """Write the archive to the new file `target` and return its size.

    A connection that breaks is resumed. Raises ModelctlError if the digest is another one, TemporaryError if the
    server cannot be reached or time runs out, OSError if `target` cannot be written.
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
            f"the SHA-256 of {expected.shown} is {found}, not {expected.sha256} as --sha256 says; "
            f"its {transfer.received} bytes were not opened.",
            "correct --sha256 if the archive was published anew, else find out who has changed it",
        )
    return transfer.received


class _Transfer:
    """What has arrived so far."""

    def __init__(self, stream: BinaryIO, expected: Expected, progress: Progress) -> None:
        self.received = 0
        self.digest = hashlib.sha256()
        self._stream = stream
        self._expected = expected
        self._progress = progress
        self._validator: str | None = None

    def attempt(self, source: Source, deadline: Deadline) -> None:
        """Make one request and take all it gives. Raises Unavailable if that is not everything."""
        resume = Resume(self.received, self._validator) if self.received and self._validator else None
        with ReadAhead(source, resume, deadline) as ahead:
            opened = ahead.opened()
            if opened.start != self.received:
                self._start_again()
            self._validator = opened.validator
            self._refuse_above_limit(opened.total or 0)
            for chunk in ahead.chunks():
                self.received += len(chunk)
                self._refuse_above_limit(self.received)
                self._stream.write(chunk)
                self.digest.update(chunk)
                self._progress.advance(self.received, opened.total)

    def _start_again(self) -> None:
        self._stream.seek(0)
        self._stream.truncate()
        self.received = 0
        self.digest = hashlib.sha256()

    def _refuse_above_limit(self, size: int) -> None:
        if size > self._expected.max_bytes:
            raise ModelctlError(
                f"{self._expected.shown} is larger than {self._expected.max_bytes} bytes.",
                "allow more with --max-bytes, if it is the right archive",
            )


def _wait(
    shown: str, error: Unavailable, failures: int, deadline: Deadline, policy: RetryPolicy, progress: Progress
) -> None:
    if failures >= policy.attempts:
        raise TemporaryError(
            f"{shown} cannot be read: {error.reason}; tried {failures} times.", "try again, or correct the URL"
        ) from error
    pause = policy.pause(failures, error.retry_after)
    if pause >= deadline.remaining():
        raise TemporaryError(
            f"{shown} cannot be read: {error.reason}; the next try would be later than --timeout allows.",
            "try again later, or give more time with --timeout",
        ) from error
    progress.step(f"{shown}: {error.reason}; trying again in {pause:.1f} s")
    time.sleep(pause)

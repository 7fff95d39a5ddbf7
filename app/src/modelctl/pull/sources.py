"""The interface of an archive source, its errors, and the source of local files."""

import os
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol
from urllib.parse import unquote

from modelctl.errors import ModelctlError
from modelctl.pull.location import Location


@dataclass(frozen=True)
class Resume:
    """A partial download: the bytes before `offset` of the content that had `validator`."""

    offset: int
    validator: str


class Body(Protocol):
    """The body of a response."""

    @property
    def start(self) -> int:
        """The offset of its first byte; 0 if the download could not be resumed."""

    @property
    def total(self) -> int | None:
        """The size of the whole content, or None."""

    @property
    def validator(self) -> str | None:
        """The entity tag that a resumption needs; None if it is impossible."""

    def read(self) -> bytes:
        """Return the next bytes, or none at the end. Raises Unavailable if the content is truncated."""

    def close(self) -> None:
        """Close the connection."""


class Source(Protocol):
    """One archive."""

    def open(self, resume: Resume | None) -> Body:
        """Start to read, at `resume` if the content is unchanged. Raises Unavailable or ModelctlError."""


class Unavailable(Exception):
    """A failure that a retry may fix. `retry_after` is the number of seconds that the server has requested."""

    def __init__(self, reason: str, retry_after: float | None = None) -> None:
        self.reason = reason
        self.retry_after = retry_after
        super().__init__(reason)


@dataclass(frozen=True)
class SourceOptions:
    """The options of the command line for all sources."""

    endpoint: str | None = None
    region: str | None = None
    virtual_hosted: bool | None = None
    allow_http: bool = False
    ca_file: str | None = None
    header_file: str | None = None
    timeout_seconds: float = 1800.0


# Client errors that a retry may fix.
_TEMPORARY = {408, 425, 429}
# Server errors that a retry cannot fix.
_LASTING = {501, 505}


def status_error(shown: str, status: int, pause: float | None = None, detail: str = "", remedy: str = "") -> Exception:
    """Return the error for a status: Unavailable if a retry may help, else ModelctlError.

    `detail` is the server's own error code, `remedy` replaces the remedy for missing credentials.
    """
    code = f"{status}, {detail}" if detail else str(status)
    if status in _TEMPORARY or (status >= 500 and status not in _LASTING):
        return Unavailable(f"the server returned status {code}", pause)
    if status in (401, 403, 407):
        return ModelctlError(
            f"{shown}: access denied ({code}).",
            remedy or "pass credentials with --header-file; a signed URL may have expired",
        )
    if status in (404, 410):
        return ModelctlError(f"{shown}: not found ({code}).", "correct the URL, or publish the archive there")
    return ModelctlError(f"{shown}: unexpected status {code}.", "correct the URL, or fix the server")


_CHUNK_BYTES = 1024 * 1024


class FileSource:
    """A local file, for example without network access."""

    def __init__(self, location: Location) -> None:
        self._path = Path(unquote(location.path))

    def open(self, resume: Resume | None) -> "FileBody":  # noqa: ARG002  local reads are never resumed
        """Open the file."""
        try:
            # Reading a pipe or a device may never end.
            if not stat.S_ISREG(self._path.stat().st_mode):
                raise ModelctlError(f"{self._path} is not a regular file.", "pass the path of the archive")
            return FileBody(self._path.open("rb"))
        except (OSError, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) else "the path contains a NUL"
            raise ModelctlError(f"cannot read {self._path}: {reason}.", "correct the path") from error


class FileBody:
    """An open file."""

    start = 0
    validator = None

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self.total: int | None = os.fstat(stream.fileno()).st_size

    def read(self) -> bytes:
        """Return the next bytes."""
        try:
            return self._stream.read(_CHUNK_BYTES)
        except OSError as error:
            raise Unavailable(f"read error: {error.strerror}") from error

    def close(self) -> None:
        """Close the file."""
        self._stream.close()

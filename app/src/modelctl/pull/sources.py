"""The interface of an archive source, its errors, and the sources by URL scheme."""

import os
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol
from urllib.parse import unquote

from modelctl.errors import ModelctlError
from modelctl.pull.location import STORE_SCHEMES, WEB_SCHEMES, Location


@dataclass(frozen=True)
class Resume:
    """What is there already: the bytes before `offset` of the content that had `validator`."""

    offset: int
    validator: str


class Body(Protocol):
    """The answer to a request."""

    @property
    def start(self) -> int:
        """Where in the whole its first byte is; 0 if a resumption was not possible."""

    @property
    def total(self) -> int | None:
        """Size of the whole, where it is known."""

    @property
    def validator(self) -> str | None:
        """What a later resumption names; None if there can be none."""

    def read(self) -> bytes:
        """Give the next bytes, or none at the end. Raises Unavailable if they end too early."""

    def close(self) -> None:
        """Let go of the connection."""


class Source(Protocol):
    """One archive at one place."""

    def open(self, resume: Resume | None) -> Body:
        """Begin to read, at `resume` if the content is still the same. Raises Unavailable or ModelctlError."""


class Unavailable(Exception):
    """The bytes cannot be had now; `retry_after` is how many seconds the server has asked to wait."""

    def __init__(self, reason: str, retry_after: float | None = None) -> None:
        self.reason = reason
        self.retry_after = retry_after
        super().__init__(reason)


@dataclass(frozen=True)
class SourceOptions:
    """What the command line says about the way to an archive."""

    endpoint: str | None = None
    region: str | None = None
    virtual_hosted: bool | None = None
    allow_http: bool = False
    ca_file: str | None = None
    header_file: str | None = None
    timeout_seconds: float = 1800.0


# Asked again at the same place, these may be answered otherwise.
_TEMPORARY = {408, 425, 429}
# Errors of the server that no waiting mends.
_LASTING = {501, 505}


def refusal(shown: str, status: int, pause: float | None = None, detail: str = "", keys: str = "") -> Exception:
    """Build the error for an answer without content: Unavailable if trying again may help, else ModelctlError.

    `detail` is the server's own code for it, `keys` says where credentials come from.
    """
    said = f"{status}, {detail}" if detail else str(status)
    if status in _TEMPORARY or (status >= 500 and status not in _LASTING):
        return Unavailable(f"the server answers {said}", pause)
    if status in (401, 403, 407):
        return ModelctlError(
            f"{shown} may not be read ({said}).",
            keys or "give credentials with --header-file; if the URL is a signed one, it may be too old",
        )
    if status in (404, 410):
        return ModelctlError(f"{shown} is not there ({said}).", "correct the URL, or publish the archive there")
    return ModelctlError(f"{shown} answers {said} instead of the archive.", "correct the URL, or the server")


def make_source(location: Location, options: SourceOptions) -> Source:
    """Make the source of an address. Nothing is connected to. Raises ModelctlError for options that do not fit."""
    _refuse_others(location.scheme, options)
    # Imported late: a pull needs one of them, and the library for object stores is large.
    if location.scheme in WEB_SCHEMES:
        from modelctl.pull.http_source import HttpSource

        return HttpSource(location, options)
    if location.scheme in STORE_SCHEMES:
        from modelctl.pull.object_store import ObjectStoreSource

        return ObjectStoreSource(location, options)
    return FileSource(location)


def _refuse_others(scheme: str, options: SourceOptions) -> None:
    given = {
        "--endpoint": (options.endpoint, STORE_SCHEMES),
        "--region": (options.region, ("s3",)),
        "--path-style": (options.virtual_hosted is False, ("s3",)),
        "--virtual-hosted": (options.virtual_hosted is True, ("s3",)),
        "--header-file": (options.header_file, WEB_SCHEMES),
        "--ca-file": (options.ca_file, (*WEB_SCHEMES, *STORE_SCHEMES)),
    }
    for flag, (value, schemes) in given.items():
        if value and scheme not in schemes:
            raise ModelctlError(
                f"{flag} does not apply to {scheme}://.", f"leave it out; it is for {', '.join(schemes)}"
            )


_CHUNK_BYTES = 1024 * 1024


class FileSource:
    """A regular file."""

    def __init__(self, location: Location) -> None:
        self._path = Path(unquote(location.path))

    def open(self, resume: Resume | None) -> "FileBody":  # noqa: ARG002  a disk is never resumed
        """Open the file."""
        try:
            # A pipe or a device would wait for ever, or never end.
            if not stat.S_ISREG(self._path.stat().st_mode):
                raise ModelctlError(f"{self._path} is not a file.", "name the archive itself")
            return FileBody(self._path.open("rb"))
        except (OSError, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) else "it holds a NUL"
            raise ModelctlError(f"{self._path} cannot be read: {reason}.", "correct the path") from error


class FileBody:
    """A file that is being read."""

    start = 0
    validator = None

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self.total: int | None = os.fstat(stream.fileno()).st_size

    def read(self) -> bytes:
        """Give the next bytes."""
        try:
            return self._stream.read(_CHUNK_BYTES)
        except OSError as error:
            raise Unavailable(f"reading failed: {error.strerror}") from error

    def close(self) -> None:
        """Close the file."""
        self._stream.close()

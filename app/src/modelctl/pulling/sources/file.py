"""Archives on this machine, for air gaps."""

import os
import stat
from pathlib import Path
from typing import BinaryIO
from urllib.parse import unquote

from modelctl.errors import ModelctlError
from modelctl.pulling.location import Location
from modelctl.pulling.sources.protocol import Resume, Unavailable

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

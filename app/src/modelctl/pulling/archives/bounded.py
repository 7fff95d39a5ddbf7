"""Files as `tarfile` and `zipfile` see them: with a limit on what a hostile archive can make them read."""

import io
from typing import BinaryIO

from modelctl.pulling.archives.entry import CHUNK_BYTES, damaged


class ForwardReader:
    """A stream that is read once, from its beginning to its end, and no further than was allowed.

    `tarfile` reads headers of any announced length into memory, and goes back for ever in an archive that
    announces a negative one; Python 3.11.2, Debian's, has no protection against either.
    """

    def __init__(self, stream: BinaryIO | io.BufferedIOBase, allowed: int) -> None:
        self._stream = stream
        self._position = 0
        self._allowed = allowed
        self.last_block = b""

    def allow(self, count: int) -> None:
        """Let the next reads give `count` bytes in all."""
        self._allowed = count

    def read(self, size: int = -1) -> bytes:
        """Give up to `size` bytes. Raises ModelctlError for more than is allowed."""
        if size < 0 or size > self._allowed:
            raise damaged("a header announces an impossible length")
        pieces = []
        left = size
        while left and (piece := self._stream.read(min(left, CHUNK_BYTES))):
            pieces.append(piece)
            left -= len(piece)
        content = b"".join(pieces)
        self._allowed -= len(content)
        self._position += len(content)
        self.last_block = content
        return content

    def tell(self) -> int:
        """Bytes read so far."""
        return self._position

    def seek(self, position: int, whence: int = io.SEEK_SET) -> int:
        """Go forward. Raises ModelctlError for a place further back."""
        if whence != io.SEEK_SET or position < self._position:
            raise damaged("a header leads back to what was read before")
        while self._position < position and self.read(min(position - self._position, CHUNK_BYTES)):
            pass
        return self._position


class BoundedFile(io.BufferedReader):
    """A file of which no single read takes more than `most` bytes.

    `zipfile` reads the whole list of entries, of whatever length it is announced to have, and keeps an object for
    each of them.
    """

    def __init__(self, raw: io.RawIOBase, most: int) -> None:
        super().__init__(raw)
        self._most = most

    def read(self, size: int | None = -1, /) -> bytes:
        """Give up to `size` bytes. Raises ModelctlError for more than `most`."""
        everything = size is None or size < 0
        content = super().read(self._most + 1 if everything else min(size or 0, self._most + 1))
        if len(content) > self._most:
            raise damaged("its list of entries is too long")
        return content

    def seek(self, position: int, whence: int = io.SEEK_SET, /) -> int:
        """Go to a place. Raises ModelctlError for one before the beginning."""
        if whence == io.SEEK_SET and position < 0:
            raise damaged("it announces an impossible position")
        return super().seek(position, whence)

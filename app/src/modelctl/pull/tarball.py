"""Read the entries of a tar archive, plain or gzip-compressed."""

import gzip
import io
import tarfile
from collections.abc import Generator, Iterator
from typing import Any, BinaryIO, cast

from modelctl.pull.entries import CHUNK_BYTES, Entry, damaged, reading, refused


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


# For the headers of one entry, with its long names and extended attributes.
_HEADER_BYTES = 256 * 1024

_KINDS = {
    tarfile.SYMTYPE: "is a symbolic link",
    tarfile.LNKTYPE: "is a hard link",
    tarfile.CHRTYPE: "is a device",
    tarfile.BLKTYPE: "is a device",
    tarfile.FIFOTYPE: "is a named pipe",
    tarfile.GNUTYPE_SPARSE: "is a sparse file",
}


def tar_entries(stream: BinaryIO, compressed: bool) -> Generator[Entry, None, None]:
    """Give the entries in their order. Raises ModelctlError for one that is neither a folder nor a file."""
    source = gzip.GzipFile(fileobj=stream) if compressed else stream
    reader = ForwardReader(source, _HEADER_BYTES)
    with reading():
        archive = tarfile.TarFile(fileobj=cast(Any, reader), encoding="utf-8", errors="strict")
    while True:
        reader.allow(_HEADER_BYTES)
        with reading():
            member = archive.next()
        if member is None:
            break
        # Kept for later questions, which nobody has.
        archive.members = []  # type: ignore[attr-defined]
        yield _entry(member, reader)
    if reader.last_block.strip(b"\0"):
        raise damaged("something that is not an entry follows the last one")


def _entry(member: tarfile.TarInfo, reader: ForwardReader) -> Entry:
    if member.isdir():
        return Entry(member.name, True, 0, iter(()))
    if member.type not in (tarfile.REGTYPE, tarfile.AREGTYPE) or member.sparse is not None:
        kind = tarfile.GNUTYPE_SPARSE if member.sparse is not None else member.type
        raise refused(member.name, _KINDS.get(kind, "is neither a file nor a folder"))
    if member.size < 0 or reader.tell() != member.offset_data:
        raise damaged("a header announces an impossible length")
    return Entry(member.name, False, member.size, _content(member, reader))


def _content(member: tarfile.TarInfo, reader: ForwardReader) -> Iterator[bytes]:
    # Read from the stream and not through tarfile: that would seek, and take a file that ends early for whole.
    left = member.size
    while left:
        size = min(left, CHUNK_BYTES)
        reader.allow(size)
        with reading():
            chunk = reader.read(size)
        if len(chunk) < size:
            raise damaged("it ends in the middle of a file")
        left -= size
        yield chunk

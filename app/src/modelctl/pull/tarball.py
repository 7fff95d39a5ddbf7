"""Read the entries of a tar archive, plain or gzip-compressed."""

import gzip
import io
import tarfile
from collections.abc import Generator, Iterator
from typing import Any, BinaryIO, cast

from modelctl.pull.entries import CHUNK_BYTES, Entry, damaged, reading, rejected


class ForwardReader:
    """A stream that is read once from start to end, within an allowance.

    `tarfile` reads headers of any declared length into memory, and loops forever over an archive that declares a
    negative one (CVE-2025-8194). Python 3.11.2, Debian's, has no protection against either.
    """

    def __init__(self, stream: BinaryIO | io.BufferedIOBase, allowed: int) -> None:
        self._stream = stream
        self._position = 0
        self._allowed = allowed
        self.last_block = b""

    def allow(self, count: int) -> None:
        """Allow the next reads to return `count` bytes in total."""
        self._allowed = count

    def read(self, size: int = -1) -> bytes:
        """Return up to `size` bytes. Raises ModelctlError beyond the allowance."""
        if size < 0 or size > self._allowed:
            raise damaged("a header declares an invalid length")
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
        """Return the number of bytes read so far."""
        return self._position

    def seek(self, position: int, whence: int = io.SEEK_SET) -> int:
        """Skip forward. Raises ModelctlError for an earlier position."""
        if whence != io.SEEK_SET or position < self._position:
            raise damaged("a header points backwards")
        while self._position < position and self.read(min(position - self._position, CHUNK_BYTES)):
            pass
        return self._position


# The allowance for the headers of one entry, including long names and extended attributes.
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
    """Yield the entries in order. Raises ModelctlError for one that is neither a directory nor a regular file."""
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
        # tarfile keeps every member for lookups, which are not used here.
        archive.members = []  # type: ignore[attr-defined]
        yield _entry(member, reader)
    if reader.last_block.strip(b"\0"):
        raise damaged("unexpected data follows the last entry")


def _entry(member: tarfile.TarInfo, reader: ForwardReader) -> Entry:
    if member.isdir():
        return Entry(member.name, True, 0, iter(()))
    if member.type not in (tarfile.REGTYPE, tarfile.AREGTYPE) or member.sparse is not None:
        kind = tarfile.GNUTYPE_SPARSE if member.sparse is not None else member.type
        raise rejected(member.name, _KINDS.get(kind, "is neither a file nor a directory"))
    if member.size < 0 or reader.tell() != member.offset_data:
        raise damaged("a header declares an invalid length")
    return Entry(member.name, False, member.size, _content(member, reader))


def _content(member: tarfile.TarInfo, reader: ForwardReader) -> Iterator[bytes]:
    # Not through tarfile, which would seek, and would accept a truncated file.
    left = member.size
    while left:
        size = min(left, CHUNK_BYTES)
        reader.allow(size)
        with reading():
            chunk = reader.read(size)
        if len(chunk) < size:
            raise damaged("it is truncated in the middle of a file")
        left -= size
        yield chunk

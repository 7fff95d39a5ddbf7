"""Read the entries of a zip archive."""

import io
import stat
import zipfile
from collections.abc import Generator, Iterator

from modelctl.pull.entries import CHUNK_BYTES, Entry, damaged, reading, rejected


class BoundedFile(io.BufferedReader):
    """A file that limits a single read to `max_bytes`.

    `zipfile` reads the whole central directory, whose declared length may be anything, and keeps an object for each
    entry.
    """

    def __init__(self, raw: io.RawIOBase, max_bytes: int) -> None:
        super().__init__(raw)
        self._max_bytes = max_bytes

    def read(self, size: int | None = -1, /) -> bytes:
        """Return up to `size` bytes. Raises ModelctlError above the limit."""
        everything = size is None or size < 0
        content = super().read(self._max_bytes + 1 if everything else min(size or 0, self._max_bytes + 1))
        if len(content) > self._max_bytes:
            raise damaged("its central directory is too long")
        return content

    def seek(self, position: int, whence: int = io.SEEK_SET, /) -> int:
        """Seek. Raises ModelctlError for a position before the start."""
        if whence == io.SEEK_SET and position < 0:
            raise damaged("it declares an invalid position")
        return super().seek(position, whence)


# The limit of the central directory: 400 bytes for each of 10,000 entries.
_DIRECTORY_BYTES = 4 * 1024 * 1024

_ENCRYPTED = 0x1
_UTF8 = 0x800


def zip_entries(stream: io.RawIOBase) -> Generator[Entry, None, None]:
    """Yield the entries in order. Raises ModelctlError for one that is neither a directory nor a regular file."""
    with reading():
        archive = zipfile.ZipFile(BoundedFile(stream, _DIRECTORY_BYTES))
    with archive:
        for info in archive.infolist():
            yield _entry(archive, info)


def _entry(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Entry:
    name = info.orig_filename
    if name != info.filename or not (info.flag_bits & _UTF8 or name.isascii()):
        raise rejected(name, "is not printable UTF-8")
    is_folder = name.endswith("/")
    kind = stat.S_IFMT(info.external_attr >> 16)
    if kind == stat.S_IFLNK:
        raise rejected(name, "is a symbolic link")
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise rejected(name, "is a device, a pipe or a socket")
    if kind and is_folder != (kind == stat.S_IFDIR):
        raise rejected(name, "is both a file and a directory")
    if info.flag_bits & _ENCRYPTED:
        raise rejected(name, "is encrypted")
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise rejected(name, "uses a compression method other than deflate")
    if is_folder:
        return Entry(name, True, 0, iter(()))
    return Entry(name, False, info.file_size, _content(archive, info))


def _content(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Iterator[bytes]:
    with reading():
        stream = archive.open(info)
    with stream:
        while True:
            with reading():
                chunk = stream.read(CHUNK_BYTES)
            if not chunk:
                break
            yield chunk

"""Read the entries of a zip archive."""

import io
import stat
import zipfile
from collections.abc import Generator, Iterator

from modelctl.pull.entries import CHUNK_BYTES, Entry, damaged, reading, refused


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


# For the list of all entries: 400 bytes for each of 10 000.
_LIST_BYTES = 4 * 1024 * 1024

_ENCRYPTED = 0x1
_UTF8 = 0x800


def zip_entries(stream: io.RawIOBase) -> Generator[Entry, None, None]:
    """Give the entries in their order. Raises ModelctlError for one that is neither a folder nor a file."""
    with reading():
        archive = zipfile.ZipFile(BoundedFile(stream, _LIST_BYTES))
    with archive:
        for info in archive.infolist():
            yield _entry(archive, info)


def _entry(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Entry:
    name = info.orig_filename
    if name != info.filename or not (info.flag_bits & _UTF8 or name.isascii()):
        raise refused(name, "is not plain text in UTF-8")
    is_folder = name.endswith("/")
    kind = stat.S_IFMT(info.external_attr >> 16)
    if kind == stat.S_IFLNK:
        raise refused(name, "is a symbolic link")
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise refused(name, "is a device, a pipe or a socket")
    if kind and is_folder != (kind == stat.S_IFDIR):
        raise refused(name, "is a file and a folder")
    if info.flag_bits & _ENCRYPTED:
        raise refused(name, "is encrypted")
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise refused(name, "is compressed in a way other than deflate")
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

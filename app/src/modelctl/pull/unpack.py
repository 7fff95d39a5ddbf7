"""Write the entries of an archive into a directory."""

import io
import os
from collections.abc import Generator
from contextlib import closing
from pathlib import Path

from modelctl.errors import ModelctlError
from modelctl.pull.entries import Entry, damaged, member_path, rejected
from modelctl.pull.limits import Deadline, Limits
from modelctl.pull.tarball import tar_entries
from modelctl.pull.zipped import zip_entries

# The offset of the magic bytes of a tar archive, and the bytes that are inspected for those of all formats.
_TAR_MAGIC_OFFSET = 257
_HEADER_BYTES = 512

_UNSUPPORTED_FORMATS = {
    b"\xfd7zXZ\0": "xz",
    b"BZh": "bzip2",
    b"\x28\xb5\x2f\xfd": "zstd",
    b"\x04\x22\x4d\x18": "lz4",
    b"7z\xbc\xaf\x27\x1c": "7z",
    b"Rar!": "rar",
}


def unpack(archive: Path, target: Path, limits: Limits, deadline: Deadline) -> int:
    """Unpack into the new directory `target` and return the number of files.

    Raises ModelctlError for anything that a model repository does not need, TemporaryError at the deadline, OSError
    if `target` cannot be written. After an error, the caller removes `target`.
    """
    target.mkdir()
    writer = _Writer(target, limits, deadline)
    with io.FileIO(archive) as stream, closing(_entries(stream)) as entries:
        for entry in entries:
            writer.write(entry)
    return writer.files


def _entries(stream: io.FileIO) -> Generator[Entry, None, None]:
    header = stream.read(_HEADER_BYTES)
    stream.seek(0)
    if header.startswith(b"\x1f\x8b"):
        return tar_entries(io.BufferedReader(stream), compressed=True)
    if header.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return zip_entries(stream)
    if header[_TAR_MAGIC_OFFSET:].startswith(b"ustar"):
        return tar_entries(io.BufferedReader(stream), compressed=False)
    kind = next((name for magic, name in _UNSUPPORTED_FORMATS.items() if header.startswith(magic)), None)
    raise ModelctlError(
        f"the archive is {f'compressed with {kind}' if kind else 'neither tar, tar.gz nor zip'}.",
        "create it as tar, tar.gz or zip, publish it, and pass its new digest",
    )


class _Writer:
    """Writes entries and enforces the limits."""

    def __init__(self, target: Path, limits: Limits, deadline: Deadline) -> None:
        self.files = 0
        self._target = target
        self._limits = limits
        self._deadline = deadline
        self._entries = 0
        self._bytes = 0
        # Relative path -> True for a directory. Saves a lookup on disk per entry.
        self._known: dict[str, bool] = {}

    def write(self, entry: Entry) -> None:
        self._entries += 1
        # Implied directories count as well, because each needs space in the file system.
        if max(self._entries, len(self._known)) > self._limits.max_entries:
            raise ModelctlError(f"the archive has more than {self._limits.max_entries} entries.", "raise --max-entries")
        path = member_path(entry.name, entry.is_folder)
        if path is None:
            return
        self._make_folders(entry, path if entry.is_folder else path.rpartition("/")[0])
        if not entry.is_folder:
            if path in self._known:
                raise rejected(entry.name, "appears twice")
            self._known[path] = False
            self._write_file(entry, self._target / path)
            self.files += 1

    def _make_folders(self, entry: Entry, path: str) -> None:
        parts = path.split("/") if path else []
        for count in range(1, len(parts) + 1):
            folder = "/".join(parts[:count])
            if folder not in self._known:
                (self._target / folder).mkdir()
                self._known[folder] = True
            elif not self._known[folder]:
                raise rejected(entry.name, "is inside a regular file")

    def _write_file(self, entry: Entry, path: Path) -> None:
        self._count(entry.size, keep=False)
        written = 0
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        with os.fdopen(os.open(path, flags, 0o600), "wb") as stream:
            for chunk in entry.chunks:
                self._deadline.remaining()
                self._count(len(chunk))
                written += len(chunk)
                stream.write(chunk)
        if written != entry.size:
            raise damaged(f"it declares {entry.size} bytes for a file of {written}")

    def _count(self, size: int, *, keep: bool = True) -> None:
        """Enforce the limit on the declared size in advance, and on the real size while it arrives."""
        if self._bytes + size > self._limits.max_unpacked_bytes:
            raise ModelctlError(
                f"the archive unpacks to more than {self._limits.max_unpacked_bytes} bytes.",
                "raise --max-unpacked-bytes if it is the right archive",
            )
        if keep:
            self._bytes += size

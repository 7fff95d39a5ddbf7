"""Writes the entries of an archive below a folder."""

import io
import os
from collections.abc import Generator
from contextlib import closing
from pathlib import Path

from modelctl.errors import ModelctlError
from modelctl.pull.entries import Entry, damaged, member_path, refused
from modelctl.pull.limits import Deadline, Limits
from modelctl.pull.tarball import tar_entries
from modelctl.pull.zipped import zip_entries

# Where the magic number of a tar archive is, and how far the search for a known kind goes.
_TAR_MAGIC_AT = 257
_BEGINNING_BYTES = 512

_OTHER_KINDS = {
    b"\xfd7zXZ\0": "xz",
    b"BZh": "bzip2",
    b"\x28\xb5\x2f\xfd": "zstd",
    b"\x04\x22\x4d\x18": "lz4",
    b"7z\xbc\xaf\x27\x1c": "7z",
    b"Rar!": "rar",
}


def unpack(archive: Path, target: Path, limits: Limits, deadline: Deadline) -> int:
    """Unpack into the new folder `target` and return the number of files.

    Raises ModelctlError for anything that a model repository does not need, TemporaryError at the deadline,
    OSError if `target` cannot be written. What was written until then is the caller's to remove.
    """
    target.mkdir()
    writer = _Writer(target, limits, deadline)
    with io.FileIO(archive) as stream, closing(_entries(stream)) as entries:
        for entry in entries:
            writer.write(entry)
    return writer.files


def _entries(stream: io.FileIO) -> Generator[Entry, None, None]:
    beginning = stream.read(_BEGINNING_BYTES)
    stream.seek(0)
    if beginning.startswith(b"\x1f\x8b"):
        return tar_entries(io.BufferedReader(stream), compressed=True)
    if beginning.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return zip_entries(stream)
    if beginning[_TAR_MAGIC_AT:].startswith(b"ustar"):
        return tar_entries(io.BufferedReader(stream), compressed=False)
    kind = next((name for magic, name in _OTHER_KINDS.items() if beginning.startswith(magic)), None)
    raise ModelctlError(
        f"the archive is {f'compressed by {kind}' if kind else 'neither tar, tar.gz nor zip'}.",
        "pack it as tar, tar.gz or zip, publish it, and give its new digest",
    )


class _Writer:
    """Writes entries one by one, and counts."""

    def __init__(self, target: Path, limits: Limits, deadline: Deadline) -> None:
        self.files = 0
        self._target = target
        self._limits = limits
        self._deadline = deadline
        self._entries = 0
        self._bytes = 0
        # Path below the root -> whether it is a folder. Kept here, so that no entry is a question to the disk.
        self._known: dict[str, bool] = {}

    def write(self, entry: Entry) -> None:
        self._entries += 1
        # Folders that no entry names count, too: each costs room in the file system.
        if max(self._entries, len(self._known)) > self._limits.max_entries:
            raise ModelctlError(
                f"the archive has more than {self._limits.max_entries} entries.", "allow more with --max-entries"
            )
        path = member_path(entry.name, entry.is_folder)
        if path is None:
            return
        self._make_folders(entry, path if entry.is_folder else path.rpartition("/")[0])
        if not entry.is_folder:
            if path in self._known:
                raise refused(entry.name, "is there twice")
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
                raise refused(entry.name, "lies in a folder that is a file")

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
            raise damaged(f"it announces {entry.size} bytes for a file of {written}")

    def _count(self, size: int, *, keep: bool = True) -> None:
        """Refuse what is too much: what is announced at once, and what really comes as it comes."""
        if self._bytes + size > self._limits.max_unpacked_bytes:
            raise ModelctlError(
                f"the archive unpacks to more than {self._limits.max_unpacked_bytes} bytes.",
                "allow more with --max-unpacked-bytes, if it is the right archive",
            )
        if keep:
            self._bytes += size

"""An entry of an archive, the names it may have, and the errors about entries."""

import gzip
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from modelctl.errors import ModelctlError

CHUNK_BYTES = 1024 * 1024

# The errors that malformed archives raise, found by fuzzing: the modules have no common base class. OSError means a
# disk error and is not included, except for gzip's own.
_MALFORMED = (
    tarfile.TarError,
    zipfile.BadZipFile,
    gzip.BadGzipFile,
    zlib.error,
    struct.error,
    EOFError,
    ValueError,
    ArithmeticError,
    LookupError,
    RuntimeError,
)


@dataclass(frozen=True)
class Entry:
    """A directory or a regular file. `chunks` must be consumed before the next entry."""

    name: str
    is_folder: bool
    size: int
    chunks: Iterator[bytes]


def shown_name(name: str) -> str:
    """Return a name for messages: quoted, without control characters, shortened to a line."""
    return ascii(name) if len(name) <= 120 else f"{name[:120]!a}…"


def rejected(name: str, problem: str) -> ModelctlError:
    """Return the error for an entry that does not belong in a model repository."""
    return ModelctlError(
        f"archive entry {shown_name(name)} {problem}; nothing was added.",
        "pack a model repository: tar -C REPOSITORY -czf ARCHIVE MODEL",
    )


def damaged(problem: str) -> ModelctlError:
    """Return the error for an archive that violates its format."""
    text = "".join(letter if letter.isprintable() else "?" for letter in problem[:200]).rstrip(".")
    return ModelctlError(
        f"the archive is damaged: {text}. It matches --sha256, so it was published like this.",
        "create and publish it again, and pass its new digest",
    )


@contextmanager
def reading() -> Iterator[None]:
    """Convert the standard library's errors for a malformed archive into a ModelctlError."""
    try:
        yield
    except UnicodeDecodeError as error:
        raise rejected(bytes(error.object).decode("latin-1"), "is not printable UTF-8") from error
    except _MALFORMED as error:
        raise damaged(str(error) or type(error).__name__) from error


_MAX_BYTES = 1024
_MAX_PART_BYTES = 255
_MAX_PARTS = 32


def member_path(name: str, is_folder: bool) -> str | None:
    """Return the path of an entry relative to the archive's root; None for the root itself.

    tar and zip write a leading `./` and a directory's trailing `/`; any other name that is not a normalized relative
    path raises ModelctlError.
    """
    path = name.rstrip("/") if is_folder and name.strip("/") else name
    while path.startswith("./"):
        path = path[2:]
    if is_folder and path in (".", ""):
        return None
    if not path.isprintable():
        # Names that are not UTF-8 contain surrogates, which are not printable either.
        raise rejected(name, "is not printable UTF-8")
    if path.startswith("/"):
        raise rejected(name, "is an absolute path")
    if "\\" in path:
        raise rejected(name, "contains a backslash")
    parts = path.split("/")
    if ".." in parts:
        raise rejected(name, "points outside the archive")
    if "." in parts or "" in parts:
        raise rejected(name, "is not a normalized path")
    if (
        len(path.encode()) > _MAX_BYTES
        or len(parts) > _MAX_PARTS
        or any(len(part.encode()) > _MAX_PART_BYTES for part in parts)
    ):
        raise rejected(name, "is too long or too deep")
    return path

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

# What reading a malformed archive can end with, found by trying: these modules have no common error. An OSError
# is not among them, since it is about this machine's disk; gzip's own is one for historical reasons.
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
    """A folder or a regular file. `chunks` gives its content, and has to be used before the next entry."""

    name: str
    is_folder: bool
    size: int
    chunks: Iterator[bytes]


def shown_name(name: str) -> str:
    """A name for messages: quoted, without control characters, not longer than a line."""
    return ascii(name) if len(name) <= 120 else f"{name[:120]!a}…"


def refused(name: str, problem: str) -> ModelctlError:
    """Build the error for an entry that no model repository has."""
    return ModelctlError(
        f"the archive's entry {shown_name(name)} {problem}; nothing was unpacked.",
        "pack a model repository: tar -C REPOSITORY -czf ARCHIVE MODEL",
    )


def damaged(problem: str) -> ModelctlError:
    """Build the error for an archive that breaks the rules of its format."""
    text = "".join(letter if letter.isprintable() else "?" for letter in problem[:200]).rstrip(".")
    return ModelctlError(
        f"the archive is damaged: {text}. It is what --sha256 says, so it was published like this.",
        "pack it again, publish it, and give its new digest",
    )


@contextmanager
def reading() -> Iterator[None]:
    """Turn what the standard library raises for a malformed archive into a ModelctlError."""
    try:
        yield
    except UnicodeDecodeError as error:
        raise refused(bytes(error.object).decode("latin-1"), "is not plain text in UTF-8") from error
    except _MALFORMED as error:
        raise damaged(str(error) or type(error).__name__) from error


_MOST_BYTES = 1024
_MOST_BYTES_A_PART = 255
_MOST_PARTS = 32


def member_path(name: str, is_folder: bool) -> str | None:
    """Give the path below the archive's root that an entry stands for; None for the root itself.

    A leading `./` and a folder's trailing `/` are how tar and zip write names; everything else that is not a
    plain relative path raises ModelctlError.
    """
    path = name.rstrip("/") if is_folder and name.strip("/") else name
    while path.startswith("./"):
        path = path[2:]
    if is_folder and path in (".", ""):
        return None
    if not path.isprintable():
        # Names that are not UTF-8 hold surrogates here, which cannot be printed either.
        raise refused(name, "is not plain text in UTF-8")
    if path.startswith("/"):
        raise refused(name, "is an absolute path")
    if "\\" in path:
        raise refused(name, "holds a backslash")
    parts = path.split("/")
    if ".." in parts:
        raise refused(name, "leads out of its folder")
    if "." in parts or "" in parts:
        raise refused(name, "is not a plain path")
    if (
        len(path.encode()) > _MOST_BYTES
        or len(parts) > _MOST_PARTS
        or any(len(part.encode()) > _MOST_BYTES_A_PART for part in parts)
    ):
        raise refused(name, "is too long or too deep")
    return path

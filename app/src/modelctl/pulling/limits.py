"""How much may be taken from outside."""

from dataclasses import dataclass

GIB = 2**30


@dataclass(frozen=True)
class Limits:
    """Bytes of the archive, bytes of all it holds, and entries in it."""

    max_bytes: int = 4 * GIB
    max_unpacked_bytes: int = 16 * GIB
    max_entries: int = 10_000

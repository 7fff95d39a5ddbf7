"""Captures what native libraries write to standard error, so that the log has one event per line."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def native_output_to(receive: Callable[[str], None]) -> Iterator[None]:
    """Pass each line that was written to file descriptor 2 inside the block to `receive`, after the block.

    Log handlers with a duplicate of the descriptor, such as those of `configure_logging`, are not affected.
    """
    kept = os.dup(2)
    collected = os.memfd_create("native-output")
    try:
        os.dup2(collected, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        size = os.lseek(collected, 0, os.SEEK_CUR)
        lines = os.pread(collected, size, 0).decode("utf-8", "replace").splitlines()
        os.close(collected)
        for line in filter(None, lines):
            receive(line)


def discard(_: str) -> None:
    """Ignore a line."""

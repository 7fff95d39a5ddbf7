"""The lock that serializes commands: two that change the same cluster would undo each other's work."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager

from cluster.console import Console
from devkit import paths


@contextmanager
def held(console: Console) -> Iterator[None]:
    """Hold the lock; print a step while waiting for it. The kernel releases it when the process dies."""
    paths.cache().mkdir(parents=True, exist_ok=True)
    with (paths.cache() / "lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            with console.step("wait for another command that changes the cluster"):
                fcntl.flock(file, fcntl.LOCK_EX)
        yield

"""Writes the reason for the exit to the termination log, whose text `kubectl describe pod` shows."""

import contextlib
import os
from pathlib import Path

TERMINATION_LOG = Path("/dev/termination-log")

# The limit of Kubernetes.
_LIMIT_BYTES = 4096


def write_termination_message(reason: str, path: Path = TERMINATION_LOG) -> None:
    """Write `reason` to `path` if the container runtime has put a writable file there."""
    if path.is_file() and os.access(path, os.W_OK):
        with contextlib.suppress(OSError):
            path.write_bytes(reason.encode()[:_LIMIT_BYTES])

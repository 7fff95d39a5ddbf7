"""Tells Kubernetes why the container ended: `kubectl describe pod` shows this file's text."""

import contextlib
import os
from pathlib import Path

TERMINATION_LOG = Path("/dev/termination-log")

# Kubernetes reads no more than this.
_LIMIT_BYTES = 4096


def write_termination_message(reason: str, path: Path = TERMINATION_LOG) -> None:
    """Write `reason` to `path`, if the container runtime has put a file there that may be written to."""
    if path.is_file() and os.access(path, os.W_OK):
        with contextlib.suppress(OSError):
            path.write_bytes(reason.encode()[:_LIMIT_BYTES])

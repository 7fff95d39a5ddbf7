"""Ports of the loopback address that nobody listens on."""

from __future__ import annotations

import socket
from contextlib import ExitStack

ADDRESS = "127.0.0.1"


def free(count: int) -> list[int]:
    """That many different ports. They are held until the last is found, so that none is given twice."""
    with ExitStack() as held:
        found = [held.enter_context(socket.create_server((ADDRESS, 0))) for _ in range(count)]
        return [int(each.getsockname()[1]) for each in found]

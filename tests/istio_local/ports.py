"""Free ports of the loopback address."""

from __future__ import annotations

import socket
from contextlib import ExitStack

ADDRESS = "127.0.0.1"


def free(count: int) -> list[int]:
    """Return that many different free ports. All are bound until the last is found, so that none is returned twice."""
    with ExitStack() as held:
        found = [held.enter_context(socket.create_server((ADDRESS, 0))) for _ in range(count)]
        return [int(each.getsockname()[1]) for each in found]

"""The bounds of a pull: sizes, entries, time and attempts."""

import random
import time
from dataclasses import dataclass

from modelctl.errors import TemporaryError

GIB = 2**30


@dataclass(frozen=True)
class Limits:
    """Bytes of the archive, bytes of all it holds, and entries in it."""

    max_bytes: int = 4 * GIB
    max_unpacked_bytes: int = 16 * GIB
    max_entries: int = 10_000


class Deadline:
    """Counts down from the moment it is made."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._end = time.monotonic() + seconds

    def remaining(self) -> float:
        """Seconds that are left. Raises TemporaryError if there are none."""
        left = self._end - time.monotonic()
        if left <= 0:
            raise self.passed()
        return left

    def passed(self) -> TemporaryError:
        """Build the error for a pull that took too long."""
        return TemporaryError(
            f"the pull was not done after {self.seconds:g} s.",
            "give more time with --timeout, or find out why the server or the network is slow",
        )


@dataclass(frozen=True)
class RetryPolicy:
    """How often in a row without a new byte, and with what pauses in seconds."""

    attempts: int = 8
    first_pause: float = 0.5
    longest_pause: float = 20.0

    def pause(self, failures: int, asked: float | None) -> float:
        """Seconds to wait after `failures` in a row; never less than the server has asked for.

        Part of it is drawn, so that many pods that failed together do not come back together.
        """
        full = min(self.longest_pause, self.first_pause * 2.0 ** (failures - 1))
        return max(full * random.uniform(0.5, 1.0), asked or 0.0)  # noqa: S311  nothing depends on it being secret

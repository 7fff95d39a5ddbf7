"""The bounds of a pull: sizes, entries, time and attempts."""

import random
import time
from dataclasses import dataclass

from modelctl.errors import TemporaryError

GIB = 2**30


@dataclass(frozen=True)
class Limits:
    """The maximum size of an archive, its maximum unpacked size, and its maximum number of entries."""

    max_bytes: int = 4 * GIB
    max_unpacked_bytes: int = 16 * GIB
    max_entries: int = 10_000


class Deadline:
    """The time limit of a whole pull, which starts when this object is created."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._end = time.monotonic() + seconds

    def remaining(self) -> float:
        """Return the remaining seconds. Raises TemporaryError if there are none."""
        left = self._end - time.monotonic()
        if left <= 0:
            raise self.passed()
        return left

    def passed(self) -> TemporaryError:
        """Return the error for a pull that took too long."""
        return TemporaryError(
            f"the pull did not finish within {self.seconds:g} s.",
            "raise --timeout, or find out why the server or the network is slow",
        )


@dataclass(frozen=True)
class RetryPolicy:
    """The number of consecutive attempts without a new byte, and the seconds between them."""

    attempts: int = 8
    first_pause: float = 0.5
    longest_pause: float = 20.0

    def pause(self, failures: int, asked: float | None) -> float:
        """Return the seconds to wait after `failures` in a row, at least those that the server has requested.

        The jitter prevents pods that failed together from retrying together.
        """
        full = min(self.longest_pause, self.first_pause * 2.0 ** (failures - 1))
        return max(full * random.uniform(0.5, 1.0), asked or 0.0)  # noqa: S311  jitter need not be secret

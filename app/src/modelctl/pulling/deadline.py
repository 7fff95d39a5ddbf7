"""The time that a whole pull may take."""

import time

from modelctl.errors import TemporaryError


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

"""The clock of the machine."""

import time


class SystemClock:
    """The clock that a rollout uses outside of tests."""

    def monotonic(self) -> float:
        """Return seconds that never decrease, within this process."""
        return time.monotonic()

    def wall(self) -> float:
        """Return seconds since 1970, by this machine's clock."""
        return time.time()

    def sleep(self, seconds: float) -> None:
        """Wait."""
        time.sleep(seconds)

"""Time, as a thing that a test can have another of."""

import time


class Clock:
    """The machine's."""

    def monotonic(self) -> float:
        """Seconds that only go forward, within this process."""
        return time.monotonic()

    def wall(self) -> float:
        """Seconds since 1970, as the machine believes."""
        return time.time()

    def pause(self, seconds: float) -> None:
        """Do nothing for a while."""
        time.sleep(seconds)

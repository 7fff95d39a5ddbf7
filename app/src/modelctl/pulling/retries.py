"""When a failed request is made again."""

import random
from dataclasses import dataclass


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

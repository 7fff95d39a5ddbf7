"""Counts of recent rows, in memory that does not depend on the size of the window."""

from collections import deque

import numpy as np

from model_server.drift.bins import Counts

_SLOTS = 10


class SlidingWindow:
    """The counts of at least the most recent `size` rows, once that many were added.

    Rows expire one slot at a time. A slot is full at a tenth of `size`, so the window holds at most `size`, one slot
    and the largest request.
    """

    def __init__(self, bins: int, size: int) -> None:
        self.counts: Counts = np.zeros(bins, dtype=np.int64)
        """The number of rows in each bin."""
        self.rows = 0
        """The number of rows in the window."""
        self._size = size
        self._slot_size = max(1, size // _SLOTS)
        # New rows are added to the last slot.
        self._slots: deque[tuple[Counts, int]] = deque()

    def add(self, counts: Counts, rows: int) -> None:
        """Add the counts of `rows` rows."""
        if self._slots and self._slots[-1][1] < self._slot_size:
            newest, before = self._slots.pop()
            self._slots.append((newest + counts, before + rows))
        else:
            self._slots.append((counts, rows))
        self.counts = self.counts + counts
        self.rows += rows
        while self.rows - self._slots[0][1] >= self._size:
            oldest, gone = self._slots.popleft()
            self.counts = self.counts - oldest
            self.rows -= gone

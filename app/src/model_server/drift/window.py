"""Counts of the newest rows, in memory that does not depend on how many they are."""

from collections import deque

import numpy as np

from model_server.drift.bins import Counts

_SLOTS = 10


class SlidingWindow:
    """The counts of at least the newest `size` rows, once there were as many.

    Rows are forgotten a slot at a time. A slot is closed at a tenth of `size`, so that the window never holds
    more than `size`, one slot and the largest request.
    """

    def __init__(self, bins: int, size: int) -> None:
        self.counts: Counts = np.zeros(bins, dtype=np.int64)
        """How many rows of the window are in each bin."""
        self.rows = 0
        """How many rows the window holds."""
        self._size = size
        self._slot_size = max(1, size // _SLOTS)
        # The last one is being filled.
        self._slots: deque[tuple[Counts, int]] = deque()

    def add(self, counts: Counts, rows: int) -> None:
        """Add rows that have been counted."""
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

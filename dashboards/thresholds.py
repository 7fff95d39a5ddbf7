"""From where on a figure has a colour: where the chart's alerts fire by default.

A dashboard is a plain file and knows nothing of values; a test holds these to the defaults of the chart.
"""

from __future__ import annotations

from typing import Final

# Value and colour; below the first one everything is well.
Steps = tuple[tuple[float, str], ...]

RED, ORANGE, YELLOW, GREEN, BLUE = "red", "orange", "yellow", "green", "blue"

CPU: Final[Steps] = ((0.8, RED),)
MEMORY: Final[Steps] = ((0.9, RED),)
DISK: Final[Steps] = ((0.85, RED),)
VOLUME: Final[Steps] = ((0.85, RED),)
ERRORS: Final[Steps] = ((0.05, RED),)
LATENCY: Final[Steps] = ((1.0, RED),)
# Of Google's SRE workbook: at 1 the budget lasts exactly as long as its period, at 14.4 a fiftieth of it goes in 1 h.
BURN: Final[Steps] = ((1.0, ORANGE), (14.4, RED))
QUEUE: Final[Steps] = ((0.8, RED),)
DRIFT: Final[Steps] = ((0.1, YELLOW), (0.25, RED))
ANY_IS_BAD: Final[Steps] = ((1.0, RED),)
ANY_IS_WORTH_A_LOOK: Final[Steps] = ((1.0, ORANGE),)
WORSE_THAN_STABLE: Final[Steps] = ((1.5, ORANGE), (2.0, RED))

"""What is wrong, as data: which rule says so, where, what, and what to do about it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import NamedTuple


class Finding(NamedTuple):
    """What a rule says of one panel, or of the dashboard where ``panel`` is empty."""

    panel: str
    cause: str
    remedy: str


@dataclass(frozen=True)
class Problem:
    """A finding with its dashboard and its rule."""

    dashboard: str
    rule: str
    panel: str
    cause: str
    remedy: str

    def __str__(self) -> str:
        place = f"{self.dashboard}, panel {self.panel!r}" if self.panel else self.dashboard
        return f"{place}: {self.cause} ({self.rule})\n  remedy: {self.remedy}"

    def as_dictionary(self) -> dict[str, str]:
        """The same for programs."""
        return asdict(self)

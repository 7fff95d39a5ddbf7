"""Lint findings as data: rule, location, cause and remedy."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import NamedTuple


class Finding(NamedTuple):
    """A finding of a rule about one panel, or about the whole dashboard if ``panel`` is empty."""

    panel: str
    cause: str
    remedy: str


@dataclass(frozen=True)
class Problem:
    """A finding together with its dashboard and rule."""

    dashboard: str
    rule: str
    panel: str
    cause: str
    remedy: str

    def __str__(self) -> str:
        location = f"{self.dashboard}, panel {self.panel!r}" if self.panel else self.dashboard
        return f"{location}: {self.cause} ({self.rule})\n  remedy: {self.remedy}"

    def as_dictionary(self) -> dict[str, str]:
        """Return the problem in the form of the command's JSON output."""
        return asdict(self)

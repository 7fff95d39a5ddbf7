"""Guard cases: values that a chart's guards refuse, each with the line of the message."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

Case = tuple[dict[str, Any], str]
Cases = list[Case]


@dataclass(frozen=True)
class Guards:
    """The guard cases of a chart, and valid values that resemble a mistake."""

    # Mistakes by topic. A test combines mistakes of all topics.
    kinds: Sequence[Cases] = ()
    # Mistakes that only a test of this chart combines.
    others: Cases = field(default_factory=list)
    # Renamed keys, which are reported before any other mistake.
    renames: Cases = field(default_factory=list)
    allowed: list[dict[str, Any]] = field(default_factory=list)
    # A pattern for the path that a guard receives as `.at`.
    place: str = ".*"

    @property
    def first(self) -> Cases:
        """The mistakes of all topics."""
        return [case for kind in self.kinds for case in kind]

    @property
    def refused(self) -> Cases:
        """Every mistake other than renamed keys."""
        return [*self.first, *self.others]


def reserved_label(key: str, label: str) -> str:
    """Return the message for a label that a chart sets itself."""
    return f'{key}: the label "{label}" is reserved by the chart. Remove it, or rename it.'


def ids(cases: Cases) -> list[str]:
    """Return the keys that the messages name, as test ids."""
    return [message.split(":")[0] for _, message in cases]

"""What a chart's guards refuse: values, each with what is said about them, line for line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

Case = tuple[dict[str, Any], str]
Cases = list[Case]


@dataclass(frozen=True)
class Guards:
    """The mistakes that are tested, and what only looks like one."""

    # Mistakes by what they are about; some of each kind are made together.
    kinds: Sequence[Cases] = ()
    # Mistakes that a chart's own test makes together.
    others: Cases = field(default_factory=list)
    # Old keys; these are told alone.
    renames: Cases = field(default_factory=list)
    allowed: list[dict[str, Any]] = field(default_factory=list)
    # What the place of a mistake can be, where a guard is told it as `.at`; a pattern.
    place: str = ".*"

    @property
    def first(self) -> Cases:
        """The mistakes of all kinds."""
        return [case for kind in self.kinds for case in kind]

    @property
    def refused(self) -> Cases:
        """Every mistake but old keys."""
        return [*self.first, *self.others]


def ids(cases: Cases) -> list[str]:
    """The keys that the messages name, as names of tests."""
    return [message.split(":")[0] for _, message in cases]

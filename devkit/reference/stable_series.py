"""The recorded series that users may build on, from ``stable_series.yaml``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

_FILE = Path(__file__).with_name("stable_series.yaml")
_ALTERNATIVES = re.compile(r"\{([^}]*)\}")


@dataclass(frozen=True)
class StableSeries:
    """A series, or several that differ in one part of the name."""

    pattern: str
    meaning: str

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the series, with the alternatives of the pattern inserted."""
        found = _ALTERNATIVES.search(self.pattern)
        if not found:
            return (self.pattern,)
        return tuple(self.pattern.replace(found[0], part) for part in found[1].split(","))


@cache
def stable_series() -> tuple[StableSeries, ...]:
    """Return all entries in the order of the file."""
    entries: list[dict[str, str]] = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return tuple(StableSeries(entry["series"], entry["meaning"]) for entry in entries)

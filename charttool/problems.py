"""Findings as data. Every check reports all that it finds, and each finding has a remedy."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Problem:
    """A finding: location, cause and remedy."""

    file: Path
    line: int | None
    cause: str
    remedy: str

    @property
    def where(self) -> str:
        """The location as ``file:line``, which editors and terminals link."""
        return f"{self.file}:{self.line}" if self.line else str(self.file)

    def __str__(self) -> str:
        return f"{self.where}: {self.cause}\n  remedy: {self.remedy}"

    def as_dictionary(self) -> dict[str, str | int | None]:
        """Return the finding in the form of the command's JSON output."""
        return {"file": str(self.file), "line": self.line, "cause": self.cause, "remedy": self.remedy}


class ChartError(Exception):
    """A chart or values file is invalid; ``problems`` has every finding."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(map(str, self.problems)))

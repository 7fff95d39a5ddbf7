"""What is wrong, as data: every check here answers all that it finds, and each finding has a remedy."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong: where, what, and what to do about it."""

    file: Path
    line: int | None
    cause: str
    remedy: str

    @property
    def where(self) -> str:
        """The file, and the line where one is known, as editors and terminals link it."""
        return f"{self.file}:{self.line}" if self.line else str(self.file)

    def __str__(self) -> str:
        return f"{self.where}: {self.cause}\n  remedy: {self.remedy}"

    def as_dictionary(self) -> dict[str, str | int | None]:
        """The same for programs."""
        return {"file": str(self.file), "line": self.line, "cause": self.cause, "remedy": self.remedy}


class ContractError(Exception):
    """Something is wrong that the person at the keyboard can mend; holds every problem that was found."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(map(str, self.problems)))

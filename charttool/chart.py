"""The files of a chart that have to do with its contract, and which of them are written from others."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from charttool import comments, reference, renames, schema, shared, upgrading, usage
from charttool.comments import Values
from charttool.problems import ContractError, Problem
from charttool.renames import Rename
from devkit import paths

REMEDY = "Call `python -m charttool generate`."


@dataclass(frozen=True)
class Chart:
    """A chart on disk."""

    folder: Path

    @property
    def values(self) -> Path:
        """The source of everything here."""
        return self.folder / "values.yaml"

    @property
    def renames(self) -> Path:
        """What the values were called before; a chart need not have it."""
        return self.folder / "renames.yaml"

    def contract(self) -> tuple[Values, tuple[Rename, ...]]:
        """The values and their former names; raises ContractError."""
        values = comments.read(self.values)
        return values, renames.read(self.renames, values)

    def generated(self) -> Iterator[tuple[Path, str]]:
        """Every file that is written from others, with what it should hold; raises ContractError."""
        values, renamed = self.contract()
        built = schema.build(self.folder.name, values, renamed)
        yield self.folder / "values.schema.json", schema.written(built)
        yield _between(self.folder / "README.md", "values", reference.table(values, built))
        if self.renames.is_file():
            yield _between(self.folder / "UPGRADING.md", "renames", upgrading.tables(renamed))
        yield from shared.generated(self.folder)


def charts() -> list[Chart]:
    """Every chart of this repository that has values."""
    # Relative where that is possible: the paths of messages are read by people.
    here = Path.cwd()
    root = paths.REPOSITORY.relative_to(here) if paths.REPOSITORY.is_relative_to(here) else paths.REPOSITORY
    return [Chart(path.parent) for path in sorted(root.glob("charts/*/values.yaml"))]


def check(chart: Chart) -> Iterator[Problem]:
    """Every generated file that does not hold what it should; and what the templates read otherwise than declared."""
    yield from usage.problems(chart.folder, *chart.contract())
    for path, text in chart.generated():
        there = path.read_text(encoding="utf-8") if path.is_file() else ""
        if there != text:
            yield Problem(path, _first_difference(there, text), "not as its source says.", REMEDY)


def _first_difference(there: str, wanted: str) -> int:
    pairs = zip(there.splitlines(), wanted.splitlines(), strict=False)
    same = next((number for number, (left, right) in enumerate(pairs) if left != right), None)
    return 1 + (min(len(there.splitlines()), len(wanted.splitlines())) if same is None else same)


def _between(path: Path, name: str, text: str) -> tuple[Path, str]:
    """A file with `text` in its place, between two markers."""
    begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
    whole = path.read_text(encoding="utf-8") if path.is_file() else ""
    if whole.count(begin) != 1 or whole.count(end) != 1 or whole.index(begin) > whole.index(end):
        raise ContractError(
            [Problem(path, None, f"no place for the {name}.", f"Add the lines `{begin}` and `{end}`, each once.")]
        )
    pattern = re.compile(re.escape(begin) + ".*" + re.escape(end), re.DOTALL)
    return path, pattern.sub(lambda _: f"{begin}\n{text}{end}", whole)

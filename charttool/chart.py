"""The files of a chart that charttool reads and generates."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from charttool import (
    comments,
    immutable,
    modes,
    null_values,
    reference,
    renames,
    schema,
    shared_helpers,
    unused_values,
    upgrading,
)
from charttool.comments import Values
from charttool.problems import ChartError, Problem
from charttool.renames import Rename
from devkit import paths

REMEDY = "Run `python -m charttool generate`."


@dataclass(frozen=True)
class Chart:
    """A chart directory."""

    folder: Path

    @property
    def values(self) -> Path:
        """The values file, from which everything else is generated."""
        return self.folder / "values.yaml"

    @property
    def renames(self) -> Path:
        """The renamed keys; optional."""
        return self.folder / "renames.yaml"

    def read(self) -> tuple[Values, tuple[Rename, ...]]:
        """Read the values and the renamed keys; raises ChartError."""
        values = comments.read(self.values)
        return values, renames.read(self.renames, values)

    def custom_resources(self) -> Iterator[str]:
        """Yield the parts of custom resources that the annotations of the values refer to; raises ChartError."""
        for key in comments.read(self.values).all_keys():
            yield from _custom_resources(key.annotation)

    def generated(self) -> Iterator[tuple[Path, str]]:
        """Yield every generated file with its content; raises ChartError."""
        values, renamed = self.read()
        upgrading_page = self.folder / immutable.PAGE
        if wrong := list(immutable.problems(values, upgrading_page)):
            raise ChartError(wrong)
        built = schema.build(self.folder.name, values, renamed)
        yield self.folder / "values.schema.json", schema.render(built)
        yield _between(self.folder / "README.md", {"values": reference.table(values, built)})
        tables: dict[str, str] = {}
        if self.renames.is_file():
            tables["renames"] = upgrading.tables(renamed)
        if immutable.is_used(values):
            tables["immutable values"] = immutable.table(values)
        if tables:
            yield _between(upgrading_page, tables)
        yield from modes.generated(self.folder, values)
        yield from null_values.generated(self.folder, values, built, renamed)
        yield from shared_helpers.generated(self.folder)


def _custom_resources(annotation: Any) -> Iterator[str]:
    if isinstance(annotation, Mapping):
        if isinstance(annotation.get("crd"), str):
            yield annotation["crd"]
        for below in annotation.values():
            yield from _custom_resources(below)
    elif isinstance(annotation, list):
        for below in annotation:
            yield from _custom_resources(below)


def charts() -> list[Chart]:
    """Return every chart of this repository that has values."""
    # Relative to the working directory if possible, to keep messages short.
    here = Path.cwd()
    root = paths.REPOSITORY.relative_to(here) if paths.REPOSITORY.is_relative_to(here) else paths.REPOSITORY
    return [Chart(path.parent) for path in sorted(root.glob("charts/*/values.yaml"))]


def check(chart: Chart) -> Iterator[Problem]:
    """Yield stale generated files, unused values and reads of undeclared values."""
    yield from unused_values.problems(chart.folder, *chart.read())
    for path, text in chart.generated():
        current = path.read_text(encoding="utf-8") if path.is_file() else ""
        if current != text:
            yield Problem(path, _first_difference(current, text), "not up to date.", REMEDY)


def _first_difference(current: str, expected: str) -> int:
    pairs = zip(current.splitlines(), expected.splitlines(), strict=False)
    same = next((number for number, (left, right) in enumerate(pairs) if left != right), None)
    return 1 + (min(len(current.splitlines()), len(expected.splitlines())) if same is None else same)


def _between(path: Path, tables: Mapping[str, str]) -> tuple[Path, str]:
    """Return a file with each text between the markers of its name."""
    whole = path.read_text(encoding="utf-8") if path.is_file() else ""
    for name, text in tables.items():
        begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
        if whole.count(begin) != 1 or whole.count(end) != 1 or whole.index(begin) > whole.index(end):
            cause = f"the markers of the {name} are missing."
            raise ChartError([Problem(path, None, cause, f"Add the lines `{begin}` and `{end}`, each once.")])
        before, _, rest = whole.partition(begin)
        whole = f"{before}{begin}\n{text}{end}{rest.partition(end)[2]}"
    return path, whole

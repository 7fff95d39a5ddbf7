"""The JSON model of a dashboard, as far as the linter, the preview and the tests need it.

It is read from the committed files rather than from the builders, so that what Grafana loads is what is checked.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from devkit.errors import UserError

Json = dict[str, Any]


@dataclass(frozen=True)
class Target:
    """One query of a panel."""

    ref_id: str
    expression: str
    legend: str
    instant: bool
    raw: Json = field(repr=False)


@dataclass(frozen=True)
class GridPos:
    """The position of a panel on the grid of 24 columns."""

    x: int
    y: int
    width: int
    height: int

    def overlaps(self, other: GridPos) -> bool:
        """Return whether the two share a cell."""
        horizontally = self.x + self.width <= other.x or other.x + other.width <= self.x
        vertically = self.y + self.height <= other.y or other.y + other.height <= self.y
        return not horizontally and not vertically


@dataclass(frozen=True)
class Panel:
    """A panel or a row."""

    raw: Json = field(repr=False)

    @property
    def type(self) -> str:
        """The panel type, such as ``timeseries``."""
        return str(self.raw.get("type", ""))

    @property
    def title(self) -> str:
        """The title of the panel."""
        return str(self.raw.get("title") or "")

    @property
    def grid_pos(self) -> GridPos:
        """The position of the panel."""
        grid = self.raw.get("gridPos", {})
        return GridPos(grid.get("x", 0), grid.get("y", 0), grid.get("w", 0), grid.get("h", 0))

    @property
    def targets(self) -> tuple[Target, ...]:
        """The queries of the panel."""
        return tuple(
            Target(
                target.get("refId", ""),
                target.get("expr", ""),
                target.get("legendFormat", ""),
                bool(target.get("instant")),
                target,
            )
            for target in self.raw.get("targets") or []
        )

    @property
    def defaults(self) -> Json:
        """The default field options: unit, thresholds, value mappings."""
        return dict(self.raw.get("fieldConfig", {}).get("defaults", {}))

    @property
    def overrides(self) -> dict[str, Json]:
        """Field options by field name, such as those of a table's columns."""
        return {
            str(override["matcher"]["options"]): {item["id"]: item.get("value") for item in override["properties"]}
            for override in self.raw.get("fieldConfig", {}).get("overrides", [])
            if override.get("matcher", {}).get("id") == "byName"
        }

    @property
    def options(self) -> Json:
        """The options that are specific to the panel type."""
        return dict(self.raw.get("options", {}))


@dataclass(frozen=True)
class Variable:
    """A dashboard variable."""

    raw: Json = field(repr=False)

    @property
    def name(self) -> str:
        """The name by which queries refer to the variable."""
        return str(self.raw.get("name", ""))

    @property
    def type(self) -> str:
        """The variable type, such as ``query`` or ``datasource``."""
        return str(self.raw.get("type", ""))

    @property
    def multi(self) -> bool:
        """True if several values can be selected."""
        return bool(self.raw.get("multi") or self.raw.get("includeAll"))


@dataclass(frozen=True)
class Dashboard:
    """A dashboard as Grafana loads it."""

    raw: Json = field(repr=False)

    @property
    def uid(self) -> str:
        """The stable id that links and bookmarks use."""
        return str(self.raw.get("uid", ""))

    @property
    def title(self) -> str:
        """The title of the dashboard."""
        return str(self.raw.get("title", ""))

    @property
    def variables(self) -> tuple[Variable, ...]:
        """The variables in the order in which they are shown."""
        return tuple(Variable(raw) for raw in self.raw.get("templating", {}).get("list") or [])

    @property
    def all_panels(self) -> tuple[Panel, ...]:
        """Panels and rows, including the panels of collapsed rows."""
        return tuple(self._flatten(self.raw.get("panels") or []))

    @property
    def panels(self) -> tuple[Panel, ...]:
        """The panels that show data."""
        return tuple(panel for panel in self.all_panels if panel.type not in ("row", "text"))

    def _flatten(self, panels: list[Json]) -> Iterator[Panel]:
        for raw in panels:
            yield Panel(raw)
            yield from self._flatten(raw.get("panels") or [])


def read(path: Path) -> Dashboard:
    """Read a committed dashboard; raises UserError if the file is not a JSON object."""
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise UserError(f"{path}: invalid JSON: {error}.", "Run `python -m dashboards generate`.") from error
    if not isinstance(raw, dict):
        raise UserError(f"{path}: not a JSON object.", "Run `python -m dashboards generate`.")
    return Dashboard(raw)

"""A dashboard's JSON, read again: what the linter, the preview and tests need of it.

It reads the committed files, not the builders: what Grafana gets is what is judged.
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
class Place:
    """Where a panel stands on the grid of 24 columns."""

    x: int
    y: int
    width: int
    height: int

    def overlaps(self, other: Place) -> bool:
        """Whether the two share a cell."""
        beside = self.x + self.width <= other.x or other.x + other.width <= self.x
        above = self.y + self.height <= other.y or other.y + other.height <= self.y
        return not beside and not above


@dataclass(frozen=True)
class Panel:
    """A panel, or the heading of a row."""

    raw: Json = field(repr=False)

    @property
    def kind(self) -> str:
        """Its type, as Grafana names it."""
        return str(self.raw.get("type", ""))

    @property
    def title(self) -> str:
        """Its heading."""
        return str(self.raw.get("title") or "")

    @property
    def place(self) -> Place:
        """Where it stands."""
        grid = self.raw.get("gridPos", {})
        return Place(grid.get("x", 0), grid.get("y", 0), grid.get("w", 0), grid.get("h", 0))

    @property
    def targets(self) -> tuple[Target, ...]:
        """Its queries."""
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
        """How its figures are shown: unit, thresholds, words."""
        return dict(self.raw.get("fieldConfig", {}).get("defaults", {}))

    @property
    def overrides(self) -> dict[str, Json]:
        """The same for fields with a name of their own, such as the columns of a table."""
        return {
            str(override["matcher"]["options"]): {item["id"]: item.get("value") for item in override["properties"]}
            for override in self.raw.get("fieldConfig", {}).get("overrides", [])
            if override.get("matcher", {}).get("id") == "byName"
        }

    @property
    def options(self) -> Json:
        """What only this type of panel knows."""
        return dict(self.raw.get("options", {}))


@dataclass(frozen=True)
class Variable:
    """What can be chosen at the top."""

    raw: Json = field(repr=False)

    @property
    def name(self) -> str:
        """As queries name it."""
        return str(self.raw.get("name", ""))

    @property
    def kind(self) -> str:
        """``query``, ``datasource`` and so on."""
        return str(self.raw.get("type", ""))

    @property
    def many(self) -> bool:
        """Whether several values can be chosen."""
        return bool(self.raw.get("multi") or self.raw.get("includeAll"))


@dataclass(frozen=True)
class Dashboard:
    """A dashboard as Grafana gets it."""

    raw: Json = field(repr=False)

    @property
    def uid(self) -> str:
        """What links and bookmarks name it by."""
        return str(self.raw.get("uid", ""))

    @property
    def title(self) -> str:
        """Its heading."""
        return str(self.raw.get("title", ""))

    @property
    def variables(self) -> tuple[Variable, ...]:
        """What can be chosen, in order."""
        return tuple(Variable(raw) for raw in self.raw.get("templating", {}).get("list") or [])

    @property
    def everything(self) -> tuple[Panel, ...]:
        """Panels and headings of rows, those inside collapsed rows too."""
        return tuple(self._flat(self.raw.get("panels") or []))

    @property
    def panels(self) -> tuple[Panel, ...]:
        """What has data to show."""
        return tuple(panel for panel in self.everything if panel.kind not in ("row", "text"))

    def _flat(self, panels: list[Json]) -> Iterator[Panel]:
        for raw in panels:
            yield Panel(raw)
            yield from self._flat(raw.get("panels") or [])


def read(path: Path) -> Dashboard:
    """A committed dashboard; raises UserError."""
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise UserError(f"{path}: no JSON: {error}.", "Call `python -m dashboards generate`.") from error
    if not isinstance(raw, dict):
        raise UserError(f"{path}: no JSON object.", "Call `python -m dashboards generate`.")
    return Dashboard(raw)

"""Build a dashboard from rows of panels: grid positions, panel ids and the settings that all dashboards share."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from grafana_foundation_sdk.builders import dashboard as builders
from grafana_foundation_sdk.cog.builder import Builder
from grafana_foundation_sdk.models import dashboard as models

from dashboards.variables import Variable

COLUMNS: Final = 24
TAG: Final = "model-serving"

Panel = Builder[models.Panel]


@dataclass(frozen=True)
class Row:
    """Panels under one heading, placed from left to right; those that do not fit wrap to the next line."""

    title: str
    panels: tuple[Panel, ...]


@dataclass(frozen=True)
class DashboardSpec:
    """A dashboard before it is built."""

    uid: str
    title: str
    description: str
    variables: tuple[Variable, ...]
    rows: tuple[Row, ...]
    since: str = "now-1h"

    def build(self) -> models.Dashboard:
        """Return the dashboard in Grafana's classic schema."""
        builder = (
            builders.Dashboard(self.title)
            .uid(self.uid)
            .description(self.description)
            .tags([TAG])
            .time(self.since, "now")
            .refresh("30s")
            .timezone("browser")
            .tooltip(models.DashboardCursorSync.CROSSHAIR)
            .readonly()
            .link(_links_to_dashboards())
        )
        for variable in self.variables:
            builder = builder.with_variable(variable)
        built = builder.build()
        built.panels = list(_with_positions(self.rows))
        return built


def _links_to_dashboards() -> Builder[models.DashboardLink]:
    return (
        builders.DashboardLink("Model serving")
        .type(models.DashboardLinkType.DASHBOARDS)
        .tags([TAG])
        .as_dropdown(True)
        .include_vars(True)
        .keep_time(True)
    )


def _with_positions(rows: Sequence[Row]) -> Iterator[models.Panel | models.RowPanel]:
    """Yield rows and panels with ids and positions. Ids are deterministic, so links to a panel stay valid."""
    panel_id, y = 0, 0
    for row in rows:
        panel_id += 1
        heading = builders.Row(row.title).build()
        heading.id_val, heading.grid_pos = panel_id, models.GridPos(h=1, w=COLUMNS, x=0, y=y)
        yield heading
        x, y, height = 0, y + 1, 0
        for builder in row.panels:
            panel_id += 1
            panel = builder.build()
            size = panel.grid_pos or models.GridPos()
            if x + size.w > COLUMNS:
                x, y, height = 0, y + height, 0
            panel.id_val, panel.grid_pos = panel_id, models.GridPos(h=size.h, w=size.w, x=x, y=y)
            yield panel
            x, height = x + size.w, max(height, size.h)
        y += height

"""From rows of panels to a dashboard: where each panel stands, its number, and what all dashboards have in common."""

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
    """Panels under one heading, left to right; those that do not fit go on below."""

    title: str
    panels: tuple[Panel, ...]


@dataclass(frozen=True)
class Board:
    """A dashboard before it is built."""

    uid: str
    title: str
    description: str
    variables: tuple[Variable, ...]
    rows: tuple[Row, ...]
    since: str = "now-1h"

    def build(self) -> models.Dashboard:
        """The dashboard in Grafana's classic schema."""
        board = (
            builders.Dashboard(self.title)
            .uid(self.uid)
            .description(self.description)
            .tags([TAG])
            .time(self.since, "now")
            .refresh("30s")
            .timezone("browser")
            .tooltip(models.DashboardCursorSync.CROSSHAIR)
            .readonly()
            .link(_other_dashboards())
        )
        for variable in self.variables:
            board = board.with_variable(variable)
        built = board.build()
        built.panels = list(_placed(self.rows))
        return built


def _other_dashboards() -> Builder[models.DashboardLink]:
    return (
        builders.DashboardLink("Model serving")
        .type(models.DashboardLinkType.DASHBOARDS)
        .tags([TAG])
        .as_dropdown(True)
        .include_vars(True)
        .keep_time(True)
    )


def _placed(rows: Sequence[Row]) -> Iterator[models.Panel | models.RowPanel]:
    """Rows and panels with their numbers: the same for the same dashboard, so that links to a panel last."""
    number, y = 0, 0
    for row in rows:
        number += 1
        heading = builders.Row(row.title).build()
        heading.id_val, heading.grid_pos = number, models.GridPos(h=1, w=COLUMNS, x=0, y=y)
        yield heading
        x, y, height = 0, y + 1, 0
        for builder in row.panels:
            number += 1
            panel = builder.build()
            size = panel.grid_pos or models.GridPos()
            if x + size.w > COLUMNS:
                x, y, height = 0, y + height, 0
            panel.id_val, panel.grid_pos = number, models.GridPos(h=size.h, w=size.w, x=x, y=y)
            yield panel
            x, height = x + size.w, max(height, size.h)
        y += height

"""One picture per dashboard: the heading, the rows, and every panel at its grid position."""

from __future__ import annotations

import textwrap
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from dashboards.layout import COLUMNS
from dashboards.model import Dashboard, Panel
from dashboards.preview import gauges, heatmap, tables, theme, timeseries
from dashboards.preview.area import Area, truncated
from dashboards.preview.panel_data import PanelData, query_panel
from dashboards.queries import VariableValues, Window, variable_values
from devkit.prometheus import Prometheus

Drawer = Callable[[Panel, PanelData, Area, tuple[float, float]], None]

DRAWERS: Final[Mapping[str, Drawer]] = {
    "timeseries": timeseries.draw,
    "heatmap": heatmap.draw,
    "stat": gauges.draw_stat,
    "gauge": gauges.draw_gauge,
    "bargauge": gauges.draw_bars,
    "table": tables.draw,
}
HEADING: Final = 0.85
TITLE: Final = 0.32


@dataclass(frozen=True)
class Picture:
    """A picture: titles of its panels, those without data, and errors by title."""

    path: Path
    panels: tuple[str, ...]
    empty: tuple[str, ...]
    errors: Mapping[str, str]


def render(
    dashboard: Dashboard,
    prometheus: Prometheus,
    out: Path,
    *,
    variables: VariableValues | None = None,
    window: Window | None = None,
    now: float | None = None,
) -> Picture:
    """Draw a dashboard into ``out/<uid>.png``; raises UserError if Prometheus is unreachable."""
    window = window or Window()
    now = time.time() if now is None else now
    selected = variables or {}
    values = variable_values(dashboard, selected, window)
    results = [(panel, query_panel(panel, prometheus, values, window, now)) for panel in dashboard.panels]

    figure = _page(dashboard, selected, window, now)
    for heading in dashboard.all_panels:
        if heading.type == "row":
            area = _area(figure, heading)
            area.text(0.1, area.height / 2, heading.title, size=11, bold=True)
    for panel, data in results:
        _draw(panel, data, _area(figure, panel), (now - window.range, now))

    out.mkdir(parents=True, exist_ok=True)
    path = out / f"{dashboard.uid}.png"
    figure.savefig(path, dpi=theme.DPI, facecolor=theme.PAGE)
    return Picture(
        path,
        tuple(panel.title for panel, _ in results),
        tuple(panel.title for panel, data in results if data.empty and not data.error),
        {panel.title: data.error for panel, data in results if data.error},
    )


def _page(dashboard: Dashboard, selected: VariableValues, window: Window, now: float) -> Figure:
    rows = max((panel.grid_pos.y + panel.grid_pos.height for panel in dashboard.all_panels), default=0)
    figure = Figure(figsize=(COLUMNS * theme.COLUMN + 0.2, HEADING + rows * theme.ROW + 0.15), dpi=theme.DPI)
    FigureCanvasAgg(figure)
    width = COLUMNS * theme.COLUMN
    page = Area(figure, 0.1, 0.0, width, HEADING)
    page.text(0.1, 0.3, dashboard.title, size=15, bold=True)
    page.text(0.1, 0.6, str(dashboard.raw.get("description", "")), size=9, color=theme.FAINT)
    times = [datetime.fromtimestamp(moment, UTC) for moment in (now - window.range, now)]
    span = f"{times[0]:%Y-%m-%d %H:%M} to {times[1]:%H:%M} UTC"
    selection = "   ".join(
        f"{name}: {value if isinstance(value, str) else ', '.join(value)}" for name, value in selected.items()
    )
    page.text(width - 0.1, 0.3, span, size=9, color=theme.FAINT, align="right")
    page.text(width - 0.1, 0.6, selection, size=9, color=theme.FAINT, align="right")
    return figure


def _area(figure: Figure, panel: Panel) -> Area:
    position, half = panel.grid_pos, theme.GAP / 2
    return Area(
        figure,
        0.1 + position.x * theme.COLUMN + half,
        HEADING + position.y * theme.ROW + half,
        position.width * theme.COLUMN - theme.GAP,
        position.height * theme.ROW - theme.GAP,
    )


def _draw(panel: Panel, data: PanelData, area: Area, span: tuple[float, float]) -> None:
    area.box(theme.SURFACE, theme.BORDER)
    title = truncated(panel.title, area.width - 0.2, theme.TITLE_SIZE)
    area.text(0.12, TITLE / 2 + 0.02, title, size=theme.TITLE_SIZE, bold=True)
    body = area.inner(0, TITLE, 0, 0)
    if data.error:
        _draw_message(body, "Error: " + data.error, theme.NAMED["red"])
    elif data.empty:
        _draw_message(body, theme.no_value(panel), theme.FAINT)
    elif panel.type in DRAWERS:
        DRAWERS[panel.type](panel, data, body, span)
    else:
        _draw_message(body, f"The preview cannot draw panels of type {panel.type}.", theme.FAINT)


def _draw_message(area: Area, text: str, color: str) -> None:
    columns = max(10, int(area.width / 0.075))
    lines = [line for part in text.split("\n") for line in textwrap.wrap(part, columns)]
    limit = max(1, int(area.height / 0.16))
    area.text(area.width / 2, area.height / 2 - 0.05, "\n".join(lines[:limit]), size=8.5, color=color, align="center")

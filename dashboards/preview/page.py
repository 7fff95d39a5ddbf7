"""One picture for a dashboard: its heading, the rows, every panel where the grid has it."""

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
from dashboards.preview import figures, heatmap, tables, theme, timeseries
from dashboards.preview.answers import Answers, ask
from dashboards.preview.area import Area, shortened
from dashboards.queries import Values, Window, filling
from dashboards.reading import Dashboard, Panel
from devkit.prometheus import Prometheus

Drawer = Callable[[Panel, Answers, Area, tuple[float, float]], None]

DRAWERS: Final[Mapping[str, Drawer]] = {
    "timeseries": timeseries.draw,
    "heatmap": heatmap.draw,
    "stat": figures.draw_stat,
    "gauge": figures.draw_gauge,
    "bargauge": figures.draw_bars,
    "table": tables.draw,
}
HEADING: Final = 0.85
TITLE: Final = 0.32


@dataclass(frozen=True)
class Picture:
    """What was drawn, and what had nothing to draw."""

    path: Path
    panels: tuple[str, ...]
    empty: tuple[str, ...]
    errors: Mapping[str, str]


def render(
    dashboard: Dashboard,
    prometheus: Prometheus,
    out: Path,
    *,
    variables: Values | None = None,
    window: Window | None = None,
    now: float | None = None,
) -> Picture:
    """Draw every panel into ``out/<uid>.png``; raises UserError where Prometheus does not answer."""
    window = window or Window()
    now = time.time() if now is None else now
    chosen = variables or {}
    values = filling(dashboard, chosen, window)
    answers = [(panel, ask(panel, prometheus, values, window, now)) for panel in dashboard.panels]

    figure = _page(dashboard, chosen, window, now)
    for heading in dashboard.everything:
        if heading.kind == "row":
            place = _area(figure, heading)
            place.text(0.1, place.height / 2, heading.title, size=11, bold=True)
    for panel, answer in answers:
        _draw(panel, answer, _area(figure, panel), (now - window.range, now))

    out.mkdir(parents=True, exist_ok=True)
    path = out / f"{dashboard.uid}.png"
    figure.savefig(path, dpi=theme.DPI, facecolor=theme.PAGE)
    return Picture(
        path,
        tuple(panel.title for panel, _ in answers),
        tuple(panel.title for panel, answer in answers if answer.empty and not answer.error),
        {panel.title: answer.error for panel, answer in answers if answer.error},
    )


def _page(dashboard: Dashboard, chosen: Values, window: Window, now: float) -> Figure:
    lines = max((panel.place.y + panel.place.height for panel in dashboard.everything), default=0)
    figure = Figure(figsize=(COLUMNS * theme.COLUMN + 0.2, HEADING + lines * theme.LINE + 0.15), dpi=theme.DPI)
    FigureCanvasAgg(figure)
    width = COLUMNS * theme.COLUMN
    page = Area(figure, 0.1, 0.0, width, HEADING)
    page.text(0.1, 0.3, dashboard.title, size=15, bold=True)
    page.text(0.1, 0.6, str(dashboard.raw.get("description", "")), size=9, color=theme.FAINT)
    times = [datetime.fromtimestamp(moment, UTC) for moment in (now - window.range, now)]
    span = f"{times[0]:%Y-%m-%d %H:%M} to {times[1]:%H:%M} UTC"
    selected = "   ".join(
        f"{name}: {value if isinstance(value, str) else ', '.join(value)}" for name, value in chosen.items()
    )
    page.text(width - 0.1, 0.3, span, size=9, color=theme.FAINT, align="right")
    page.text(width - 0.1, 0.6, selected, size=9, color=theme.FAINT, align="right")
    return figure


def _area(figure: Figure, panel: Panel) -> Area:
    place, half = panel.place, theme.GAP / 2
    return Area(
        figure,
        0.1 + place.x * theme.COLUMN + half,
        HEADING + place.y * theme.LINE + half,
        place.width * theme.COLUMN - theme.GAP,
        place.height * theme.LINE - theme.GAP,
    )


def _draw(panel: Panel, answers: Answers, area: Area, span: tuple[float, float]) -> None:
    area.box(theme.SURFACE, theme.BORDER)
    title = shortened(panel.title, area.width - 0.2, theme.TITLE_SIZE)
    area.text(0.12, TITLE / 2 + 0.02, title, size=theme.TITLE_SIZE, bold=True)
    body = area.inner(0, TITLE, 0, 0)
    if answers.error:
        _say(body, "Error: " + answers.error, theme.NAMED["red"])
    elif answers.empty:
        _say(body, theme.no_value(panel), theme.FAINT)
    elif panel.kind in DRAWERS:
        DRAWERS[panel.kind](panel, answers, body, span)
    else:
        _say(body, f"Panels of the type {panel.kind} cannot be drawn here.", theme.FAINT)


def _say(area: Area, text: str, color: str) -> None:
    columns = max(10, int(area.width / 0.075))
    lines = [line for part in text.split("\n") for line in textwrap.wrap(part, columns)]
    most = max(1, int(area.height / 0.16))
    area.text(area.width / 2, area.height / 2 - 0.05, "\n".join(lines[:most]), size=8.5, color=color, align="center")

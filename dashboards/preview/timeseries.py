"""Lines and stacked areas over time, with the legend below."""

from __future__ import annotations

import math
from datetime import UTC, datetime

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator

from dashboards.preview import theme
from dashboards.preview.answers import Answers, Named
from dashboards.preview.area import Area, shortened, width_of
from dashboards.preview.formatting import formatted, tick_unit
from dashboards.reading import Panel

LEGEND_LINE = 0.17
MOST_LEGEND_LINES = 3
NARROWEST_PLOT = 0.7
# Seconds between two marks of the axis of time.
STEPS = (60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400, 7 * 86400)
MOST_TIMES = 6


def draw(panel: Panel, answers: Answers, area: Area, span: tuple[float, float]) -> None:
    """Draw a panel of this type."""
    lines = sorted((line for line in answers.lines if not line.empty), key=lambda line: line.name)
    entries = _legend_entries(lines, area.width - 0.3)
    room = max(1, min(MOST_LEGEND_LINES, int((area.height - NARROWEST_PLOT) / LEGEND_LINE)))
    below = min(len(entries), room) * LEGEND_LINE
    axes = area.inner(0.62, 0.04, 0.12, 0.27 + below).axes()
    _legend(area, entries, room, below)
    stacked = panel.defaults.get("custom", {}).get("stacking", {}).get("mode") == "normal"
    top = (_stacked if stacked else _lines)(axes, lines)
    style(axes, span)
    _y_axis(axes, panel, top)


def style(axes: Axes, span: tuple[float, float]) -> None:
    """What all panels over time have in common: the axis of time and the grid."""
    axes.set_facecolor(theme.SURFACE)
    for side in axes.spines.values():
        side.set_visible(False)
    axes.tick_params(length=0, labelsize=theme.TEXT_SIZE, labelcolor=theme.FAINT, pad=4)
    axes.set_xlim(*span)
    axes.set_xticks(marks_of_time(*span))
    form = "%H:%M" if span[1] - span[0] <= 2 * 86400 else "%d %b"
    axes.xaxis.set_major_formatter(FuncFormatter(lambda at, _: f"{datetime.fromtimestamp(at, UTC):{form}}"))
    axes.grid(visible=True, color=theme.GRID, linewidth=0.7)
    axes.set_axisbelow(True)


def marks_of_time(start: float, end: float) -> list[float]:
    """Round times, as many as are easy to read."""
    every = next((step for step in STEPS if (end - start) / step <= MOST_TIMES), STEPS[-1])
    first = math.ceil(start / every) * every
    return [float(at) for at in range(first, int(end) + 1, every)]


def _lines(axes: Axes, lines: list[Named]) -> float:
    for number, line in enumerate(lines):
        hue = theme.SERIES[number % len(theme.SERIES)]
        times, values = np.array(line.series.times), _finite(line.series.values)
        axes.plot(times, values, color=hue, linewidth=1.3, marker="o" if len(values) == 1 else None, markersize=3)
        axes.fill_between(times, values, color=hue, alpha=0.08, linewidth=0)
    return max(float(np.nanmax(_finite(line.series.values))) for line in lines)


def _stacked(axes: Axes, lines: list[Named]) -> float:
    times = sorted({time for line in lines for time in line.series.times})
    below = np.zeros(len(times))
    for number, line in enumerate(lines):
        hue = theme.SERIES[number % len(theme.SERIES)]
        at = dict(zip(line.series.times, _finite(line.series.values), strict=True))
        above = below + np.nan_to_num(np.array([at.get(time, 0.0) for time in times]))
        axes.fill_between(times, below, above, color=hue, alpha=0.3, linewidth=0)
        axes.plot(times, above, color=hue, linewidth=1.2)
        below = above
    return float(below.max())


def _finite(values: tuple[float, ...]) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    array = np.array(values, dtype=np.float64)
    return np.where(np.isfinite(array), array, np.nan)


def _y_axis(axes: Axes, panel: Panel, top: float) -> None:
    unit = str(panel.defaults.get("unit", "short"))
    most = panel.defaults.get("max")
    top = float(most) if most is not None else top * 1.08 if top > 0 else 1.0
    axes.set_ylim(0, top)
    size = tick_unit(top, unit)
    marks = [mark * size for mark in MaxNLocator(nbins=4).tick_values(0, top / size) if 0 <= mark * size <= top * 1.001]
    axes.set_yticks(marks)
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: formatted(round(value, 12), unit)))
    if panel.defaults.get("custom", {}).get("thresholdsStyle", {}).get("mode", "off") == "off":
        return
    for step in theme.steps_of(panel.defaults):
        if step.get("value") is not None and step["value"] <= top:
            axes.axhline(step["value"], color=theme.color(step["color"]), linewidth=1, linestyle=(0, (5, 4)))


def _legend_entries(lines: list[Named], width: float) -> list[list[tuple[float, str, str]]]:
    """The legend, line by line: where, colour and name of each entry."""
    rows: list[list[tuple[float, str, str]]] = [[]]
    x = 0.0
    for number, line in enumerate(lines):
        name = shortened(line.name, width - 0.4)
        needed = 0.2 + width_of(name) + 0.16
        if rows[-1] and x + needed > width:
            rows.append([])
            x = 0.0
        rows[-1].append((x, theme.SERIES[number % len(theme.SERIES)], name))
        x += needed
    return rows


def _legend(area: Area, entries: list[list[tuple[float, str, str]]], room: int, below: float) -> None:
    top = area.height - below
    for row_number, row in enumerate(entries[:room]):
        y = top + (row_number + 0.35) * LEGEND_LINE
        if row_number == room - 1 and len(entries) > room:
            hidden = sum(len(further) for further in entries[room - 1 :])
            area.text(0.15, y, f"… and {hidden} more", color=theme.FAINT)
            return
        for x, hue, name in row:
            area.bar(0.15 + x, y - 0.015, 0.13, 0.03, hue)
            area.text(0.15 + x + 0.19, y, name)

"""Time series panels: lines or stacked areas, with the legend below."""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import UTC, datetime

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator

from dashboards.model import Panel
from dashboards.preview import theme
from dashboards.preview.area import Area, truncated, width_of
from dashboards.preview.formatting import format_value, tick_unit
from dashboards.preview.panel_data import NamedSeries, PanelData

Floats = npt.NDArray[np.float64]

LEGEND_LINE = 0.17
MAX_LEGEND_LINES = 3
MIN_PLOT_HEIGHT = 0.7
# With more lines, overlapping shades become unreadable.
MAX_SHADED = 4
# Possible distances of ticks on the time axis, in seconds.
TICK_STEPS = (60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400, 7 * 86400)
INCHES_PER_TIME_TICK = 0.8


def draw(panel: Panel, data: PanelData, area: Area, span: tuple[float, float]) -> None:
    """Draw a time series panel."""
    lines = sorted((line for line in data.series if not line.empty), key=lambda line: line.name)
    stacked = panel.defaults.get("custom", {}).get("stacking", {}).get("mode") == "normal"
    top = _top(panel, lines, stacked)
    ticks = value_ticks(top, str(panel.defaults.get("unit", "short")))
    entries = _legend_entries(lines, area.width - 0.3)
    room = max(1, min(MAX_LEGEND_LINES, int((area.height - MIN_PLOT_HEIGHT) / LEGEND_LINE)))
    below = min(len(entries), room) * LEGEND_LINE
    axes = area.inner(margin_for(ticks.values()), 0.04, 0.14, 0.27 + below).axes()
    _legend(area, entries, room, below)
    (_stacked if stacked else _lines)(axes, lines)
    style(axes, span, area.width)
    # Keep a line at 0 visible.
    axes.set_ylim(-0.015 * top, top)
    axes.set_yticks(list(ticks), list(ticks.values()))
    _thresholds(axes, panel, top)


def margin_for(labels: Iterable[str]) -> float:
    """Return the width that the longest label of the value axis needs, in inches."""
    return 0.16 + max(map(width_of, labels), default=0.0)


def style(axes: Axes, span: tuple[float, float], width: float) -> None:
    """Style what all panels over time share: the time axis and the grid."""
    axes.set_facecolor(theme.SURFACE)
    for side in axes.spines.values():
        side.set_visible(False)
    axes.tick_params(length=0, labelsize=theme.TEXT_SIZE, labelcolor=theme.FAINT, pad=4)
    axes.set_xlim(*span)
    axes.set_xticks(time_ticks(*span, limit=max(2, int(width / INCHES_PER_TIME_TICK))))
    form = "%H:%M" if span[1] - span[0] <= 2 * 86400 else "%d %b"
    axes.xaxis.set_major_formatter(FuncFormatter(lambda at, _: f"{datetime.fromtimestamp(at, UTC):{form}}"))
    axes.grid(visible=True, color=theme.GRID, linewidth=0.7)
    axes.set_axisbelow(True)


def time_ticks(start: float, end: float, limit: int) -> list[float]:
    """Return round times between start and end, about ``limit`` at most."""
    every = next((step for step in TICK_STEPS if (end - start) / step <= limit), TICK_STEPS[-1])
    first = math.ceil(start / every) * every
    return [float(at) for at in range(first, int(end) + 1, every)]


def value_ticks(top: float, unit: str) -> dict[float, str]:
    """Return round values from 0 to ``top``, with their labels."""
    size = tick_unit(top, unit)
    ticks = [tick * size for tick in MaxNLocator(nbins=4, steps=[1, 2, 2.5, 5, 10]).tick_values(0, top / size)]
    return {tick: format_value(round(tick, 12), unit) for tick in ticks if 0 <= tick <= top * 1.001}


def _top(panel: Panel, lines: list[NamedSeries], stacked: bool) -> float:
    maximum = panel.defaults.get("max")
    if maximum is not None:
        return float(maximum)
    highest = [float(np.nanmax(_finite(line.series.values))) for line in lines]
    if stacked:
        highest = [float(_sums(lines)[-1].max())]
    if max(highest) > 0:
        return max(highest) * 1.08
    # All values are 0: include the first threshold, to show the distance to it.
    bad = [float(step["value"]) for step in theme.threshold_steps(panel.defaults) if step.get("value") is not None]
    return min(bad, default=1.0) * 1.25


def _lines(axes: Axes, lines: list[NamedSeries]) -> None:
    for number, line in enumerate(lines):
        hue = theme.SERIES[number % len(theme.SERIES)]
        times, values = np.array(line.series.times), _finite(line.series.values)
        axes.plot(times, values, color=hue, linewidth=1.3, marker="o" if len(values) == 1 else None, markersize=3)
        if len(lines) <= MAX_SHADED:
            axes.fill_between(times, values, color=hue, alpha=0.08, linewidth=0)


def _stacked(axes: Axes, lines: list[NamedSeries]) -> None:
    times = _times(lines)
    below = np.zeros(len(times))
    for number, above in enumerate(_sums(lines)):
        hue = theme.SERIES[number % len(theme.SERIES)]
        axes.fill_between(times, below, above, color=hue, alpha=0.3, linewidth=0)
        # The edge of a series that is always 0 would cover that of its neighbour.
        if (above > below).any():
            axes.plot(times, above, color=hue, linewidth=1.2)
        below = above


def _sums(lines: list[NamedSeries]) -> list[Floats]:
    """Return the cumulative sums of the series; a missing value counts as 0."""
    times = _times(lines)
    sums: list[Floats] = []
    for line in lines:
        at = dict(zip(line.series.times, _finite(line.series.values), strict=True))
        own = np.nan_to_num(np.array([at.get(time, 0.0) for time in times]))
        sums.append(own if not sums else sums[-1] + own)
    return sums


def _times(lines: list[NamedSeries]) -> list[float]:
    return sorted({time for line in lines for time in line.series.times})


def _finite(values: tuple[float, ...]) -> Floats:
    array = np.array(values, dtype=np.float64)
    return np.where(np.isfinite(array), array, np.nan)


def _thresholds(axes: Axes, panel: Panel, top: float) -> None:
    if panel.defaults.get("custom", {}).get("thresholdsStyle", {}).get("mode", "off") == "off":
        return
    for step in theme.threshold_steps(panel.defaults):
        if step.get("value") is not None and step["value"] <= top:
            axes.axhline(step["value"], color=theme.color(step["color"]), linewidth=1, linestyle=(0, (5, 4)))


def _legend_entries(lines: list[NamedSeries], width: float) -> list[list[tuple[float, str, str]]]:
    """Return the lines of the legend: position, colour and name of each entry."""
    rows: list[list[tuple[float, str, str]]] = [[]]
    x = 0.0
    for number, line in enumerate(lines):
        name = truncated(line.name, width - 0.4)
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

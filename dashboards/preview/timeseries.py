"""Lines and stacked areas over time, with the legend below."""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import UTC, datetime

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator

from dashboards.preview import theme
from dashboards.preview.answers import Answers, Named
from dashboards.preview.area import Area, shortened, width_of
from dashboards.preview.formatting import formatted, tick_unit
from dashboards.reading import Panel

Floats = npt.NDArray[np.float64]

LEGEND_LINE = 0.17
MOST_LEGEND_LINES = 3
NARROWEST_PLOT = 0.7
# More shaded areas than these on top of each other are mud.
MOST_SHADED = 4
# Seconds between two marks of the axis of time.
STEPS = (60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400, 7 * 86400)
INCHES_FOR_TIME = 0.8


def draw(panel: Panel, answers: Answers, area: Area, span: tuple[float, float]) -> None:
    """Draw a panel of this type."""
    lines = sorted((line for line in answers.lines if not line.empty), key=lambda line: line.name)
    stacked = panel.defaults.get("custom", {}).get("stacking", {}).get("mode") == "normal"
    top = _top(panel, lines, stacked)
    marks = marks_of_figures(top, str(panel.defaults.get("unit", "short")))
    entries = _legend_entries(lines, area.width - 0.3)
    room = max(1, min(MOST_LEGEND_LINES, int((area.height - NARROWEST_PLOT) / LEGEND_LINE)))
    below = min(len(entries), room) * LEGEND_LINE
    axes = area.inner(margin_for(marks.values()), 0.04, 0.14, 0.27 + below).axes()
    _legend(area, entries, room, below)
    (_stacked if stacked else _lines)(axes, lines)
    style(axes, span, area.width)
    # A line at 0 is to be seen.
    axes.set_ylim(-0.015 * top, top)
    axes.set_yticks(list(marks), list(marks.values()))
    _thresholds(axes, panel, top)


def margin_for(marks: Iterable[str]) -> float:
    """The room that the longest of the marks at the left needs."""
    return 0.16 + max(map(width_of, marks), default=0.0)


def style(axes: Axes, span: tuple[float, float], width: float) -> None:
    """What all panels over time have in common: the axis of time and the grid."""
    axes.set_facecolor(theme.SURFACE)
    for side in axes.spines.values():
        side.set_visible(False)
    axes.tick_params(length=0, labelsize=theme.TEXT_SIZE, labelcolor=theme.FAINT, pad=4)
    axes.set_xlim(*span)
    axes.set_xticks(marks_of_time(*span, most=max(2, int(width / INCHES_FOR_TIME))))
    form = "%H:%M" if span[1] - span[0] <= 2 * 86400 else "%d %b"
    axes.xaxis.set_major_formatter(FuncFormatter(lambda at, _: f"{datetime.fromtimestamp(at, UTC):{form}}"))
    axes.grid(visible=True, color=theme.GRID, linewidth=0.7)
    axes.set_axisbelow(True)


def marks_of_time(start: float, end: float, most: int) -> list[float]:
    """Round times, at most about as many as there is room for."""
    every = next((step for step in STEPS if (end - start) / step <= most), STEPS[-1])
    first = math.ceil(start / every) * every
    return [float(at) for at in range(first, int(end) + 1, every)]


def marks_of_figures(top: float, unit: str) -> dict[float, str]:
    """Round figures from 0 on, with how they are written."""
    size = tick_unit(top, unit)
    marks = [mark * size for mark in MaxNLocator(nbins=4, steps=[1, 2, 2.5, 5, 10]).tick_values(0, top / size)]
    return {mark: formatted(round(mark, 12), unit) for mark in marks if 0 <= mark <= top * 1.001}


def _top(panel: Panel, lines: list[Named], stacked: bool) -> float:
    most = panel.defaults.get("max")
    if most is not None:
        return float(most)
    highest = [float(np.nanmax(_finite(line.series.values))) for line in lines]
    if stacked:
        highest = [float(_sums(lines)[-1].max())]
    if max(highest) > 0:
        return max(highest) * 1.08
    # All is 0: far enough up that it is seen how far that is from being bad.
    bad = [float(step["value"]) for step in theme.steps_of(panel.defaults) if step.get("value") is not None]
    return min(bad, default=1.0) * 1.25


def _lines(axes: Axes, lines: list[Named]) -> None:
    for number, line in enumerate(lines):
        hue = theme.SERIES[number % len(theme.SERIES)]
        times, values = np.array(line.series.times), _finite(line.series.values)
        axes.plot(times, values, color=hue, linewidth=1.3, marker="o" if len(values) == 1 else None, markersize=3)
        if len(lines) <= MOST_SHADED:
            axes.fill_between(times, values, color=hue, alpha=0.08, linewidth=0)


def _stacked(axes: Axes, lines: list[Named]) -> None:
    times = _times(lines)
    below = np.zeros(len(times))
    for number, above in enumerate(_sums(lines)):
        hue = theme.SERIES[number % len(theme.SERIES)]
        axes.fill_between(times, below, above, color=hue, alpha=0.3, linewidth=0)
        # The edge of one that is 0 all the time would lie on that of its neighbour.
        if (above > below).any():
            axes.plot(times, above, color=hue, linewidth=1.2)
        below = above


def _sums(lines: list[Named]) -> list[Floats]:
    """Each series on top of those before; one that has no figure at a time adds nothing to it."""
    times = _times(lines)
    sums: list[Floats] = []
    for line in lines:
        at = dict(zip(line.series.times, _finite(line.series.values), strict=True))
        own = np.nan_to_num(np.array([at.get(time, 0.0) for time in times]))
        sums.append(own if not sums else sums[-1] + own)
    return sums


def _times(lines: list[Named]) -> list[float]:
    return sorted({time for line in lines for time in line.series.times})


def _finite(values: tuple[float, ...]) -> Floats:
    array = np.array(values, dtype=np.float64)
    return np.where(np.isfinite(array), array, np.nan)


def _thresholds(axes: Axes, panel: Panel, top: float) -> None:
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

"""Heatmap panels: the buckets of a histogram over time."""

from __future__ import annotations

import math

import numpy as np
from matplotlib.colors import PowerNorm

from dashboards.model import Panel
from dashboards.preview.area import Area
from dashboards.preview.formatting import format_value
from dashboards.preview.panel_data import PanelData
from dashboards.preview.timeseries import margin_for, style

MAX_TICKS = 9


def draw(panel: Panel, data: PanelData, area: Area, span: tuple[float, float]) -> None:
    """Draw a heatmap panel."""
    by_bound = {_bound(line.series.labels.get("le", "")): line.series for line in data.series}
    bounds = sorted(bound for bound in by_bound if not math.isnan(bound))
    times = sorted({time for series in by_bound.values() for time in series.times})
    counts = np.zeros((len(bounds), len(times)))
    for row, bound in enumerate(bounds):
        at = dict(zip(by_bound[bound].times, by_bound[bound].values, strict=True))
        counts[row] = [at.get(time, 0.0) for time in times]
    # Buckets are cumulative; a cell shows the difference to the previous bucket.
    cells = np.clip(np.diff(np.nan_to_num(counts), axis=0, prepend=0), 0, None)
    unit = str(panel.defaults.get("unit", "short"))
    names = [f"≤ {format_value(bound, unit)}" if bound < math.inf else "+Inf" for bound in bounds]
    axes = area.inner(margin_for(names), 0.04, 0.14, 0.32).axes()
    half = (times[1] - times[0]) / 2 if len(times) > 1 else 15.0
    edges = [time - half for time in times] + [times[-1] + half]
    shown = np.ma.masked_less_equal(cells, 0)
    axes.pcolormesh(edges, np.arange(len(bounds) + 1), shown, cmap="Blues", norm=PowerNorm(0.5, vmin=0))
    style(axes, span, area.width)
    ticks = range(0, len(bounds), max(1, math.ceil(len(bounds) / MAX_TICKS)))
    axes.set_yticks([tick + 0.5 for tick in ticks], [names[tick] for tick in ticks])


def _bound(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return math.nan

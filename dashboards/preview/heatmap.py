"""The buckets of a histogram over time."""

from __future__ import annotations

import math

import numpy as np
from matplotlib.colors import PowerNorm

from dashboards.preview.answers import Answers
from dashboards.preview.area import Area
from dashboards.preview.formatting import formatted
from dashboards.preview.timeseries import margin_for, style
from dashboards.reading import Panel

MOST_MARKS = 9


def draw(panel: Panel, answers: Answers, area: Area, span: tuple[float, float]) -> None:
    """Draw a panel of this type."""
    by_bound = {_bound(line.series.labels.get("le", "")): line.series for line in answers.lines}
    bounds = sorted(bound for bound in by_bound if not math.isnan(bound))
    times = sorted({time for series in by_bound.values() for time in series.times})
    counts = np.zeros((len(bounds), len(times)))
    for row, bound in enumerate(bounds):
        at = dict(zip(by_bound[bound].times, by_bound[bound].values, strict=True))
        counts[row] = [at.get(time, 0.0) for time in times]
    # Buckets count all below their bound; a cell is what one adds to the one before.
    cells = np.clip(np.diff(np.nan_to_num(counts), axis=0, prepend=0), 0, None)
    unit = str(panel.defaults.get("unit", "short"))
    names = [f"≤ {formatted(bound, unit)}" if bound < math.inf else "more" for bound in bounds]
    axes = area.inner(margin_for(names), 0.04, 0.14, 0.32).axes()
    half = (times[1] - times[0]) / 2 if len(times) > 1 else 15.0
    edges = [time - half for time in times] + [times[-1] + half]
    shown = np.ma.masked_less_equal(cells, 0)
    axes.pcolormesh(edges, np.arange(len(bounds) + 1), shown, cmap="Blues", norm=PowerNorm(0.5, vmin=0))
    style(axes, span, area.width)
    marks = range(0, len(bounds), max(1, math.ceil(len(bounds) / MOST_MARKS)))
    axes.set_yticks([mark + 0.5 for mark in marks], [names[mark] for mark in marks])


def _bound(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return math.nan

"""Stat, gauge and bar gauge panels: current values."""

from __future__ import annotations

import math
from itertools import pairwise

from matplotlib.patches import Wedge

from dashboards.model import Panel
from dashboards.preview import theme
from dashboards.preview.area import Area, truncated, width_of
from dashboards.preview.panel_data import NamedSample, PanelData

BAR_LINE = 0.27
LARGEST = 30.0


def draw_stat(panel: Panel, data: PanelData, area: Area, _: tuple[float, float]) -> None:
    """Draw a value as large as the panel allows, on the colour of its threshold."""
    value = data.samples[0].sample.value
    text, hue = theme.text_and_color(value, panel.defaults)
    size = min(LARGEST, area.height * 72 * 0.5, area.width * 72 * 0.9 / max(1, len(text)) / 0.62)
    colored = panel.options.get("colorMode") == "background" and not math.isnan(value)
    if colored:
        card = area.inner(0.08, 0.02, 0.08, 0.08)
        card.box(theme.threshold_color(value, theme.threshold_steps(panel.defaults)))
    color = theme.SURFACE if colored else hue
    area.text(area.width / 2, area.height / 2 - 0.03, text, size=size, color=color, bold=True, align="center")


def draw_gauge(panel: Panel, data: PanelData, area: Area, _: tuple[float, float]) -> None:
    """Draw a value as part of an arc between the minimum and the maximum."""
    value = data.samples[0].sample.value
    text, _hue = theme.text_and_color(value, panel.defaults)
    minimum, maximum = float(panel.defaults.get("min", 0)), float(panel.defaults.get("max", 1))
    share = min(1.0, max(0.0, (value - minimum) / (maximum - minimum))) if maximum > minimum else 0.0
    steps = theme.threshold_steps(panel.defaults)
    axes = area.inner(0.1, 0.05, 0.1, 0.1).axes()
    axes.set_axis_off()
    axes.set_xlim(-1.15, 1.15)
    axes.set_ylim(-0.25, 1.15)
    axes.set_aspect("equal")
    axes.add_patch(Wedge((0, 0), 1, 0, 180, width=0.25, color=theme.EMPTY_BAR))
    axes.add_patch(Wedge((0, 0), 1, 180 - 180 * share, 180, width=0.25, color=theme.threshold_color(value, steps)))
    starts = [minimum, *(float(step["value"]) for step in steps if step.get("value") is not None), maximum]
    for low, high in pairwise(starts):
        angles = [180 - 180 * (min(maximum, edge) - minimum) / (maximum - minimum) for edge in (high, low)]
        axes.add_patch(Wedge((0, 0), 1.1, *angles, width=0.05, color=theme.threshold_color(low, steps)))
    axes.text(0, 0.05, text, ha="center", va="center", fontsize=16, fontweight="bold", color=theme.TEXT)


def draw_bars(panel: Panel, data: PanelData, area: Area, _: tuple[float, float]) -> None:
    """Draw one bar per series, sorted by value."""
    samples = sorted(
        (one for one in data.samples if not math.isnan(one.sample.value)),
        key=lambda one: (-one.sample.value, one.name),
    )
    room = int((area.height - 0.15) / BAR_LINE)
    hidden = len(samples) - room if len(samples) > room else 0
    shown = samples[: room - 1] if hidden else samples
    maximum = panel.defaults.get("max")
    largest = float(maximum) if maximum is not None else max((one.sample.value for one in samples), default=1.0)
    names = min(area.width * 0.45, max(width_of(one.name) for one in shown) + 0.1)
    for index, one in enumerate(shown):
        _bar(panel, one, area, y=0.05 + index * BAR_LINE, names=names, largest=largest)
    if hidden:
        y = 0.05 + len(shown) * BAR_LINE + BAR_LINE / 2
        area.text(0.15, y, f"… and {len(samples) - len(shown)} more", color=theme.FAINT)


def _bar(panel: Panel, named: NamedSample, area: Area, *, y: float, names: float, largest: float) -> None:
    value = named.sample.value
    text, _ = theme.text_and_color(value, panel.defaults)
    hue = theme.threshold_color(value, theme.threshold_steps(panel.defaults))
    length = area.width - names - 1.05
    share = min(1.0, max(0.0, value / largest)) if largest > 0 else 0.0
    middle = y + BAR_LINE / 2
    area.text(0.15, middle, truncated(named.name, names))
    area.bar(0.15 + names, y + 0.04, length, BAR_LINE - 0.08, theme.EMPTY_BAR)
    area.bar(0.15 + names, y + 0.04, length * share, BAR_LINE - 0.08, hue)
    area.text(area.width - 0.12, middle, text, bold=True, align="right")

"""One figure now, as a card, an arc or bars."""

from __future__ import annotations

import math
from itertools import pairwise

from matplotlib.patches import Wedge

from dashboards.preview import theme
from dashboards.preview.answers import Answers, Figure
from dashboards.preview.area import Area, shortened, width_of
from dashboards.reading import Panel

BAR_LINE = 0.27
LARGEST = 30.0


def draw_stat(panel: Panel, answers: Answers, area: Area, _: tuple[float, float]) -> None:
    """A figure as large as there is room, on its colour."""
    value = answers.figures[0].sample.value
    text, hue = theme.text_and_color(value, panel.defaults)
    size = min(LARGEST, area.height * 72 * 0.5, area.width * 72 * 0.9 / max(1, len(text)) / 0.62)
    colored = panel.options.get("colorMode") == "background" and not math.isnan(value)
    if colored:
        card = area.inner(0.08, 0.02, 0.08, 0.08)
        card.box(theme.threshold_color(value, theme.steps_of(panel.defaults)))
    color = theme.SURFACE if colored else hue
    area.text(area.width / 2, area.height / 2 - 0.03, text, size=size, color=color, bold=True, align="center")


def draw_gauge(panel: Panel, answers: Answers, area: Area, _: tuple[float, float]) -> None:
    """A figure as part of an arc, between the least and the most."""
    value = answers.figures[0].sample.value
    text, _hue = theme.text_and_color(value, panel.defaults)
    least, most = float(panel.defaults.get("min", 0)), float(panel.defaults.get("max", 1))
    share = min(1.0, max(0.0, (value - least) / (most - least))) if most > least else 0.0
    steps = theme.steps_of(panel.defaults)
    axes = area.inner(0.1, 0.05, 0.1, 0.1).axes()
    axes.set_axis_off()
    axes.set_xlim(-1.15, 1.15)
    axes.set_ylim(-0.25, 1.15)
    axes.set_aspect("equal")
    axes.add_patch(Wedge((0, 0), 1, 0, 180, width=0.25, color=theme.EMPTY_BAR))
    axes.add_patch(Wedge((0, 0), 1, 180 - 180 * share, 180, width=0.25, color=theme.threshold_color(value, steps)))
    starts = [least, *(float(step["value"]) for step in steps if step.get("value") is not None), most]
    for low, high in pairwise(starts):
        angles = [180 - 180 * (min(most, edge) - least) / (most - least) for edge in (high, low)]
        axes.add_patch(Wedge((0, 0), 1.1, *angles, width=0.05, color=theme.threshold_color(low, steps)))
    axes.text(0, 0.05, text, ha="center", va="center", fontsize=16, fontweight="bold", color=theme.TEXT)


def draw_bars(panel: Panel, answers: Answers, area: Area, _: tuple[float, float]) -> None:
    """A bar for each series, as long as its figure."""
    figures = sorted(
        (figure for figure in answers.figures if not math.isnan(figure.sample.value)),
        key=lambda figure: (-figure.sample.value, figure.name),
    )
    room = int((area.height - 0.15) / BAR_LINE)
    hidden = len(figures) - room if len(figures) > room else 0
    shown = figures[: room - 1] if hidden else figures
    most = panel.defaults.get("max")
    largest = float(most) if most is not None else max((figure.sample.value for figure in figures), default=1.0)
    names = min(area.width * 0.45, max(width_of(figure.name) for figure in shown) + 0.1)
    for number, figure in enumerate(shown):
        _bar(panel, figure, area, y=0.05 + number * BAR_LINE, names=names, largest=largest)
    if hidden:
        y = 0.05 + len(shown) * BAR_LINE + BAR_LINE / 2
        area.text(0.15, y, f"… and {len(figures) - len(shown)} more", color=theme.FAINT)


def _bar(panel: Panel, figure: Figure, area: Area, *, y: float, names: float, largest: float) -> None:
    value = figure.sample.value
    text, _ = theme.text_and_color(value, panel.defaults)
    hue = theme.threshold_color(value, theme.steps_of(panel.defaults))
    length = area.width - names - 1.05
    share = min(1.0, max(0.0, value / largest)) if largest > 0 else 0.0
    middle = y + BAR_LINE / 2
    area.text(0.15, middle, shortened(figure.name, names))
    area.bar(0.15 + names, y + 0.04, length, BAR_LINE - 0.08, theme.EMPTY_BAR)
    area.bar(0.15 + names, y + 0.04, length * share, BAR_LINE - 0.08, hue)
    area.text(area.width - 0.12, middle, text, bold=True, align="right")

"""Colours, sizes and value formatting that all panels share."""

from __future__ import annotations

import math
from typing import Final

from dashboards.model import Json, Panel
from dashboards.preview.formatting import format_value

PAGE: Final = "#f4f5f5"
SURFACE: Final = "#ffffff"
BORDER: Final = "#dcdde0"
TEXT: Final = "#24292e"
FAINT: Final = "#6e7680"
GRID: Final = "#e9eaec"
EMPTY_BAR: Final = "#eceef0"
SERIES: Final = (
    "#56a64b", "#f2cc0c", "#3274d9", "#ff780a", "#e02f44", "#a352cc",
    "#37872d", "#1f60c4", "#c4162a", "#8f3bb8", "#19a2a2", "#b5651d",
)  # fmt: skip
NAMED: Final = {"green": "#56a64b", "yellow": "#e0b400", "orange": "#ff780a", "red": "#e02f44", "blue": "#3274d9"}

# Inches: width of a grid column, height of a grid row, gap between panels. Text sizes are in points.
COLUMN: Final = 0.75
ROW: Final = 0.36
GAP: Final = 0.07
DPI: Final = 100
TITLE_SIZE: Final = 10.0
TEXT_SIZE: Final = 8.0


def color(name: str) -> str:
    """Return a colour of the theme by its Grafana name."""
    return NAMED.get(name, name)


def threshold_color(value: float, steps: list[Json] | None) -> str:
    """Return the colour of the highest threshold that a value reaches."""
    reached = [step["color"] for step in steps or [] if step.get("value") is None or value >= step["value"]]
    return color(reached[-1]) if reached else TEXT


def threshold_steps(settings: Json) -> list[Json]:
    """Return the threshold steps of field options."""
    return list((settings.get("thresholds") or {}).get("steps") or [])


def text_and_color(value: float, settings: Json) -> tuple[str, str]:
    """Return text and colour of a value under the field options of a panel or a column."""
    for mapping in settings.get("mappings") or []:
        option = mapping.get("options", {}).get(f"{value:g}")
        if option:
            return str(option["text"]), color(option.get("color") or TEXT)
    text = format_value(value, str(settings.get("unit", "short")), settings.get("decimals"))
    steps = threshold_steps(settings)
    return text, TEXT if math.isnan(value) or len(steps) < 2 else threshold_color(value, steps)


def no_value(panel: Panel) -> str:
    """Return the text of an empty panel: "No data", and the reason if the panel has one."""
    reason = str(panel.defaults.get("noValue") or "")
    return "No data" if reason in ("", "No data") else f"No data\n({reason})"

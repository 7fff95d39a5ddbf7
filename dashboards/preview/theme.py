"""Colours, sizes and the words for values: what all panels look like."""

from __future__ import annotations

import math
from typing import Final

from dashboards.preview.formatting import formatted
from dashboards.reading import Json, Panel

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

# In inches and points: a column of the grid, one of its lines, the room between panels.
COLUMN: Final = 0.75
LINE: Final = 0.36
GAP: Final = 0.07
DPI: Final = 100
TITLE_SIZE: Final = 10.0
TEXT_SIZE: Final = 8.0


def color(name: str) -> str:
    """A colour of the theme by its name."""
    return NAMED.get(name, name)


def threshold_color(value: float, steps: list[Json] | None) -> str:
    """The colour of a value: that of the last step that it reaches."""
    reached = [step["color"] for step in steps or [] if step.get("value") is None or value >= step["value"]]
    return color(reached[-1]) if reached else TEXT


def steps_of(settings: Json) -> list[Json]:
    """The thresholds of a panel's defaults or of a column."""
    return list((settings.get("thresholds") or {}).get("steps") or [])


def text_and_color(value: float, settings: Json) -> tuple[str, str]:
    """How settings, a panel's or a column's, show a value."""
    for mapping in settings.get("mappings") or []:
        option = mapping.get("options", {}).get(f"{value:g}")
        if option:
            return str(option["text"]), color(option.get("color") or TEXT)
    text = formatted(value, str(settings.get("unit", "short")), settings.get("decimals"))
    steps = steps_of(settings)
    return text, TEXT if math.isnan(value) or len(steps) < 2 else threshold_color(value, steps)


def no_value(panel: Panel) -> str:
    """What an empty panel says. It always says that there is no data, whatever reason the panel gives."""
    reason = str(panel.defaults.get("noValue") or "")
    return "No data" if reason in ("", "No data") else f"No data\n({reason})"

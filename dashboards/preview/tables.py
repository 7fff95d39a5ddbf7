"""Table panels: the results of several queries joined into rows, with named and ordered columns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from dashboards.model import Json, Panel
from dashboards.preview import theme
from dashboards.preview.area import Area, truncated, width_of
from dashboards.preview.panel_data import PanelData

ROW: Final = 0.25
Cell = str | float | None


@dataclass(frozen=True)
class Table:
    """The contents of a table panel."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


def build_table(panel: Panel, data: PanelData) -> Table:
    """Apply Grafana's transformations `merge` and `organize`, as far as our dashboards use them."""
    rows: dict[tuple[tuple[str, str], ...], dict[str, Cell]] = {}
    single = len(data.frames) == 1
    values = ["Value" if single else f"Value #{ref}" for ref in data.frames]
    for name, samples in zip(values, data.frames.values(), strict=True):
        for sample in samples:
            row = rows.setdefault(tuple(sorted(sample.labels.items())), dict(sample.labels))
            row[name] = sample.value
    labels = sorted({label for key in rows for label, _ in key})
    organize = _organize(panel)
    hidden, positions = organize.get("excludeByName", {}), organize.get("indexByName", {})
    fields = sorted(
        (field for field in [*labels, *values] if not hidden.get(field)),
        key=lambda field: positions.get(field, len(positions)),
    )
    renamed = organize.get("renameByName", {})
    keys = [field for field in fields if field in labels]
    lines = [
        tuple(row.get(field) for field in fields)
        for row in sorted(rows.values(), key=lambda row: [str(row.get(key, "")) for key in keys])
    ]
    return Table(tuple(renamed.get(field, field) for field in fields), tuple(lines))


def draw(panel: Panel, data: PanelData, area: Area, _: tuple[float, float]) -> None:
    """Draw a table panel."""
    shown = build_table(panel, data)
    texts = [
        [_cell(cell, panel, column) for cell, column in zip(row, shown.columns, strict=True)] for row in shown.rows
    ]
    wanted = [
        max(width_of(column), *(width_of(row[number][0]) for row in texts)) + 0.25
        for number, column in enumerate(shown.columns)
    ]
    stretch = (area.width - 0.3) / sum(wanted)
    widths = [width * stretch for width in wanted]
    room = max(1, int((area.height - 0.15) / ROW) - 1)
    lines = texts[: room - 1] if len(texts) > room else texts
    headings = [(column, theme.FAINT) for column in shown.columns]
    for number, line in enumerate([headings, *lines]):
        y, x = number * ROW, 0.15
        if number:
            area.bar(0.1, y, area.width - 0.2, 0.01, theme.GRID)
        for (text, hue), width in zip(line, widths, strict=True):
            area.text(x, y + ROW / 2, truncated(text, width), color=hue, bold=number == 0)
            x += width
    if len(lines) < len(texts):
        y = (len(lines) + 1) * ROW + ROW / 2
        area.text(0.15, y, f"… and {len(texts) - len(lines)} more", color=theme.FAINT)


def _cell(cell: Cell, panel: Panel, column: str) -> tuple[str, str]:
    if cell is None:
        return "", theme.TEXT
    if isinstance(cell, str):
        return cell, theme.NAMED["blue"] if "links" in panel.overrides.get(column, {}) else theme.TEXT
    return theme.text_and_color(cell, {**panel.defaults, **panel.overrides.get(column, {})})


def _organize(panel: Panel) -> Json:
    for transformation in panel.raw.get("transformations") or []:
        if transformation.get("id") == "organize":
            return dict(transformation.get("options", {}))
    return {}

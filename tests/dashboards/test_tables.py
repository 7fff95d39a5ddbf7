"""Tables of the preview: rows joined by labels, columns renamed, ordered and coloured."""

from __future__ import annotations

from typing import Any

from dashboards.model import Panel
from dashboards.preview import theme
from dashboards.preview.panel_data import PanelData
from dashboards.preview.tables import Table, build_table
from devkit.prometheus import Sample
from tests.dashboards.sample import panel, valid


def _panel() -> Panel:
    return Panel(panel(valid(), "Table"))


def test_rows_of_several_queries_are_joined_by_labels() -> None:
    frames = {
        "A": (Sample({"version": "4"}, 2), Sample({"version": "3"}, 1)),
        "B": (Sample({"version": "3"}, 0.5),),
    }
    assert build_table(_panel(), PanelData(frames=frames)) == Table(
        ("version", "Servers", "Drift"), (("3", 1, 0.5), ("4", 2, None))
    )


def test_single_query_has_the_field_name_value() -> None:
    raw: dict[str, Any] = {
        "transformations": [{"id": "organize", "options": {"renameByName": {"Value": "Servers"}}}],
    }
    frames = {"A": (Sample({"version": "3"}, 1),)}
    assert build_table(Panel(raw), PanelData(frames=frames)).columns == ("version", "Servers")


def test_rows_of_later_queries_are_sorted_with_the_others() -> None:
    frames = {"A": (Sample({"version": "3"}, 1),), "B": (Sample({"version": "3"}, 5), Sample({"version": "1"}, 6))}
    assert [row[0] for row in build_table(_panel(), PanelData(frames=frames)).rows] == ["1", "3"]


def test_rows_with_missing_labels_can_be_sorted() -> None:
    frames = {"A": (Sample({"version": "3", "pod": "a"}, 1),), "B": (Sample({"version": "3"}, 5),)}
    assert len(build_table(_panel(), PanelData(frames=frames)).rows) == 2


def test_value_mappings_replace_text_and_colour() -> None:
    settings = {"mappings": [{"type": "value", "options": {"0": {"text": "no", "color": "red"}}}], "unit": "short"}
    assert theme.text_and_color(0, settings) == ("no", theme.NAMED["red"])
    assert theme.text_and_color(1, settings) == ("1", theme.TEXT)


def test_value_has_the_colour_of_the_highest_threshold_reached() -> None:
    steps = [{"value": None, "color": "green"}, {"value": 0.1, "color": "yellow"}, {"value": 0.25, "color": "red"}]
    settings = {"thresholds": {"steps": steps}, "unit": "short"}
    colors = [theme.text_and_color(value, settings)[1] for value in (0.09, 0.1, 0.25)]
    assert colors == [theme.NAMED[name] for name in ("green", "yellow", "red")]

"""Tables of the preview: lines joined by labels, columns named, ordered and coloured."""

from __future__ import annotations

from typing import Any

from dashboards.preview import theme
from dashboards.preview.answers import Answers
from dashboards.preview.tables import Table, table
from dashboards.reading import Panel
from devkit.prometheus import Sample
from tests.dashboards.sample import good, panel


def _panel() -> Panel:
    return Panel(panel(good(), "Table"))


def test_lines_of_several_queries_are_joined_by_their_labels() -> None:
    frames = {
        "A": (Sample({"version": "4"}, 2), Sample({"version": "3"}, 1)),
        "B": (Sample({"version": "3"}, 0.5),),
    }
    assert table(_panel(), Answers(frames=frames)) == Table(
        ("version", "Servers", "Drift"), (("3", 1, 0.5), ("4", 2, None))
    )


def test_the_only_query_has_the_name_that_grafana_gives_it() -> None:
    raw: dict[str, Any] = {
        "transformations": [{"id": "organize", "options": {"renameByName": {"Value": "Servers"}}}],
    }
    frames = {"A": (Sample({"version": "3"}, 1),)}
    assert table(Panel(raw), Answers(frames=frames)).columns == ("version", "Servers")


def test_lines_that_only_a_later_query_has_are_there_and_sort_with_the_others() -> None:
    frames = {"A": (Sample({"version": "3"}, 1),), "B": (Sample({"version": "3"}, 5), Sample({"version": "1"}, 6))}
    assert [row[0] for row in table(_panel(), Answers(frames=frames)).rows] == ["1", "3"]


def test_two_lines_with_the_same_key_and_a_gap_can_be_sorted() -> None:
    frames = {"A": (Sample({"version": "3", "pod": "a"}, 1),), "B": (Sample({"version": "3"}, 5),)}
    assert len(table(_panel(), Answers(frames=frames)).rows) == 2


def test_words_stand_for_values_and_have_a_colour() -> None:
    settings = {"mappings": [{"type": "value", "options": {"0": {"text": "no", "color": "red"}}}], "unit": "short"}
    assert theme.text_and_color(0, settings) == ("no", theme.NAMED["red"])
    assert theme.text_and_color(1, settings) == ("1", theme.TEXT)


def test_a_figure_has_the_colour_of_the_last_step_that_it_reaches() -> None:
    steps = [{"value": None, "color": "green"}, {"value": 0.1, "color": "yellow"}, {"value": 0.25, "color": "red"}]
    settings = {"thresholds": {"steps": steps}, "unit": "short"}
    colors = [theme.text_and_color(value, settings)[1] for value in (0.09, 0.1, 0.25)]
    assert colors == [theme.NAMED[name] for name in ("green", "yellow", "red")]

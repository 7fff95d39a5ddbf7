"""Pictures of dashboards, drawn from a stand-in for Prometheus."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from matplotlib.image import imread
from PIL import Image

from dashboards import catalog
from dashboards.preview import Picture, page, render
from dashboards.preview.answers import Answers, ask, named
from dashboards.preview.area import Area, shortened
from dashboards.preview.timeseries import marks_of_figures, marks_of_time
from dashboards.queries import Window
from dashboards.reading import Dashboard, Panel, read
from devkit.errors import UserError
from devkit.prometheus import Prometheus
from tests.dashboards.fake_prometheus import (
    Answer,
    Answerer,
    matrix,
    nothing,
    plausible,
    prometheus,
    refusal,
    vector,
)
from tests.dashboards.sample import good, panel

pytestmark = pytest.mark.depends_on_files(
    "dashboards", "devkit", "charts/monitoring", "docs/monitoring.md", "tests/dashboards"
)

NOW = 1_790_000_000.0
FILES = [path for path, _ in catalog.generated()]
KINDS = ("Line", "Figure", "Bars", "Heat", "Table")


def _draw(raw: dict[str, Any], answerer: Answerer, out: Path) -> Picture:
    with prometheus(answerer) as url:
        return render(Dashboard(raw), Prometheus(url), out, now=NOW)


def _area_of(picture: Picture, raw: dict[str, Any], title: str) -> np.ndarray[Any, Any]:
    """The pixels of a panel below its title."""
    image = imread(picture.path)[..., :3]
    grid = panel(raw, title)["gridPos"]
    unit_x, unit_y, top = 75, 36, 85
    left, upper = 10 + grid["x"] * unit_x + 10, top + grid["y"] * unit_y + 40
    return np.asarray(image[upper : top + (grid["y"] + grid["h"]) * unit_y - 10, left : left + grid["w"] * unit_x - 20])


@pytest.mark.parametrize("path", FILES, ids=[path.stem for path in FILES])
def test_every_panel_of_every_dashboard_is_drawn(path: Path, tmp_path: Path) -> None:
    dashboard = read(path)
    with prometheus(plausible) as url:
        picture = render(dashboard, Prometheus(url), tmp_path / "new folder", now=NOW)
    assert (picture.empty, dict(picture.errors)) == ((), {})
    assert picture.panels == tuple(panel.title for panel in dashboard.panels)
    assert picture.path == tmp_path / "new folder" / f"{dashboard.uid}.png"
    with Image.open(picture.path) as image:
        width, height = image.size
    last = max(panel.place.y + panel.place.height for panel in dashboard.everything)
    assert width == 1820
    assert abs(height - (100 + 36 * last)) <= 1


@pytest.fixture(scope="module")
def full_and_empty(tmp_path_factory: pytest.TempPathFactory) -> tuple[Picture, Picture]:
    full, empty = (tmp_path_factory.mktemp(name) for name in ("full", "empty"))
    return _draw(good(), plausible, full), _draw(good(), nothing, empty)


@pytest.mark.parametrize("title", KINDS)
def test_a_panel_with_data_shows_something_else_than_one_without(
    title: str, full_and_empty: tuple[Picture, Picture]
) -> None:
    full, empty = (_area_of(picture, good(), title) for picture in full_and_empty)
    assert (full != empty).any(axis=2).mean() > 0.01, f"{title} looks as if it were empty"


def test_panels_without_data_are_named(full_and_empty: tuple[Picture, Picture]) -> None:
    assert [picture.empty for picture in full_and_empty] == [(), KINDS]


def test_panels_without_data_say_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    monkeypatch.setattr(page, "_say", lambda _area, text, _color: said.append(text))
    raw = good()
    panel(raw, "Figure")["fieldConfig"]["defaults"]["noValue"] = "No server"
    _draw(raw, nothing, tmp_path)
    assert said == ["No data", "No data\n(No server)", "No data", "No data", "No data"]


def test_figures_that_are_none_are_no_data(tmp_path: Path) -> None:
    def answerer(endpoint: str, _: Mapping[str, str]) -> Answer:
        if endpoint == "query_range":
            return matrix(({"version": "3", "le": "1"}, [(NOW - 60, "NaN"), (NOW, "NaN")]))
        return vector(({"version": "3", "feature": "a"}, "NaN"))

    assert _draw(good(), answerer, tmp_path).empty == KINDS


def test_gaps_and_infinite_figures_are_drawn_around(tmp_path: Path) -> None:
    def answerer(endpoint: str, _: Mapping[str, str]) -> Answer:
        if endpoint == "query_range":
            values = [(NOW - 120, "1"), (NOW - 60, "NaN"), (NOW - 30, "+Inf"), (NOW, "2")]
            return matrix(({"version": "3", "le": "1"}, values), ({"version": "4", "le": "+Inf"}, values[:1]))
        return vector(({"version": "3", "feature": "a"}, "NaN"), ({"version": "4", "feature": "b"}, "+Inf"))

    picture = _draw(good(), answerer, tmp_path)
    assert (picture.empty, dict(picture.errors)) == ((), {})


@pytest.mark.parametrize("stacked", [False, True], ids=["lines", "stacked"])
def test_series_of_one_point_and_of_different_lengths_are_drawn(stacked: bool, tmp_path: Path) -> None:
    def answerer(endpoint: str, parameters: Mapping[str, str]) -> Answer:
        if endpoint == "query_range":
            return matrix(({"version": "3"}, [(NOW, "0")]), ({"version": "4"}, [(NOW - 60, "1"), (NOW, "2")]))
        return plausible(endpoint, parameters)

    raw = good()
    if stacked:
        panel(raw, "Line")["fieldConfig"]["defaults"]["custom"]["stacking"] = {"mode": "normal", "group": "A"}
    raw["panels"].remove(panel(raw, "Heat"))
    picture = _draw(raw, answerer, tmp_path)
    assert (picture.empty, dict(picture.errors)) == ((), {})


def test_more_series_than_there_is_room_for_are_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[str] = []
    write = Area.text

    def text(area: Area, x: float, y: float, words: str, **how: Any) -> None:
        written.append(words)
        write(area, x, y, words, **how)

    monkeypatch.setattr(Area, "text", text)

    def answerer(endpoint: str, _: Mapping[str, str]) -> Answer:
        labels = [
            {"version": f"{number:03}", "feature": f"feature {number:03}", "le": f"{number}"} for number in range(60)
        ]
        if endpoint == "query_range":
            return matrix(*((one, [(NOW - 60, "1"), (NOW, "2")]) for one in labels))
        return vector(*((one, "1") for one in labels))

    picture = _draw(good(), answerer, tmp_path)
    assert picture.errors == {}
    further = [words for words in written if words.endswith("more") and words.startswith("…")]
    assert len(further) == 3, f"one each for lines, bars and table: {further}"


def test_a_refused_query_is_told_in_its_panel_and_the_others_are_drawn(tmp_path: Path) -> None:
    def answerer(endpoint: str, parameters: Mapping[str, str]) -> Answer:
        if "feature" in parameters["query"]:
            return refusal(422, "execution", "many-to-many matching not allowed")
        return plausible(endpoint, parameters)

    picture = _draw(good(), answerer, tmp_path)
    assert list(picture.errors) == ["Bars"]
    assert "many-to-many matching not allowed" in picture.errors["Bars"]
    assert picture.empty == ()


def test_a_prometheus_that_is_none_ends_the_run_without_a_picture(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no JSON"):
        _draw(good(), lambda *_: (404, b"not found"), tmp_path)
    assert not list(tmp_path.iterdir())


def test_a_gauge_is_drawn_too(tmp_path: Path) -> None:
    raw = good()
    panel(raw, "Figure").update(type="gauge")
    empty = copy.deepcopy(raw)
    full = _area_of(_draw(raw, plausible, tmp_path / "full"), raw, "Figure")
    without = _area_of(_draw(empty, nothing, tmp_path / "empty"), raw, "Figure")
    assert (full != without).any(axis=2).mean() > 0.05


def test_a_type_that_cannot_be_drawn_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    monkeypatch.setattr(page, "_say", lambda _area, text, _color: said.append(text))
    raw = good()
    panel(raw, "Line").update(type="candlestick")
    _draw(raw, plausible, tmp_path)
    assert said == ["Panels of the type candlestick cannot be drawn here."]


def test_the_time_shown_is_the_time_asked_for(tmp_path: Path) -> None:
    asked: list[Mapping[str, str]] = []

    def answerer(endpoint: str, parameters: Mapping[str, str]) -> Answer:
        asked.append(parameters)
        return plausible(endpoint, parameters)

    with prometheus(answerer) as url:
        window = Window(range=900, step=60)
        render(Dashboard(good()), Prometheus(url), tmp_path, window=window, variables={"model": "iris"}, now=NOW)
    over_time = [one for one in asked if "step" in one]
    assert {(one["start"], one["end"], one["step"]) for one in over_time} == {(f"{NOW - 900:.3f}", f"{NOW:.3f}", "60")}
    assert all('model=~"iris"' in one["query"] for one in over_time)


def test_a_legend_has_its_labels_filled_in_and_nothing_for_those_that_are_missing() -> None:
    assert named("p99 {{version}}/{{ pod }}{{none}}", {"version": "3", "pod": "a"}) == "p99 3/a"


def test_answers_with_a_zero_are_not_empty() -> None:
    with prometheus(lambda *_: vector(({}, "0"))) as url:
        answers = ask(Panel(panel(good(), "Figure")), Prometheus(url), {}, Window(), NOW)
    assert not answers.empty
    assert Answers().empty


def test_marks_of_time_are_round_and_few() -> None:
    marks = marks_of_time(NOW - 3600, NOW, most=6)
    assert 4 <= len(marks) <= 7
    assert all(mark % 600 == 0 for mark in marks)


def test_marks_of_figures_are_round_and_begin_at_zero() -> None:
    assert list(marks_of_figures(1.0, "percentunit").values()) == ["0%", "25%", "50%", "75%", "100%"]
    assert list(marks_of_figures(2 * 1024**3, "bytes").values()) == ["0 B", "512 MiB", "1 GiB", "1.5 GiB", "2 GiB"]


def test_a_text_that_is_too_long_ends_with_dots() -> None:
    assert shortened("x" * 100, 1.0).endswith("x…")
    assert shortened("short", 3.0) == "short"

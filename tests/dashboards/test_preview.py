"""Pictures of dashboards, drawn from a fake Prometheus."""

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
from dashboards.model import Dashboard, Panel, read
from dashboards.preview import Picture, page, render
from dashboards.preview.area import Area, truncated
from dashboards.preview.panel_data import PanelData, format_legend, query_panel
from dashboards.preview.timeseries import time_ticks, value_ticks
from dashboards.queries import Window
from devkit.errors import UserError
from devkit.prometheus import Prometheus
from tests.dashboards.fake_prometheus import (
    Responder,
    Response,
    error_response,
    matrix,
    nothing,
    plausible,
    prometheus,
    vector,
)
from tests.dashboards.sample import panel, valid

pytestmark = pytest.mark.depends_on_files(
    "dashboards", "devkit", "charts/monitoring", "app/src/model_server/observability", "tests/dashboards"
)

NOW = 1_790_000_000.0
FILES = [path for path, _ in catalog.generated()]
TITLES = ("Time series", "Stat", "Bar gauge", "Heatmap", "Table")


def _draw(raw: dict[str, Any], responder: Responder, out: Path) -> Picture:
    with prometheus(responder) as url:
        return render(Dashboard(raw), Prometheus(url), out, now=NOW)


def _area_of(picture: Picture, raw: dict[str, Any], title: str) -> np.ndarray[Any, Any]:
    """Return the pixels of a panel below its title."""
    image = imread(picture.path)[..., :3]
    grid = panel(raw, title)["gridPos"]
    unit_x, unit_y, top = 75, 36, 85
    left, upper = 10 + grid["x"] * unit_x + 10, top + grid["y"] * unit_y + 40
    return np.asarray(image[upper : top + (grid["y"] + grid["h"]) * unit_y - 10, left : left + grid["w"] * unit_x - 20])


@pytest.mark.parametrize("path", FILES, ids=[path.stem for path in FILES])
def test_draws_every_panel_of_every_dashboard(path: Path, tmp_path: Path) -> None:
    dashboard = read(path)
    with prometheus(plausible) as url:
        picture = render(dashboard, Prometheus(url), tmp_path / "new folder", now=NOW)
    assert (picture.empty, dict(picture.errors)) == ((), {})
    assert picture.panels == tuple(panel.title for panel in dashboard.panels)
    assert picture.path == tmp_path / "new folder" / f"{dashboard.uid}.png"
    with Image.open(picture.path) as image:
        width, height = image.size
    last = max(panel.grid_pos.y + panel.grid_pos.height for panel in dashboard.all_panels)
    assert width == 1820
    assert abs(height - (100 + 36 * last)) <= 1


@pytest.fixture(scope="module")
def full_and_empty(tmp_path_factory: pytest.TempPathFactory) -> tuple[Picture, Picture]:
    full, empty = (tmp_path_factory.mktemp(name) for name in ("full", "empty"))
    return _draw(valid(), plausible, full), _draw(valid(), nothing, empty)


@pytest.mark.parametrize("title", TITLES)
def test_panel_with_data_differs_from_an_empty_one(title: str, full_and_empty: tuple[Picture, Picture]) -> None:
    full, empty = (_area_of(picture, valid(), title) for picture in full_and_empty)
    assert (full != empty).any(axis=2).mean() > 0.01, f"{title} looks as if it were empty"


def test_reports_panels_without_data(full_and_empty: tuple[Picture, Picture]) -> None:
    assert [picture.empty for picture in full_and_empty] == [(), TITLES]


def test_empty_panels_show_their_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    messages: list[str] = []
    monkeypatch.setattr(page, "_draw_message", lambda _area, text, _color: messages.append(text))
    raw = valid()
    panel(raw, "Stat")["fieldConfig"]["defaults"]["noValue"] = "No server"
    _draw(raw, nothing, tmp_path)
    assert messages == ["No data", "No data\n(No server)", "No data", "No data", "No data"]


def test_nan_counts_as_no_data(tmp_path: Path) -> None:
    def responder(endpoint: str, _: Mapping[str, str]) -> Response:
        if endpoint == "query_range":
            return matrix(({"version": "3", "le": "1"}, [(NOW - 60, "NaN"), (NOW, "NaN")]))
        return vector(({"version": "3", "feature": "a"}, "NaN"))

    assert _draw(valid(), responder, tmp_path).empty == TITLES


def test_draws_around_gaps_and_infinities(tmp_path: Path) -> None:
    def responder(endpoint: str, _: Mapping[str, str]) -> Response:
        if endpoint == "query_range":
            values = [(NOW - 120, "1"), (NOW - 60, "NaN"), (NOW - 30, "+Inf"), (NOW, "2")]
            return matrix(({"version": "3", "le": "1"}, values), ({"version": "4", "le": "+Inf"}, values[:1]))
        return vector(({"version": "3", "feature": "a"}, "NaN"), ({"version": "4", "feature": "b"}, "+Inf"))

    picture = _draw(valid(), responder, tmp_path)
    assert (picture.empty, dict(picture.errors)) == ((), {})


@pytest.mark.parametrize("stacked", [False, True], ids=["lines", "stacked"])
def test_draws_series_of_different_lengths(stacked: bool, tmp_path: Path) -> None:
    def responder(endpoint: str, parameters: Mapping[str, str]) -> Response:
        if endpoint == "query_range":
            return matrix(({"version": "3"}, [(NOW, "0")]), ({"version": "4"}, [(NOW - 60, "1"), (NOW, "2")]))
        return plausible(endpoint, parameters)

    raw = valid()
    if stacked:
        panel(raw, "Time series")["fieldConfig"]["defaults"]["custom"]["stacking"] = {"mode": "normal", "group": "A"}
    raw["panels"].remove(panel(raw, "Heatmap"))
    picture = _draw(raw, responder, tmp_path)
    assert (picture.empty, dict(picture.errors)) == ((), {})


def test_counts_series_that_do_not_fit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[str] = []
    write = Area.text

    def text(area: Area, x: float, y: float, words: str, **how: Any) -> None:
        written.append(words)
        write(area, x, y, words, **how)

    monkeypatch.setattr(Area, "text", text)

    def responder(endpoint: str, _: Mapping[str, str]) -> Response:
        labels = [
            {"version": f"{number:03}", "feature": f"feature {number:03}", "le": f"{number}"} for number in range(60)
        ]
        if endpoint == "query_range":
            return matrix(*((one, [(NOW - 60, "1"), (NOW, "2")]) for one in labels))
        return vector(*((one, "1") for one in labels))

    picture = _draw(valid(), responder, tmp_path)
    assert picture.errors == {}
    notes = [words for words in written if words.endswith("more") and words.startswith("…")]
    assert len(notes) == 3, f"expected one each in time series, bar gauge and table: {notes}"


def test_query_error_affects_only_its_panel(tmp_path: Path) -> None:
    def responder(endpoint: str, parameters: Mapping[str, str]) -> Response:
        if "feature" in parameters["query"]:
            return error_response(422, "execution", "many-to-many matching not allowed")
        return plausible(endpoint, parameters)

    picture = _draw(valid(), responder, tmp_path)
    assert list(picture.errors) == ["Bar gauge"]
    assert "many-to-many matching not allowed" in picture.errors["Bar gauge"]
    assert picture.empty == ()


def test_invalid_server_stops_without_a_picture(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="not with JSON"):
        _draw(valid(), lambda *_: (404, b"not found"), tmp_path)
    assert not list(tmp_path.iterdir())


def test_draws_a_gauge(tmp_path: Path) -> None:
    raw = valid()
    panel(raw, "Stat").update(type="gauge")
    empty = copy.deepcopy(raw)
    full = _area_of(_draw(raw, plausible, tmp_path / "full"), raw, "Stat")
    without = _area_of(_draw(empty, nothing, tmp_path / "empty"), raw, "Stat")
    assert (full != without).any(axis=2).mean() > 0.05


def test_unsupported_panel_type_shows_a_message(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    messages: list[str] = []
    monkeypatch.setattr(page, "_draw_message", lambda _area, text, _color: messages.append(text))
    raw = valid()
    panel(raw, "Time series").update(type="candlestick")
    _draw(raw, plausible, tmp_path)
    assert messages == ["The preview cannot draw panels of type candlestick."]


def test_queries_cover_the_time_range(tmp_path: Path) -> None:
    requests: list[Mapping[str, str]] = []

    def responder(endpoint: str, parameters: Mapping[str, str]) -> Response:
        requests.append(parameters)
        return plausible(endpoint, parameters)

    with prometheus(responder) as url:
        window = Window(range=900, step=60)
        render(Dashboard(valid()), Prometheus(url), tmp_path, window=window, variables={"model": "iris"}, now=NOW)
    range_requests = [one for one in requests if "step" in one]
    assert {(one["start"], one["end"], one["step"]) for one in range_requests} == {
        (f"{NOW - 900:.3f}", f"{NOW:.3f}", "60")
    }
    assert all('model=~"iris"' in one["query"] for one in range_requests)


def test_legend_omits_missing_labels() -> None:
    assert format_legend("p99 {{version}}/{{ pod }}{{none}}", {"version": "3", "pod": "a"}) == "p99 3/a"


def test_zero_is_not_empty() -> None:
    with prometheus(lambda *_: vector(({}, "0"))) as url:
        data = query_panel(Panel(panel(valid(), "Stat")), Prometheus(url), {}, Window(), NOW)
    assert not data.empty
    assert PanelData().empty


def test_time_ticks_are_round_and_few() -> None:
    ticks = time_ticks(NOW - 3600, NOW, limit=6)
    assert 4 <= len(ticks) <= 7
    assert all(tick % 600 == 0 for tick in ticks)


def test_value_ticks_are_round_and_start_at_zero() -> None:
    assert list(value_ticks(1.0, "percentunit").values()) == ["0%", "25%", "50%", "75%", "100%"]
    assert list(value_ticks(2 * 1024**3, "bytes").values()) == ["0 B", "512 MiB", "1 GiB", "1.5 GiB", "2 GiB"]


def test_long_text_ends_with_an_ellipsis() -> None:
    assert truncated("x" * 100, 1.0).endswith("x…")
    assert truncated("short", 3.0) == "short"

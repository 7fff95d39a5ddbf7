"""What is asked of Prometheus, and what becomes of its answers, errors too."""

from __future__ import annotations

import math
from collections.abc import Mapping

import pytest

from dashboards.errors import DashboardError
from dashboards.preview.client import Prometheus, RefusedQuery, Sample, Series
from tests.dashboards.fake_prometheus import Answer, matrix, prometheus, refusal, success, vector


def test_a_query_at_one_time_gives_labels_and_figures() -> None:
    asked: list[tuple[str, Mapping[str, str]]] = []

    def answerer(endpoint: str, parameters: Mapping[str, str]) -> Answer:
        asked.append((endpoint, parameters))
        return vector(({"pod": "a"}, "1.5"), ({"pod": "b"}, "NaN"), ({"pod": "c"}, "+Inf"))

    with prometheus(answerer) as url:
        first, second, third = Prometheus(url + "/").query("up", 1000)
    assert first == Sample({"pod": "a"}, 1.5)
    assert math.isnan(second.value)
    assert third.value == math.inf
    assert asked == [("query", {"query": "up", "time": "1000.000"})]


def test_a_query_over_time_gives_series() -> None:
    asked: list[Mapping[str, str]] = []

    def answerer(_: str, parameters: Mapping[str, str]) -> Answer:
        asked.append(parameters)
        return matrix(({"pod": "a"}, [(10, "1"), (20, "2")]))

    with prometheus(answerer) as url:
        found = Prometheus(url).query_range("up", 10, 20, 10)
    assert found == [Series({"pod": "a"}, (10, 20), (1, 2))]
    assert asked == [{"query": "up", "start": "10.000", "end": "20.000", "step": "10"}]


def test_a_scalar_is_a_figure_without_labels() -> None:
    with prometheus(lambda *_: success("scalar", [0, "4"])) as url:
        assert Prometheus(url).query("4", 0) == [Sample({}, 4)]


def test_a_range_where_a_figure_is_wanted_is_refused() -> None:
    with prometheus(lambda *_: matrix()) as url, pytest.raises(RefusedQuery, match="gives a matrix"):
        Prometheus(url).query("up[5m]", 0)


def test_a_refused_query_says_what_prometheus_says() -> None:
    with (
        prometheus(lambda *_: refusal(400, "bad_data", "unexpected end of input")) as url,
        pytest.raises(RefusedQuery, match=r"refuses 'sum\(': bad_data: unexpected end of input"),
    ):
        Prometheus(url).query("sum(", 0)


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        ((401, b"Unauthorized"), "answers with code 401 and no JSON"),
        ((502, b"<html>"), "answers with code 502 and no JSON"),
        ((200, b"[]"), "is no Prometheus"),
        ((200, b'{"status": "fine"}'), "is no Prometheus"),
    ],
)
def test_what_is_no_prometheus_is_said_to_be_none(answer: Answer, says: str) -> None:
    with prometheus(lambda *_: answer) as url, pytest.raises(DashboardError, match=says) as raised:
        Prometheus(url).query("up", 0)
    assert not isinstance(raised.value, RefusedQuery), "it would be drawn into every panel instead of ending the run"


def test_nobody_answering_is_told_with_a_remedy() -> None:
    with prometheus(lambda *_: vector()) as url:
        gone = url
    with pytest.raises(DashboardError, match=r"does not answer: ConnectionError.*kubectl port-forward"):
        Prometheus(gone).query("up", 0)


def test_an_address_that_is_none_is_told_with_a_remedy() -> None:
    with pytest.raises(DashboardError, match="does not answer: MissingSchema"):
        Prometheus("localhost").query("up", 0)


def test_a_login_in_the_address_is_never_told() -> None:
    with prometheus(lambda *_: vector()) as url:
        gone = url.replace("//", "//reader:secret@")
    with pytest.raises(DashboardError) as raised:
        Prometheus(gone).query("up", 0)
    assert str(raised.value).startswith(f"{url} does not answer")
    assert "secret" not in str(raised.value)

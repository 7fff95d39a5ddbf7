"""The Prometheus client: its requests, how it reads responses, and its errors."""

from __future__ import annotations

import math
from collections.abc import Mapping

import pytest

from devkit.errors import UserError
from devkit.prometheus import Prometheus, QueryError, Sample, Series
from tests.dashboards.fake_prometheus import Response, error_response, matrix, prometheus, success, vector


def test_instant_query_returns_labels_and_values() -> None:
    asked: list[tuple[str, Mapping[str, str]]] = []

    def responder(endpoint: str, parameters: Mapping[str, str]) -> Response:
        asked.append((endpoint, parameters))
        return vector(({"pod": "a"}, "1.5"), ({"pod": "b"}, "NaN"), ({"pod": "c"}, "+Inf"))

    with prometheus(responder) as url:
        first, second, third = Prometheus(url + "/").query("up", 1000)
    assert first == Sample({"pod": "a"}, 1.5)
    assert math.isnan(second.value)
    assert third.value == math.inf
    assert asked == [("query", {"query": "up", "time": "1000.000"})]


def test_range_query_returns_series() -> None:
    asked: list[Mapping[str, str]] = []

    def responder(_: str, parameters: Mapping[str, str]) -> Response:
        asked.append(parameters)
        return matrix(({"pod": "a"}, [(10, "1"), (20, "2")]))

    with prometheus(responder) as url:
        found = Prometheus(url).query_range("up", 10, 20, 10)
    assert found == [Series({"pod": "a"}, (10, 20), (1, 2))]
    assert asked == [{"query": "up", "start": "10.000", "end": "20.000", "step": "10"}]


def test_scalar_is_a_sample_without_labels() -> None:
    with prometheus(lambda *_: success("scalar", [0, "4"])) as url:
        assert Prometheus(url).query("4", 0) == [Sample({}, 4)]


def test_rejects_a_range_vector_in_an_instant_query() -> None:
    with prometheus(lambda *_: matrix()) as url, pytest.raises(QueryError, match="returns a matrix"):
        Prometheus(url).query("up[5m]", 0)


def test_query_error_has_the_reason_of_prometheus() -> None:
    with (
        prometheus(lambda *_: error_response(400, "bad_data", "unexpected end of input")) as url,
        pytest.raises(QueryError, match=r"rejects 'sum\(': bad_data: unexpected end of input"),
    ):
        Prometheus(url).query("sum(", 0)


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ((401, b"Unauthorized"), "answers with status 401, but not with JSON"),
        ((502, b"<html>"), "answers with status 502, but not with JSON"),
        ((200, b"[]"), "is not a Prometheus"),
        ((200, b'{"status": "fine"}'), "is not a Prometheus"),
    ],
)
def test_rejects_a_server_that_is_not_prometheus(answer: Response, message: str) -> None:
    with prometheus(lambda *_: answer) as url, pytest.raises(UserError, match=message) as raised:
        Prometheus(url).query("up", 0)
    assert not isinstance(raised.value, QueryError), "it would be drawn into every panel instead of ending the run"


def test_unreachable_server_is_an_error_with_a_remedy() -> None:
    with prometheus(lambda *_: vector()) as url:
        gone = url
    with pytest.raises(UserError, match=r"does not answer: ConnectionError.*kubectl port-forward"):
        Prometheus(gone).query("up", 0)


def test_malformed_url_is_an_error_with_a_remedy() -> None:
    with pytest.raises(UserError, match="does not answer: MissingSchema"):
        Prometheus("localhost").query("up", 0)


def test_errors_never_contain_the_password() -> None:
    with prometheus(lambda *_: vector()) as url:
        gone = url.replace("//", "//reader:secret@")
    with pytest.raises(UserError) as raised:
        Prometheus(gone).query("up", 0)
    assert str(raised.value).startswith(f"{url} does not answer")
    assert "secret" not in str(raised.value)

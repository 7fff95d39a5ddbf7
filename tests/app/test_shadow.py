"""Detection of shadow requests, and their comparison with the stable version."""

from __future__ import annotations

import json
import logging
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model_server.errors import SettingsError
from model_server.observability.metrics import Metrics
from model_server.protocols.base import ShapeError
from model_server.protocols.predict import PredictProtocol
from model_server.settings import load_settings
from model_server.shadow.comparer import Comparer, Shadow
from model_server.shadow.detection import is_shadow
from model_server.shadow.diff import disagreeing_rows
from model_server.shadow.stable_client import StableClient
from tests.app.posts import Answer, Posted, Posts, posts_to, saying
from tests.app.process import wait_until

MODEL = {"model": "sums", "version": "2"}


@pytest.mark.parametrize(
    ("host", "mark", "expected"),
    [
        ("iris.example.org-shadow", "", True),
        ("iris.example.org-shadow:8080", "", True),
        ("IRIS-SHADOW", "", True),
        ("[2001:db8::1]-shadow:80", "", True),
        ("iris", "true", True),
        ("iris", " True ", True),
        ("iris", "", False),
        ("iris", "false", False),
        ("iris", "1", False),
        ("iris-shadow.serving.svc", "", False),
        ("-shadow", "", False),
        ("iris-shadow:port", "", False),
        ("", "", False),
    ],
)
def test_detects_shadow_by_host_or_header(host: str, mark: str, expected: bool) -> None:
    assert is_shadow({"Host": host, "X-Model-Shadow": mark}, "2") is expected


@pytest.mark.parametrize(
    ("routed", "own", "expected"), [("1", "2", True), ("2", "2", False), ("1", "", False), ("", "2", False)]
)
def test_request_routed_to_another_version_is_a_shadow(routed: str, own: str, expected: bool) -> None:
    assert is_shadow({"Host": "iris", "X-Model-Routed-Version": routed}, own) is expected


@pytest.mark.parametrize(
    ("ours", "theirs", "classifies", "differing"),
    [
        (["a", "b", "a"], ["a", "a", "b"], True, 2),
        ([1, 2], [1, 3], True, 1),
        # A label is equal or it is not: the numbers of classes are not near each other.
        ([1000000], [1000001], True, 1),
        # Probabilities: the highest class decides, however sure the model is.
        ([[0.1, 0.9], [0.6, 0.4]], [[0.49, 0.51], [0.4, 0.6]], True, 1),
        # One probability alone has no other class to be higher than.
        ([[0.9]], [[0.2]], True, 1),
        # Numbers: relative to the larger.
        ([100.0, 100.0, -100.0, 0.0, 0], [101.0, 101.1, 100.0, 0.0, 1], False, 3),
        ([[1.0, 2.0], [1.0, 2.0]], [[1.0, 2.001], [1.5, 2.0]], False, 1),
        ([1e308], [-1e308], False, 1),
        ([10**400], [10**400], False, 0),
        ([10**400], [1.5], False, 1),
        ([True, False], [True, True], False, 1),
    ],
)
def test_rows_are_compared_by_their_kind(ours: list[Any], theirs: list[Any], classifies: bool, differing: int) -> None:
    assert disagreeing_rows(ours, theirs, classifies, 0.01) == differing


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=10,
)


@given(
    st.sampled_from([["a", "b"], [1, 2], [1.5, 2.5], [[0.1, 0.9], [1, 0]], [[[1.0]], [[2.0]]]]),
    JSON_VALUES | st.builds(lambda value: {"prediction": value}, JSON_VALUES | st.lists(JSON_VALUES, min_size=2)),
    st.booleans(),
)
def test_any_json_answer_is_compared_or_rejected(ours: list[Any], theirs: object, classifies: bool) -> None:
    try:
        found = disagreeing_rows(ours, PredictProtocol().decode_answer(json.dumps(theirs).encode()), classifies, 0.01)
    except ShapeError:
        return
    assert 0 <= found <= len(ours)


@given(st.binary(max_size=50))
def test_any_bytes_are_a_prediction_or_rejected(body: bytes) -> None:
    try:
        assert isinstance(PredictProtocol().decode_answer(body), list)
    except ShapeError:
        return


def a_shadow(answer: bytes = b'{"prediction": [3.0, 7.0]}', body: bytes = b"rows", **changes: Any) -> Shadow:
    """One that was asked two rows."""
    values: dict[str, Any] = {"classifies": False, "trace_headers": {}} | MODEL
    return Shadow(protocol=PredictProtocol(), path="/predict", body=body, answer=answer, **(values | changes))


class Compared:
    """A comparer, and what it has counted."""

    def __init__(self, url: str, ratio: float = 1.0, timeout: float = 30.0, draw: float = 0.0) -> None:
        self.metrics = Metrics()
        self.metrics.init_comparison(**{"name": MODEL["model"], "version": MODEL["version"]})
        self.comparer = Comparer(StableClient(url, timeout), ratio, 0.01, self.metrics, lambda: draw)

    def count(self, name: str, **labels: str) -> float:
        value = self.metrics.registry.get_sample_value(f"model_server_shadow_{name}_total", MODEL | labels)
        assert value is not None, f"{name} must exist from the start"
        return value

    @property
    def rows(self) -> tuple[float, float]:
        return self.count("compared_rows"), self.count("disagreeing_rows")

    def dropped(self, reason: str) -> float:
        return self.count("comparisons_dropped", reason=reason)

    def drops(self) -> dict[str, float]:
        """Of each reason that has any."""
        found = {reason: self.dropped(reason) for reason in ("queue", "unreachable", "refused", "shape")}
        return {reason: number for reason, number in found.items() if number}


@contextmanager
def stable(answer: Answer) -> Iterator[tuple[Posts, Compared]]:
    """A stand-in for the stable version, and one that compares with it."""
    with posts_to(answer) as posts:
        yield posts, Compared(posts.url)


def test_rows_are_compared_with_the_stable_versions_answer() -> None:
    with stable(saying(b'{"prediction": [3.0, 8.0]}')) as (posts, compared):
        headers = {"traceparent": "00-a-b-01", "tracestate": "x=y"}
        compared.comparer.submit(a_shadow(body=b'{"input_data": [[1, 2], [3, 4]]}', trace_headers=headers))
        post = posts.next()
        assert (post.path, post.body) == ("/predict", b'{"input_data": [[1, 2], [3, 4]]}')
        expected = headers | {
            "X-Model-Shadow": "true",
            "X-Model-Compared-By": "sums/2",
            "Content-Type": "application/json",
        }
        assert {name: post.headers[name] for name in expected} == expected
        wait_until(lambda: compared.rows == (2, 1), "two rows to be compared, and one of them to differ")
        assert compared.drops() == {}


def test_only_the_configured_fraction_is_compared() -> None:
    with posts_to(saying(b"{}")) as posts:
        for draw, ratio, asked in ((0.0, 0.0, False), (0.5, 0.5, False), (0.49, 0.5, True), (0.999, 1.0, True)):
            Compared(posts.url, ratio=ratio, draw=draw).comparer.submit(a_shadow(body=f"{ratio}".encode()))
            if asked:
                assert posts.next().body == f"{ratio}".encode()
        assert posts.rest() == []


def test_calls_are_serial_and_overflow_is_dropped_without_blocking() -> None:
    gate, inside, most = threading.Event(), threading.Semaphore(1), []

    def hold(request: Posted, _body: bytes) -> None:
        most.append(inside.acquire(blocking=False))
        gate.wait()
        inside.release()
        request.give(b'{"prediction": [3.0, 7.0]}')

    with stable(hold) as (posts, compared):
        compared.comparer.submit(a_shadow())
        posts.next()
        for _ in range(130):
            compared.comparer.submit(a_shadow())
        assert compared.drops() == {"queue": 30}, "100 may wait while one is asked"
        gate.set()
        wait_until(lambda: compared.rows == (202, 0), "all that have waited to be compared")
        assert all(most), "two calls were under way at the same time"


def test_queue_is_limited_in_bytes() -> None:
    gate = threading.Event()

    def hold(request: Posted, _body: bytes) -> None:
        gate.wait()
        request.give(b"")

    with stable(hold) as (posts, compared):
        compared.comparer.submit(a_shadow())
        posts.next()
        for _ in range(3):
            compared.comparer.submit(a_shadow(body=b"x" * 3 * 1024 * 1024))
        assert compared.drops() == {"queue": 1}
        gate.set()


def _break_off(request: Posted, _body: bytes) -> None:
    request.send_response(200)
    request.send_header("Content-Length", "1000")
    request.end_headers()
    request.wfile.write(b'{"prediction": [3.0,')


def _endless(request: Posted, _body: bytes) -> None:
    request.send_response(200)
    request.end_headers()
    while True:
        request.wfile.write(b" " * 65536)


def _nonsense(request: Posted, _body: bytes) -> None:
    request.wfile.write(b"SSH-2.0-OpenSSH\r\n")


def _endless_head(request: Posted, _body: bytes) -> None:
    request.send_response(200)
    while True:
        request.wfile.write(b"X-Line: more\r\n")


HOSTILE: list[tuple[str, Answer]] = [
    ("refused", saying(b'{"error": "not ready"}', 503)),
    ("refused", saying(b"", 204)),
    ("refused", saying(b"", 307, Location="http://127.0.0.1:1/predict")),
    ("shape", saying(b"<html>")),
    ("shape", saying(b"")),
    ("shape", saying(b"\xff\xfe\x00")),
    ("shape", saying(b"[" * 60_000)),
    ("shape", saying(b'{"prediction": [3.0, NaN]}')),
    ("shape", saying(b'{"prediction": [3.0]}')),
    ("shape", saying(b'{"prediction": [3.0, 7.0, 9.0]}')),
    ("shape", saying(b'{"prediction": [3.0, "7.0"]}')),
    ("shape", saying(b'{"prediction": [3.0, [7.0]]}')),
    ("shape", saying(b'{"prediction": {"0": 3.0}}')),
    ("shape", saying(b'{"outputs": []}')),
    ("shape", saying(b'{"prediction": [3.0, 7' + b"0" * 10_000 + b"]}")),
    ("shape", saying(b" " * 1_000_000)),
    ("shape", _endless),
    ("unreachable", _break_off),
    ("unreachable", _nonsense),
    ("unreachable", _endless_head),
]


@pytest.mark.parametrize(("reason", "answer"), HOSTILE)
def test_incomparable_answer_is_counted_as_dropped(
    reason: str, answer: Answer, caplog: pytest.LogCaptureFixture
) -> None:
    with stable(answer) as (_, compared), caplog.at_level(logging.WARNING, "model_server"):
        for number in (1, 2):
            compared.comparer.submit(a_shadow())
            wait_until(lambda least=number: compared.drops() == {reason: least}, f"{number} drops for {reason}")  # type: ignore[misc]
        assert compared.rows == (0, 0)
        assert [record.message for record in caplog.records] == ["shadow not compared"], "one line a minute is enough"


def test_slow_answer_is_abandoned_at_the_deadline() -> None:
    stop = threading.Event()

    def drip(request: Posted, _body: bytes) -> None:
        request.send_response(200)
        request.send_header("Content-Length", "1000")
        request.end_headers()
        # Each byte arrives well before a timeout that restarts with every byte.
        while not stop.wait(0.02):
            request.wfile.write(b" ")

    with posts_to(drip) as posts:
        compared = Compared(posts.url, timeout=0.3)
        compared.comparer.submit(a_shadow())
        wait_until(lambda: compared.drops() == {"unreachable": 1}, "the answer to be given up")
        stop.set()


def test_unreachable_stable_version_is_counted_as_dropped() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    compared = Compared(f"http://127.0.0.1:{port}")
    compared.comparer.submit(a_shadow())
    wait_until(lambda: compared.drops() == {"unreachable": 1}, "the drop to be counted")


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("shadow_compare_url", "iris-1", "not an HTTP URL. Remedy: set one such as http://name:8080"),
        ("shadow_compare_url", "ftp://iris-1", "not an HTTP URL."),
        ("shadow_compare_url", "http://iris-1:99999", "not an HTTP URL."),
        ("shadow_compare_url", "http://iris 1", "not an HTTP URL."),
        ("shadow_compare_url", "http://[::1", "not an HTTP URL."),
        ("shadow_compare_url", "http://me:secret@iris-1", "leave out user, password, query and fragment"),
        ("shadow_compare_url", "http://iris-1/?a=b", "leave out user, password, query and fragment"),
        ("shadow_ratio", "1.1", "'1.1' is out of range. Remedy: give a number between 0 and 1"),
        ("shadow_ratio", "nan", "is out of range."),
        ("shadow_tolerance", "-1", "is out of range."),
        ("shadow_timeout_seconds", "0", "is out of range."),
    ],
)
def test_invalid_shadow_setting_is_rejected(key: str, value: str, message: str) -> None:
    for place in ({"flags": {key: value}}, {"environ": {f"MODEL_SERVER_{key.upper()}": value}}):
        with pytest.raises(SettingsError) as caught:
            load_settings(place.get("flags", {}), place.get("environ", {}))
        assert message in str(caught.value)
        assert "secret" not in str(caught.value), "a password is never shown"


def test_valid_urls_are_accepted() -> None:
    for url in ("http://iris-1", "https://iris-1.serving.svc.cluster.local:8080/v1", "http://[2001:db8::1]:80"):
        assert load_settings({"shadow_compare_url": url}, {}).values.shadow_compare_url == url

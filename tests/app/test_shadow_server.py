"""Shadow requests to a running server: separate metrics, a log field, and comparison if it is configured."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.app.collector import collector
from tests.app.gated_estimator import GatedEstimator
from tests.app.models import write_pickle
from tests.app.posts import Posted, posts_to
from tests.app.process import ServerProcess, running_server, wait_until

# Each starts servers.
pytestmark = pytest.mark.depends_on_files("app", "tests/app")

SHADOW = {"X-Model-Shadow": "true"}
TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
PARENT = f"00-{TRACE}-00f067aa0ba902b7-01"


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two versions of a model: the second one is wrong where the first value is above 5."""
    root = tmp_path_factory.mktemp("shadows") / "models"
    write_pickle(root, "sums", GatedEstimator())
    write_pickle(root, "sums", Wrong())
    return root


class Wrong(GatedEstimator):
    """Twice the sum of rows that begin above 5."""

    def predict(self, rows: Any) -> Any:
        """Sum of each row, or twice that."""
        return super().predict(rows) * (1 + (rows[:, 0] > 5))


@pytest.fixture(scope="module")
def first(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    """The stable version."""
    log = tmp_path_factory.mktemp("first") / "log"
    with running_server(log, repository, model_version=1, drain_seconds=0) as server:
        yield server.wait_ready()


def samples(server: ServerProcess) -> dict[str, float]:
    """The samples of /metrics by series."""
    lines = [line for line in server.admin("/metrics").text.splitlines() if not line.startswith("#")]
    return {series: float(value) for series, value in (line.rsplit(" ", 1) for line in lines)}


def series(name: str, version: int, **labels: str) -> str:
    """A series of the model, as it is written."""
    pairs = {"model": "sums", "version": str(version)} | labels
    written = ",".join(f'{key}="{value}"' for key, value in sorted(pairs.items()))
    return f"model_server_{name}{{{written}}}"


def test_shadows_are_answered_and_counted_separately(first: ServerProcess) -> None:
    answered = series("requests_total", 1, code="200", protocol="predict")
    timed = series("request_duration_seconds_count", 1, code="200", protocol="predict")
    shadows = series("shadow_requests_total", 1, code="200", protocol="predict")
    before = samples(first)
    host = first.url("").removeprefix("http://").replace(":", "-shadow:")
    for headers in (SHADOW, {"Host": host}):
        assert first.predict([[1, 2]], **headers, **{"X-Request-ID": "shadow"}).json() == {"prediction": [3.0]}
    first.predict([[1, 2]], **{"X-Request-ID": "plain"})
    wait_until(lambda: {"shadow", "plain"} <= {event.get("request_id") for event in first.events()}, "the log lines")
    after = samples(first)
    assert after[answered] - before[answered] == 1, "no caller waits for a shadow request"
    assert after[timed] - before[timed] == 1
    assert after[shadows] - before.get(shadows, 0) == 2
    assert after[series("shadow_request_duration_seconds_count", 1)] >= 2
    marks = {event["request_id"]: event.get("shadow") for event in first.events() if event["event"] == "request"}
    assert (marks["shadow"], marks["plain"]) == (True, None)


def test_a_shadow_is_compared_with_the_stable_version_within_its_trace(
    first: ServerProcess, repository: Path, tmp_path: Path
) -> None:
    settings = {"model_version": 2, "drain_seconds": 0, "shadow_compare_url": first.url("")}
    with (
        collector() as receiver,
        running_server(tmp_path / "log", repository, tracing_endpoint=receiver.url, **settings) as second,
    ):
        second.wait_ready()
        compared, differing = (series(f"shadow_{name}_rows_total", 2) for name in ("compared", "disagreeing"))
        assert (samples(second)[compared], samples(second)[differing]) == (0, 0)
        second.predict([[1, 2]])
        # As another version's comparison would ask it: two that compare with each other would never end.
        second.predict([[1, 2]], **SHADOW, **{"X-Model-Compared-By": "sums/3"})
        second.predict([["x", 2]], **SHADOW)
        second.predict([[1, 2], [6, 1], [7, 1]], **SHADOW, traceparent=PARENT)
        wait_until(lambda: samples(second)[compared] == 3, "the three rows of the one shadow to be compared")
        assert samples(second)[differing] == 2
        span = receiver.wait_for("POST /predict", TRACE)

        def asked() -> list[dict[str, Any]]:
            return [event for event in first.events() if event.get("trace_id") == TRACE]

        wait_until(lambda: bool(asked()), "the stable version's log line")
        (line,) = asked()
        assert (line["span_id"], line["shadow"], line["rows"]) == (span.span_id, True, 3)
        assert second.stop() == 0


def test_hanging_stable_version_delays_neither_answers_nor_exit(repository: Path, tmp_path: Path) -> None:
    gate = threading.Event()

    def hang(_request: Posted, _body: bytes) -> None:
        gate.wait()

    with posts_to(hang) as posts:
        settings = {"model_version": 2, "drain_seconds": 0, "shadow_timeout_seconds": 60}
        with running_server(tmp_path / "log", repository, shadow_compare_url=posts.url, **settings) as server:
            server.wait_ready()
            for _ in range(150):
                assert server.predict([[1, 2]], **SHADOW).status_code == 200
            dropped = samples(server)[series("shadow_comparisons_dropped_total", 2, reason="queue")]
            assert dropped == 49, "one is asked, a hundred wait, and the rest is dropped"
            started = time.monotonic()
            assert server.stop() == 0
            assert time.monotonic() - started < 20, "shutdown must not wait for a comparison"
        gate.set()

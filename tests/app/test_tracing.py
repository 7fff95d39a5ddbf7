"""Trace context, and the spans that the real server sends to a real receiver."""

import socket
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
import requests
from prometheus_client import CollectorRegistry, Counter

from model_server.observability.trace_context import TraceContext, read_trace_context
from tests.app.collector import SERVER, Collector, collector
from tests.app.gated_estimator import GatedEstimator
from tests.app.models import write_pickle
from tests.app.posts import Posted, posts_to
from tests.app.process import ServerProcess, environment, running_server, wait_until

# Most start servers.
pytestmark = pytest.mark.depends_on_files("app", "tests/app")

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
SPAN = "00f067aa0ba902b7"
PARENT = f"00-{TRACE}-{SPAN}-01"
UNSAMPLED = f"00-{TRACE}-{SPAN}-00"


class Sums(GatedEstimator):
    """Fails on a negative first value."""

    def predict(self, rows: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Sum of each row, of most."""
        if rows[0, 0] < 0:
            raise RuntimeError("the model is broken")
        return super().predict(rows)


@dataclass(frozen=True)
class Traced:
    """A server, and what it sends its spans to."""

    server: ServerProcess
    receiver: Collector


@pytest.fixture(scope="module")
def sums(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository with a model that adds up."""
    root = tmp_path_factory.mktemp("sums") / "models"
    write_pickle(root, "sums", Sums())
    return root


@pytest.fixture(scope="module")
def traced(sums: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Traced]:
    """A server of the model `sums`, for tests that leave it as it is."""
    log = tmp_path_factory.mktemp("traced") / "log"
    with (
        collector() as receiver,
        running_server(log, sums, drain_seconds=0, tracing_endpoint=receiver.url) as server,
    ):
        yield Traced(server.wait_ready(), receiver)


def new_parent(flags: str = "01") -> tuple[str, str]:
    """A trace that no other test has, and the header of a caller in it."""
    trace_id = uuid.uuid4().hex
    return trace_id, f"00-{trace_id}-{SPAN}-{flags}"


def line_of(server: ServerProcess, identifier: str) -> dict[str, object]:
    """The log line of a request, waited for."""

    def lines() -> list[dict[str, object]]:
        return [event for event in server.events() if event.get("request_id") == identifier]

    wait_until(lambda: bool(lines()), f"the log line of request {identifier}")
    return lines()[0]


@pytest.mark.parametrize(
    ("parent", "expected"),
    [
        (PARENT, TraceContext(TRACE, SPAN, True)),
        (UNSAMPLED, TraceContext(TRACE, SPAN, False)),
        # Unknown flags, and a future version with additional fields.
        (f"00-{TRACE}-{SPAN}-03", TraceContext(TRACE, SPAN, True)),
        (f"cc-{TRACE}-{SPAN}-01-what-comes", TraceContext(TRACE, SPAN, True)),
        (f"cc-{TRACE}-{SPAN}-01", TraceContext(TRACE, SPAN, True)),
        *(
            (wrong, None)
            for wrong in (
                "",
                "nonsense",
                f"00-{TRACE}-{SPAN}",
                f"00-{TRACE}-{SPAN}-1",
                f"00-{TRACE}-{SPAN}-01-more",
                f"cc-{TRACE}-{SPAN}-01more",
                f"ff-{TRACE}-{SPAN}-01",
                f"00-{'0' * 32}-{SPAN}-01",
                f"00-{TRACE}-{'0' * 16}-01",
                f"00-{TRACE.upper()}-{SPAN}-01",
                f"00-{TRACE[1:]}-{SPAN}-01",
                f"00-{TRACE[1:]}é-{SPAN}-01",
                f"{PARENT},{PARENT}",
                f"{PARENT}\n",
            )
        ),
    ],
)
def test_traceparent_follows_w3c_and_is_ignored_if_malformed(parent: str, expected: TraceContext | None) -> None:
    assert read_trace_context(parent, "") == expected


def test_tracestate_is_propagated_up_to_its_limit() -> None:
    context = read_trace_context(PARENT, "rojo=1,congo=2")
    assert context is not None
    assert context.headers() == {"traceparent": PARENT, "tracestate": "rojo=1,congo=2"}
    long = read_trace_context(UNSAMPLED, "a=" + "x" * 511)
    assert long is not None
    assert long.headers() == {"traceparent": UNSAMPLED}


def test_without_an_endpoint_the_log_has_the_callers_trace(sklearn_server: ServerProcess) -> None:
    sklearn_server.predict([[5.1, 3.5, 1.4, 0.2]], **{"X-Request-ID": "traced", "traceparent": PARENT})
    line = line_of(sklearn_server, "traced")
    assert (line["trace_id"], line["span_id"]) == (TRACE, SPAN)
    for identifier, headers in (("untraced", {}), ("malformed", {"traceparent": "nonsense"})):
        sklearn_server.predict([[5.1, 3.5, 1.4, 0.2]], **{"X-Request-ID": identifier}, **headers)
        assert not {"trace_id", "span_id"} & line_of(sklearn_server, identifier).keys()


def test_tracing_and_comparison_are_imported_only_if_enabled() -> None:
    script = """
import sys
from model_server.http.inference import create_inference_app
from model_server.observability.metrics import Metrics
from model_server.observability.tracing_setup import start_tracing
from model_server.serving.lifecycle import Lifecycle
from model_server.settings import Settings

settings, metrics = Settings(), Metrics()
app = create_inference_app(Lifecycle(), metrics, settings, start_tracing(settings, metrics))
app.test_client().post("/predict")
wanted = ("opentelemetry", "google.protobuf", "requests", "model_server.shadow.comparer", "model_server.shadow.stable")
print([name for name in sys.modules if name.startswith(wanted)])
"""
    result = subprocess.run(
        [sys.executable, "-c", script], env=environment(), capture_output=True, text=True, check=True
    )
    assert result.stdout.strip() == "[]", "it is to be imported only where it is used"


def test_a_request_is_a_span_of_its_callers_trace_with_a_child_for_each_stage(traced: Traced) -> None:
    traced.server.admin("/healthz")
    trace_id, parent = new_parent()
    answer = traced.server.predict([[1, 2], [3, 4]], **{"X-Request-ID": "tree", "traceparent": parent})
    assert answer.json() == {"prediction": [3.0, 7.0]}
    span = traced.receiver.wait_for("POST /predict", trace_id)
    line = line_of(traced.server, "tree")
    assert (line["trace_id"], line["span_id"]) == (trace_id, span.span_id)
    assert (span.parent_id, span.kind, span.failed) == (SPAN, SERVER, False)
    assert span.attributes == {
        "http.request.method": "POST",
        "http.response.status_code": 200,
        "http.route": "/predict",
        "url.path": "/predict",
        "url.scheme": "http",
        "model": "sums",
        "version": "1",
        "rows": 2,
    }
    assert span.resource["service.name"] == "model-server"
    children = [child for child in traced.receiver.received if child.parent_id == span.span_id]
    assert [child.name for child in children] == ["decode", "queue", "compute", "encode"]
    moments = [span.started, *(moment for child in children for moment in (child.started, child.ended)), span.ended]
    assert moments == sorted(moments), "the stages are to follow each other, inside the request"
    assert {child.trace_id for child in children} == {trace_id}
    names = {each.name for each in traced.receiver.received}
    assert not {name for name in names if name.startswith("GET")}, "probes and scrapes must not create spans"


def test_callers_sampling_decision_is_kept_and_logs_name_the_trace(traced: Traced) -> None:
    trace_id, parent = new_parent(flags="00")
    traced.server.predict([[1, 2]], **{"X-Request-ID": "unsampled", "traceparent": parent})
    # Spans arrive in the order in which they end.
    traced.server.predict([[1, 2]], **{"X-Request-ID": "own"})
    own = line_of(traced.server, "own")["trace_id"]
    assert traced.receiver.wait_for("POST /predict", str(own)).parent_id == ""
    assert all(span.trace_id != trace_id for span in traced.receiver.received)
    assert line_of(traced.server, "unsampled")["trace_id"] == trace_id


def test_shadow_and_bad_request_have_their_attributes(traced: Traced) -> None:
    trace_id, parent = new_parent()
    traced.server.predict([["x", 2]], **{"X-Model-Shadow": "true", "traceparent": parent})
    span = traced.receiver.wait_for("POST /predict", trace_id)
    assert not span.failed, "a bad request must not fail the span"
    assert (span.attributes["http.response.status_code"], span.attributes["shadow"]) == (400, True)


def test_failing_model_marks_the_span_and_logs_the_trace(traced: Traced) -> None:
    trace_id, parent = new_parent()
    assert traced.server.predict([[-1, 2]], traceparent=parent).status_code == 500
    failed = traced.receiver.wait_for("POST /predict", trace_id)
    assert (failed.failed, failed.attributes["error.type"]) == (True, "500")
    error = traced.server.event("unexpected error")
    assert (error["trace_id"], error["span_id"]) == (trace_id, failed.span_id)


def test_unknown_path_is_a_span_without_a_route(traced: Traced) -> None:
    trace_id, parent = new_parent()
    requests.request("BREW", traced.server.url("/tea"), timeout=30, headers={"traceparent": parent})
    span = traced.receiver.wait_for("HTTP", trace_id)
    assert span.attributes["http.request.method"] == "_OTHER"
    assert "http.route" not in span.attributes


def test_drop_counters_start_at_zero(traced: Traced) -> None:
    page = traced.server.admin("/metrics").text
    for reason in ("queue", "unreachable"):
        assert f'model_server_spans_dropped_total{{reason="{reason}"}} 0.0' in page


def test_ratio_zero_keeps_callers_samples_and_flushes_on_exit(tmp_path: Path, sums: Path) -> None:
    settings = {"drain_seconds": 0, "tracing_sample_ratio": 0}
    with (
        collector() as receiver,
        running_server(tmp_path / "log", sums, tracing_endpoint=f"{receiver.url}/v1/traces", **settings) as server,
    ):
        server.wait_ready()
        for _ in range(20):
            server.predict([[1, 2]])
        server.predict([[1, 2]], traceparent=PARENT)
        assert server.stop() == 0
        assert {span.trace_id for span in receiver.all()} == {TRACE}


def test_unreachable_collector_is_counted_and_logged_once(tmp_path: Path, sums: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        away = f"http://127.0.0.1:{taken.getsockname()[1]}"
    with running_server(tmp_path / "log", sums, drain_seconds=0, tracing_endpoint=away) as server:
        server.wait_ready()

        def has_dropped(spans: int) -> bool:
            return (
                f'model_server_spans_dropped_total{{reason="unreachable"}} {spans}.0' in server.admin("/metrics").text
            )

        for spans in (5, 10):
            before = time.monotonic()
            assert server.predict([[1, 2]]).status_code == 200
            assert time.monotonic() - before < 4, "an answer waits for the collector"
            wait_until(partial(has_dropped, spans), f"{spans} spans to be counted as dropped")
        assert server.stop() == 0
        lines = [event for event in server.events() if "tracing" in event["logger"] or "opentel" in event["logger"]]
        assert [line["event"] for line in lines] == ["spans dropped: the endpoint of traces takes none"]


def test_hanging_collector_does_not_delay_exit(tmp_path: Path, sums: Path) -> None:
    never = threading.Event()

    def hang(_request: Posted, _body: bytes) -> None:
        never.wait()

    with (
        posts_to(hang) as posts,
        running_server(tmp_path / "log", sums, drain_seconds=0, tracing_endpoint=posts.url) as server,
    ):
        server.wait_ready()
        server.predict([[1, 2]])
        posts.next()
        started = time.monotonic()
        assert server.stop() == 0
        assert time.monotonic() - started < 20, "shutdown must end within the grace time"
        never.set()


def test_spans_beyond_the_queue_are_counted_without_blocking() -> None:
    from model_server.observability.otlp import OtlpTracing
    from model_server.observability.tracing import RequestFacts

    registry = CollectorRegistry()
    dropped = Counter("spans_dropped", "", ["reason"], registry=registry)
    facts = RequestFacts("POST", "/predict", "/predict", "http", 200, "sums", "1", 1, shadow=False)
    gate = threading.Event()

    def hold(request: Posted, _body: bytes) -> None:
        gate.wait()
        request.give(b"")

    with posts_to(hold) as posts:
        tracing = OtlpTracing(posts.url, 1.0, dropped)
        for _ in range(4000):
            tracing.begin(None).end(facts, [])
        # One batch at most is on its way; all others are in the room, or dropped.
        assert registry.get_sample_value("spans_dropped_total", {"reason": "queue"}) == 4000 - 2048
        gate.set()
        tracing.flush(30)
        assert registry.get_sample_value("spans_dropped_total", {"reason": "unreachable"}) == 0


def test_invalid_tracing_settings_are_rejected_with_a_remedy() -> None:
    for value, remedy in (
        ("collector:4318", "set one such as http://name:8080"),
        ("http://user:secret@collector:4318", "leave out user, password, query and fragment"),
    ):
        result = subprocess.run(
            [sys.executable, "-m", "model_server", "--tracing-endpoint", value],
            env=environment(),
            capture_output=True,
            text=True,
            check=False,
        )
        assert result.returncode == 2
        assert result.stderr.startswith("model-server: error: --tracing-endpoint: ")
        assert remedy in result.stderr
        assert "secret" not in result.stderr, "a password is never shown"

"""The application on the inference port and the one on the admin port, called in process."""

import io
import logging
import time
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import numpy as np
import pytest
from flask.testing import FlaskClient

from model_server.drift.monitor import DriftMonitor
from model_server.drift.reference import NumberShares, Reference
from model_server.http.admin import create_admin_app
from model_server.http.inference import create_inference_app
from model_server.observability.drift import DriftCollector
from model_server.observability.metrics import Metrics
from model_server.repository.manifest import FileEntry, Manifest
from model_server.serving.lifecycle import Lifecycle, State
from model_server.serving.model import LoadedModel
from model_server.settings import Settings
from tests.app.models import SIGNATURE


class _Sum:
    """Answers a row with its sum; a negative first value makes it fail."""

    lock: AbstractContextManager[object] = nullcontext()

    def predict(self, batch: "np.ndarray") -> "np.ndarray":
        if batch[0, 0] < 0:
            raise RuntimeError("the model is broken")
        total: np.ndarray = batch.sum(axis=1)
        return total


class _Server:
    """Both applications around one model."""

    def __init__(self) -> None:
        self.lifecycle = Lifecycle()
        self.metrics = Metrics()
        settings = Settings(max_body_bytes=200, max_rows=3)
        self.inference: FlaskClient = create_inference_app(self.lifecycle, self.metrics, settings).test_client()
        self.admin: FlaskClient = create_admin_app(self.lifecycle, self.metrics).test_client()

    def make_ready(self, model: _Sum | None = None, drift: DriftMonitor | None = None) -> None:
        manifest = Manifest("sums", 7, "sklearn_joblib", (FileEntry("model.pkl", "0" * 64, 1),), SIGNATURE)
        self.lifecycle.warming()
        self.lifecycle.ready(LoadedModel(manifest, model or _Sum(), drift))

    def samples(self) -> dict[str, float]:
        """The samples of /metrics by series."""
        lines = [line for line in self.admin.get("/metrics").text.splitlines() if not line.startswith("#")]
        return {series: float(value) for series, value in (line.rsplit(" ", 1) for line in lines)}

    def predict(self, **arguments: Any) -> Any:
        return self.inference.post("/predict", **arguments)


@pytest.fixture
def server() -> _Server:
    ready = _Server()
    ready.make_ready()
    return ready


def test_rows_are_answered_in_their_order(server: _Server) -> None:
    answer = server.predict(json={"input_data": [[1, 2], [3, 4]]})
    assert (answer.status_code, answer.json) == (200, {"prediction": [3.0, 7.0]})
    assert (answer.headers["X-Model-Name"], answer.headers["X-Model-Version"]) == ("sums", "7")


@pytest.mark.parametrize(
    ("arguments", "status", "text"),
    [
        ({"json": {"input_data": [[1]]}}, 400, "input_data: row 0 has 1 features, expected 2 (width, height)"),
        ({"json": {"input_data": [[1, 2]] * 4}}, 400, "input_data: 4 rows; at most 3 are answered in one request"),
        ({"data": "{"}, 415, "Content-Type: missing; send the body with Content-Type: application/json"),
        ({"data": b"x" * 201, "content_type": "application/json"}, 413, "body: larger than 200 bytes"),
    ],
)
def test_a_bad_request_is_a_json_error_and_the_server_stays_ready(
    server: _Server, arguments: dict[str, Any], status: int, text: str
) -> None:
    answer = server.predict(**arguments)
    assert answer.status_code == status
    assert answer.json["error"].startswith(text)
    assert server.admin.get("/readyz").status_code == 200


def test_body_without_a_length_is_limited(server: _Server) -> None:
    for size, status in ((200, 400), (201, 413)):
        answer = server.predict(
            input_stream=io.BytesIO(b"x" * size),
            content_type="application/json",
            environ_overrides={"wsgi.input_terminated": True},
        )
        assert answer.status_code == status


def test_stalled_client_gets_408(server: _Server) -> None:
    class Stalled(io.RawIOBase):
        def readinto(self, _: object) -> int:
            raise TimeoutError

    answer = server.predict(
        content_type="application/json", environ_overrides={"wsgi.input": Stalled(), "CONTENT_LENGTH": "10"}
    )
    assert (answer.status_code, answer.json) == (408, {"error": "body: not received in time"})


def test_wrong_method_gets_405_with_the_allowed_methods(server: _Server) -> None:
    for method in ("GET", "PUT", "DELETE", "OPTIONS"):
        answer = server.inference.open("/predict", method=method)
        assert (answer.status_code, answer.headers["Allow"]) == (405, "POST")
        assert answer.json is not None


def test_an_unknown_path_is_a_json_error(server: _Server) -> None:
    for client in (server.inference, server.admin):
        answer = client.get("/nothing-here")
        assert (answer.status_code, answer.json) == (404, {"error": "no such path"})


def test_a_failing_model_gives_a_500_whose_id_is_in_the_log(server: _Server, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR, "model_server"):
        answer = server.predict(json={"input_data": [[-1, 2]]}, headers={"X-Request-ID": "abc"})
    assert (answer.status_code, answer.json) == (500, {"error": "internal error; request id abc"})
    assert "the model is broken" in caplog.text
    assert server.predict(json={"input_data": [[1, 2]]}).status_code == 200


def test_a_request_id_that_could_forge_a_log_line_is_replaced(server: _Server) -> None:
    answer = server.predict(json={"input_data": [1, 2]}, headers={"X-Request-ID": 'a" , "level": "x'})
    assert len(answer.headers["X-Request-ID"]) == 32


def test_readiness_follows_the_lifecycle() -> None:
    server = _Server()
    assert server.admin.get("/readyz").json["state"] == State.LOADING  # type: ignore[index]
    assert server.predict(json={"input_data": [1, 2]}).status_code == 503
    server.make_ready()
    assert server.admin.get("/readyz").status_code == 200
    server.lifecycle.drain()
    assert server.admin.get("/readyz").status_code == 503
    assert server.admin.get("/healthz").status_code == 200
    assert server.predict(json={"input_data": [1, 2]}).status_code == 200, "a draining server still answers"


def test_lifecycle_never_goes_back(server: _Server) -> None:
    with pytest.raises(RuntimeError, match="a server that is ready cannot become warming"):
        server.lifecycle.warming()


def test_metrics_count_answers_by_model_version_protocol_and_code(server: _Server) -> None:
    server.predict(json={"input_data": [1, 2]})
    server.predict(json={"input_data": "x"})
    server.inference.get("/elsewhere")
    page = server.admin.get("/metrics").text
    labels = 'model="sums",protocol="{}",version="7"'
    for code, protocol in (("200", "predict"), ("400", "predict"), ("404", "none")):
        series = f'{{code="{code}",{labels.format(protocol)}}}'
        assert f"model_server_requests_total{series} 1.0" in page
        assert f"model_server_request_duration_seconds_count{series} 1.0" in page
    assert 'model_server_compute_duration_seconds_count{model="sums",version="7"} 1.0' in page
    assert 'model_server_pending_requests{model="sums",version="7"} 0.0' in page


MODEL = 'model="sums",version="7"'


def test_queue_wait_is_measured_separately_from_compute(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 0.0
    monkeypatch.setattr(time, "perf_counter", lambda: now)

    class Turn(AbstractContextManager[None]):
        def __enter__(self) -> None:
            nonlocal now
            now += 2

        def __exit__(self, *_: object) -> None:
            pass

    class Slow(_Sum):
        lock = Turn()

        def predict(self, batch: "np.ndarray") -> "np.ndarray":
            nonlocal now
            now += 3
            return super().predict(batch)

    server = _Server()
    server.make_ready(Slow())
    server.predict(json={"input_data": [[1, 2], [3, 4]]})
    samples = server.samples()
    assert samples[f"model_server_queue_duration_seconds_sum{{{MODEL}}}"] == 2
    assert samples[f"model_server_compute_duration_seconds_sum{{{MODEL}}}"] == 3
    assert samples[f"model_server_batch_rows_sum{{{MODEL}}}"] == 2


def test_ready_metric_agrees_with_readyz() -> None:
    server = _Server()
    assert server.samples()["model_server_ready"] == 0, "it is to be there before a model is loaded"
    server.make_ready()
    assert server.samples()["model_server_ready"] == 1
    server.lifecycle.drain()
    assert server.samples()["model_server_ready"] == 0, "a server that drains is not ready"


def test_request_slots_equal_the_threads(server: _Server) -> None:
    assert server.samples()["model_server_request_slots"] == Settings().threads


def test_series_exist_before_the_first_error(server: _Server) -> None:
    server.metrics.init_model("sums", "7", ["predict"])
    samples = server.samples()
    for code in ("200", "400", "500", "503"):
        labels = f'code="{code}",model="sums",protocol="predict",version="7"'
        assert samples[f"model_server_requests_total{{{labels}}}"] == 0
        assert samples[f"model_server_request_duration_seconds_count{{{labels}}}"] == 0
    for name in ("queue_duration_seconds", "compute_duration_seconds", "batch_rows"):
        assert samples[f"model_server_{name}_count{{{MODEL}}}"] == 0


def test_drift_is_exported_once_there_are_enough_rows() -> None:
    half = NumberShares((1.5,), (0.5, 0.5))
    monitor = DriftMonitor(Reference(100, (("width", half), ("height", half)), half), window_rows=4)
    server = _Server()
    server.make_ready(drift=monitor)
    server.metrics.registry.register(DriftCollector(monitor, "sums", "7"))
    server.predict(json={"input_data": [[1, 9]] * 3})
    server.predict(json={"input_data": [["x", 9]]})
    assert server.samples()[f"model_server_drift_rows{{{MODEL}}}"] == 3, "a row that was refused says nothing"
    assert not any("_psi" in series for series in server.samples()), "three rows are too few to compare"
    server.predict(json={"input_data": [[2, 9]] * 3})
    samples = server.samples()
    assert samples[f"model_server_drift_rows{{{MODEL}}}"] == 6
    assert samples['model_server_feature_drift_psi{feature="width",model="sums",version="7"}'] == 0
    assert samples['model_server_feature_drift_psi{feature="height",model="sums",version="7"}'] > 1
    assert samples[f"model_server_prediction_drift_psi{{{MODEL}}}"] > 1

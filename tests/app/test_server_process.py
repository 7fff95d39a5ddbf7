"""The server as the process that runs in a pod: start, readiness, end, exit codes."""

import json
import os
import signal
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import joblib
import pytest
import requests

from model_server.http.server import EXIT_MODEL_NOT_LOADED
from tests.app.gated_estimator import GatedEstimator
from tests.app.models import pickle_versions, write_file, write_pickle
from tests.app.process import ServerProcess, environment, running_server, wait_until

# They start servers and train models, which takes as long as all other tests together.
pytestmark = pytest.mark.depends_on_files("app", "tests/app", "examples/iris/data.csv")


def _maps_library(pid: int, name: str) -> bool:
    return name in Path(f"/proc/{pid}/maps").read_text()


def test_arbiter_process_loads_no_numerical_library(keras_server: ServerProcess) -> None:
    arbiter = keras_server.process.pid
    for library in ("tensorflow", "numpy", "sklearn"):
        assert not _maps_library(arbiter, library), f"{library} is imported before the fork"
    assert _maps_library(keras_server.worker_pid, "tensorflow"), "this test looks for the wrong file name"


def test_a_server_of_a_scikit_learn_model_never_imports_tensorflow(sklearn_server: ServerProcess) -> None:
    assert _maps_library(sklearn_server.worker_pid, "sklearn"), "this test looks for the wrong file name"
    assert not _maps_library(sklearn_server.worker_pid, "tensorflow")


def test_the_server_is_alive_but_not_ready_while_the_model_loads(tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    write_pickle(tmp_path / "models", "slow", GatedEstimator(load_gate=gate))
    # Reading the pickle here would wait for the gate as well, so it is only written.
    with running_server(tmp_path / "log", tmp_path / "models", drain_seconds=0) as server:
        server.event("loading model")
        assert server.admin("/healthz").status_code == 200
        unready = server.admin("/readyz")
        assert (unready.status_code, unready.json()["state"]) == (503, "loading")
        assert "being loaded" in unready.json()["error"]
        refused = server.predict([[1, 2]])
        assert (refused.status_code, refused.headers["Retry-After"]) == (503, "1")
        gate.touch()
        server.wait_ready()
        assert server.predict([[1, 2]]).json() == {"prediction": [3.0]}


def test_the_admin_port_answers_while_every_inference_thread_is_busy(tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    write_pickle(tmp_path / "models", "slow", GatedEstimator(predict_gate=gate))
    with (
        running_server(tmp_path / "log", tmp_path / "models", drain_seconds=0, threads=2) as server,
        ThreadPoolExecutor(4) as clients,
    ):
        server.wait_ready()
        answers = [clients.submit(server.predict, [[-1, 2]]) for _ in range(4)]
        pending = 'model_server_pending_requests{model="slow",version="1"} 2.0'
        wait_until(lambda: pending in server.admin("/metrics").text, "both threads to be busy")
        assert server.admin("/healthz").status_code == 200
        assert server.admin("/readyz").status_code == 200
        gate.touch()
        assert [answer.result().json() for answer in answers] == [{"prediction": [1.0]}] * 4


def test_sigterm_fails_readiness_at_once_and_loses_no_request(tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    write_pickle(tmp_path / "models", "slow", GatedEstimator(predict_gate=gate))
    with (
        # Within the drain time this test itself has to ask five times, also where the machine is busy.
        running_server(tmp_path / "log", tmp_path / "models", drain_seconds=5, threads=8) as server,
        ThreadPoolExecutor(5) as clients,
    ):
        server.wait_ready()
        kept = requests.Session()
        first = kept.post(server.url("/predict"), json={"input_data": [1, 1]}, timeout=30)
        assert first.headers["Connection"] == "keep-alive"
        in_flight = [clients.submit(server.predict, [[-1, row]]) for row in range(4)]
        pending = 'model_server_pending_requests{model="slow",version="1"} 4.0'
        wait_until(lambda: pending in server.admin("/metrics").text, "four requests to be in flight")

        server.process.send_signal(signal.SIGTERM)
        wait_until(lambda: server.admin("/readyz").status_code == 503, "/readyz to fail after SIGTERM")
        assert server.admin("/readyz").json()["state"] == "draining"
        assert server.admin("/healthz").status_code == 200
        assert server.predict([[2, 3]]).json() == {"prediction": [5.0]}, "a new connection must still be served"
        late = kept.post(server.url("/predict"), json={"input_data": [2, 3]}, timeout=30)
        assert late.json() == {"prediction": [5.0]}, "a kept connection must still be served"
        assert late.headers["Connection"] == "close", "a kept connection would outlive the pod"
        kept.close()

        address = ("127.0.0.1", server.event("starting")["port"])

        def refused() -> bool:
            with socket.socket() as probe:
                return probe.connect_ex(address) != 0

        wait_until(refused, "the port to close after the drain time")
        assert not server.ended, "the server must wait for the requests in flight"
        gate.touch()
        assert [one.result().json() for one in in_flight] == [{"prediction": [row - 1.0]} for row in range(4)]
        assert server.exit_code() == 0


def test_request_beyond_the_grace_time_does_not_delay_exit(tmp_path: Path) -> None:
    write_pickle(tmp_path / "models", "stuck", GatedEstimator(predict_gate=tmp_path / "never"))
    settings = {"drain_seconds": 0, "graceful_timeout_seconds": 1}
    with (
        running_server(tmp_path / "log", tmp_path / "models", **settings) as server,
        ThreadPoolExecutor(1) as clients,
    ):
        server.wait_ready()
        stuck = clients.submit(server.predict, [[-1, 0]])
        pending = 'model_server_pending_requests{model="stuck",version="1"} 1.0'
        wait_until(lambda: pending in server.admin("/metrics").text, "the request to be in flight")
        assert server.stop() == 0
        with pytest.raises(requests.ConnectionError):
            stuck.result()


def _failure(tmp_path: Path, **settings: object) -> str:
    """Start a server that cannot load its model; returns the error it logged."""
    with running_server(tmp_path / "log", tmp_path / "models", **settings) as server:
        assert server.exit_code() == EXIT_MODEL_NOT_LOADED
        boots = [event for event in server.events() if event["event"].startswith("Booting worker")]
        assert len(boots) == 1, "a model that cannot be loaded must not be tried again and again"
        errors = [event for event in server.events() if event["logger"] == "model_server.server"]
        return str(errors[-1]["event"])


def test_a_truncated_model_file_ends_the_server(tmp_path: Path) -> None:
    folder = write_pickle(tmp_path / "models", "cut", GatedEstimator())
    os.truncate(folder / "model.pkl", 10)
    error = _failure(tmp_path)
    assert "model.pkl is truncated: it has 10 bytes" in error
    assert "Remedy: copy the version again" in error


def test_an_empty_repository_ends_the_server(tmp_path: Path) -> None:
    (tmp_path / "models").mkdir()
    assert "holds no model. Remedy: mount a repository" in _failure(tmp_path)


def test_file_that_is_not_a_pickle_ends_the_server(tmp_path: Path) -> None:
    write_file(tmp_path / "models", "text", "model.pkl", b"not a pickle", format="sklearn_joblib")
    error = _failure(tmp_path)
    assert "model.pkl cannot be loaded as sklearn_joblib" in error
    assert "Remedy: check that the file is of that format" in error


def test_a_pickle_of_another_release_is_not_opened(tmp_path: Path) -> None:
    opened = tmp_path / "opened"

    class Trap:
        def __reduce__(self) -> tuple[object, tuple[str]]:
            return Path.touch, (opened,)  # type: ignore[return-value]

    versions = pickle_versions() | {"scikit-learn": "0.22.1"}
    root = tmp_path / "models"
    write_file(root, "old", "model.pkl", _pickled(Trap()), format="sklearn_joblib", framework_versions=versions)
    error = _failure(tmp_path)
    assert "was written with scikit-learn 0.22.1, but scikit-learn " in error
    assert not opened.exists(), "the pickle ran before the versions were compared"


def _pickled(value: object) -> bytes:
    import io

    stream = io.BytesIO()
    joblib.dump(value, stream)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("arguments", "variables", "expected"),
    [
        (["--threads", "many"], {}, "--threads: 'many' is not a number. Remedy:"),
        ([], {"MODEL_SERVER_TREADS": "2"}, "environment variable MODEL_SERVER_TREADS is not a setting."),
        (["--config", "absent.yaml"], {}, "the settings file absent.yaml cannot be read"),
    ],
)
def test_invalid_settings_exit_with_code_2(arguments: list[str], variables: dict[str, str], expected: str) -> None:
    result = subprocess.run(
        [sys.executable, "-m", "model_server", *arguments],
        env=environment() | variables,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (result.returncode, result.stderr.count("\n")) == (2, 1)
    assert expected in result.stderr


def test_error_names_a_port_that_is_in_use(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with running_server(tmp_path / "log", tmp_path, port=port) as server:
            assert server.exit_code() == 2
    assert f"cannot listen on 127.0.0.1 port {port}" in (tmp_path / "log").read_text()


def test_trained_version_exports_drift(sklearn_server: ServerProcess, iris_csv: Path) -> None:
    lines = [line.split(",")[:4] for line in iris_csv.read_text().splitlines()[1:]]
    rows = [[float(value) for value in line] for line in lines]
    for _ in range(2):
        assert sklearn_server.predict(rows).status_code == 200
    page = sklearn_server.admin("/metrics").text
    for feature in ("sepal_length", "sepal_width", "petal_length", "petal_width"):
        series = f'model_server_feature_drift_psi{{feature="{feature}",model="iris",version="1"}} '
        assert series in page, f"{feature} is not compared with the training rows"
    assert 'model_server_prediction_drift_psi{model="iris",version="1"} ' in page
    assert "model_server_ready 1.0" in page


def test_the_log_never_holds_the_payload_and_ties_answers_to_lines(sklearn_server: ServerProcess) -> None:
    answer = sklearn_server.predict([[5.1234321, 3.5, 1.4, 0.2]], **{"X-Request-ID": "from-the-client.7"})
    assert answer.headers["X-Request-ID"] == "from-the-client.7"
    wait_until(
        lambda: any(event.get("request_id") == "from-the-client.7" for event in sklearn_server.events()),
        "the request's log line",
    )
    assert "5.1234321" not in json.dumps(sklearn_server.events())


def test_a_malformed_request_line_gets_a_json_error(sklearn_server: ServerProcess) -> None:
    with socket.create_connection(("127.0.0.1", sklearn_server.event("starting")["port"]), timeout=30) as raw:
        raw.sendall(b"nonsense\r\n\r\n")
        answer = raw.makefile("rb").read()
    assert answer.startswith(b"HTTP/1.1 400 Bad Request\r\n")
    assert json.loads(answer.split(b"\r\n\r\n", 1)[1])["error"].startswith("malformed request: ")

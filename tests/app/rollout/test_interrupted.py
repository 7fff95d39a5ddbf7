"""`modelctl rollout` as a process that is interrupted or killed."""

import json
import os
import signal
import subprocess
import sys

import pytest

from tests.app.process import environment, wait_until
from tests.app.rollout.calls import exit_code, on, start
from tests.app.rollout.fake_programs import FakeMetrics, FakePrograms

pytestmark = [
    pytest.mark.usefixtures("no_proxy"),
    pytest.mark.depends_on_files("app", "tests/app", "tests/dashboards/fake_prometheus.py"),
]


def _process(url: str) -> "subprocess.Popen[str]":
    """Start a rollout that waits in its analysis, as a process."""
    command = [sys.executable, "-m", "modelctl", *start(url, "--interval", "1", "--min-requests", "1001")]
    env = environment() | {"PATH": os.environ["PATH"]}
    return subprocess.Popen(command, stderr=subprocess.PIPE, env=env, text=True, start_new_session=True)


def _analyzes(programs: FakePrograms) -> bool:
    return "iris-routing-rollout" in programs.read()["objects"] and programs.state["phase"] == "analyzing"


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
@pytest.mark.usefixtures("fast")
def test_a_signal_keeps_the_plan_and_prints_a_resume_hint(
    programs: FakePrograms, url: str, figures: FakeMetrics, number: signal.Signals, code: int
) -> None:
    process = _process(url)
    try:
        wait_until(lambda: _analyzes(programs), "the first step")
        os.killpg(process.pid, number)
        _, error = process.communicate(timeout=30)
    finally:
        process.kill()
    assert process.returncode == code
    assert "Continue with 'modelctl rollout resume iris-routing --namespace models'" in error
    assert (programs.weights, programs.state["holder_identity"]) == ([80, 20], "")
    figures.requests = 5000
    assert exit_code(on("resume")) == 0
    assert programs.weights == [0, 100]


@pytest.mark.usefixtures("fast")
def test_a_killed_process_blocks_a_start_and_can_be_aborted(
    programs: FakePrograms, url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    process = _process(url)
    try:
        wait_until(lambda: _analyzes(programs), "the first step")
        # A second start fails while this process runs, and after it was killed.
        assert exit_code(start(url)) == 2
        assert "a rollout of 'iris-routing' to version '2' is in progress. " in capsys.readouterr().err
    finally:
        process.kill()
        process.communicate()
    assert exit_code(start(url)) == 2
    assert exit_code(on("status", "--json")) == 0
    status = json.loads(capsys.readouterr().out)
    assert (status["phase"], status["weight"], status["release_weights"]) == ("analyzing", 20, "1: 80 %, 2: 20 %")
    assert status["holder"].split("/")[1] == str(process.pid)
    assert exit_code(on("abort", "--json")) == 0
    result = json.loads(capsys.readouterr().out)
    assert (result["phase"], result["reason"]) == ("rolled-back", "an abort was requested")
    assert programs.weights == [100, 0]


@pytest.mark.usefixtures("fast")
def test_abort_can_keep_the_weights(programs: FakePrograms, url: str, capsys: pytest.CaptureFixture[str]) -> None:
    process = _process(url)
    try:
        wait_until(lambda: _analyzes(programs), "the first step")
    finally:
        process.kill()
        process.communicate()
    cluster = programs.read()
    cluster["release"]["values"]["versions"] = [{"name": "1", "weight": 40}, {"name": "2", "weight": 60}]
    programs.write(cluster)
    assert exit_code(on("abort")) == 2, "weights of another process must not be overwritten"
    capsys.readouterr()
    assert exit_code(on("abort", "--keep-weights", "--json")) == 0
    result = json.loads(capsys.readouterr().out)
    assert (result["phase"], result["weight"], result["exit_code"]) == ("abandoned", None, 0)
    assert result["release_weights"] == "1: 40 %, 2: 60 %"
    assert (programs.weights, programs.state["phase"]) == ([40, 60], "abandoned")


def test_ctrl_c_lets_an_upgrade_finish(programs: FakePrograms, url: str) -> None:
    programs.write(programs.read() | {"slow": True})
    process = _process(url)
    try:
        wait_until((programs.folder / "upgrading").exists, "the upgrade to begin")
        os.killpg(process.pid, signal.SIGINT)
        (programs.folder / "go").touch()
        process.communicate(timeout=30)
    finally:
        (programs.folder / "go").touch()
        process.kill()
    assert process.returncode == 130
    assert (programs.weights, programs.read()["release"]["status"]) == ([80, 20], "deployed")
    assert (programs.state["phase"], programs.state["holder_identity"]) == ("shifting", "")

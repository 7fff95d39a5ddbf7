"""`modelctl rollout` that gets a signal or is killed, as a process of its own."""

import json
import os
import signal
import subprocess
import sys

import pytest

from tests.app.process import environment, wait_until
from tests.app.rollout.calls import exit_code, on, start
from tests.app.rollout.standins import Figures, StandIns

pytestmark = [
    pytest.mark.usefixtures("no_proxy"),
    pytest.mark.depends_on_files("app", "tests/app", "tests/dashboards/fake_prometheus.py"),
]


def _process(url: str) -> "subprocess.Popen[str]":
    """A rollout that judges and waits, as a process of its own."""
    command = [sys.executable, "-m", "modelctl", *start(url, "--interval", "1", "--min-requests", "1001")]
    env = environment() | {"PATH": os.environ["PATH"]}
    return subprocess.Popen(command, stderr=subprocess.PIPE, env=env, text=True, start_new_session=True)


def _judges(standins: StandIns) -> bool:
    return "iris-routing-rollout" in standins.read()["objects"] and standins.state["phase"] == "judging"


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
@pytest.mark.usefixtures("fast")
def test_a_signal_leaves_the_plan_and_says_how_to_go_on(
    standins: StandIns, url: str, figures: Figures, number: signal.Signals, code: int
) -> None:
    process = _process(url)
    try:
        wait_until(lambda: _judges(standins), "the first step")
        os.killpg(process.pid, number)
        _, error = process.communicate(timeout=30)
    finally:
        process.kill()
    assert process.returncode == code
    assert "Go on with 'modelctl rollout resume iris-routing --namespace models'" in error
    assert (standins.weights, standins.state["holder"]) == ([80, 20], "")
    figures.requests = 5000
    assert exit_code(on("resume")) == 0
    assert standins.weights == [0, 100]


@pytest.mark.usefixtures("fast")
def test_a_run_that_is_killed_is_gone_on_with_or_aborted(
    standins: StandIns, url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    process = _process(url)
    try:
        wait_until(lambda: _judges(standins), "the first step")
        # A second run is refused while this one lives, and after it was killed.
        assert exit_code(start(url)) == 2
        assert "a rollout of 'iris-routing' to version '2' is under way. " in capsys.readouterr().err
    finally:
        process.kill()
        process.communicate()
    assert exit_code(start(url)) == 2
    assert exit_code(on("status", "--json")) == 0
    status = json.loads(capsys.readouterr().out)
    assert (status["phase"], status["weight"], status["release_weights"]) == ("judging", 20, "1: 80 %, 2: 20 %")
    assert status["holder"].split("/")[1] == str(process.pid)
    assert exit_code(on("abort", "--json")) == 0
    result = json.loads(capsys.readouterr().out)
    assert (result["phase"], result["reason"]) == ("rolled-back", "abort was asked for")
    assert standins.weights == [100, 0]


@pytest.mark.usefixtures("fast")
def test_a_plan_may_be_forgotten_and_the_weights_kept(
    standins: StandIns, url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    process = _process(url)
    try:
        wait_until(lambda: _judges(standins), "the first step")
    finally:
        process.kill()
        process.communicate()
    cluster = standins.read()
    cluster["release"]["values"]["versions"] = [{"name": "1", "weight": 40}, {"name": "2", "weight": 60}]
    standins.write(cluster)
    assert exit_code(on("abort")) == 2, "weights of somebody else are not overwritten"
    capsys.readouterr()
    assert exit_code(on("abort", "--keep-weights", "--json")) == 0
    result = json.loads(capsys.readouterr().out)
    assert (result["phase"], result["weight"], result["exit_code"]) == ("forgotten", None, 0)
    assert result["release_weights"] == "1: 40 %, 2: 60 %"
    assert (standins.weights, standins.state["phase"]) == ([40, 60], "forgotten")


def test_an_upgrade_is_not_broken_off_by_ctrl_c(standins: StandIns, url: str) -> None:
    standins.write(standins.read() | {"slow": True})
    process = _process(url)
    try:
        wait_until((standins.folder / "upgrading").exists, "the upgrade to begin")
        os.killpg(process.pid, signal.SIGINT)
        (standins.folder / "go").touch()
        process.communicate(timeout=30)
    finally:
        (standins.folder / "go").touch()
        process.kill()
    assert process.returncode == 130
    assert (standins.weights, standins.read()["release"]["status"]) == ([80, 20], "deployed")
    assert (standins.state["phase"], standins.state["holder"]) == ("moving", "")

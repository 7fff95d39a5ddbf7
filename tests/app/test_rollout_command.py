"""`modelctl rollout` as a command: with stand-ins for helm and kubectl, and one that speaks as Prometheus does."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from modelctl.cli import main
from tests.app.process import environment, wait_until
from tests.app.rollout_standins import Figures, StandIns, pod
from tests.dashboards.fake_prometheus import prometheus

pytestmark = [
    pytest.mark.usefixtures("no_proxy"),
    pytest.mark.rests_on("app", "tests/app", "tests/dashboards/fake_prometheus.py"),
]


class FastClock:
    """The machine's clock, but that waiting takes no time."""

    def __init__(self) -> None:
        self._now = 1e9

    def monotonic(self) -> float:
        """Seconds."""
        return self._now

    def wall(self) -> float:
        """Seconds."""
        return self._now

    def pause(self, seconds: float) -> None:
        """Let the clock go on."""
        self._now += seconds


@pytest.fixture
def fast(monkeypatch: pytest.MonkeyPatch) -> None:
    """Waiting takes no time."""
    monkeypatch.setattr("modelctl.rollout.clock.Clock", FastClock)


@pytest.fixture
def standins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> StandIns:
    """Both programs, first on PATH."""
    made = StandIns(tmp_path)
    monkeypatch.setenv("PATH", f"{made.programs}{os.pathsep}{os.environ['PATH']}")
    return made


@pytest.fixture
def figures() -> Figures:
    """What Prometheus answers."""
    return Figures()


@pytest.fixture
def url(figures: Figures) -> Iterator[str]:
    """Where it does."""
    with prometheus(figures.answer) as address:
        yield address


def _start(url: str, *more: str, source: str = "1", target: str = "2") -> list[str]:
    what = ["--chart", "oci://charts.example.org/istio-routing", "--model", "iris", "--from", source, "--to", target]
    # Each look is some processes, so there are few of them.
    pace = ["--steps", "20,100", "--min-step-time", "0"]
    return ["rollout", "start", "iris-routing", "-n", "models", *what, "--prometheus", url, *pace, *more]


def _on(command: str, *more: str) -> list[str]:
    return ["rollout", command, "iris-routing", "--namespace", "models", *more]


def _exit_code(arguments: list[str]) -> int:
    try:
        return main(arguments)
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else -1


@pytest.mark.usefixtures("fast")
def test_a_good_version_gets_all_requests(standins: StandIns, url: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert _exit_code(_start(url, "--json")) == 0
    output = capsys.readouterr()
    result = json.loads(output.out)
    assert (result["phase"], result["exit_code"], result["ended"]) == ("done", 0, True)
    assert result["release_weights"] == "1: 0 %, 2: 100 %"
    assert standins.read()["weights"] == [[80, 20], [0, 100]]
    assert [line.split(",")[0] for line in output.err.splitlines() if " has " in line] == [
        "modelctl: 2 has 20 %",
        "modelctl: 2 has 100 %",
    ]
    assert len(output.err.splitlines()) == 4, "without a terminal there are two lines a step"


@pytest.mark.usefixtures("fast")
def test_only_the_list_of_versions_is_given_to_helm_and_nothing_secret_to_anybody(standins: StandIns, url: str) -> None:
    assert _exit_code(_start(url)) == 0
    upgrades = [call for call in standins.calls() if call[1][0] == "upgrade"]
    assert [json.loads(given) for _, _, given in upgrades] == [
        {"versions": [{"name": "1", "weight": 100 - weight}, {"name": 2, "weight": weight, "mirror": 5}]}
        for weight in (20, 100)
    ]
    assert all(arguments[arguments.index("--version") + 1] == "0.1.0" for _, arguments, _ in upgrades)
    assert "s3cr3t" not in json.dumps(standins.calls())
    assert "s3cr3t" not in json.dumps(standins.state)
    assert standins.read()["release"]["values"]["security"] == {"password": "s3cr3t"}


@pytest.mark.usefixtures("fast")
def test_a_bad_version_is_rolled_back_with_exit_code_3(
    standins: StandIns, url: str, figures: Figures, capsys: pytest.CaptureFixture[str]
) -> None:
    figures.errors = {"2": 0.25}
    assert _exit_code(_start(url)) == 3
    output = capsys.readouterr()
    assert "iris from 1 to 2: rolled back\nreason: 25 % errors (5xx) in 1000 requests" in output.out
    assert "weights: 1: 100 %, 2: 0 %" in output.out
    assert standins.read()["weights"] == [[80, 20], [100, 0]]
    # The next rollout begins where this one has ended.
    figures.errors = {}
    assert _exit_code(_start(url)) == 0


@pytest.mark.usefixtures("fast")
def test_without_requests_it_is_rolled_back_with_exit_code_4(standins: StandIns, url: str, figures: Figures) -> None:
    figures.requests = 0
    assert _exit_code(_start(url, "--patience", "40")) == 4
    assert standins.weights == [100, 0]
    assert standins.state["reason"] == "nothing to judge by within 45 s: 0 of 100 requests"


@pytest.mark.usefixtures("fast")
def test_names_that_are_no_numbers_are_told_apart_by_the_models_versions(
    standins: StandIns, url: str, figures: Figures
) -> None:
    cluster = standins.read()
    cluster["release"]["values"]["versions"] = [{"name": "stable", "weight": 100}, {"name": "canary"}]
    cluster["release"]["values"]["namespaceOverride"] = "elsewhere"
    cluster["pods"] = {"canary": [pod("a")]}
    standins.write(cluster)
    mapping = ("--model-version", "stable=3", "--model-version", "canary=7")
    assert _exit_code(_start(url, *mapping, source="stable", target="canary")) == 0
    assert {query.split('version="')[1].split('"')[0] for query in figures.asked} == {"3", "7"}
    assert all('namespace="elsewhere"' in query for query in figures.asked)


@pytest.mark.usefixtures("fast")
def test_a_dry_run_checks_everything_and_changes_nothing(
    standins: StandIns, url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    before = standins.read()
    assert _exit_code(_start(url, "--dry-run")) == 0
    shown = capsys.readouterr().out
    assert "1. 1: 80 %, 2: 20 %\n2. 1: 0 %, 2: 100 %\nEach step lasts 0 to 900 s" in shown
    assert _exit_code(_start(url, "--dry-run", "--json")) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["steps"] == [{"1": 80, "2": 20}, {"1": 0, "2": 100}]
    assert standins.read() == before
    assert {arguments[0] for _, arguments, _ in standins.calls()} <= {"get", "show"}


def _changed(cluster: dict[str, Any], path: str, value: object) -> None:
    *keys, last = path.split(".")
    for key in keys:
        cluster = cluster[key]
    cluster[last] = value


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        ("release.values.trafficManagement", "flagger", "trafficManagement of the release is 'flagger'"),
        ("release.values.versions", [{"name": "1"}], "lists no version '2'; there are: 1."),
        ("release.values.versions", "1,2", "has no list 'versions' in its values"),
        (
            "release.values.versions",
            [{"name": "1", "weight": 90}, {"name": "2", "weight": 10}],
            "the weights of revision 1 are 1: 90 %, 2: 10 %. They have to be 1: 100 %, 2: 0 %",
        ),
        (
            "release.values.versions",
            [{"name": "1", "weight": 50}, {"name": "2"}, {"name": "3", "weight": 50}],
            "They have to be 1: 100 %, 2: 0 %, and 0 for all others",
        ),
        (
            "release.values.versions",
            [{"name": "1", "weight": 100}, {"name": "2", "drain": True}],
            "version '2' is marked drain: true",
        ),
        ("release.values.service", {"name": ""}, "has no service.name"),
        ("release.values.service", {"name": "other"}, "there is no Service 'other' in namespace 'models'"),
        ("release.status", "failed", "the release is failed, so it is not known what the cluster has"),
        ("release.name", "another", "there is no release 'iris-routing' in namespace 'models'"),
        ("chart.version", "0.2.0", "is of the chart istio-routing 0.1.0"),
        ("pods", {}, "version '2' has no ready pod (0 in all), so nothing is begun"),
        ("pods.2", [pod("a", ready=False), pod("b", ending=True)], "has no ready pod (1 in all)"),
        ("selector", {}, "the Service 'iris-model-server' selects no pods"),
        ("objects", {"iris-routing-rollout": {"data": {}, "metadata": {}}}, "is not one of modelctl's"),
    ],
)
def test_what_cannot_be_rolled_out_is_not_begun(
    standins: StandIns,
    url: str,
    capsys: pytest.CaptureFixture[str],
    path: str,
    value: object,
    message: str,
) -> None:
    cluster = standins.read()
    _changed(cluster, path, value)
    standins.write(cluster)
    assert _exit_code(_start(url)) == 2
    error = capsys.readouterr().err
    assert message in error
    assert "Remedy: " in error
    assert standins.read() == cluster


@pytest.mark.parametrize(("version", "which"), [("1", "version 1"), ("2", "version 2")])
def test_a_version_that_prometheus_does_not_know_is_not_begun(
    standins: StandIns, url: str, figures: Figures, capsys: pytest.CaptureFixture[str], version: str, which: str
) -> None:
    figures.unknown = {version}
    assert _exit_code(_start(url)) == 2
    assert f"Prometheus knows no requests of {which} of model 'iris'" in capsys.readouterr().err
    assert standins.read()["weights"] == []


def test_a_cluster_that_is_away_is_no_mistake_of_the_callers(
    standins: StandIns, url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    standins.write(standins.read() | {"away": True})
    assert _exit_code(_start(url)) == 75
    assert "connection refused" in capsys.readouterr().err


def test_a_prometheus_that_is_away_lets_nothing_begin(standins: StandIns) -> None:
    assert _exit_code(_start("http://127.0.0.1:1")) == 75
    assert standins.read()["objects"] == {}


@pytest.mark.usefixtures("fast")
def test_a_helm_that_fails_in_the_middle_is_followed_by_one_that_sets_back(standins: StandIns, url: str) -> None:
    standins.write(standins.read() | {"failures": 1})
    assert _exit_code(_start(url)) == 3
    assert standins.state["reason"].startswith("the upgrade to 20 % failed: 'helm upgrade iris-routing")
    assert "a webhook says no" in standins.state["reason"]
    assert (standins.weights, standins.read()["release"]["status"]) == ([100, 0], "deployed")


def test_programs_that_are_missing_are_named(
    standins: StandIns, url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    helm, kubectl = str(standins.programs / "helm"), str(standins.programs / "kubectl")
    monkeypatch.setenv("PATH", str(tmp_path / "empty"))
    assert _exit_code(_start(url)) == 2
    assert "there is no program 'helm' on PATH. Remedy: install it, or say where it is with --helm" in (
        capsys.readouterr().err
    )
    assert _exit_code(_start(url, "--helm", helm)) == 2
    assert "there is no program 'kubectl' on PATH" in capsys.readouterr().err
    assert _exit_code(_start(url, "--helm", "nowhere", "--kubectl", kubectl)) == 2
    assert "--helm nowhere is no program" in capsys.readouterr().err
    assert _exit_code(_start(url, "--helm", helm, "--kubectl", kubectl, "--dry-run")) == 0


def test_both_programs_are_told_which_cluster(standins: StandIns, url: str) -> None:
    assert _exit_code(_start(url, "--kubeconfig", "here", "--kube-context", "there", "--dry-run")) == 0
    for name, arguments, _ in standins.calls():
        assert arguments[arguments.index("--kubeconfig") + 1] == "here"
        assert arguments[arguments.index("--kube-context" if name == "helm" else "--context") + 1] == "there"


def test_without_a_rollout_there_is_nothing_to_say_or_to_go_on_with(
    standins: StandIns, capsys: pytest.CaptureFixture[str]
) -> None:
    for command in ("status", "resume", "abort"):
        assert _exit_code(_on(command)) == 2
        assert (
            "there is no rollout: no ConfigMap 'iris-routing-rollout' in namespace 'models'" in capsys.readouterr().err
        )
    assert standins.read()["objects"] == {}


@pytest.mark.usefixtures("fast", "standins")
def test_a_rollout_that_has_ended_is_told_and_not_gone_on_with(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert _exit_code(_start(url)) == 0
    capsys.readouterr()
    assert _exit_code(_on("status")) == 0
    assert "iris from 1 to 2: done" in capsys.readouterr().out
    for command in ("resume", "abort"):
        assert _exit_code(_on(command)) == 2
        assert "the rollout has ended: done. 1000 requests" in capsys.readouterr().err


def _process(url: str) -> "subprocess.Popen[str]":
    """A rollout that judges and waits, as a process of its own."""
    command = [sys.executable, "-m", "modelctl", *_start(url, "--interval", "1", "--min-requests", "1001")]
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
    assert _exit_code(_on("resume")) == 0
    assert standins.weights == [0, 100]


@pytest.mark.usefixtures("fast")
def test_a_run_that_is_killed_is_gone_on_with_or_aborted(
    standins: StandIns, url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    process = _process(url)
    try:
        wait_until(lambda: _judges(standins), "the first step")
        # A second run is refused while this one lives, and after it was killed.
        assert _exit_code(_start(url)) == 2
        assert "a rollout of 'iris-routing' to version '2' is under way. " in capsys.readouterr().err
    finally:
        process.kill()
        process.communicate()
    assert _exit_code(_start(url)) == 2
    assert _exit_code(_on("status", "--json")) == 0
    status = json.loads(capsys.readouterr().out)
    assert (status["phase"], status["weight"], status["release_weights"]) == ("judging", 20, "1: 80 %, 2: 20 %")
    assert status["holder"].split("/")[1] == str(process.pid)
    assert _exit_code(_on("abort", "--json")) == 0
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
    assert _exit_code(_on("abort")) == 2, "weights of somebody else are not overwritten"
    capsys.readouterr()
    assert _exit_code(_on("abort", "--keep-weights", "--json")) == 0
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


@pytest.mark.parametrize("command", ["start", "resume", "status", "abort"])
def test_help_has_examples_and_exit_codes(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert _exit_code(["rollout", command, "--help"]) == 0
    shown = capsys.readouterr().out
    assert f"modelctl rollout {command} iris-routing" in shown
    assert "exit codes" in shown


def test_the_wrong_call_is_told(standins: StandIns, url: str, capsys: pytest.CaptureFixture[str]) -> None:
    for more, message in (
        (("--steps", "50"), "do not lead from 0 to 100"),
        (("--helm-timeout", "0"), "--helm-timeout 0 cannot be used"),
        (("--model-version", "2"), "is not NAME=NUMBER"),
    ):
        assert _exit_code(_start(url, *more)) == 2
        assert message in capsys.readouterr().err
    assert _exit_code(_start("http://prometheus.example.org")) == 2
    assert "use https://, or add --allow-http" in capsys.readouterr().err
    assert not [call for call in standins.calls() if call[1][0] not in ("get", "show")]

"""`modelctl rollout` as a command: with stand-ins for helm and kubectl, and one that speaks as Prometheus does."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.app.rollout.calls import exit_code, on, start
from tests.app.rollout.standins import Figures, StandIns, pod

pytestmark = [
    pytest.mark.usefixtures("no_proxy"),
    pytest.mark.depends_on_files("app", "tests/app", "tests/dashboards/fake_prometheus.py"),
]


@pytest.mark.usefixtures("fast")
def test_a_good_version_gets_all_requests(standins: StandIns, url: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_code(start(url, "--json")) == 0
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
    assert exit_code(start(url)) == 0
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
    assert exit_code(start(url)) == 3
    output = capsys.readouterr()
    assert "iris from 1 to 2: rolled back\nreason: 25 % errors (5xx) in 1000 requests" in output.out
    assert "weights: 1: 100 %, 2: 0 %" in output.out
    assert standins.read()["weights"] == [[80, 20], [100, 0]]
    # The next rollout begins where this one has ended.
    figures.errors = {}
    assert exit_code(start(url)) == 0


@pytest.mark.usefixtures("fast")
def test_without_requests_it_is_rolled_back_with_exit_code_4(standins: StandIns, url: str, figures: Figures) -> None:
    figures.requests = 0
    assert exit_code(start(url, "--patience", "40")) == 4
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
    assert exit_code(start(url, *mapping, source="stable", target="canary")) == 0
    assert {query.split('version="')[1].split('"')[0] for query in figures.asked} == {"3", "7"}
    assert all('namespace="elsewhere"' in query for query in figures.asked)


@pytest.mark.usefixtures("fast")
def test_a_dry_run_checks_everything_and_changes_nothing(
    standins: StandIns, url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    before = standins.read()
    assert exit_code(start(url, "--dry-run")) == 0
    shown = capsys.readouterr().out
    assert "1. 1: 80 %, 2: 20 %\n2. 1: 0 %, 2: 100 %\nEach step lasts 0 to 900 s" in shown
    assert exit_code(start(url, "--dry-run", "--json")) == 0
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
    assert exit_code(start(url)) == 2
    error = capsys.readouterr().err
    assert message in error
    assert "Remedy: " in error
    assert standins.read() == cluster


@pytest.mark.parametrize(("version", "which"), [("1", "version 1"), ("2", "version 2")])
def test_a_version_that_prometheus_does_not_know_is_not_begun(
    standins: StandIns, url: str, figures: Figures, capsys: pytest.CaptureFixture[str], version: str, which: str
) -> None:
    figures.unknown = {version}
    assert exit_code(start(url)) == 2
    assert f"Prometheus knows no requests of {which} of model 'iris'" in capsys.readouterr().err
    assert standins.read()["weights"] == []


def test_a_cluster_that_is_away_is_no_mistake_of_the_callers(
    standins: StandIns, url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    standins.write(standins.read() | {"away": True})
    assert exit_code(start(url)) == 75
    assert "connection refused" in capsys.readouterr().err


def test_a_prometheus_that_is_away_lets_nothing_begin(standins: StandIns) -> None:
    assert exit_code(start("http://127.0.0.1:1")) == 75
    assert standins.read()["objects"] == {}


@pytest.mark.usefixtures("fast")
def test_a_helm_that_fails_in_the_middle_is_followed_by_one_that_sets_back(standins: StandIns, url: str) -> None:
    standins.write(standins.read() | {"failures": 1})
    assert exit_code(start(url)) == 3
    assert standins.state["reason"].startswith("the upgrade to 20 % failed: 'helm upgrade iris-routing")
    assert "a webhook says no" in standins.state["reason"]
    assert (standins.weights, standins.read()["release"]["status"]) == ([100, 0], "deployed")


def test_programs_that_are_missing_are_named(
    standins: StandIns, url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    helm, kubectl = str(standins.programs / "helm"), str(standins.programs / "kubectl")
    monkeypatch.setenv("PATH", str(tmp_path / "empty"))
    assert exit_code(start(url)) == 2
    assert "there is no program 'helm' on PATH. Remedy: install it, or say where it is with --helm" in (
        capsys.readouterr().err
    )
    assert exit_code(start(url, "--helm", helm)) == 2
    assert "there is no program 'kubectl' on PATH" in capsys.readouterr().err
    assert exit_code(start(url, "--helm", "nowhere", "--kubectl", kubectl)) == 2
    assert "--helm nowhere is no program" in capsys.readouterr().err
    assert exit_code(start(url, "--helm", helm, "--kubectl", kubectl, "--dry-run")) == 0


def test_both_programs_are_told_which_cluster(standins: StandIns, url: str) -> None:
    assert exit_code(start(url, "--kubeconfig", "here", "--kube-context", "there", "--dry-run")) == 0
    for name, arguments, _ in standins.calls():
        assert arguments[arguments.index("--kubeconfig") + 1] == "here"
        assert arguments[arguments.index("--kube-context" if name == "helm" else "--context") + 1] == "there"


def test_without_a_rollout_there_is_nothing_to_say_or_to_go_on_with(
    standins: StandIns, capsys: pytest.CaptureFixture[str]
) -> None:
    for command in ("status", "resume", "abort"):
        assert exit_code(on(command)) == 2
        assert (
            "there is no rollout: no ConfigMap 'iris-routing-rollout' in namespace 'models'" in capsys.readouterr().err
        )
    assert standins.read()["objects"] == {}


@pytest.mark.usefixtures("fast", "standins")
def test_a_rollout_that_has_ended_is_told_and_not_gone_on_with(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_code(start(url)) == 0
    capsys.readouterr()
    assert exit_code(on("status")) == 0
    assert "iris from 1 to 2: done" in capsys.readouterr().out
    for command in ("resume", "abort"):
        assert exit_code(on(command)) == 2
        assert "the rollout has ended: done. 1000 requests" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["start", "resume", "status", "abort"])
def test_help_has_examples_and_exit_codes(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_code(["rollout", command, "--help"]) == 0
    shown = capsys.readouterr().out
    assert f"modelctl rollout {command} iris-routing" in shown
    assert "exit codes" in shown


def test_the_wrong_call_is_told(standins: StandIns, url: str, capsys: pytest.CaptureFixture[str]) -> None:
    for more, message in (
        (("--steps", "50"), "do not lead from 0 to 100"),
        (("--helm-timeout", "0"), "--helm-timeout 0 cannot be used"),
        (("--model-version", "2"), "is not NAME=NUMBER"),
    ):
        assert exit_code(start(url, *more)) == 2
        assert message in capsys.readouterr().err
    assert exit_code(start("http://prometheus.example.org")) == 2
    assert "use https://, or add --allow-http" in capsys.readouterr().err
    assert not standins.calls(), "a call that is wrong asks the cluster nothing"

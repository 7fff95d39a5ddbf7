"""`modelctl rollout` as a command, with fakes of helm, kubectl and Prometheus."""

import json
from pathlib import Path
from typing import Any

import pytest

from modelctl.cli import main
from tests.app.rollout.calls import exit_code, on, start
from tests.app.rollout.fake_programs import FakeMetrics, FakePrograms, pod

pytestmark = [
    pytest.mark.usefixtures("no_proxy"),
    pytest.mark.depends_on_files("app", "tests/app", "tests/dashboards/fake_prometheus.py"),
]


@pytest.mark.usefixtures("fast")
def test_a_good_canary_receives_all_requests(
    programs: FakePrograms, url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert exit_code(start(url, "--json")) == 0
    output = capsys.readouterr()
    result = json.loads(output.out)
    assert (result["phase"], result["exit_code"], result["ended"]) == ("done", 0, True)
    assert result["release_weights"] == "1: 0 %, 2: 100 %"
    assert programs.read()["weights"] == [[80, 20], [0, 100]]
    assert [line for line in output.err.splitlines() if "receives" in line] == [
        "modelctl: step 1 of 2: version 2 receives 20 % of the requests",
        "modelctl: step 2 of 2: version 2 receives 100 % of the requests",
    ]
    assert len(output.err.splitlines()) == 4, "without a terminal, a step prints two lines"


@pytest.mark.usefixtures("fast")
def test_passes_only_the_versions_to_helm_and_stores_no_secrets(programs: FakePrograms, url: str) -> None:
    assert exit_code(start(url)) == 0
    upgrades = [call for call in programs.calls() if call[1][0] == "upgrade"]
    assert [json.loads(given) for _, _, given in upgrades] == [
        {"versions": [{"name": "1", "weight": 100 - weight}, {"name": 2, "weight": weight, "mirror": 5}]}
        for weight in (20, 100)
    ]
    assert all(arguments[arguments.index("--version") + 1] == "0.1.0" for _, arguments, _ in upgrades)
    assert "s3cr3t" not in json.dumps(programs.calls())
    assert "s3cr3t" not in json.dumps(programs.state)
    assert programs.read()["release"]["values"]["security"] == {"password": "s3cr3t"}


@pytest.mark.usefixtures("fast")
def test_a_bad_canary_is_rolled_back_with_exit_code_3(
    programs: FakePrograms, url: str, figures: FakeMetrics, capsys: pytest.CaptureFixture[str]
) -> None:
    figures.errors = {"2": 0.25}
    assert exit_code(start(url)) == 3
    output = capsys.readouterr()
    assert "iris from 1 to 2: rolled back\nreason: 25 % server errors (5xx) in 1000 requests" in output.out
    assert "weights: 1: 100 %, 2: 0 %" in output.out
    assert programs.read()["weights"] == [[80, 20], [100, 0]]
    # The next rollout starts from the weights of this one.
    figures.errors = {}
    assert exit_code(start(url)) == 0


@pytest.mark.usefixtures("fast")
def test_a_rollout_without_requests_ends_with_exit_code_4(
    programs: FakePrograms, url: str, figures: FakeMetrics
) -> None:
    figures.requests = 0
    assert exit_code(start(url, "--progress-deadline", "40")) == 4
    assert programs.weights == [100, 0]
    assert programs.state["reason"] == "the analysis was inconclusive after 45 s: 0 of 100 requests"


@pytest.mark.usefixtures("fast")
def test_maps_version_names_to_model_versions(programs: FakePrograms, url: str, figures: FakeMetrics) -> None:
    cluster = programs.read()
    cluster["release"]["values"]["versions"] = [{"name": "stable", "weight": 100}, {"name": "canary"}]
    cluster["release"]["values"]["namespaceOverride"] = "elsewhere"
    cluster["pods"] = {"canary": [pod("a")]}
    programs.write(cluster)
    mapping = ("--model-version", "stable=3", "--model-version", "canary=7")
    assert exit_code(start(url, *mapping, source="stable", target="canary")) == 0
    assert {query.split('version="')[1].split('"')[0] for query in figures.asked} == {"3", "7"}
    assert all('namespace="elsewhere"' in query for query in figures.asked)


@pytest.mark.usefixtures("fast")
def test_a_dry_run_changes_nothing(programs: FakePrograms, url: str, capsys: pytest.CaptureFixture[str]) -> None:
    before = programs.read()
    assert exit_code(start(url, "--dry-run")) == 0
    shown = capsys.readouterr().out
    assert "1. 1: 80 %, 2: 20 %\n2. 1: 0 %, 2: 100 %\nEach step takes 0 to 900 s" in shown
    assert exit_code(start(url, "--dry-run", "--json")) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["steps"] == [{"1": 80, "2": 20}, {"1": 0, "2": 100}]
    assert programs.read() == before
    assert {arguments[0] for _, arguments, _ in programs.calls()} <= {"get", "show"}


def _changed(cluster: dict[str, Any], path: str, value: object) -> None:
    *keys, last = path.split(".")
    for key in keys:
        cluster = cluster[key]
    cluster[last] = value


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        ("release.values.trafficManagement", "flagger", "trafficManagement of the release is 'flagger'"),
        ("release.values.versions", [{"name": "1"}], "version '2' not found in the release, which lists: 1."),
        ("release.values.versions", "1,2", "the values of release 'iris-routing' have no list 'versions'"),
        (
            "release.values.versions",
            [{"name": "1", "weight": 90}, {"name": "2", "weight": 10}],
            "the weights of revision 1 are 1: 90 %, 2: 10 %. They must be 1: 100 %, 2: 0 %",
        ),
        (
            "release.values.versions",
            [{"name": "1", "weight": 50}, {"name": "2"}, {"name": "3", "weight": 50}],
            "They must be 1: 100 %, 2: 0 %, and 0 for all others",
        ),
        (
            "release.values.versions",
            [{"name": "1", "weight": 100}, {"name": "2", "drain": True}],
            "version '2' has drain: true",
        ),
        ("release.values.service", {"name": ""}, "service.name of the release is empty"),
        (
            "release.values.service",
            {"name": "other"},
            "Service 'other', which the release names, not found in namespace 'models'",
        ),
        ("release.status", "failed", "the status of the release is 'failed'"),
        ("release.name", "another", "release 'iris-routing' not found in namespace 'models'"),
        ("chart.version", "0.2.0", "was installed from chart istio-routing 0.1.0"),
        ("pods", {}, "cannot start: version '2' has no ready pod (0 in total)"),
        ("pods.2", [pod("a", ready=False), pod("b", ending=True)], "has no ready pod (1 in total)"),
        ("selector", {}, "Service 'iris-model-server' has no selector"),
        ("objects", {"iris-routing-rollout": {"data": {}, "metadata": {}}}, "was not written by modelctl"),
    ],
)
def test_does_not_start_if_a_precondition_fails(
    programs: FakePrograms,
    url: str,
    capsys: pytest.CaptureFixture[str],
    path: str,
    value: object,
    message: str,
) -> None:
    cluster = programs.read()
    _changed(cluster, path, value)
    programs.write(cluster)
    assert exit_code(start(url)) == 2
    error = capsys.readouterr().err
    assert message in error
    assert "Remedy: " in error
    assert programs.read() == cluster


@pytest.mark.parametrize(("version", "which"), [("1", "version 1"), ("2", "version 2")])
def test_does_not_start_without_series_in_prometheus(
    programs: FakePrograms, url: str, figures: FakeMetrics, capsys: pytest.CaptureFixture[str], version: str, which: str
) -> None:
    figures.unknown = {version}
    assert exit_code(start(url)) == 2
    assert (
        f"Prometheus has no model_server_requests_total series for {which} of model 'iris'" in capsys.readouterr().err
    )
    assert programs.read()["weights"] == []


def test_an_unavailable_cluster_is_a_temporary_error(
    programs: FakePrograms, url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    programs.write(programs.read() | {"away": True})
    assert exit_code(start(url)) == 75
    assert "connection refused" in capsys.readouterr().err


def test_does_not_start_while_prometheus_is_unavailable(programs: FakePrograms) -> None:
    assert exit_code(start("http://127.0.0.1:1")) == 75
    assert programs.read()["objects"] == {}


@pytest.mark.usefixtures("fast")
def test_a_failed_upgrade_is_rolled_back_by_another(programs: FakePrograms, url: str) -> None:
    programs.write(programs.read() | {"failures": 1})
    assert exit_code(start(url)) == 3
    assert programs.state["reason"].startswith("the upgrade to 20 % failed: 'helm upgrade iris-routing")
    assert "a webhook says no" in programs.state["reason"]
    assert (programs.weights, programs.read()["release"]["status"]) == ([100, 0], "deployed")


def test_names_missing_programs(
    programs: FakePrograms,
    url: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    helm, kubectl = str(programs.programs / "helm"), str(programs.programs / "kubectl")
    monkeypatch.setenv("PATH", str(tmp_path / "empty"))
    assert exit_code(start(url)) == 2
    assert "'helm' not found on PATH. Remedy: install it, or set --helm to its path" in (capsys.readouterr().err)
    assert exit_code(start(url, "--helm", helm)) == 2
    assert "'kubectl' not found on PATH" in capsys.readouterr().err
    assert exit_code(start(url, "--helm", "nowhere", "--kubectl", kubectl)) == 2
    assert "--helm: not an executable: nowhere" in capsys.readouterr().err
    assert exit_code(start(url, "--helm", helm, "--kubectl", kubectl, "--dry-run")) == 0


def test_passes_kubeconfig_and_context_to_both_programs(programs: FakePrograms, url: str) -> None:
    assert exit_code(start(url, "--kubeconfig", "here", "--kube-context", "there", "--dry-run")) == 0
    for name, arguments, _ in programs.calls():
        assert arguments[arguments.index("--kubeconfig") + 1] == "here"
        assert arguments[arguments.index("--kube-context" if name == "helm" else "--context") + 1] == "there"


def test_status_resume_and_abort_need_a_rollout(programs: FakePrograms, capsys: pytest.CaptureFixture[str]) -> None:
    for command in ("status", "resume", "abort"):
        assert exit_code(on(command)) == 2
        assert (
            "no rollout found: there is no ConfigMap 'iris-routing-rollout' in namespace 'models'"
            in capsys.readouterr().err
        )
    assert programs.read()["objects"] == {}


@pytest.mark.usefixtures("fast", "programs")
def test_an_ended_rollout_is_shown_but_not_resumed(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_code(start(url)) == 0
    capsys.readouterr()
    assert exit_code(on("status")) == 0
    assert "iris from 1 to 2: done" in capsys.readouterr().out
    for command in ("resume", "abort"):
        assert exit_code(on(command)) == 2
        assert "the rollout has already ended: done. 1000 requests" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["start", "resume", "status", "abort"])
def test_help_has_examples_and_exit_codes(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_code(["rollout", command, "--help"]) == 0
    shown = capsys.readouterr().out
    assert f"modelctl rollout {command} iris-routing" in shown
    assert "exit codes" in shown


def test_rejects_invalid_options_before_contacting_the_cluster(
    programs: FakePrograms, url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    for more, message in (
        (("--steps", "50"), "--steps must be ascending weights from 1 to 100"),
        (("--helm-timeout", "0"), "--helm-timeout must be from 1 to 3600 seconds, got 0"),
        (("--model-version", "2"), "must be NAME=NUMBER"),
    ):
        assert exit_code(start(url, *more)) == 2
        assert message in capsys.readouterr().err
    assert exit_code(start("http://prometheus.example.org")) == 2
    assert "use https://, or add --allow-http" in capsys.readouterr().err
    assert not programs.calls(), "an invalid call must not contact the cluster"


@pytest.mark.usefixtures("fast")
def test_former_flags_are_accepted_with_a_warning(
    programs: FakePrograms, url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert exit_code(start(url, "--patience", "40", "--max-refused-ratio", "0.2")) == 0
    error = capsys.readouterr().err
    assert "modelctl: warning: --patience is now --progress-deadline\n" in error
    assert "modelctl: warning: --max-refused-ratio is now --max-client-error-ratio\n" in error
    plan = programs.state["plan"]
    assert plan["timing"]["progress_deadline_seconds"] == 40.0
    assert plan["limits"]["max_client_error_ratio"] == 0.2
    with pytest.raises(SystemExit):
        main(["rollout", "start", "--patience", "soon"])
    assert "--patience" in capsys.readouterr().err

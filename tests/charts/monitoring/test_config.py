"""Configurations of Prometheus and Alertmanager, validated by promtool and amtool, and their contents."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.charts.helm_errors import guard_errors
from tests.charts.judges import judged
from tests.charts.monitoring.chart import (
    CHART,
    CHART_SPEC,
    LOGIN,
    NULL_RECEIVER,
    OUTSIDE,
    alertmanager_config,
    case,
    prometheus_config,
    rendered,
)
from tests.charts.monitoring.guard_cases_alerting import MAIL, notifying
from tests.charts.monitoring.programs import written
from tests.charts.programs import run
from tests.harness import Case, render
from tests.harness.charts import values_files

CASES = {file.path.stem: file.case() for file in values_files(CHART)}
STANDALONE = {name: case for name, case in CASES.items() if case.values.get("mode", "standalone") == "standalone"}
JOBS = [
    *("model-server", "cadvisor", "kubelet", "kube-state-metrics"),
    *("node-exporter", "prometheus", "alertmanager", "grafana"),
]


@pytest.fixture(params=STANDALONE)
def standalone(request: pytest.FixtureRequest) -> Case:
    """Return each values file of mode standalone."""
    # The release has a short name, so that object names are not truncated.
    return replace(STANDALONE[request.param], release="demo")


def test_programs_accept_the_files_of_every_values_file(tmp_path: Path) -> None:
    found = judged(CHART_SPEC, {name: render(case) for name, case in CASES.items()}, tmp_path)
    assert not found, "\n".join(f"{name}: {text}" for name, texts in found.items() for text in texts)


def test_amtool_finds_the_templates(standalone: Case, tmp_path: Path) -> None:
    if not standalone.values.get("alertmanager", {}).get("enabled", True):
        assert not any("/alertmanager/" in manifest.template for manifest in render(standalone))
        return
    file = written(render(standalone), "alertmanager", tmp_path) / "alertmanager.yml"
    done = run("amtool", "check-config", file)
    assert "1 templates" in done.stdout, f"the notification template is not found:\n{done.stdout}"


KEY = {"name": "login", "key": "token"}
HOOK = [{"url": "https://incidents.example.org/alerts"}]
# Receivers with each integration, minimal and with all fields.
INTEGRATIONS: list[dict[str, Any]] = [
    {"webhook": HOOK},
    {"webhook": [{"urlSecret": KEY, "bearerTokenSecret": KEY, "sendResolved": False}]},
    {"slack": [{"channel": "#models", "urlSecret": KEY, "sendResolved": False}]},
    {"email": [MAIL]},
    {"email": [{**MAIL, "username": "a: b", "passwordSecret": KEY, "requireTLS": False, "sendResolved": True}]},
    {"pagerduty": [{"routingKeySecret": KEY, "sendResolved": False}]},
]


@pytest.mark.parametrize("integrations", INTEGRATIONS, ids=lambda fields: ", ".join(fields))
def test_amtool_accepts_every_integration(integrations: dict[str, Any], tmp_path: Path) -> None:
    file = written(rendered(notifying(**integrations)), "alertmanager", tmp_path) / "alertmanager.yml"
    done = run("amtool", "check-config", file)
    assert done.returncode == 0, f"{done.stdout}{done.stderr}\n{file.read_text(encoding='utf-8')}"


ROUTED: dict[str, Any] = {
    "alertmanager": {
        "receivers": [{"name": name, "webhook": HOOK} for name in ("team", "on-call", "shop", "heartbeat")],
        "route": {"receiver": "team"},
        "routes": [
            {"receiver": "shop", "matchers": ["namespace = shop"], "continue": True},
            {"receiver": "on-call", "matchers": ["severity = critical", 'alertname !~ "Pod.*"']},
        ],
        "deadMansSwitchReceiver": "heartbeat",
    }
}
# Values, labels of an alert, and the receivers that are notified.
ROUTES: list[tuple[dict[str, Any], dict[str, str], str]] = [
    ({}, {"alertname": "HighCPUUsage", "severity": "critical"}, NULL_RECEIVER),
    ({}, {"alertname": "Watchdog"}, NULL_RECEIVER),
    (ROUTED, {"alertname": "HighCPUUsage", "severity": "warning"}, "team"),
    (ROUTED, {"alertname": "HighCPUUsage", "severity": "critical"}, "on-call"),
    (ROUTED, {"alertname": "PodNotReady", "severity": "critical"}, "team"),
    (ROUTED, {"alertname": "HighCPUUsage", "severity": "critical", "namespace": "shop"}, "shop,on-call"),
    (ROUTED, {"alertname": "ModelErrors", "severity": "warning", "namespace": "shop"}, "shop"),
    # Watchdog always fires, so only the dead man's switch is notified.
    (ROUTED, {"alertname": "Watchdog", "severity": "none", "namespace": "shop"}, "heartbeat"),
]


@pytest.mark.parametrize(("values", "labels", "receivers"), ROUTES, ids=str)
def test_alerts_reach_the_expected_receivers(
    values: dict[str, Any], labels: dict[str, str], receivers: str, tmp_path: Path
) -> None:
    file = written(rendered(values), "alertmanager", tmp_path) / "alertmanager.yml"
    said = [f"{name}={value}" for name, value in labels.items()]
    done = run("amtool", "config", "routes", "test", f"--config.file={file}", f"--verify.receivers={receivers}", *said)
    assert done.returncode == 0, f"{labels} reaches {done.stdout.strip()}, not {receivers}: {done.stderr}"


def test_severe_alerts_inhibit_only_related_alerts() -> None:
    critical, node = alertmanager_config()["inhibit_rules"]
    # Without equal labels, an alert on one model would inhibit those on another.
    assert {"alertname", "namespace", "model", "node", "pod"} <= set(critical["equal"])
    assert node["equal"] == ["node"]
    assert node["source_matchers"] == ['alertname = "NodeNotReady"']
    # tests/rules checks that these alerts have the label node if it is known.
    assert node["target_matchers"] == ['alertname =~ "PodNotReady|ModelNotLoaded|TargetDown|ExporterMissing"']


def test_operator_has_the_same_inhibition_rules() -> None:
    objects = rendered({"mode": "operator", "operator": {"alertmanagerConfig": {"enabled": True}}})
    (spec,) = [manifest.spec for manifest in objects if manifest.kind == "AlertmanagerConfig"]

    def texts(matchers: list[dict[str, str]]) -> list[str]:
        return [f'{one["name"]} {one["matchType"]} "{one["value"]}"' for one in matchers]

    rules = [
        {
            "source_matchers": texts(rule["sourceMatch"]),
            "target_matchers": texts(rule["targetMatch"]),
            "equal": rule["equal"],
        }
        for rule in spec["inhibitRules"]
    ]
    assert rules == alertmanager_config()["inhibit_rules"], (
        "let _alertmanager_operator.tpl say what _alertmanager.tpl does"
    )


def jobs(values: dict[str, Any] | None = None) -> list[str]:
    return [job["job_name"] for job in prometheus_config(values)["scrape_configs"]]


def test_scrape_jobs_have_the_documented_names() -> None:
    assert jobs() == JOBS
    assert jobs({"prometheus": {"scrape": {"annotatedPods": True}}}) == [*JOBS, "annotated"]
    without = {"grafana": {"enabled": False}, "nodeExporter": {"enabled": False}}
    assert jobs(without) == [job for job in JOBS if job not in ("grafana", "node-exporter")]


def test_rejects_additional_jobs_with_names_of_the_chart() -> None:
    for job in [*JOBS, "annotated"]:
        (said,) = guard_errors(case({"prometheus": {"extraScrapeConfigs": [{"job_name": job}]}}))
        assert f'the job name "{job}" is already in use' in said


def test_series_of_pods_and_nodes_have_location_labels() -> None:
    for job in prometheus_config({"prometheus": {"scrape": {"annotatedPods": True}}})["scrape_configs"]:
        made = {rule.get("target_label") for rule in job["relabel_configs"]}
        if job["job_name"] == "kube-state-metrics":
            assert job["honor_labels"], "its series describe other pods"
            assert not {"namespace", "pod", "node"} & made
        elif job["job_name"] in ("cadvisor", "kubelet"):
            assert "node" in made, f"{job['job_name']}: no label node"
        else:
            assert {"namespace", "pod", "node"} <= made, f"{job['job_name']}: lacks a label"


def test_replicas_have_a_label_that_alerts_drop() -> None:
    two = prometheus_config({"prometheus": {"replicaCount": 2, "externalLabels": {"cluster": "a"}}})
    assert two["global"]["external_labels"] == {"cluster": "a", "prometheus_replica": "${POD_NAME}"}
    assert two["alerting"]["alert_relabel_configs"] == [{"action": "labeldrop", "regex": "prometheus_replica"}]
    one = prometheus_config({"prometheus": {"externalLabels": {"cluster": "a"}}})
    assert one["global"]["external_labels"] == {"cluster": "a"}
    assert "alert_relabel_configs" not in one["alerting"]


def test_components_authenticate_to_each_other() -> None:
    values = {**OUTSIDE, "prometheus": LOGIN, "alertmanager": LOGIN}
    config = prometheus_config(values)
    by_name = {job["job_name"]: job for job in config["scrape_configs"]}
    for asked, folder in (
        (by_name["prometheus"], "login"),
        (by_name["alertmanager"], "alertmanager-login"),
        (config["alerting"]["alertmanagers"][0], "alertmanager-login"),
    ):
        assert asked["basic_auth"] == {
            "username_file": f"/etc/prometheus/{folder}/username",
            "password_file": f"/etc/prometheus/{folder}/password",
        }

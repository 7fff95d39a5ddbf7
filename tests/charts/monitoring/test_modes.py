"""Objects of each mode; rules and dashboards are the same in all modes."""

from __future__ import annotations

import json
from typing import Any

import pytest

from devkit import rule_files
from tests.charts.monitoring.chart import CHART, FULLNAME, MODES, rendered
from tests.harness import Manifests
from tests.harness.charts import values_files
from tests.harness.manifests import parse

# The workloads of each mode with default values.
RUNS: dict[str, set[str]] = {
    "standalone": {"alertmanager", "grafana", "kube-state-metrics", "node-exporter", "prometheus", "test"},
    "operator": set(),
    "rules-only": set(),
}
SHOWN: dict[str, Any] = {"dashboards": {"enabled": True}}
KINDS: dict[str, set[str]] = {
    "operator": {"ConfigMap", "PodMonitor", "PrometheusRule"},
    "rules-only": {"ConfigMap"},
}
EXPORTERS: dict[str, Any] = {"kubeStateMetrics": {"enabled": True}, "nodeExporter": {"enabled": True}}
# Values that affect the rules, rendered in all modes.
OF_RULES: list[dict[str, Any]] = [
    {},
    {
        "runbookUrl": "https://runbooks.example.org",
        "alertLabels": {"cluster": "production"},
        "alerts": {
            "HighCPUUsage": {"for": "10m", "severity": "critical", "labels": {"team": "nodes"}},
            "Watchdog": {"enabled": False},
        },
        "thresholds": {"highCpuUsageRatio": 0.5, "modelErrorsPerHour": 1000000},
        "slo": {
            "availability": {"objective": 99.95},
            "latency": {"thresholdSeconds": 1, "objective": 90},
            "models": [{"model": "iris", "namespace": "shop", "availability": {"objective": 99.5}}],
        },
    },
    {"extraRules": {"shop": {"groups": [{"name": "shop", "rules": [{"record": "a:b:c", "expr": "vector(1)"}]}]}}},
]


def groups(mode: str, values: dict[str, Any]) -> dict[str, Any]:
    """Return the rule groups by file name."""
    manifests = rendered({"mode": mode, **values})
    if mode == "operator":
        prefix = f"{FULLNAME}-rules-"
        return {rule.name.removeprefix(prefix): rule.spec["groups"] for rule in manifests.of_kind("PrometheusRule")}
    data = manifests.one("ConfigMap", f"{FULLNAME}-rules").body["data"]
    return {name.removesuffix(".yaml"): parse(text)["groups"] for name, text in data.items()}


def dashboards(manifests: Manifests) -> dict[str, str]:
    """Return the text of every dashboard by file name."""
    found = [each for each in manifests.of_kind("ConfigMap") if each.source == "dashboards/configmap.yaml"]
    return {name: text for each in found for name, text in each.body["data"].items()}


def rules(mode: str, values: dict[str, Any]) -> list[dict[str, Any]]:
    """Return all rules."""
    return [rule for file in groups(mode, values).values() for group in file for rule in group["rules"]]


@pytest.mark.parametrize("values", OF_RULES, ids=lambda values: ", ".join(values) or "defaults")
@pytest.mark.parametrize("mode", MODES[1:])
def test_the_rules_are_the_same_in_every_mode(mode: str, values: dict[str, Any]) -> None:
    standalone = json.dumps(groups("standalone", values), sort_keys=True)
    assert json.dumps(groups(mode, values), sort_keys=True) == standalone, f"{mode} has other rules"


def test_every_rule_of_the_files_is_rendered_with_its_expression() -> None:
    found = [(rule.get("alert") or rule["record"], rule["expr"]) for rule in rules("standalone", {})]
    assert sorted(found) == sorted((rule.name, rule.expression) for rule in rule_files.rules())


def test_labels_and_annotations_of_the_files_are_rendered() -> None:
    found = {rule["alert"]: rule for rule in rules("standalone", {}) if "alert" in rule}
    for alert in rule_files.alerts():
        # Alerts with several windows share a name and differ in labels.
        if [each.name for each in rule_files.alerts()].count(alert.name) == 1:
            assert found[alert.name]["labels"] == dict(alert.labels)
            annotations = {**dict(alert.annotations), "runbook_url": f"docs/runbooks/{alert.name}.md"}
            assert found[alert.name]["annotations"] == annotations


@pytest.mark.parametrize("values", OF_RULES[:2], ids=["defaults", "values"])
def test_no_placeholder_is_left_in_the_rules(values: dict[str, Any]) -> None:
    left = rule_files.PLACEHOLDER.findall(json.dumps(rules("standalone", values)))
    assert not left, f"these are neither in thresholds nor in slo: {sorted(set(left))}"


def test_disabling_an_alert_removes_only_that_alert() -> None:
    def names(values: dict[str, Any]) -> list[str]:
        return [rule["alert"] for rule in rules("standalone", values) if "alert" in rule]

    for alert in {alert.name for alert in rule_files.alerts()}:
        left = names({"alerts": {alert: {"enabled": False}}})
        assert left == [name for name in names({}) if name != alert]


def test_alert_overrides_take_precedence() -> None:
    overrides = {"for": "7h", "severity": "info", "labels": {"cluster": "test", "team": "nodes"}}
    values: dict[str, Any] = {"alertLabels": {"cluster": "production"}}
    values["alerts"] = {"HighCPUUsage": overrides}
    (alert,) = [rule for rule in rules("standalone", values) if rule.get("alert") == "HighCPUUsage"]
    assert (alert["for"], alert["labels"]) == ("7h", {"severity": "info", "cluster": "test", "team": "nodes"})
    (other,) = [rule for rule in rules("standalone", values) if rule.get("alert") == "HighMemoryUsage"]
    assert other["labels"] == {"severity": "warning", "cluster": "production"}


@pytest.mark.parametrize("mode", MODES)
def test_the_dashboards_are_the_files_in_every_mode(mode: str) -> None:
    wanted = {file.name: file.read_text(encoding="utf-8").strip() for file in rule_files.DASHBOARDS.glob("*.json")}
    found = {name: text.strip() for name, text in dashboards(rendered({"mode": mode, **SHOWN})).items()}
    assert wanted
    assert found == wanted


def test_every_dashboard_fits_into_a_configmap_and_an_annotation() -> None:
    for name, text in dashboards(rendered(SHOWN)).items():
        # Client-side apply stores each object in an annotation of at most 256 KiB.
        assert len(text.encode()) <= 200 * 1024, f"{name}: remove panels, or split it"


@pytest.mark.parametrize("mode", MODES)
def test_each_mode_has_the_expected_workloads(mode: str) -> None:
    manifests = rendered({"mode": mode})
    running = {manifest.name.removeprefix(f"{FULLNAME}-") for manifest, _ in manifests.pod_specs()}
    assert running == RUNS[mode]


@pytest.mark.parametrize("mode", KINDS)
def test_modes_without_prometheus_render_only_the_expected_kinds(mode: str) -> None:
    manifests = rendered({"mode": mode, **SHOWN})
    assert {manifest.kind for manifest in manifests} == KINDS[mode]


def test_exporters_can_be_enabled_in_mode_operator() -> None:
    manifests = rendered({"mode": "operator", **EXPORTERS})
    assert {each.kind for each, _ in manifests.pod_specs()} == {"Deployment", "DaemonSet"}
    monitors = {each.name.removeprefix(f"{FULLNAME}-") for each in manifests.of_kind("ServiceMonitor")}
    assert monitors == {"kube-state-metrics", "node-exporter"}


def test_every_object_has_the_common_labels_in_mode_operator() -> None:
    manifests = rendered({"mode": "operator", "commonLabels": {"release": "stack"}, **EXPORTERS})
    lacking = [str(manifest) for manifest in manifests if manifest.labels.get("release") != "stack"]
    assert not lacking


def test_every_mode_has_a_values_file() -> None:
    modes = [file.case().values.get("mode", "standalone") for file in values_files(CHART)]
    assert set(modes) == set(MODES)

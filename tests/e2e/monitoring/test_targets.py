"""Targets, rules and alerts of the healthy stack."""

from __future__ import annotations

from collections import Counter

import pytest

from cluster.helm import helm
from tests.e2e.lib.waiting import until
from tests.e2e.monitoring.stack import MODELS, Stack

# The targets of each job: two nodes, one pod of each version of the models.
JOBS = {
    "model-server": 2,
    "cadvisor": 2,
    "kubelet": 2,
    "kube-state-metrics": 1,
    "node-exporter": 2,
    "prometheus": 1,
    "alertmanager": 1,
}
# Alerts that fire because of the tests: their load, and pods of other tests on the same cluster.
EXPECTED_ALERTS = {"HighCPUUsage", "HighMemoryUsage", "PodNotReady", "DiskFilling"}


def test_every_scrape_target_is_up(settled: Stack) -> None:
    def all_up() -> bool:
        found = settled.prometheus.targets()
        down = {target["scrapeUrl"]: target["lastError"] for target in found if target["health"] != "up"}
        assert not down, f"targets that are down: {down}"
        jobs = Counter(target["labels"]["job"] for target in found if not _of_other_tests(target["labels"]))
        assert jobs - Counter({"grafana": 1}) == Counter(JOBS), jobs
        return True

    until("every target is up", all_up, 60)


@pytest.mark.parametrize("series", ["up", "model_server_ready", "process_cpu_seconds_total"])
def test_series_of_a_model_server_have_target_labels(settled: Stack, series: str) -> None:
    found = settled.prometheus.query(f'{series}{{job="model-server",namespace="{MODELS}"}}')
    assert len(found) == 2
    for one in found:
        labels = one.labels
        assert labels["pod"].startswith("iris-model-server-")
        assert labels["node"].startswith("model-serving-")
        assert labels["container"] == "model-server"


def _of_other_tests(labels: dict[str, str]) -> bool:
    # The models of the mesh tests may still run.
    return labels["job"] == "model-server" and labels["namespace"] != MODELS


def test_every_rule_is_evaluated_without_errors(settled: Stack) -> None:
    def all_evaluated() -> bool:
        rules = settled.prometheus.rules()
        bad = {rule["name"]: rule.get("lastError") or rule["health"] for rule in rules if rule["health"] != "ok"}
        assert not bad, bad
        return len(rules) > 60

    until("all rules are evaluated", all_evaluated, 90)


def test_only_the_watchdog_fires(settled: Stack) -> None:
    def only_the_watchdog() -> bool:
        firing = settled.prometheus.firing_alerts()
        assert "Watchdog" in firing
        assert set(firing) - EXPECTED_ALERTS == {"Watchdog"}, firing
        return True

    # Targets that were down during the start fire until the next evaluation of the rules.
    until("only the watchdog fires", only_the_watchdog, 60)


def test_watchdog_notification_has_the_token_of_its_secret(settled: Stack) -> None:
    received = until("the notification of the watchdog arrives", lambda: settled.notifications("Watchdog"), 60)
    assert received[0]["authorization"] == "Bearer not-a-secret"


def test_no_container_of_the_stack_restarts(settled: Stack) -> None:
    pods = [pod for component in JOBS for pod in settled.pods(component)]
    restarts = {pod.metadata.name: sum(one.restart_count for one in pod.status.container_statuses) for pod in pods}
    assert restarts, "no pods were found"
    assert not any(restarts.values()), f"see the previous logs of {restarts}"


def test_chart_test_passes(settled: Stack) -> None:
    output = helm("--namespace", settled.namespace, "test", "monitoring", "--timeout", "90s")
    assert "Phase:          Succeeded" in output

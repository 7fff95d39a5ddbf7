"""What the stack reads, records and says while all is well."""

from __future__ import annotations

from collections import Counter

import pytest

from cluster.helm import helm
from tests.e2e.lib.waiting import until
from tests.e2e.monitoring.stack import MODELS, Stack

# Every pod and node that there is to be read: two nodes, one pod of each version of the models here.
JOBS = {
    "model-server": 2,
    "cadvisor": 2,
    "kubelet": 2,
    "kube-state-metrics": 1,
    "node-exporter": 2,
    "prometheus": 1,
    "alertmanager": 1,
}
# What fires because of how the tests go about it: their own load, and other tests' pods on the same cluster.
OF_THE_TESTS = {"HighCPUUsage", "HighMemoryUsage", "PodNotReady", "DiskFilling"}


def test_every_scrape_target_is_up(settled: Stack) -> None:
    def all_up() -> bool:
        found = settled.prometheus.targets()
        down = {target["scrapeUrl"]: target["lastError"] for target in found if target["health"] != "up"}
        assert not down, f"see why these cannot be read: {down}"
        jobs = Counter(target["labels"]["job"] for target in found if not _of_other_tests(target["labels"]))
        assert jobs - Counter({"grafana": 1}) == Counter(JOBS), jobs
        return True

    until("every target is up", all_up, 60)


@pytest.mark.parametrize("series", ["up", "model_server_ready", "process_cpu_seconds_total"])
def test_what_is_read_of_a_model_server_tells_where_it_runs(settled: Stack, series: str) -> None:
    found = settled.prometheus.query(f'{series}{{job="model-server",namespace="{MODELS}"}}')
    assert len(found) == 2
    for one in found:
        labels = one.labels
        assert labels["pod"].startswith("iris-model-server-")
        assert labels["node"].startswith("model-serving-")
        assert labels["container"] == "model-server"


def _of_other_tests(labels: dict[str, str]) -> bool:
    # The tests of the mesh share the session, and so do their models.
    return labels["job"] == "model-server" and labels["namespace"] != MODELS


def test_every_rule_is_evaluated_without_an_error(settled: Stack) -> None:
    def all_evaluated() -> bool:
        rules = settled.prometheus.rules()
        bad = {rule["name"]: rule.get("lastError") or rule["health"] for rule in rules if rule["health"] != "ok"}
        assert not bad, bad
        return len(rules) > 60

    until("all rules are evaluated", all_evaluated, 90)


def test_nothing_fires_but_the_watchdog_while_all_is_well(settled: Stack) -> None:
    def only_the_watchdog() -> bool:
        firing = settled.prometheus.firing_alerts()
        assert "Watchdog" in firing
        assert set(firing) - OF_THE_TESTS == {"Watchdog"}, firing
        return True

    # What could not be read while the stack was starting is told, rightly, until the rules are evaluated again.
    until("only the watchdog fires", only_the_watchdog, 60)


def test_the_watchdog_arrives_with_the_token_of_its_secret(settled: Stack) -> None:
    told = until("the watchdog has arrived", lambda: settled.told("Watchdog"), 60)
    assert told[0]["authorization"] == "Bearer not-a-secret"


def test_no_container_of_the_stack_is_started_twice(settled: Stack) -> None:
    pods = [pod for component in JOBS for pod in settled.pods(component)]
    restarts = {pod.metadata.name: sum(one.restart_count for one in pod.status.container_statuses) for pod in pods}
    assert restarts, "no pods were found"
    assert not any(restarts.values()), f"see the logs of before of {restarts}"


def test_the_release_test_passes(settled: Stack) -> None:
    said = helm("--namespace", settled.namespace, "test", "monitoring", "--timeout", "90s")
    assert "Phase:          Succeeded" in said
